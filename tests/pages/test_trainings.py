"""The owner's pages of a training: set up, prolonged, opened to sign-ups, closed."""

from datetime import timedelta

import pytest

from models import russian
from models.tables import TrainingRow
from models.trainings import Stage
from tests.engine import Engine, Json, result_of
from tests.pages.people import SignIn
from tests.pages.test_case import HOSTILE
from tests.workflows import enrolments, replacements, words
from tests.workflows.trainings import course_of_its_own, opened


def day(ahead: int) -> str:
    return str(words.local_today() + timedelta(days=ahead))


async def test_an_owner_sets_a_training_up_prolongs_it_and_closes_it(
    stand: Engine, signed_in: SignIn
) -> None:
    course = await course_of_its_own(stand)
    owner = await signed_in("agency")
    assert f'value="{course.id}"' in await owner.page("/trainings")
    form: Json = {"course": course.id, "title": "Осенний поток", "starts_on": day(0), "ends_on": day(10)}

    answer = await owner.send("/trainings", **form)

    assert "Обучение назначено." in answer.text, answer.text
    path = answer.url.path
    await stand.until_waiting(stand.client.get_workflow_handle(path.split("/")[-1]))
    assert "Осенний поток" in await owner.pages("/trainings")
    assert "Обучение продлено." in (await owner.send(f"{path}/prolongation", ends_on=day(20))).text
    earlier = await owner.send(f"{path}/prolongation", ends_on=day(15))
    assert earlier.status_code >= 400
    assert "Не получилось" in earlier.text
    opened_up = await owner.send(f"{path}/sign-up", places="30")
    assert "мест: 30" in opened_up.text
    assert "читаются из Moodle" in (await owner.send(f"{path}/refresh")).text
    closed = await owner.send(f"{path}/closing", reason="Все завершили")
    assert "закрыто; результаты сохраняются" in closed.text
    await result_of(stand.client.get_workflow_handle(path.split("/")[-1]))
    today = russian.date_words(words.local_today())
    assert f"включительно; закрыто досрочно {today}</dd>" in await owner.page(path)
    assert f"закрыто досрочно {today}</td>" in await owner.pages("/trainings")


async def test_who_takes_part_is_not_said_before_it_is_known(stand: Engine, signed_in: SignIn) -> None:
    training = await opened(stand, await course_of_its_own(stand), starts_in=2)
    owner = await signed_in("agency")

    await stand.until_waiting(stand.client.get_workflow_handle(str(training["number"])))
    planned = await owner.page(f"/trainings/{training['number']}")
    async with stand.sessions.begin() as session:
        row = await session.get_one(TrainingRow, training["number"])
        row.state = Stage.RUNNING.value
    running = await owner.page(f"/trainings/{training['number']}")

    assert "<dt>Участников</dt><dd>станет видно перед началом обучения</dd>" in planned
    assert "<dt>Участников</dt><dd>считается</dd>" in running


async def test_one_that_has_not_begun_is_cancelled(stand: Engine, signed_in: SignIn) -> None:
    training = await opened(stand, await course_of_its_own(stand), starts_in=2)
    await stand.until_waiting(stand.client.get_workflow_handle(str(training["number"])))
    owner = await signed_in("agency")
    assert "Отменить обучение" in await owner.page(f"/trainings/{training['number']}")

    answer = await owner.send(f"/trainings/{training['number']}/closing")

    assert "Обучение отменено." in answer.text


async def test_what_is_wrong_is_told_and_what_was_typed_stays(stand: Engine, signed_in: SignIn) -> None:
    course = await course_of_its_own(stand)
    owner = await signed_in("agency")
    form: Json = {"course": course.id, "title": HOSTILE[:200], "starts_on": day(5), "ends_on": day(1)}

    answer = await owner.send("/trainings", **form, sign_up="1", places="0")
    assert answer.status_code == 422
    assert "<script>alert" not in answer.text
    assert f'value="{day(5)}"' in answer.text

    assert "Выберите учебный курс" in (await owner.send("/trainings", title="Поток")).text
    answer = await owner.send("/trainings", **form)
    assert answer.status_code >= 400
    assert "Не получилось" in answer.text


@pytest.mark.parametrize("role", ["reviewer", "operator", "admin"])
async def test_others_have_no_such_cabinet(signed_in: SignIn, role: str) -> None:
    person = await signed_in(role)

    assert (await person.open("/trainings")).status_code == 403
    assert (await person.send("/trainings", course=1)).status_code == 403


async def test_the_responsible_sees_the_trainings_of_their_courses(stand: Engine, signed_in: SignIn) -> None:
    training = await opened(stand, await course_of_its_own(stand), title="Поток учителя")

    page = await (await signed_in("responsible")).page("/trainings")

    assert f"/trainings/{training['number']}" in page


async def test_a_form_sent_twice_sets_one_up(stand: Engine, signed_in: SignIn) -> None:
    course = await course_of_its_own(stand)
    owner = await signed_in("agency")
    form: Json = {
        "course": course.id,
        "title": "Дважды",
        "starts_on": day(0),
        "ends_on": day(9),
        "once": "two",
    }

    answers = [await owner.send("/trainings", **form) for _ in range(2)]

    assert answers[0].url == answers[1].url
    assert len(await stand.get("agency", f"/courses/{course.id}/trainings")) == 1


async def test_a_list_that_is_none_of_the_course_is_told(stand: Engine, signed_in: SignIn) -> None:
    course = await course_of_its_own(stand)
    owner = await signed_in("agency")
    form: Json = {"course": course.id, "title": "Поток", "starts_on": day(0), "ends_on": day(9)}

    for lists in ("enrolment-999999", "№ 999999", "training-1"):
        answer = await owner.send("/trainings", **form, lists=lists)
        assert answer.status_code == 422
        assert 'value="Поток"' in answer.text

    assert await stand.get("agency", f"/courses/{course.id}/trainings") == []


async def test_confirmed_lists_of_ones_courses_are_ticked_and_no_others(
    stand: Engine, signed_in: SignIn
) -> None:
    course, other = [await course_of_its_own(stand) for _ in range(2)]
    owner = await signed_in("agency")
    people = enrolments.table(enrolments.people(1))
    taken = await enrolments.registered(stand, course, people, filename=f"{HOSTILE[:20]}.csv")
    unconfirmed = await enrolments.planned(stand, course, enrolments.table(enrolments.people(1)))
    stranger = await signed_in(await replacements.agency_key(stand, replacements.OTHER_OWNER))
    form: Json = {"title": "Поток", "starts_on": day(0), "ends_on": day(9), "lists": [taken]}
    box = (
        f'<div data-of="{course.id}"><label class="tick"><input type="checkbox" name="lists" value="{taken}"'
    )

    page = await owner.page("/trainings")
    assert box in page
    assert "<script>alert" not in page
    assert unconfirmed not in page
    assert taken not in await stranger.page("/trainings")
    wrong = await owner.send("/trainings", course=other.id, **form)
    assert wrong.status_code == 422
    assert f"{box} checked>" in wrong.text
    right = await owner.send("/trainings", course=course.id, **form)
    number = right.url.path.rpartition("/")[2]
    assert (await stand.get("agency", f"/trainings/{number}"))["lists"] == [taken]


PAGES = ("", "/sign-ups", "/results", "/certification")
ACTS = ("/prolongation", "/closing", "/refresh", "/sign-up", "/sign-ups/1/acceptance", "/sign-ups/1/refusal")
MORE_ACTS = (*ACTS, "/sign-ups/enrolment", "/results/file", "/certification")


async def test_a_training_is_shown_and_changed_by_nobody_else(stand: Engine, signed_in: SignIn) -> None:
    training = await opened(stand, await course_of_its_own(stand))
    path = f"/trainings/{training['number']}"
    staff = [await signed_in(role) for role in ("reviewer", "supervisor", "operator", "admin")]
    other = await signed_in(await replacements.agency_key(stand, replacements.OTHER_OWNER))

    for person, status in [*((one, (403,)) for one in staff), (other, (403, 404))]:
        for page in PAGES:
            assert (await person.open(path + page)).status_code in status, page
        for act in MORE_ACTS:
            answer = await person.send(path + act, ends_on=day(30), reason="Чужой", whom="completed")
            assert answer.status_code in status, act

    standing = await stand.get("agency", path)
    for fact in ("ends_on", "state", "sign_up_until"):
        assert standing[fact] == training[fact]

"""The cabinet of the responsible: readiness, questions, learners."""

import codecs
import io
from datetime import timedelta

import httpx
import pytest
from pypdf import PdfReader

from devstack.keys import RESPONSIBLE_EMAIL
from models import learners, spreadsheets
from models.headings import Column
from models.learners import Learner
from models.tables import Course
from tests import claims
from tests.api.course_cases import end_powers
from tests.engine import Engine
from tests.pages.people import Person, SignIn, where
from tests.pages.test_case import HOSTILE
from tests.workflows import enrolments, self_registrations, words
from tests.workflows.courses import QUESTION, asked, building, furnish
from tests.workflows.trainings import course_by_hand, course_of_its_own, opened


@pytest.fixture(scope="module")
async def course(engine: Engine) -> Course:
    return await course_of_its_own(engine)


async def upload(person: Person, course: Course, content: bytes, name: str = "список.csv") -> httpx.Response:
    """A list, by the form of the page."""
    return await person.http.post(
        f"/courses/{course.id}/learners/file",
        data={"token": await person.token()},
        files={"list": (name, content, "text/csv")},
    )


async def test_a_course_is_planned_and_declared_until_nothing_is_missing(
    stand: Engine, signed_in: SignIn
) -> None:
    course = await course_of_its_own(stand)
    await building(stand, course)
    responsible = await signed_in("responsible")
    path = f"/courses/{course.id}"

    assert f'href="{path}"' in await responsible.pages("/courses")
    day = words.local_today() + timedelta(days=30)
    assert "День готовности назначен." in (await responsible.send(f"{path}/plan", planned_on=str(day))).text
    lacking = (await responsible.send(f"{path}/readiness")).text
    assert "он ещё не готов" in lacking
    assert "Чего не хватает" in lacking
    await furnish(stand, course)
    assert "он готов" in (await responsible.send(f"{path}/readiness")).text

    assert "/readiness" not in await responsible.page(path)
    assert "курс готов" in await responsible.page(f"/cases/authoring-{course.id}")


async def test_the_building_of_a_course_has_its_page_and_says_who_checks_it(
    stand: Engine, signed_in: SignIn
) -> None:
    responsible = await signed_in("responsible")
    for course, checks in (
        (await course_of_its_own(stand), "Система проверит курс в Moodle"),
        (await course_by_hand(stand), "проверит его Оператор"),
    ):
        await building(stand, course)

        assert checks in await responsible.page(f"/courses/{course.id}")
        assert checks in await responsible.page(f"/cases/authoring-{course.id}")


async def test_a_course_that_the_system_does_not_see_is_declared_and_not_checked(
    stand: Engine, signed_in: SignIn
) -> None:
    course = await course_by_hand(stand)
    responsible = await signed_in("responsible")

    await responsible.send(f"/courses/{course.id}/readiness")
    page = await responsible.page(f"/courses/{course.id}")

    assert "<dt>Объявлен готовым</dt>" in page
    assert "Системой не проверен" in page
    assert "Последняя проверка" not in page
    assert "курс готов" not in page


async def test_a_question_is_asked_answered_and_closed(
    stand: Engine, course: Course, signed_in: SignIn
) -> None:
    responsible, operator = await signed_in("responsible"), await signed_in("operator")

    page = await responsible.send(f"/courses/{course.id}/questions", text=HOSTILE)
    assert "Вопрос отправлен Оператору." in page.text
    assert "<script>alert" not in page.text
    path = page.url.path
    await stand.until_waiting(stand.client.get_workflow_handle(path.rpartition("/")[2]))
    assert f"{path}/consultation/answers" not in page.text
    assert f"{path}/consultation/questions" not in await operator.page(path)

    answered = await operator.send(f"{path}/consultation/answers", text="Создайте группу")
    assert "Ответ отправлен" in answered.text
    more = await responsible.send(f"{path}/consultation/questions", text="А если групп две?")
    assert "Создайте группу" in more.text
    assert "А если групп две?" in more.text
    closed = await responsible.send(f"{path}/consultation/closing")
    assert "Консультация закрыта." in closed.text
    assert path in await operator.page(f"/courses/{course.id}")


async def test_a_question_of_nothing_is_told_on_the_page(course: Course, signed_in: SignIn) -> None:
    responsible = await signed_in("responsible")

    answer = await responsible.send(f"/courses/{course.id}/questions", text=" ")

    assert answer.status_code == 422
    assert "Спросить Оператора" in answer.text


async def test_a_list_is_uploaded_planned_and_confirmed(
    stand: Engine, course: Course, signed_in: SignIn
) -> None:
    responsible = await signed_in("responsible")
    content = enrolments.table([*enrolments.people(2), enrolments.person("Кривых", "кривой")])

    taken = await upload(responsible, course, content)
    path = taken.url.path
    number = path.rpartition("/")[2]
    await enrolments.until_state(stand, number, "planned")
    await stand.until_waiting(enrolments.handle(stand, number))
    page = await responsible.page(path)
    rows = await responsible.page(f"{path}/learners?verdict=wrong")
    before = (await responsible.open(f"{path}/learners/state")).text
    done = await responsible.send(f"{path}/learners/confirmation")
    await enrolments.until_state(stand, number, "done")

    assert f'data-known="{before}"' in page
    assert "Список принят" in taken.text
    assert "Строка 4" in page
    assert "Строка 2" not in page, "the good rows are not set aside"
    assert "адрес почты" in page
    assert "Кривых" in rows
    assert "Списков" not in rows
    assert 'data-label="Почта"><span class="term overdue">с ошибкой</span>' in rows
    assert "План подтверждён" in done.text
    assert (await responsible.open(f"{path}/learners/state")).text != before
    page = await responsible.page(path)
    assert "Записано на курс: 2 из 2" in page
    assert "/learners/confirmation" not in page


async def test_a_course_not_declared_ready_is_told_where_people_are_sent_to_it(
    stand: Engine, signed_in: SignIn
) -> None:
    course = await course_of_its_own(stand)
    await building(stand, course)
    number = await enrolments.planned(stand, course, enrolments.table(enrolments.people(1)))
    training = (await opened(stand, course))["number"]
    responsible = await signed_in("responsible")
    said = "Курс ещё не объявлен готовым"

    for path in (f"/cases/{number}", f"/trainings/{training}"):
        assert said in await responsible.page(path)
    assert f"{course.name} — ещё не объявлен готовым" in await responsible.page("/trainings")
    await furnish(stand, course)
    await responsible.send(f"/courses/{course.id}/readiness")
    for path in (f"/cases/{number}", f"/trainings/{training}"):
        assert said not in await responsible.page(path)
    assert f"{course.name} — ещё" not in await responsible.page("/trainings")


async def test_a_plan_is_given_up(stand: Engine, course: Course, signed_in: SignIn) -> None:
    number = await enrolments.planned(stand, course, enrolments.table(enrolments.people(1)))
    owner = await signed_in("agency")

    answer = await owner.send(f"/cases/{number}/learners/withdrawal")

    assert "План отменён" in answer.text
    again = await owner.send(f"/cases/{number}/learners/confirmation")
    assert again.status_code == 409


async def test_nothing_chosen_is_no_list(stand: Engine, course: Course, signed_in: SignIn) -> None:
    responsible = await signed_in("responsible")
    before = await stand.get("responsible", f"/courses/{course.id}/enrolments")

    unchosen = await responsible.send(f"/courses/{course.id}/learners/file")
    empty = await upload(responsible, course, b"", "пусто.csv")
    blank = await upload(responsible, course, b" \r\n", "пусто.csv")

    assert [one.status_code for one in (unchosen, empty, blank)] == [422, 422, 422]
    assert "Выберите файл со списком" in unchosen.text
    assert "Выберите файл со списком" in empty.text
    assert "нет ни одной заполненной строки" in blank.text
    assert "Загрузить список" in blank.text
    assert await stand.get("responsible", f"/courses/{course.id}/enrolments") == before


async def test_the_form_tells_the_columns_and_gives_a_list_that_can_be_read(
    course: Course, signed_in: SignIn
) -> None:
    responsible = await signed_in("responsible")

    page = await responsible.page(f"/courses/{course.id}")
    sample = (await responsible.open("/static/learners-sample.csv")).content
    rows = list(learners.read_list(spreadsheets.read(sample).rows))

    assert 'href="/static/learners-sample.csv"' in page
    assert all(f"«{column.russian}»" in page for column in Column)
    assert sample.startswith(codecs.BOM_UTF8)
    assert all(isinstance(one, Learner) and one.post for one in rows)
    assert [one.email for one in rows if isinstance(one, Learner)] == ["semenova@example.org", ""]


async def test_a_course_of_a_subsystem_without_services_takes_no_list(
    stand: Engine, signed_in: SignIn
) -> None:
    by_hand = await course_by_hand(stand)

    answer = await upload(await signed_in("responsible"), by_hand, enrolments.table(enrolments.people(1)))

    assert answer.status_code == 409


async def test_self_registration_says_what_is_missing_and_gives_its_instruction(
    stand: Engine, signed_in: SignIn
) -> None:
    course = await course_of_its_own(stand)
    responsible = await signed_in("responsible")

    chosen = await responsible.send(f"/courses/{course.id}/self-registration")
    path = chosen.url.path
    number = path.rpartition("/")[2]
    shut = await self_registrations.until(stand, number, "way_shut")
    await stand.until_waiting(stand.client.get_workflow_handle(number))
    page = await responsible.page(path)
    assert shut["why"].splitlines()[0][:40] in page
    await self_registrations.lets_register(stand)
    await self_registrations.lets_enrol(stand, course)
    await stand.moodle_act("change_course", course_id=course.moodle_id, visible=True, site=course.subsystem)
    await responsible.send(f"{path}/learners/check")
    await self_registrations.until(stand, number, "way_open")
    await self_registrations.lets_register(stand, is_on=False)

    assert f"/download/enrolments/{number}/instruction" in await responsible.page(path)
    sheet = await responsible.open(f"/download/enrolments/{number}/instruction")
    assert sheet.content.startswith(b"%PDF")


async def test_what_the_engine_cannot_see_the_operator_confirms_and_nobody_else_is_asked(
    stand: Engine, signed_in: SignIn
) -> None:
    course = await course_by_hand(stand)
    async with stand.sessions.begin() as session:
        (await session.get_one(Course, course.id)).url = "https://local.example.org/course"
    responsible, operator = await signed_in("responsible"), await signed_in("operator")
    number, _ = await self_registrations.shut(stand, course)
    path = f"/cases/{number}"
    [task] = await stand.tasks(number)

    for person, said in (
        (responsible, "проверяет Оператор"),
        (operator, 'подтвердите это в <a href="/tasks">'),
    ):
        page = await person.page(path)
        assert said in page
        assert f'action="{path}/learners/check"' not in page
    tasks = await operator.page(f"/tasks?after={(task.id or 0) - 1}")
    form = tasks.split(f'action="/tasks/{task.id}/retry"')[1].split("</form>")[0]
    assert ">Проверено: запись включена</button>" in form
    told = await operator.send(f"/tasks/{task.id}/retry")

    assert "Отмечено, система проверяет запись." in told.text
    await self_registrations.until(stand, number, "way_open")
    letters = [one.text for one in await stand.letters(number) if one.notice == "way_in_shut"]
    assert sorted("подтвердите это на странице «Задачи»" in " ".join(one.split()) for one in letters) == [
        False,
        True,
    ]


async def test_codes_go_anew_and_slips_are_printed(stand: Engine, course: Course, signed_in: SignIn) -> None:
    some = await claims.a_list(stand, mails=1, without=1, course=course)
    responsible = await signed_in("responsible")
    path = f"/cases/{some.number}/learners"

    listed = await responsible.page(f"/cases/{some.number}")
    page = await responsible.page(f"{path}/unclaimed")
    nobody = await responsible.send(f"{path}/codes", some="1")
    sent = await responsible.send(f"{path}/codes")
    slips = await responsible.send(f"{path}/slips", once="slips-1")
    again = await responsible.send(f"{path}/slips", once="slips-1")
    strange = await responsible.send(f"{path}/slips", row="x")

    assert "<b>Без адреса почты — 1.</b>" in listed
    assert f'<a href="{path}/unclaimed">напечатайте листки с кодами</a>' in listed
    assert "2 человека" in page
    assert "Никто не отмечен" in nobody.text
    assert "Отправляется писем с кодами: 1." in sent.text
    assert len(PdfReader(io.BytesIO(slips.content)).pages) == 1
    assert slips.headers["Cache-Control"] == "no-store"
    assert slips.headers["Content-Disposition"].startswith("attachment")
    assert again.status_code == 409
    assert strange.status_code == 422


async def test_the_cabinet_is_of_those_whose_course_it_is(
    stand: Engine, course: Course, signed_in: SignIn
) -> None:
    number = await enrolments.planned(stand, course, enrolments.table(enrolments.people(1)))
    operator, reviewer = await signed_in("operator"), await signed_in("reviewer")

    for stranger in (operator, reviewer):
        assert (await stranger.open("/courses")).status_code == 403
        for path in ("learners", "learners/unclaimed"):
            assert (await stranger.open(f"/cases/{number}/{path}")).status_code == 403
        for path in ("learners/confirmation", "learners/withdrawal", "learners/codes", "learners/slips"):
            assert (await stranger.send(f"/cases/{number}/{path}")).status_code == 403
        for path in ("plan", "readiness", "questions", "self-registration"):
            answer = await stranger.send(f"/courses/{course.id}/{path}", text="x", planned_on="2030-01-01")
            assert answer.status_code == 403
        assert "<form method" not in (await stranger.page(f"/courses/{course.id}")).partition("<main")[2]
    assert "list.example" not in await operator.page(f"/cases/{number}")


async def test_whose_powers_have_ended_finds_the_course_no_more(stand: Engine, signed_in: SignIn) -> None:
    course = await course_of_its_own(stand)
    handle = await asked(stand, course)
    responsible = await signed_in("responsible")
    assert QUESTION in await responsible.page(f"/cases/{handle.id}")

    await end_powers(stand, course, RESPONSIBLE_EMAIL, words.local_today())

    assert (await responsible.open(f"/courses/{course.id}")).status_code == 404
    assert (await responsible.open(f"/cases/{handle.id}")).status_code == 404
    assert f'"/courses/{course.id}"' not in await responsible.pages("/courses")


async def test_a_form_leads_to_the_page_of_what_it_has_opened(course: Course, signed_in: SignIn) -> None:
    responsible = await signed_in("responsible")

    answer = await responsible.send(
        f"/courses/{course.id}/questions", follow=False, text=QUESTION, once="one-question"
    )
    again = await responsible.send(
        f"/courses/{course.id}/questions", follow=False, text=QUESTION, once="one-question"
    )

    assert where(answer) == where(again)

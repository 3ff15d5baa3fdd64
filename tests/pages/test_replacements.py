"""Clause 4.8 by pages: told and appointed in one form, the proof shown, accepted, withdrawn, done by hand."""

import re
from typing import Any

import pytest

from api.pages.removals import proven
from models import holdings, russian
from models.tables import Course, Responsibility
from tests.engine import Engine, Json
from tests.pages.people import SignIn
from tests.pages.test_case import HOSTILE
from tests.workflows import replacements, setups, words
from tests.workflows.replacements import days_ago


async def test_an_owner_replaces_and_the_successor_accepts(stand: Engine, signed_in: SignIn) -> None:
    held = await replacements.held(stand)
    owner = await signed_in("agency")
    email = replacements.address()
    assert f'value="{held.person}"' in await owner.page("/replacements/new")
    form: Json = {
        "person": held.person,
        "powers_ended_on": str(days_ago(1)),
        "successor.name": "Преемникова Нина",
        "successor.email": email,
        "successor.post": HOSTILE[:200],
    }

    answer = await owner.send("/replacements/new", **form)

    path = answer.url.path
    assert "принято" in answer.text, answer.text
    assert "<script>alert" not in answer.text
    number = path.split("/")[-1]
    await stand.until(replacements.letter(stand, number, "successor_appointed responsible delivered"))
    page = await owner.page(path)
    assert "прочитано обратно: прав нет" in page
    assert f'<td data-label="Что">курс «{held.course.name}»</td>' in page
    assert f'href="{path}"' in await owner.pages("/replacements")
    successor = await signed_in(await replacements.key_of(stand, email))
    assert f'href="{path}"' in await successor.pages("/replacements")
    assert "Принять учебные курсы" in await successor.page(path)
    assert "Вы приняли учебные курсы." in (await successor.send(f"{path}/acceptance")).text
    other: Json = {"successor.name": "Иной", "successor.email": email}
    again = await owner.send(f"{path}/successor", **other)
    assert again.status_code == 409
    stranger = await signed_in(await replacements.key_of(stand, "nobody@example.org"))
    assert (await stranger.open(path)).status_code == 404


async def test_the_successor_is_asked_to_accept_when_the_rights_have_gone_over(
    stand: Engine, signed_in: SignIn
) -> None:
    email = replacements.address()
    person, form = (await replacements.held(stand)).person, replacements.successor(email=email)
    ahead = await replacements.reported(stand, person, days_ago(-5), successor=form)
    successor = await signed_in(await replacements.key_of(stand, email))
    path = f"/replacements/{ahead}"

    page = await successor.page(path)
    early = await successor.send(f"{path}/acceptance")
    now = await replacements.awaiting_acceptance(stand, email)

    assert "когда прекратятся полномочия прежнего лица" in page
    assert f'action="{path}/acceptance"' not in page
    assert early.status_code == 409
    assert f'action="/replacements/{now}/acceptance"' in await successor.page(f"/replacements/{now}")


async def test_whose_powers_have_ended_reads_so_instead_of_nothing(stand: Engine, signed_in: SignIn) -> None:
    held = await replacements.held(stand)
    gone = await signed_in(await replacements.key_of(stand, held.email))
    assert held.course.name in await gone.page("/courses")
    number = await replacements.reported(stand, held.person, days_ago(1))
    await stand.until(replacements.letter(stand, number, "powers_ended responsible delivered"))

    page = await gone.page("/courses")

    ended_on = russian.date_words(days_ago(1))
    assert f"Ваши полномочия закончились {ended_on}: курс «{held.course.name}»" in page
    assert "Ваших курсов ещё нет" not in page
    assert (await gone.open(f"/replacements/{number}")).status_code == 404
    assert "Ваших курсов ещё нет" in await (
        await signed_in(await replacements.key_of(stand, "nobody@example.org"))
    ).page("/courses")


async def test_all_that_a_person_is_responsible_for_is_named(stand: Engine, signed_in: SignIn) -> None:
    held = await replacements.held(stand)
    other = Course(subsystem="local", name=setups.title(), owner=held.course.owner)
    async with stand.sessions.begin() as session:
        session.add(other)
        await session.flush()
        today, request = words.local_today(), str(held.course.request)
        session.add(Responsibility(person=held.person, course=other.id, since=today, given_by=request))

    page = await (await signed_in("agency")).page("/replacements/new")

    [option] = re.findall(f'<option value="{held.person}">(.*)</option>', page)
    assert "курсов и категорий 2:" in option
    assert held.course.name in option
    assert other.name in option


async def test_a_mistake_is_withdrawn_with_its_reason(stand: Engine, signed_in: SignIn) -> None:
    number = await replacements.ahead(stand)
    owner = await signed_in("agency")
    path = f"/replacements/{number}"
    assert "Права ещё не снимались." in await owner.page(path)

    assert (await owner.send(f"{path}/withdrawal")).status_code == 422
    answer = await owner.send(f"{path}/withdrawal", reason="Названо не то лицо")

    assert "Сообщение отозвано" in answer.text, answer.text


async def test_the_owner_confirms_and_appoints_where_the_operator_has_opened(
    stand: Engine, signed_in: SignIn
) -> None:
    path = f"/replacements/{await replacements.vacant(stand)}"
    owner = await signed_in("agency")
    assert "Подтвердите, что полномочия прекращены" in await owner.page(path)

    assert "подтверждено" in (await owner.send(f"{path}/report")).text
    form: Json = {"successor.name": "Кто-то", "successor.email": "нет"}
    wrong = await owner.send(f"{path}/successor", **form)
    assert wrong.status_code == 422
    assert 'value="Кто-то"' in wrong.text
    assert "это не адрес электронной почты" in wrong.text
    right: Json = {"successor.name": "Кто-то", "successor.email": replacements.address()}
    assert "назначено" in (await owner.send(f"{path}/successor", **right)).text


async def test_the_operator_tells_what_was_done_by_hand(stand: Engine, signed_in: SignIn) -> None:
    number = await replacements.awaiting_a_hand(stand)
    operator = await signed_in("operator")
    path = f"/replacements/{number}"
    async with stand.sessions() as session:
        [held] = await holdings.of(session, number)
    assert f"Выполнено: снятие прав, курс «{held.name}»</button>" in await operator.page(path)
    assert "Выполнено: снятие прав" not in await (await signed_in("agency")).page(path)

    [task] = await stand.tasks(number)
    tasks = await operator.page(f"/tasks?after={(task.id or 0) - 1}")
    assert f'<a href="{path}">Отметить сделанное вручную</a>' in tasks
    assert "не указан в настройках" not in tasks
    assert f'action="/tasks/{task.id}/retry"' not in tasks
    assert f'action="/tasks/{task.id}/close"' not in tasks

    answer = await operator.send(f"{path}/by-hand", work="removal", subsystem="local")

    assert "Отмечено: выполнено вручную." in answer.text, answer.text
    await replacements.journal_says(stand, number, "Выполнено Оператором вручную")
    assert "права сняты Оператором вручную" in await operator.page(path)


async def test_what_was_typed_stays(stand: Engine, signed_in: SignIn) -> None:
    person = (await replacements.held(stand)).person
    operator = await signed_in("operator")

    nobody = await operator.send("/replacements/new", powers_ended_on=str(words.local_today()))
    form: Json = {"person": person, "successor.name": "Кто-то"}
    no_day = await operator.send("/replacements/new", **form)

    assert "Выберите, чьи полномочия" in nobody.text
    assert f'value="{words.local_today()}"' in nobody.text
    assert no_day.status_code == 422
    assert 'value="Кто-то"' in no_day.text
    assert f'<option value="{person}" selected>' in no_day.text


@pytest.mark.parametrize(("role", "path"), [("reviewer", ""), ("admin", ""), ("responsible", "/new")])
async def test_others_have_no_such_form(signed_in: SignIn, role: str, path: str) -> None:
    person = await signed_in(role)

    assert (await person.open(f"/replacements{path}")).status_code == 403
    assert (await person.send("/replacements/new", person=1)).status_code == 403


@pytest.mark.parametrize(
    ("key", "seen", "thing", "words"),
    [
        ("edu/course-1", {"can_build": False}, "курс «Охрана труда»", "прочитано обратно: прав нет"),
        ("edu/category-2", {"can_create": False}, "категория № 2", "прочитано обратно: прав нет"),
        (
            "edu/course-1",
            {"can_build": None},
            "курс «Охрана труда»",
            "роль снята; показать это Moodle не может",
        ),
        ("edu/moodle-course-7", {"exists": False}, "курс Moodle № 7", "курса в Moodle уже нет"),
        (
            "edu/course-1",
            {"still_enrolled": True},
            "курс «Охрана труда»",
            "право ещё видно, снятие продолжается",
        ),
        ("edu/account", {"absent": True}, "учётная запись", "её в Moodle больше нет: снимать нечего"),
        ("edu/by-hand", "2026-12-24T09:00:00", "все права", "права сняты Оператором вручную"),
        (
            "edu/course-1",
            {"can_build": False, "ended_by": "suspend"},
            "курс «Охрана труда»",
            "прочитано обратно: прав нет; запись на курс приостановлена",
        ),
    ],
)
def test_the_proof_is_told_in_words(key: str, seen: Any, thing: str, words: str) -> None:
    titles = {"course-1": "Охрана труда"}

    assert proven({key: seen}, {"edu": "Образование"}, titles) == [("Образование", thing, words)]

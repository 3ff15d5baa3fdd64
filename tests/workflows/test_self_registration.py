"""Clause 4.5, way one: learners register themselves, once the site and the course let them."""

import io
import re
from datetime import timedelta
from typing import Any

import httpx
import pytest
from pypdf import PdfReader
from temporalio.workflow import Info

from models.letters import Notice
from models.self_registration import Lack
from models.tables import Course, LetterRow, Task
from models.terms import Recipient
from tests.engine import Engine, result_of
from tests.workflows import words
from tests.workflows.self_registrations import chosen, lets_enrol, lets_register, shut
from tests.workflows.trainings import course_of_its_own


async def visible(engine: Engine, course: Course) -> None:
    await engine.moodle_act("change_course", course_id=course.moodle_id, visible=True, site=course.subsystem)


async def check(engine: Engine, number: str, role: str = "responsible") -> httpx.Response:
    return await engine.post(role, f"/enrolments/{number}/check")


async def open_tasks(engine: Engine, number: str) -> list[Task]:
    return [task for task in await engine.tasks(number) if task.closed_at is None]


def sheet(response: httpx.Response) -> str:
    assert response.status_code == 200, response.text
    pages = PdfReader(io.BytesIO(response.content)).pages
    return re.sub(r"\s+", " ", " ".join(page.extract_text() for page in pages))


@pytest.fixture
async def course(engine: Engine) -> Course:
    """Hidden, with no way in; the site lets nobody register."""
    await lets_register(engine, is_on=False)
    return await course_of_its_own(engine)


async def test_where_all_is_open_the_responsible_gets_the_instruction_at_once(
    engine: Engine, course: Course
) -> None:
    await lets_register(engine)
    await lets_enrol(engine, course)
    await visible(engine, course)

    number = await chosen(engine, course)
    stage = await result_of(engine.client.get_workflow_handle(number))

    assert stage == "way_open"
    letter = await words.letter(engine, number, Notice.SELF_REGISTRATION, Recipient.RESPONSIBLE)
    told = re.sub(r"\s+", " ", letter.text)
    assert "Создать учётную запись" in told
    assert "кодовое слово" not in told
    assert course.url
    printed = sheet(await engine.call("operator", "GET", f"/enrolments/{number}/instruction"))
    assert course.url.split("/")[2] in printed
    mail = await engine.until(lambda: _mailed(engine, letter))
    assert [one.content_type for one in mail.attachments] == ["application/pdf"]
    assert await engine.tasks(number) == []


async def _mailed(engine: Engine, letter: LetterRow) -> Any:
    return next(iter(engine.mail.letters(naming=letter.message_id)), None)


async def test_what_is_to_be_switched_on_is_told_to_whom_it_concerns(engine: Engine, course: Course) -> None:
    number, _ = await shut(engine, course)

    lacks = (Lack.SITE_SHUT, Lack.COURSE_SHUT, Lack.COURSE_HIDDEN)
    for recipient in (Recipient.OPERATOR, Recipient.RESPONSIBLE):
        letter = await words.letter(engine, number, Notice.WAY_IN_SHUT, recipient)
        told = re.sub(r"\s+", " ", letter.text)
        assert all(lack.russian in told for lack in lacks)
    [task] = await open_tasks(engine, number)
    assert (task.kind, Lack.SITE_SHUT.russian in task.why) == ("way_in", True)
    response = await engine.call("agency", "GET", f"/enrolments/{number}/instruction")
    assert words.problem(response) == (409, "no-instruction-yet")
    closing = await engine.post("operator", f"/tasks/{task.id}/close")
    assert words.problem(closing) == (409, "not-closable")


async def test_once_somebody_says_so_it_is_looked_at_again(engine: Engine, course: Course) -> None:
    number, handle = await shut(engine, course)
    await lets_register(engine)
    assert (await check(engine, number, "operator")).status_code == 200

    async def is_told_anew() -> bool:
        return len(await engine.tasks(number)) == 2

    await engine.until(is_told_anew)
    [left] = await open_tasks(engine, number)
    assert Lack.SITE_SHUT.russian not in left.why
    await lets_enrol(engine, course, password="Слово-2026")
    await visible(engine, course)
    assert (await check(engine, number)).status_code == 200

    assert await result_of(handle) == "way_open"
    assert await open_tasks(engine, number) == []
    letter = await words.letter(engine, number, Notice.SELF_REGISTRATION, Recipient.RESPONSIBLE)
    assert "сообщите его Пользователям" in re.sub(r"\s+", " ", letter.text)
    assert "Слово-2026" not in letter.text
    late = await check(engine, number)
    assert words.problem(late) == (409, "stage-passed")


async def test_it_is_looked_at_daily_and_told_once(engine: Engine, course: Course) -> None:
    number, handle = await shut(engine, course)
    await engine.skipper.fast_forward(handle, timedelta(days=3, hours=1))
    await engine.until_waiting(handle)
    assert len(await open_tasks(engine, number)) == 1
    told = await words.delivered(engine, number, of=2)
    assert told == ["way_in_shut operator", "way_in_shut responsible"]
    await lets_register(engine)
    await lets_enrol(engine, course)
    await visible(engine, course)

    await engine.skipper.fast_forward(handle, timedelta(days=1))

    assert await result_of(handle) == "way_open"


async def test_after_years_of_looking_it_goes_on_in_a_new_run_and_tells_nothing_anew(
    engine: Engine, course: Course, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As if Temporal called a history of 30 events long."""
    monkeypatch.setattr(
        Info, "is_continue_as_new_suggested", lambda info: info.get_current_history_length() > 30
    )
    number, first = await shut(engine, course)
    first_run = (await first.describe()).run_id
    await engine.skipper.fast_forward(first, timedelta(days=5, hours=1))

    async def is_anew() -> bool:
        return (await first.describe()).run_id != first_run

    await engine.until(is_anew)
    await engine.until_waiting(first)
    assert len(await open_tasks(engine, number)) == 1
    assert await words.delivered(engine, number, of=2) == ["way_in_shut operator", "way_in_shut responsible"]
    assert (await engine.get("responsible", f"/enrolments/{number}"))["state"]["code"] == "way_shut"
    await lets_register(engine)
    await lets_enrol(engine, course)
    await visible(engine, course)
    assert (await check(engine, number)).status_code == 200
    assert await result_of(first) == "way_open"
    assert await open_tasks(engine, number) == []


async def test_nothing_is_open_while_the_operator_only_says_what_moodle_denies(
    engine: Engine, course: Course
) -> None:
    number, handle = await shut(engine, course)
    [task] = await open_tasks(engine, number)

    response = await engine.post("operator", f"/tasks/{task.id}/retry")

    assert response.status_code == 200, response.text
    await engine.until_waiting(handle)
    assert (await engine.get("responsible", f"/enrolments/{number}"))["state"]["code"] == "way_shut"


async def test_what_a_2_8_5_does_not_tell_the_operator_confirms_by_the_task(engine: Engine) -> None:
    category = await engine.first_category("eledu")
    course = await course_of_its_own(engine, subsystem="eledu", category=category)
    await lets_enrol(engine, course)
    await visible(engine, course)
    number, handle = await shut(engine, course)
    [task] = await open_tasks(engine, number)
    assert (task.kind, task.why) == ("way_in_unseen", Lack.SITE_UNSEEN.russian)
    shown = await engine.get("responsible", f"/enrolments/{number}")
    assert [one["code"] for one in shown["lacks"]] == ["site-unseen"]

    unseen = await check(engine, number)
    await engine.until_waiting(handle)
    assert unseen.status_code == 200
    assert (await engine.get("responsible", f"/enrolments/{number}"))["state"]["code"] == "way_shut"
    response = await engine.post("operator", f"/tasks/{task.id}/retry")

    assert response.status_code == 200, response.text
    assert await result_of(handle) == "way_open"
    assert any("подтверждено Оператором" in line for line in await engine.journal(number))


async def test_a_course_that_is_gone_is_said(engine: Engine, course: Course) -> None:
    await engine.moodle_act("delete_course", course_id=course.moodle_id)

    number, _ = await shut(engine, course)

    [task] = await open_tasks(engine, number)
    assert task.why == Lack.COURSE_GONE.russian


async def test_a_subsystem_without_web_services_is_looked_at_by_the_operator(
    engine: Engine, course: Course
) -> None:
    # Of a course that no Moodle of the settings has.
    async with engine.sessions.begin() as session:
        row = await session.get_one(Course, course.id)
        row.moodle_id = None

    number, handle = await shut(engine, course)
    [task] = await open_tasks(engine, number)
    response = await engine.post("operator", f"/tasks/{task.id}/retry")

    assert {Lack.SITE_UNSEEN.russian, Lack.COURSE_UNSEEN.russian} <= set(_lines(task))
    assert response.status_code == 200, response.text
    assert await result_of(handle) == "way_open"


def _lines(task: Task) -> list[str]:
    return [lack.russian for lack in Lack if lack.russian in task.why]


async def test_while_moodle_is_away_what_was_known_stays(engine: Engine, course: Course) -> None:
    number, handle = await shut(engine, course)
    before = await words.delivered(engine, number, of=2)
    await engine.moodle_fault("down")
    assert (await check(engine, number)).status_code == 200
    await engine.skipper.fast_forward(handle, timedelta(hours=2))
    await engine.moodle_heals()

    assert await words.delivered(engine, number, of=2) == before
    [task] = await open_tasks(engine, number)
    assert Lack.SITE_SHUT.russian in task.why

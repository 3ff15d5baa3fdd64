"""Clause 4.4: a course from its setup to its readiness."""

import asyncio
from datetime import datetime, timedelta
from typing import Any

import httpx
import pytest
from temporalio.client import WorkflowHandle

from models.authoring import Plan
from models.deadlines import end_of, morning_of
from models.letters import Notice
from models.tables import Course
from models.terms import Clause, Recipient
from tests.engine import Engine, result_of
from tests.workflows import setups, words
from tests.workflows.courses import building, furnish
from tests.workflows.trainings import course_by_hand, course_of_its_own

SECOND = timedelta(seconds=1)


async def declare(engine: Engine, course: Course, *, key: str | None = None) -> httpx.Response:
    return await engine.post("responsible", f"/courses/{course.id}/authoring/readiness", key=key)


async def plan(engine: Engine, course: Course, *, days: int) -> datetime:
    """24:00 of the planned day."""
    day = words.local_today() + timedelta(days=days)
    response = await engine.post(
        "responsible", f"/courses/{course.id}/authoring/plan", {"planned_on": str(day)}
    )
    assert (response.status_code, response.json()["planned_on"]) == (200, str(day)), response.text
    await building(engine, course)
    return end_of(day)


def blocking(response: httpx.Response) -> list[str]:
    return [one["code"] for one in response.json()["declared"]["findings"] if one["blocking"]]


async def test_a_course_that_lacks_something_is_told_what_and_ready_once_it_is_mended(
    engine: Engine,
) -> None:
    course = await course_of_its_own(engine)
    handle = await building(engine, course)

    lacking = await declare(engine, course)
    await furnish(engine, course)
    ready = await declare(engine, course)

    assert lacking.status_code == 200, lacking.text
    assert (lacking.json()["state"]["code"], blocking(lacking)) == ("building", ["no-content", "hidden"])
    assert (ready.json()["state"]["code"], blocking(ready)) == ("ready", [])
    assert await result_of(handle) == "ready"
    for recipient in (Recipient.OWNER, Recipient.OPERATOR, Recipient.RESPONSIBLE):
        letter = await words.letter(engine, handle.id, Notice.COURSE_READY, recipient)
        assert "готов" in letter.subject
    again = await declare(engine, course)
    assert words.problem(again)[0] == 409
    shown = await engine.get("operator", f"/courses/{course.id}/authoring")
    assert shown["closed_at"]
    assert shown["declared"]["ready"]
    journal = await engine.journal(handle.id)
    assert any("но не готов: В курсе нет материалов" in line for line in journal)
    assert any("Курс готов: проверено в Moodle" in line for line in journal)


async def test_whoever_lost_the_answer_gets_it_again_under_the_same_key(engine: Engine) -> None:
    course = await course_of_its_own(engine)
    handle = await building(engine, course)
    await furnish(engine, course)

    first = await declare(engine, course, key="declared-once")
    await handle.result()
    second = await declare(engine, course, key="declared-once")

    assert first.status_code == second.status_code == 200
    assert first.json() == second.json()
    assert len([one for one in await engine.journal(handle.id) if "Курс готов" in one]) == 1


async def test_before_the_planned_day_the_responsible_is_reminded_and_a_ready_course_is_in_time(
    engine: Engine,
) -> None:
    course = await course_of_its_own(engine)
    handle = await building(engine, course)
    due_at = await plan(engine, course, days=20)

    await engine.skip(handle, to=due_at - SECOND)
    await furnish(engine, course)
    ready = await declare(engine, course)
    await handle.result()

    assert ready.json()["state"]["code"] == "ready"
    names = await engine.letter_names(handle.id)
    assert sum(name.startswith("reminder responsible") for name in names) == 2
    assert not any(name.startswith("escalation") for name in names)
    clause = await engine.clause(handle.id, Clause.AUTHORING)
    assert clause is not None
    assert (clause.late_by, clause.is_overdue) == ("", False)


async def test_past_the_planned_day_the_owner_hears_of_it_and_the_course_is_late(engine: Engine) -> None:
    course = await course_of_its_own(engine)
    handle = await building(engine, course)
    due_at = await plan(engine, course, days=10)

    await engine.skip(handle, to=due_at + timedelta(days=6))
    await furnish(engine, course)
    await declare(engine, course)
    await handle.result()

    names = await engine.letter_names(handle.id)
    assert any(name.startswith("escalation owner") for name in names)
    clause = await engine.clause(handle.id, Clause.AUTHORING)
    assert clause is not None
    assert clause.late_by
    assert any("позже планируемой даты" in line for line in await engine.journal(handle.id))


async def test_a_plan_that_is_moved_takes_its_reminders_along(engine: Engine) -> None:
    course = await course_of_its_own(engine)
    handle = await building(engine, course)
    first = await plan(engine, course, days=10)
    later = await plan(engine, course, days=40)

    await engine.skip(handle, to=first + timedelta(days=5))
    before = await engine.letter_names(handle.id)
    await engine.skip(handle, to=later - SECOND)

    assert before == []
    after = [name.split()[0] for name in await engine.letter_names(handle.id)]
    assert after == ["reminder", "reminder"]
    terms = await engine.get("responsible", f"/cases/{handle.id}/deadlines")
    assert [one["clause"] for one in terms] == ["4.4"]


async def test_a_day_that_is_past_cannot_be_planned(engine: Engine) -> None:
    course = await course_of_its_own(engine)
    await building(engine, course)

    response = await engine.post(
        "agency", f"/courses/{course.id}/authoring/plan", {"planned_on": words.days_ago(1)}
    )

    assert words.problem(response) == (422, "planned-date-past")


@pytest.mark.parametrize("fault", ["503", "down", "html"])
async def test_while_moodle_is_away_nothing_changes_and_the_same_key_may_be_tried_again(
    engine: Engine, fault: str
) -> None:
    course = await course_of_its_own(engine)
    handle = await building(engine, course)
    await furnish(engine, course)
    await engine.moodle_fault(fault)

    away = await declare(engine, course, key=f"back-{course.id}")
    await engine.moodle_heals()
    back = await declare(engine, course, key=f"back-{course.id}")

    assert words.problem(away) == (503, "moodle-away")
    assert int(away.headers["Retry-After"]) > 0
    assert back.json()["state"]["code"] == "ready", back.text
    assert await result_of(handle) == "ready"


async def test_a_course_that_is_gone_from_moodle_is_not_ready(engine: Engine) -> None:
    course = await course_of_its_own(engine)
    await building(engine, course)
    await engine.moodle_act("delete_course", course_id=course.moodle_id)

    assert blocking(await declare(engine, course)) == ["no-course"]


async def test_where_there_is_no_moodle_to_ask_the_word_of_the_responsible_counts(engine: Engine) -> None:
    course = await course_by_hand(engine)
    handle = await building(engine, course)

    declared = await declare(engine, course)

    assert declared.json()["state"]["code"] == "ready"
    assert [one["code"] for one in declared.json()["declared"]["findings"]] == ["not-checked"]
    await handle.result()
    assert any("не проверено системой" in line for line in await engine.journal(handle.id))


async def test_of_two_who_declare_at_once_one_is_told_that_it_is_ready_already(engine: Engine) -> None:
    course = await course_of_its_own(engine)
    await building(engine, course)
    await furnish(engine, course)

    answers = await asyncio.gather(declare(engine, course), declare(engine, course))

    assert sorted(answer.status_code for answer in answers) == [200, 409]


async def test_without_a_plan_nobody_is_reminded_however_long_it_takes(engine: Engine) -> None:
    course = await course_of_its_own(engine)
    handle = await building(engine, course)

    await engine.skipper.fast_forward(handle, timedelta(days=200))

    assert await engine.letters(handle.id) == []
    assert await engine.clause(handle.id, Clause.AUTHORING) is None


async def test_after_an_outage_over_the_planned_morning_the_owner_still_hears(engine: Engine) -> None:
    course = await course_of_its_own(engine)
    handle = await building(engine, course)
    due_at = await plan(engine, course, days=5)

    refused = f"number = '{handle.id}' AND step ~ '^authoring/overdue-[0-9-]+$'"
    outage = due_at - morning_of(words.local_today()) + timedelta(days=8)
    async with words.refusing(engine, "journal", refused):
        await engine.skipper.fast_forward(handle, outage)
        task = await words.task(engine, handle.id, "authoring/overdue-")
    await words.try_again(engine, task)

    async def told() -> bool:
        return any(one.startswith("escalation owner") for one in await engine.letter_names(handle.id))

    await engine.until(told)


async def test_what_is_missing_is_mended_step_by_step(engine: Engine) -> None:
    course = await course_of_its_own(engine)
    await building(engine, course)
    first = await declare(engine, course)
    page = await engine.moodle_act("add_activity", course_id=course.moodle_id, modname="page", name="Урок")
    await engine.moodle_act("change_activity", cmid=page["id"], visible=False)
    await engine.moodle_act("change_course", course_id=course.moodle_id, visible=True)
    second = await declare(engine, course)
    await engine.moodle_act("change_activity", cmid=page["id"], visible=True)
    await engine.moodle_act("open_enrolment", course_id=course.moodle_id, type="manual", enabled=False)
    third = await declare(engine, course)
    await engine.moodle_act("open_enrolment", course_id=course.moodle_id, type="self")
    last = await declare(engine, course)

    found = [blocking(one) for one in (first, second, third, last)]
    assert found == [["no-content", "hidden"], ["all-hidden"], ["no-way-in"], []]
    assert last.json()["state"]["code"] == "ready"


async def test_a_course_never_declared_stays_open_and_is_spoken_of_again(engine: Engine) -> None:
    course = await course_of_its_own(engine)
    handle = await building(engine, course)
    due_at = await plan(engine, course, days=10)

    await engine.skip(handle, to=due_at + timedelta(days=21))

    async def again() -> bool:
        names = await engine.letter_names(handle.id)
        return sum(name.startswith("escalation owner") for name in names) >= 2

    assert await engine.until(again)
    assert (await engine.case(handle.id)).closed_at is None


async def test_of_plans_made_at_once_each_is_opened_and_the_last_one_counts(engine: Engine) -> None:
    course = await course_of_its_own(engine)
    handle = await building(engine, course)

    days = [words.local_today() + timedelta(days=ahead) for ahead in (10, 20)]
    plans = [Plan(planned_on=day, by="key-1") for day in days]
    assert await asyncio.gather(*(handle.execute_update("plan", one) for one in plans)) == [
        str(day) for day in days
    ]

    lines = [one for one in await engine.journal(handle.id) if "запланирована" in one]
    assert len(lines) == 2
    row = await engine.clause(handle.id, Clause.AUTHORING)
    assert row is not None
    assert f"{row.last_day:%d.%m.%Y}" in lines[-1]


async def test_a_declaration_is_in_time_though_moodle_is_asked_past_the_planned_day(engine: Engine) -> None:
    course = await course_of_its_own(engine)
    handle = await building(engine, course)
    due_at = await plan(engine, course, days=5)
    await furnish(engine, course)
    await engine.skip(handle, to=due_at - 4 * SECOND)

    await engine.moodle_fault("slow", seconds=5, times=1)
    ready = await declare(engine, course)

    assert ready.status_code == 200, ready.text
    assert await engine.skipper.get_current_time(handle) >= due_at
    await handle.result()
    row = await engine.clause(handle.id, Clause.AUTHORING)
    assert row is not None
    assert row.late_by == ""


async def test_a_category_alone_begins_no_building(engine: Engine) -> None:
    number = await words.file_category(engine, setups.title("Категория"))
    await engine.approve(number)
    await setups.closed(engine, number)

    children = (await engine.setup(number).describe()).raw_description.pending_children
    assert not any(one.workflow_type_name == "AuthoringWorkflow" for one in children)


async def test_a_plan_made_while_a_good_declaration_is_looked_at_is_told_that_it_is_ready(
    engine: Engine,
) -> None:
    course = await course_of_its_own(engine)
    handle = await building(engine, course)
    await furnish(engine, course)
    await engine.moodle_fault("slow", seconds=3, times=1)

    declaring = asyncio.create_task(declare(engine, course))
    await engine.until(lambda: _is_looking(handle))
    day = words.local_today() + timedelta(days=10)
    late = await engine.post("responsible", f"/courses/{course.id}/authoring/plan", {"planned_on": str(day)})

    assert (await declaring).json()["state"]["code"] == "ready"
    assert words.problem(late)[0] == 409
    assert await result_of(handle) == "ready"
    assert await engine.clause(handle.id, Clause.AUTHORING) is None


async def _is_looking(handle: WorkflowHandle[Any, Any]) -> bool:
    pending = (await handle.describe()).raw_description.pending_activities
    return any(one.activity_type.name == "look_at_course" for one in pending)

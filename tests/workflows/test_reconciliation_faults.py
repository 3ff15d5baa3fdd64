"""A reconciliation on a bad night: nothing is concluded from what did not come, or came half."""

import asyncio
import contextlib
from typing import Any
from uuid import uuid4

import pytest
from sqlmodel import col, func, select
from temporalio.service import RPCError

from activities import reconciliation
from clients.moodle import MoodleClient
from models import schedules
from models.deadlines import LOCAL_ZONE
from models.reconciliation import MANY
from models.tables import Category, Course, ReconciliationRow
from tests.engine import Engine, Json
from tests.workflows import reconciling, replacements, setups
from tests.workflows.reconciling import adopted, differences, night, tasks

ENROLLED, COURSES = "core_enrol_get_enrolled_users", "core_course_get_courses"
CATEGORIES = "core_course_get_categories"


async def _renamed(engine: Engine) -> Course:
    """A course that differs, and whose difference is known."""
    course = (await replacements.held(engine)).course
    await engine.moodle_act("change_course", course_id=course.moodle_id, fullname="Иначе")
    await night(engine)
    assert "course_renamed" in await differences(engine, course)
    return course


async def _shelf(engine: Engine, count: int) -> tuple[Json, list[Course]]:
    """A category of the register with so many courses, as Moodle has it."""
    name = setups.title("Полка")
    made = await engine.moodle_act("add_category", name=name)
    async with engine.sessions.begin() as session:
        session.add(
            Category(subsystem="edu", name=name, purpose="Проверка", owner="zdrav", moodle_id=made["id"])
        )
    ids = [
        (
            await engine.moodle_act(
                "add_course", category_id=made["id"], fullname=setups.title(), shortname=uuid4().hex
            )
        )["id"]
        for _ in range(count)
    ]
    row = await night(engine)
    assert row.outcome == "whole"
    courses = [await adopted(engine, one) for one in ids]
    return made, [one for one in courses if one is not None]


@pytest.mark.parametrize(
    ("fault", "failure"),
    [
        ({"kind": "down"}, "moodle-unavailable"),
        ({"kind": "503"}, "moodle-unavailable"),
        ({"kind": "html"}, "moodle-unavailable"),
        ({"kind": "truncated", "function": COURSES}, "moodle-unavailable"),
        ({"kind": "half_list", "function": COURSES}, "moodle-unavailable"),
        ({"kind": "half_list", "function": CATEGORIES}, "moodle-unavailable"),
        ({"kind": "empty_lists"}, "moodle-denied"),
    ],
)
async def test_nothing_is_concluded_from_lists_that_did_not_come_whole(
    engine: Engine, fault: dict[str, Any], failure: str
) -> None:
    course = await _renamed(engine)
    before = {one.id for one in await reconciling.open_tasks(engine)}
    await engine.moodle_fault(**fault)

    row = await night(engine)

    assert (row.outcome, row.failure, row.adopted) == ("unread", failure, 0)
    assert {one.id for one in await reconciling.open_tasks(engine)} == before
    assert set(await differences(engine, course)) == {"course_renamed"}


async def test_a_list_that_comes_whole_the_second_time_is_enough(engine: Engine) -> None:
    await engine.moodle_fault("half_list", function=COURSES, times=1)
    assert (await night(engine)).outcome == "whole"


async def _known(engine: Engine) -> int:
    query = select(func.count()).select_from(Course)
    query = query.where(col(Course.subsystem) == "edu", col(Course.moodle_id).is_not(None))
    async with engine.sessions() as session:
        return (await session.scalars(query)).one()


async def test_some_courses_that_do_not_answer_stay_as_they_were(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    held = await replacements.held(engine)
    stranger = await setups.account(engine, f"{uuid4().hex}@example.org")
    enrolment = {
        "roleid": setups.EDITING_TEACHER,
        "userid": stranger["id"],
        "courseid": held.course.moodle_id,
    }
    await engine.moodle_call("enrol_manual_enrol_users", enrolments=[enrolment])
    await night(engine)
    assert "role_by_hand" in await differences(engine, held.course)

    # It is the newest, so its call is among the last, which all fail.
    monkeypatch.setattr(MoodleClient, "pauses", ())
    await engine.moodle_fault("503", function=ENROLLED, skip=await _known(engine) - 4, times=4)

    row = await night(engine)

    assert row.outcome == "partly"
    assert row.unread == 4
    assert "role_by_hand" in await differences(engine, held.course)


async def test_a_moodle_that_goes_away_in_the_midst_ends_the_night_and_not_what_was_known(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(MoodleClient, "pauses", ())
    course = await _renamed(engine)
    await engine.moodle_act("change_course", course_id=course.moodle_id, fullname=course.name)
    await engine.moodle_fault("503", function=ENROLLED)

    row = await night(engine)

    assert (row.outcome, row.failure) == ("partly", "moodle-unavailable")
    assert await differences(engine, course) == {}, "its list came whole, and said so"


async def test_a_category_lost_with_all_its_courses_is_one_task(engine: Engine) -> None:
    made, _ = await _shelf(engine, MANY + 5)
    before = {one.id for one in await reconciling.open_tasks(engine)}
    doomed = [{"id": made["id"], "recursive": 1}]
    await engine.moodle_call("core_course_delete_categories", categories=doomed)
    there = await engine.moodle_state()

    for _ in range(2):
        assert (await night(engine)).outcome == "whole"

    [task] = [one for one in await reconciling.open_tasks(engine) if one.id not in before]
    assert "категории нет в Moodle" in task.why
    assert f"нет и курсов: {MANY + 5}" in task.why
    after = await engine.moodle_state()
    assert len(after["courses"]) == len(there["courses"])
    assert len(after["categories"]) == len(there["categories"])


async def test_many_courses_lost_at_once_are_one_task_which_closes_with_the_last(engine: Engine) -> None:
    _, courses = await _shelf(engine, MANY + 1)
    before = {one.id for one in await reconciling.open_tasks(engine)}
    for course in courses:
        await engine.moodle_act("change_course", course_id=course.moodle_id, fullname=f"Ы {course.id}")

    for _ in range(2):
        await night(engine)

    [task] = [one for one in await reconciling.open_tasks(engine) if one.id not in before]
    assert f"{MANY + 1}" in task.why
    for course in courses[1:]:
        await engine.moodle_act("change_course", course_id=course.moodle_id, fullname=course.name)
    await night(engine)
    assert [one.closed_at for one in await tasks(engine, courses[0])] == [None]
    await engine.moodle_act("change_course", course_id=courses[0].moodle_id, fullname=courses[0].name)
    await night(engine)
    [task] = await tasks(engine, courses[0])
    assert task.closed_at is not None


async def test_courses_are_looked_at_part_by_part(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reconciliation, "_A_PART", 2)
    await _shelf(engine, 5)
    row = await night(engine)
    assert row.outcome == "whole"
    assert row.looked >= 5


async def test_one_run_at_a_time_whoever_starts_it(engine: Engine) -> None:
    schedule = engine.client.get_schedule_handle(schedules.reconciliation_of("edu"))
    with contextlib.suppress(RPCError):  # of another test
        await schedule.delete()
    await engine.moodle_fault("slow", function=COURSES, seconds=3)
    for _ in range(3):
        response = await engine.post("operator", "/subsystems/edu/reconciliation")
        assert response.status_code == 202, response.text
        assert response.json()["running"]

    async def ended() -> bool:
        shown = await engine.get("reviewer", "/subsystems/edu/reconciliation")
        return shown["last"] is not None and not shown["running"]

    await asyncio.sleep(0.5)
    await engine.until(ended)
    description = await schedule.describe()
    await schedule.delete()
    assert description.info.num_actions == 1
    assert description.info.num_actions_skipped_overlap == 2
    shown = await engine.get("reviewer", "/subsystems/edu/reconciliation")
    assert shown["last"]["outcome"] == {"code": "whole", "name": "прочитано полностью"}
    [next_at, *_] = description.info.next_action_times
    assert (next_at.astimezone(LOCAL_ZONE).hour, next_at.minute) == (2, 0)


async def test_a_run_ended_by_hand_is_shown_so_by_the_next(engine: Engine) -> None:
    await engine.moodle_fault("slow", function=COURSES, seconds=2)
    handle = await reconciling.begun(engine)

    async def is_running() -> bool:
        async with engine.sessions() as session:
            return await session.get(ReconciliationRow, handle.first_execution_run_id) is not None

    await engine.until(is_running)
    await handle.terminate()
    await engine.moodle_heals()
    await night(engine)
    async with engine.sessions() as session:
        row = await session.get_one(ReconciliationRow, handle.first_execution_run_id)
    assert row.outcome == "stopped"

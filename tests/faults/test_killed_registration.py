"""Clause 4.5: the worker is killed amid a list, its call to Moodle made and nothing of that written."""

import asyncio
from collections import Counter
from uuid import uuid4

from devstack.keys import RESPONSIBLE_EMAIL
from tests.faults.outside import Outside
from tests.faults.test_killed_processes import courses, is_slow_fault_taken
from tests.workflows.enrolments import people, table

LEARNERS = 600
"""More than a chunk."""


async def test_nobody_of_a_list_is_lost_or_made_or_enrolled_twice(outside: Outside) -> None:
    course, row = await course_of(outside)
    mark = uuid4().hex[:8]
    path = f"/courses/{row}/enrolments?filename=list.csv"
    opened = await outside.world.upload("responsible", path, table(people(LEARNERS, mark=mark)))
    number = str(opened["number"])
    await outside.until(lambda: _is(outside, number, "planned"))
    await outside.world.break_moodle(
        {"kind": "slow", "seconds": 3, "times": 1, "function": "enrol_manual_enrol_users"}
    )
    await outside.world.post("responsible", f"/enrolments/{number}/confirmation")
    await outside.until(lambda: is_slow_fault_taken(outside))

    await outside.stack.worker.kill()
    left = await outside.sql("SELECT 1 FROM learners WHERE number = %s AND state <> 'enrolled'", number)
    await outside.stack.worker.start()
    async with asyncio.timeout(120):
        await outside.until(lambda: _is(outside, number, "done"))

    assert left
    states = await outside.sql("SELECT state, moodle_id FROM learners WHERE number = %s", number)
    assert {one["state"] for one in states} == {"enrolled"}
    moodle = await outside.world.moodle()
    accounts = Counter(one["email"] for one in moodle["users"] if mark in one["email"])
    assert (len(accounts), set(accounts.values())) == (LEARNERS, {1})
    enrolled = Counter(one["user_id"] for one in moodle["enrolments"] if one["course_id"] == course)
    assert {enrolled[one["moodle_id"]] for one in states} == {1}


async def course_of(outside: Outside) -> tuple[int, int]:
    """A new course: its id in Moodle and in the register."""
    responsible = {"name": "Спискова Вера Павловна", "post": "Методист", "phone": "1"}
    request = await outside.file_for_review(
        course_name=f"Курс {uuid4().hex}", responsible={**responsible, "email": RESPONSIBLE_EMAIL}
    )
    await outside.approve(request)
    await outside.until_stage(request, "done")
    [course] = await courses(outside, request)
    [row] = await outside.sql("SELECT id FROM courses WHERE request = %s", request)
    return course["id"], row["id"]


async def _is(outside: Outside, number: str, state: str) -> bool:
    return bool(await outside.sql("SELECT 1 FROM enrolments WHERE number = %s AND state = %s", number, state))

"""Clause 4.8: the worker is killed between the removal of rights and its proof."""

import asyncio
from datetime import UTC, datetime, timedelta
from uuid import uuid4

from models.deadlines import local_date
from tests.faults.outside import Json, Outside
from tests.faults.test_killed_processes import is_slow_fault_taken


async def test_what_a_killed_attempt_saw_is_in_the_proof_and_nothing_is_removed_twice(
    outside: Outside,
) -> None:
    email = f"goes.{uuid4().hex[:8]}@example.org"
    responsible = {"name": "Уходилова Вера Павловна", "post": "Методист", "email": email, "phone": "1"}
    request = await outside.file_for_review(responsible=responsible, course_name=f"Курс {uuid4().hex}")
    await outside.approve(request)
    await outside.until_stage(request, "done")
    await outside.world.break_moodle(
        {"kind": "slow", "seconds": 1, "times": 1, "function": "enrol_manual_unenrol_users"}
    )
    yesterday = local_date(datetime.now(UTC)) - timedelta(days=1)
    report = {"email": email, "powers_ended_on": str(yesterday)}
    number = (await outside.world.post("agency", "/replacements", report, status=201))["number"]
    await outside.until(lambda: is_slow_fault_taken(outside))

    await outside.stack.worker.kill()
    await outside.until(lambda: _is_gone(outside, email))
    await outside.stack.worker.start()
    async with asyncio.timeout(120):
        await outside.until(lambda: _is_removed(outside, number))

    [row] = await outside.sql("SELECT proof FROM replacements WHERE number = %s", number)
    [proof] = [one for key, one in row["proof"].items() if "course" in key]
    assert (proof["was_enrolled"], proof["interrupted"], proof["still_enrolled"]) == (True, True, False)
    assert (await outside.journal(number)).count("replacement/removal-edu") == 1


async def _is_gone(outside: Outside, email: str) -> bool:
    """Whether Moodle has ended the enrolment of this person."""
    moodle: Json = await outside.world.moodle()
    [person] = [one for one in moodle["users"] if one["email"] == email]
    return not [one for one in moodle["enrolments"] if one["user_id"] == person["id"]]


async def _is_removed(outside: Outside, number: str) -> bool:
    return "replacement/removal-edu" in await outside.journal(number)

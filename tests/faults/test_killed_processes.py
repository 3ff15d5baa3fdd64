"""The worker or the API is killed at the worst moment: nothing is doubled, nothing is lost."""

import asyncio
import contextlib
from uuid import uuid4

import aiohttp

from devstack import probes
from devstack.request_form import request_form
from models import ids
from tests.faults.outside import REFUSAL, Json, Outside

# An installation's worker may be away for a minute or more; the server keeps the decision just the
# same, and the test need not wait so long.
WORKER_AWAY_SECONDS = 5


async def test_a_worker_killed_between_moodles_answer_and_the_steps_end_doubles_nothing(
    outside: Outside,
) -> None:
    email = f"vera.{uuid4().hex[:8]}@example.org"
    responsible = {"name": "Тестова Вера Павловна", "post": "Методист", "email": email, "phone": "1"}
    number = await outside.file_for_review(responsible=responsible)
    await outside.world.break_moodle(
        {"kind": "slow", "seconds": 1, "times": 1, "function": "core_course_create_courses"}
    )
    await outside.approve(number)
    await outside.until(lambda: is_slow_fault_taken(outside))

    await outside.stack.worker.kill()
    await outside.until(lambda: courses(outside, number))
    await outside.stack.worker.start()
    # No sign of life for 15 s, and 5 s until the next attempt: not the two minutes that a step may take.
    async with asyncio.timeout(100):
        await outside.until_stage(number, "done")

    [course] = await courses(outside, number)
    moodle = await outside.world.moodle()
    [person] = [one for one in moodle["users"] if one["email"] == email]
    [enrolment] = [one for one in moodle["enrolments"] if one["course_id"] == course["id"]]
    assert enrolment["user_id"] == person["id"]
    assert (await outside.journal(number)).count("setup/done") == 1


async def is_slow_fault_taken(outside: Outside) -> bool:
    """Moodle has the call in hand, and goes on with it whether or not anybody waits."""
    return not await outside.world.moodle_faults()


async def courses(outside: Outside, number: str) -> list[Json]:
    moodle = await outside.world.moodle()
    return [one for one in moodle["courses"] if one["idnumber"] == ids.course_idnumber(number)]


async def test_a_request_whose_api_was_killed_before_its_case_began_begins_by_itself(
    outside: Outside,
) -> None:
    key, request = uuid4().hex, request_form()

    await outside.stack.temporal.kill()  # the API goes on trying to start the case for a moment
    filing = asyncio.create_task(outside.world.send("agency", "/requests", request, key=key))
    await outside.until(lambda: is_registered(outside, request["course_name"]))
    await outside.stack.api.kill()
    with contextlib.suppress(aiohttp.ClientError):
        await filing
    [row] = await is_registered(outside, request["course_name"])
    await outside.stack.temporal.start()
    await outside.stack.api.start()
    await outside.until_reviewed(row["number"])
    status, answer = await outside.world.send("agency", "/requests", request, key=key)

    assert row["started_at"] is None
    assert (status, answer["number"]) == (201, row["number"])
    assert len(await is_registered(outside, request["course_name"])) == 1


async def is_registered(outside: Outside, name: str) -> list[Json]:
    return await outside.sql("SELECT number, started_at FROM cases WHERE title = %s", name)


async def test_a_decision_sent_while_no_worker_runs_is_taken_once_when_it_is_back(outside: Outside) -> None:
    number = await outside.file_for_review()
    await outside.stack.worker.stop()
    [code] = [child.exit_code for child in outside.stack.worker.children]
    key = uuid4().hex

    unknown = await outside.decide(number, REFUSAL, key=key)
    await asyncio.sleep(WORKER_AWAY_SECONDS)
    await outside.stack.worker.start()
    await outside.until_stage(number, "refused")
    known = await outside.decide(number, REFUSAL, key=key)
    again = await outside.decide(number, REFUSAL, key=key)
    other = await outside.decide(number, REFUSAL, key=uuid4().hex)

    assert code == 0
    assert (unknown[0], unknown[1]["type"]) == (503, "outcome-unknown")
    assert known[0] == 200
    assert known == again
    assert other[0] == 409
    assert (await outside.journal(number)).count("review/decision") == 1


async def test_a_request_filed_while_temporal_is_away_is_registered_and_begins_when_it_is_back(
    outside: Outside,
) -> None:
    await outside.stack.temporal.kill()
    # An API that has never seen Temporal must not refuse either.
    await outside.stack.api.kill()
    starting = asyncio.create_task(outside.stack.api.start())
    await outside.until(probes.tcp(outside.stack.settings.api_port))

    number = await outside.file()
    row = await outside.row(number)
    await outside.stack.temporal.start()
    await starting  # it has said of itself that it is unhealthy until now

    assert row["started_at"] is None
    await outside.until_reviewed(number)

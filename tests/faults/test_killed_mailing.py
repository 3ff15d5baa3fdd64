"""Clause 4.6: the worker is killed in the middle of a mailing, with a letter handed over and not settled."""

import asyncio
from collections import defaultdict
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import psycopg

from devstack import letters
from models.deadlines import local_date
from tests.faults.outside import Json, Outside
from tests.faults.test_killed_processes import courses

LEARNERS = 60
MAILING = "training/mailing-start"
# Longer than any holidays: the first letter goes on a working morning.
SKIPPED = timedelta(days=14)


# By its key: what OFFSET passes over would be locked as well.
_HOLD = """
WITH own AS (SELECT number, step, row FROM bulk_letters WHERE number = %s AND step = %s)
SELECT address FROM bulk_letters
WHERE (number, step, row) = (SELECT * FROM own ORDER BY row LIMIT 1 OFFSET %s)
FOR UPDATE
"""
_WAITING = """
SELECT pid FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE 'UPDATE bulk_letters%%'
"""


async def test_no_letter_of_a_mailing_is_lost_or_goes_under_two_message_ids(outside: Outside) -> None:
    addresses, training = await _training(outside)
    skipping = asyncio.create_task(
        outside.world.skip_to(outside.world.workflow(training), datetime.now(UTC) + SKIPPED, until_end=True)
    )
    await outside.until(lambda: _rows(outside, training))
    async with await psycopg.AsyncConnection.connect(outside.stack.database_url) as holder:
        held = await (await holder.execute(_HOLD, (training, MAILING, LEARNERS // 2))).fetchone()
        assert held is not None

        await outside.until(lambda: _settling(outside))
        await outside.stack.worker.kill()
        # Its word would else be written down once the row is let go, though nobody waits for it.
        await outside.sql(f"SELECT pg_terminate_backend(pid) FROM ({_WAITING}) AS waiting")
    left = [row for row in await _rows(outside, training) if row["state"] == "written"]
    await outside.stack.worker.start()
    async with asyncio.timeout(120):
        await outside.until(lambda: _all_settled(outside, training))

    skipping.cancel()
    with suppress(asyncio.CancelledError):
        await skipping
    assert 1 < len(left) < LEARNERS
    sent = _sent(outside, training)
    assert sent.keys() == addresses
    assert {address for address, of_one in sent.items() if len(set(of_one)) > 1} == set()
    assert {address for address, of_one in sent.items() if len(of_one) > 1} == {held[0]}
    assert (await outside.journal(training)).count(f"{MAILING}/sent") == 1


async def _training(outside: Outside) -> tuple[set[str], str]:
    """Addresses of the learners of a new course, and the number of its training."""
    name = f"Курс {uuid4().hex}"
    request = await outside.file_for_review(course_name=name)
    await outside.approve(request)
    await outside.until_stage(request, "done")
    [course] = await courses(outside, request)
    addresses = await _learners(outside, course["id"])
    [row] = await outside.sql("SELECT id FROM courses WHERE request = %s", request)
    today = local_date(datetime.now(UTC))
    form = {"title": "Поток", "starts_on": str(today), "ends_on": str(today + timedelta(days=60))}
    opened = await outside.world.post("agency", f"/courses/{row['id']}/trainings", form, status=201)
    number = str(opened["number"])
    await outside.until(lambda: _is_started(outside, number))
    return addresses, number


async def _is_started(outside: Outside, training: str) -> bool:
    [row] = await outside.sql("SELECT started_at FROM cases WHERE number = %s", training)
    return row["started_at"] is not None


async def _learners(outside: Outside, course: int) -> set[str]:
    world, mark = outside.world, uuid4().hex[:8]
    await world.administer("open_enrolment", course_id=course)
    addresses = {f"l{at}.{mark}@example.org" for at in range(LEARNERS)}
    for address in addresses:
        await world.administer(
            "add_user", username=address, firstname="Лев", lastname="Письмов", email=address
        )
    for user in (await world.moodle())["users"]:
        if user["email"] in addresses:
            await world.administer("enrol_oneself", user_id=user["id"], course_id=course)
    return addresses


async def _rows(outside: Outside, training: str) -> list[Json]:
    return await outside.sql(
        "SELECT state FROM bulk_letters WHERE number = %s AND step = %s", training, MAILING
    )


async def _settling(outside: Outside) -> bool:
    """The letter of the held row has been handed over, and its end cannot be written down."""
    return bool(await outside.sql(_WAITING))


async def _all_settled(outside: Outside, training: str) -> bool:
    return {row["state"] for row in await _rows(outside, training)} == {"delivered"} and (
        f"{MAILING}/sent" in await outside.journal(training)
    )


def _sent(outside: Outside, training: str) -> dict[str, list[str]]:
    """Message-IDs by address, as the mail server got them."""
    found: dict[str, list[str]] = defaultdict(list)
    for letter in letters.newest_first(outside.stack.settings.letters_folder):
        message_id = str(letter.message["Message-ID"])
        if message_id.startswith(f"<{training}.{MAILING.replace('/', '.')}."):
            found[letter.recipients[0]].append(message_id)
    return found

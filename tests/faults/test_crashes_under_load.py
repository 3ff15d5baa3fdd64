"""Temporal or Postgres dies while people file and decide: what they were told stays true."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime

import pytest

from devstack.supervisor import Part
from tests.faults.load import Load
from tests.faults.outside import Outside

DECIDED_BEFORE = 3
AWAY_SECONDS = 2
AFTER_SECONDS = 1


@asynccontextmanager
async def people_at_work(load: Load) -> AsyncIterator[None]:
    stopped = asyncio.Event()
    async with asyncio.TaskGroup() as group:
        group.create_task(load.run(stopped))
        try:
            yield
        finally:
            stopped.set()


@pytest.mark.parametrize("name", ["temporal", "postgres"])
async def test_what_people_were_told_is_true_after_a_part_was_killed_under_them(
    outside: Outside, name: str
) -> None:
    victim: Part = getattr(outside.stack, name)
    load = Load(outside)
    async with people_at_work(load):
        await outside.until(lambda: enough_is_decided(load))
        await victim.kill()
        await asyncio.sleep(AWAY_SECONDS)
        await victim.start()
        await asyncio.sleep(AFTER_SECONDS)
    async with asyncio.timeout(120):
        await load.finish()

    assert load.wrong == []
    await all_decided_cases_close(load)
    await every_answer_holds(load)
    await every_step_is_whole(outside)


async def enough_is_decided(load: Load) -> bool:
    return len(load.decided) >= DECIDED_BEFORE


async def all_decided_cases_close(load: Load) -> None:
    for number in load.decided:
        await load.outside.until_stage(number, "refused")


async def every_answer_holds(load: Load) -> None:
    """Each key has one request, each decision is the one that was answered."""
    outside = load.outside
    kept = {
        row["key"]: row["answer"]["number"]
        for row in await outside.sql("SELECT key, answer FROM idempotency WHERE route LIKE '%%/requests'")
    }
    assert {key: kept[key] for key in load.filed} == load.filed
    assert len(set(load.filed.values())) == len(load.filed)
    decisions = {row["number"]: row for row in await outside.sql("SELECT * FROM decisions")}
    for number, answer in load.decided.items():
        assert decisions[number]["outcome"] == answer["outcome"]
        assert decisions[number]["at"] == datetime.fromisoformat(answer["at"])
        assert (await outside.journal(number)).count("review/decision") == 1


async def every_step_is_whole(outside: Outside) -> None:
    """What a step writes is there together or not at all, and numbers have no gaps."""
    assert (
        await outside.sql(
            "SELECT number FROM requests EXCEPT SELECT number FROM journal WHERE step = 'request/registered'"
        )
        == []
    )
    registered = "SELECT count(*) AS n FROM requests"
    answered = "SELECT count(*) AS n FROM idempotency WHERE status = 201"
    assert await outside.sql(registered) == await outside.sql(answered)
    assert await outside.sql(registered) == await outside.sql(
        "SELECT sum(last)::bigint AS n FROM counters WHERE series <> 'cases'"
    )
    for there, here in (
        ("SELECT number FROM decisions", "SELECT number FROM journal WHERE step = 'review/decision'"),
        (
            "SELECT number FROM cases WHERE closed_at IS NOT NULL",
            "SELECT number FROM journal WHERE step = 'request/closed'",
        ),
        (
            "SELECT number FROM clauses WHERE clause = '4.2'",
            "SELECT number FROM journal WHERE step = 'review/opened'",
        ),
        (
            "SELECT number FROM clauses WHERE clause = '4.2' AND finished_at IS NOT NULL",
            "SELECT number FROM decisions",
        ),
    ):
        assert await outside.sql(f"({there} EXCEPT {here}) UNION ALL ({here} EXCEPT {there})") == []

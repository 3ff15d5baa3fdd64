"""A worker's clock a day off must not matter: nothing is decided by it."""

import ast
import asyncio
import json
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from os import environ
from uuid import uuid4

import pytest

from models.letters import Notice
from models.terms import Recipient
from tests.engine import Engine
from tests.migrating import ROOT
from tests.workflows import words

CLOCKS = {"now", "utcnow", "today", "time"}
ALLOWED = {
    "activities/absences.py": "when a round of the night begins; a day off it is the same hour",
    "models/training_results.py": "what is shown of a training that nobody has read yet; nothing follows",
}


def _reads_the_clock(tree: ast.AST) -> bool:
    """`datetime.now()`, `date.today()`, `time.time()`; those of Temporal and Postgres are other names."""
    return any(
        isinstance(node, ast.Attribute)
        and node.attr in CLOCKS
        and isinstance(node.value, ast.Name)
        and node.value.id in {"datetime", "date", "time"}
        and not (node.value.id == "datetime" and node.attr == "time")
        for node in ast.walk(tree)
    )


def test_no_step_reads_the_machines_clock() -> None:
    files = [one for folder in ("activities", "workflows", "models") for one in (ROOT / folder).rglob("*.py")]

    found = {str(one.relative_to(ROOT)) for one in files if _reads_the_clock(ast.parse(one.read_text()))}

    assert found == set(ALLOWED)


_A_WORKER = """
import datetime, sys, time

import uvloop

import worker

SHIFT = datetime.timedelta(days=int(sys.argv[1]))


class Like(type):
    def __instancecheck__(cls, one):
        return isinstance(one, datetime.datetime)


class Shifted(datetime.datetime, metaclass=Like):
    @classmethod
    def now(cls, tz=None):
        return datetime.datetime.now(tz) + SHIFT


for name, module in list(sys.modules.items()):
    if name.partition(".")[0] in ("activities", "models", "workflows", "clients", "worker"):
        if getattr(module, "datetime", None) is datetime.datetime:
            module.datetime = Shifted
right = time.time
time.time = lambda: right() + SHIFT.total_seconds()
uvloop.run(worker.main())
"""


@asynccontextmanager
async def shifted_worker(engine: Engine, days: int) -> AsyncIterator[Engine]:
    """The engine on a queue of its own, whose only worker has a wrong clock, upkeep included."""
    queue = f"seo-{uuid4().hex[:8]}"
    settings = engine.settings.model_copy(update={"task_queue": queue})
    values = settings.model_dump(mode="json") | {
        "database_url": engine.postgres.url(),
        "signing_key": "5e" * 32,
        "moodle_sites": {},
        "upkeep_every": "PT1S",
    }
    told = {f"SEO_{name.upper()}": _told(value) for name, value in values.items() if value not in ("", None)}
    command = [sys.executable, "-c", _A_WORKER, str(days)]
    process = await asyncio.create_subprocess_exec(*command, cwd=ROOT, env={**environ, **told})
    try:
        yield engine.api_with(task_queue=queue)
    finally:
        process.terminate()
        await process.wait()


def _told(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value)


@pytest.mark.parametrize("days", [-1, 1])
async def test_a_case_is_the_same_by_a_worker_whose_clock_is_a_day_off(engine: Engine, days: int) -> None:
    right = await engine.file_local()
    await engine.reviewing(right)
    try:
        async with shifted_worker(engine, days) as wrong:
            number = await wrong.file_local()
            await wrong.reviewing(number)
            expected = await words.ladder(engine, right)
            assert [one.planned_at for one in await words.ladder(wrong, number)] == [
                one.planned_at for one in expected
            ]
            await wrong.approve(number)
            await wrong.setting_up(number)
            order = await words.letter(wrong, number, Notice.ORDER, Recipient.OPERATOR)
            row = await wrong.row(number)
    finally:
        async for one in await engine.client.list_schedules():
            await engine.client.get_schedule_handle(one.id).delete()

    assert row.order_received_on == words.local_today()
    assert order.settled_at is not None
    assert abs(order.settled_at - datetime.now(UTC)) < timedelta(minutes=5)
    decided = await words.decision(engine, number)
    assert abs(decided.at - datetime.now(UTC)) < timedelta(minutes=5)

"""The canary on the real server: an invented request at short terms, through the workflows of every request."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import func, select
from sqlmodel import col
from temporalio.client import WorkflowHandle

from models.cases import canary_number
from models.escalations import ClauseProof, Fate
from models.tables import CanaryRow, CaseRow, LetterRow, Task
from models.tasks import TaskKind
from tests.engine import Engine
from worker import create_canary_worker

PACE, PATIENCE = timedelta(seconds=0.5), timedelta(seconds=5)


@asynccontextmanager
async def hastened(engine: Engine, **changes: Any) -> AsyncIterator[Engine]:
    """The engine with its canary's workers, at the pace of a test."""
    settings = {"canary_pace": PACE, "canary_patience": PATIENCE, **changes}
    async with (
        engine.with_settings(**settings) as own,
        create_canary_worker(own.client, own.settings, own.sessions),
    ):
        yield own


@pytest.fixture
async def canaries(engine: Engine) -> AsyncIterator[Engine]:
    async with hastened(engine) as own:
        yield own


async def start(engine: Engine) -> WorkflowHandle[Any, Any]:
    return await engine.client.start_workflow(
        "CanaryWorkflow", id=f"canary-{uuid4().hex}", task_queue=engine.settings.task_queue
    )


async def report(engine: Engine, handle: WorkflowHandle[Any, Any]) -> CanaryRow:
    """Its row, once there is one."""
    query = select(CanaryRow).where(col(CanaryRow.workflow_id) == handle.id)

    async def row() -> CanaryRow | None:
        async with engine.sessions() as session:
            return (await session.scalars(query)).first()

    return await engine.until(row)  # type: ignore[no-any-return]


async def open_tasks(engine: Engine) -> list[Task]:
    query = select(Task).where(col(Task.kind) == TaskKind.CANARY_FAILED, col(Task.closed_at).is_(None))
    async with engine.sessions() as session:
        return list((await session.scalars(query)).all())


async def test_every_rung_fires_and_reaches_the_mailbox(canaries: Engine) -> None:
    handle = await start(canaries)

    assert await handle.result() is True

    row = await report(canaries, handle)
    assert (row.passed, row.faults) == (True, [])
    ladders = [ClauseProof.model_validate(one) for one in row.ladders]
    assert [(one.clause, len(one.rungs)) for one in ladders] == [("4.2", 5), ("4.3", 4)]
    assert {rung.fate for one in ladders for rung in one.rungs} == {Fate.DELIVERED}
    assert all(one.rungs[-1].repeated[0].fate is Fate.DELIVERED for one in ladders)

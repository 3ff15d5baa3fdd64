"""Canaries at the pace of a test."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import timedelta
from typing import Any
from uuid import uuid4

from sqlalchemy import select
from sqlalchemy.exc import ProgrammingError
from sqlmodel import col
from temporalio.client import WorkflowHandle
from temporalio.service import RPCError

from models import store
from models.canary import SCHEMA, RunCanary
from models.cases import canary_number
from models.decisions import ENGINE
from models.tables import CanaryRow, CaseRow, Task
from models.tasks import TaskKind
from tests.engine import Engine
from worker import create_canary_worker

PACE, PATIENCE, HASTE = timedelta(seconds=0.5), timedelta(minutes=2), timedelta(seconds=3)
"""A canary that is to fail has little patience; one that is to pass has much, on a slow machine too."""


@asynccontextmanager
async def hastened(engine: Engine, **changes: Any) -> AsyncIterator[Engine]:
    """The engine with its canary's workers, and no canary of another test under way."""
    await stop_all(engine)
    settings = {"canary_pace": PACE, "canary_patience": PATIENCE, **changes}
    async with (
        engine.with_settings(**settings) as own,
        create_canary_worker(own.client, own.settings, own.sessions),
    ):
        yield own
        await stop_all(engine)


async def stop_all(engine: Engine) -> None:
    query = select(CanaryRow).where(col(CanaryRow.finished_at).is_(None))
    async with engine.sessions() as session:
        rows = (await session.scalars(query)).all()
    for row in rows:
        with suppress(RPCError):
            await engine.client.get_workflow_handle(row.workflow_id).terminate()


async def start(engine: Engine) -> WorkflowHandle[Any, Any]:
    return await engine.client.start_workflow(
        "CanaryWorkflow",
        RunCanary(by=ENGINE),
        id=f"canary-{uuid4().hex}",
        task_queue=engine.settings.task_queue,
    )


async def report(engine: Engine, handle: WorkflowHandle[Any, Any]) -> CanaryRow:
    """Its row, once it has been judged."""
    query = select(CanaryRow).where(
        col(CanaryRow.workflow_id) == handle.id, col(CanaryRow.finished_at).is_not(None)
    )

    async def row() -> CanaryRow | None:
        async with engine.sessions() as session:
            return (await session.scalars(query)).first()

    found: CanaryRow = await engine.until(row)
    return found


async def open_tasks(engine: Engine) -> list[Task]:
    query = select(Task).where(col(Task.kind) == TaskKind.CANARY_FAILED, col(Task.closed_at).is_(None))
    async with engine.sessions() as session:
        return list((await session.scalars(query)).all())


async def opened(engine: Engine, handle: WorkflowHandle[Any, Any]) -> None:
    """Its case runs, in the schema that was made for it."""

    async def is_open() -> bool:
        run = select(col(CanaryRow.id)).where(col(CanaryRow.workflow_id) == handle.id)
        async with engine.sessions() as session:
            number = canary_number((await session.scalars(run)).first() or 0)
        try:
            async with store.in_schema(engine.sessions, SCHEMA)() as session:
                case = await session.get(CaseRow, number)
        except ProgrammingError:  # its schema is not made yet
            return False
        return case is not None and case.started_at is not None

    await engine.until(is_open)

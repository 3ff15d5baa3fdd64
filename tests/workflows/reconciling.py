"""Words of the nightly reconciliation: a night, what it found, a course that was set up."""

from typing import Any
from uuid import uuid4

from sqlmodel import col, select
from temporalio.client import WorkflowHandle

from models.reconciliation import Outcome, Reconcile
from models.tables import Category, Course, DifferenceRow, ReconciliationRow, Task
from tests.engine import Engine
from workflows.reconciliation import ReconciliationWorkflow

Handle = WorkflowHandle[Any, Any]


async def begun(engine: Engine, site: str = "edu", *, skipping: bool = True) -> Handle:
    """A run that skips the pauses before another try, unless said otherwise."""
    client = engine.skipper.client if skipping else engine.client
    return await client.start_workflow(
        ReconciliationWorkflow.run,
        Reconcile(subsystem=site),
        id=f"reconciliation-{site}-{uuid4().hex[:8]}",
        task_queue=engine.settings.task_queue,
    )


async def night(engine: Engine, site: str = "edu") -> ReconciliationRow:
    """One run, from beginning to end; its row."""
    handle = await begun(engine, site)
    outcome = await handle.result()
    async with engine.sessions() as session:
        row = await session.get_one(ReconciliationRow, handle.result_run_id or handle.first_execution_run_id)
    assert row.outcome == Outcome(outcome), row
    return row


async def differences(engine: Engine, course: Course) -> dict[str, str]:
    """Open ones of a course: what Moodle says, by kind."""
    query = select(DifferenceRow).where(
        col(DifferenceRow.course) == course.id, col(DifferenceRow.gone_at).is_(None)
    )
    async with engine.sessions() as session:
        return {one.kind: one.in_moodle for one in (await session.scalars(query)).all()}


async def tasks(engine: Engine, course: Course) -> list[Task]:
    """All there have been about a course, in order."""
    query = (
        select(Task)
        .join(DifferenceRow, col(DifferenceRow.task) == col(Task.id))
        .where(col(DifferenceRow.course) == course.id)
        .order_by(col(Task.id))
    )
    async with engine.sessions() as session:
        return list((await session.scalars(query)).all())


async def adopted(engine: Engine, moodle_id: int, site: str = "edu") -> Course | None:
    """The course of the register that a course of Moodle is."""
    query = select(Course).where(col(Course.subsystem) == site, col(Course.moodle_id) == moodle_id)
    async with engine.sessions() as session:
        return (await session.scalars(query)).one_or_none()


async def category_of(engine: Engine, course: Course) -> Category:
    async with engine.sessions() as session:
        return await session.get_one(Category, course.category)


async def open_tasks(engine: Engine, site: str = "edu") -> list[Task]:
    query = select(Task).where(
        col(Task.workflow_id) == f"reconciliation-{site}", col(Task.closed_at).is_(None)
    )
    async with engine.sessions() as session:
        return list((await session.scalars(query)).all())

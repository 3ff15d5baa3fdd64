"""The operator's tasks: have a step tried again, or put aside what no step waits for."""

from datetime import UTC, datetime

from sqlalchemy.ext.asyncio import AsyncSession

from api.errors import Problem
from api.idempotency import Post
from api.schemas.records import TaskShown
from api.updates import Updates
from models import store
from models.setup import TryAgain
from models.step import Step
from models.tables import Task
from models.terms import Clause
from workflows.mending import Mendable

_CLOSED_BY_THEIR_STEP = ("setup_by_hand", "step_failed")


async def retry(post: Post, task: int, updates: Updates) -> TaskShown:
    """Tell the workflow that waits that the cause is mended.

    Raises:
        Problem: There is no such open task, or its workflow has ended.
    """
    async with post.sessions() as session:
        row = await _open(session, task)
    await updates.send(row.workflow_id, Mendable.try_again, TryAgain(by=post.caller.actor), post.id)
    return TaskShown.model_validate(row.model_dump())


async def close(post: Post, task: int) -> TaskShown:
    """Put a task aside.

    Raises:
        Problem: There is no such open task, or a step will close it itself.
    """
    now = datetime.now(UTC)
    async with post.sessions.begin() as session:
        row = await _open(session, task)
        if row.kind in _CLOSED_BY_THEIR_STEP:
            raise Problem("not-closable")
        row.closed_at = now
        if row.number is not None:
            step = Step(number=row.number, step=f"{row.step}/closed", at=now)
            what = f"Задача Оператору снята: {row.why}"
            await store.write_once(session, step, Clause(row.clause), what, by=post.caller.actor)
    return TaskShown.model_validate(row.model_dump())


async def _open(session: AsyncSession, task: int) -> Task:
    row = await session.get(Task, task, with_for_update=True)
    if row is None:
        raise Problem("not-found")
    if row.closed_at is not None:
        raise Problem("task-closed")
    return row

"""The operator's tasks."""

from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Path
from fastapi.responses import JSONResponse
from sqlmodel import col, select

from api.auth import OPERATORS, Caller, Role, allow
from api.deps import SessionsDep, SettingsDep, TemporalDep
from api.errors import Problem, responses
from api.idempotency import PostDep
from api.schemas.records import TaskShown
from api.updates import act
from models import store
from models.setup import TryAgain
from models.tables import Task
from workflows.mending import Mendable

router = APIRouter(prefix="/tasks", tags=["Задачи Оператора"])

OperatorDep = Annotated[Caller, Depends(allow(*OPERATORS, Role.ADMIN))]
TaskId = Annotated[int, Path(ge=1, le=2**31 - 1)]


@router.get("", responses=responses("invalid"))
async def list_tasks(caller: OperatorDep, sessions: SessionsDep, closed: bool = False) -> list[TaskShown]:
    """Задачи, старые первыми: настройка вручную, шаги, которые ждут человека, невручённые письма."""
    query = select(Task).where(col(Task.closed_at).is_not(None) if closed else col(Task.closed_at).is_(None))
    async with sessions() as session:
        rows = (await session.scalars(query.order_by(col(Task.opened_at)).limit(500))).all()
    return [TaskShown.model_validate(row.model_dump()) for row in rows]


@router.post(
    "/{task}/retry",
    response_model=TaskShown,
    responses=responses("not-found", "task-closed", "stage-passed", "outcome-unknown", "invalid"),
)
async def retry(
    task: TaskId,
    caller: OperatorDep,
    post: PostDep,
    sessions: SessionsDep,
    client: TemporalDep,
    settings: SettingsDep,
) -> JSONResponse:
    """Причина устранена: пусть система повторит шаг."""
    row = await _open(sessions, task)

    async def work() -> TaskShown:
        await act(client, settings, row.workflow_id, Mendable.try_again, TryAgain(by=caller.actor), post)
        return TaskShown.model_validate(row.model_dump())

    return await post.once(work)


@router.post(
    "/{task}/close", response_model=TaskShown, responses=responses("not-found", "task-closed", "invalid")
)
async def close(task: TaskId, caller: OperatorDep, post: PostDep, sessions: SessionsDep) -> JSONResponse:
    """Снять задачу, которую никакой шаг не ждёт: невручённое письмо, остановленное дело."""
    row = await _open(sessions, task)
    if row.kind in ("setup_by_hand", "step_failed"):
        raise Problem("not-closable")

    async def work() -> TaskShown:
        async with sessions.begin() as session:
            open_task = await session.get_one(Task, task)
            open_task.closed_at = datetime.now(UTC)
            return TaskShown.model_validate(open_task.model_dump())

    return await post.once(work)


async def _open(sessions: store.Sessions, task: int) -> Task:
    async with sessions() as session:
        row = await session.get(Task, task)
    if row is None:
        raise Problem("not-found")
    if row.closed_at is not None:
        raise Problem("task-closed")
    return row

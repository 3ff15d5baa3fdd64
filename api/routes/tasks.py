"""The operator's tasks."""

from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.responses import JSONResponse
from sqlmodel import col, select

from api import tasks
from api.auth import OPERATORS, Role, allow
from api.deps import SessionsDep, SettingsDep
from api.documentation import acting, reading
from api.idempotency import PostDep
from api.schemas.fields import RowId
from api.schemas.records import TaskShown
from api.updates import UpdatesDep
from models.tables import Task

router = APIRouter(prefix="/tasks", tags=["Задачи Оператора"])

_ALLOWED = [allow(*OPERATORS, Role.ADMIN)]


@router.get("", dependencies=_ALLOWED, responses=reading("invalid"))
async def list_tasks(
    sessions: SessionsDep,
    closed: bool = False,
    after: Annotated[int, Query(ge=0, le=2**31 - 1, description="Номер последней из прочитанных.")] = 0,
    limit: Annotated[int, Query(ge=1, le=500)] = 200,
) -> list[TaskShown]:
    """Задачи, старые первыми: настройка вручную, шаги, которые ждут человека, невручённые письма."""
    state = col(Task.closed_at).is_not(None) if closed else col(Task.closed_at).is_(None)
    query = select(Task).where(state, col(Task.id) > after).order_by(col(Task.id)).limit(limit)
    async with sessions() as session:
        rows = (await session.scalars(query)).all()
    return [tasks.shown(row) for row in rows]


@router.post(
    "/{task}/retry",
    dependencies=_ALLOWED,
    response_model=TaskShown,
    responses=acting(
        "not-found",
        "task-closed",
        "made-by-hand",
        "nothing-to-retry",
        "letter-without-address",
        "stage-passed",
        "not-ready",
        "outcome-unknown",
    ),
)
async def retry(task: RowId, post: PostDep, updates: UpdatesDep, settings: SettingsDep) -> JSONResponse:
    """Причина устранена: пусть система повторит шаг или отправит письмо заново."""
    return await tasks.retry(post, task, updates, settings.task_queue)


@router.post(
    "/{task}/close",
    dependencies=_ALLOWED,
    response_model=TaskShown,
    responses=acting("not-found", "task-closed", "not-closable"),
)
async def close(task: RowId, post: PostDep) -> JSONResponse:
    """Снять задачу, которую никакой шаг не ждёт: невручённое письмо, остановленное дело."""
    return await post.at_once(lambda session: tasks.close(session, post, task))

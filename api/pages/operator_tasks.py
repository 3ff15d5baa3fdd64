"""The operator's tasks, and the two checks that the engine makes of itself: reconciliation and canary."""

from collections.abc import Callable
from typing import Annotated, Any

from fastapi import Path, Query, Request, Response
from fastapi.responses import PlainTextResponse
from sqlmodel import col, select

from api.auth import OPERATORS, Role, allow
from api.deps import SessionsDep, SettingsDep
from api.errors import Problem
from api.pages.asking import Api, ApiDep
from api.pages.frame import done, pages_router, show
from api.pages.live import word
from api.pages.visitors import Form, FormDep
from api.schemas.fields import RowId
from models import store
from models.settings import Settings
from models.tables import Subsystem
from models.tasks import TaskKind
from models.terms import Clause, Recipient

router = pages_router()

_ALLOWED = [allow(*OPERATORS, Role.ADMIN)]
_ON_A_PAGE = 50
_RETRIED: dict[str, str] = {
    TaskKind.STEP_FAILED: "Повторить",
    TaskKind.WAY_IN: "Проверить ещё раз",
    TaskKind.WAY_IN_UNSEEN: "Проверено: запись включена",
    TaskKind.LETTER_UNDELIVERED: "Отправить заново",
}
_WAYS_IN = (TaskKind.WAY_IN, TaskKind.WAY_IN_UNSEEN)


@router.get("/tasks", dependencies=_ALLOWED)
async def tasks_page(
    http: Request,
    api: ApiDep,
    sessions: SessionsDep,
    settings: SettingsDep,
    closed: bool = False,
    after: Annotated[int, Query(ge=0, le=2**31 - 1)] = 0,
) -> Response:
    """Open tasks, the oldest first; or those that are closed."""
    return await _show(http, api, sessions, settings, closed=closed, after=after)


@router.get("/tasks/state", dependencies=_ALLOWED, response_class=PlainTextResponse)
async def state(
    api: ApiDep,
    sessions: SessionsDep,
    settings: SettingsDep,
    after: Annotated[int, Query(ge=0, le=2**31 - 1)] = 0,
) -> PlainTextResponse:
    """A word that changes with the open tasks, the reconciliations and the checks of reminders."""
    return PlainTextResponse(word(await _facts(api, sessions, settings, closed=False, after=after)))


@router.post("/tasks/{task}/retry", dependencies=_ALLOWED)
async def retry(
    http: Request, task: RowId, form: FormDep, api: ApiDep, sessions: SessionsDep, settings: SettingsDep
) -> Response:
    """Try the step again, or send the letter anew."""

    def said(kind: str) -> str:
        return "Отмечено, система проверяет запись." if kind in _WAYS_IN else "Система пробует ещё раз."

    return await _act(http, api, sessions, settings, form, f"/tasks/{task}/retry", said)


@router.post("/tasks/{task}/close", dependencies=_ALLOWED)
async def close(
    http: Request, task: RowId, form: FormDep, api: ApiDep, sessions: SessionsDep, settings: SettingsDep
) -> Response:
    """Put aside what nothing waits for."""
    return await _act(http, api, sessions, settings, form, f"/tasks/{task}/close", lambda _: "Задача снята.")


@router.post("/tasks/reconciliation/{code}", dependencies=_ALLOWED)
async def reconcile(
    http: Request, code: Annotated[str, Path(pattern="^[a-z0-9-]{1,50}$")], form: FormDep, api: ApiDep
) -> Response:
    """Compare the register with a Moodle now."""
    await api.post(f"/subsystems/{code}/reconciliation", form)
    return done(http, "/tasks", "Сверка начата. Её итог появится на этой странице, когда она закончится.")


@router.post("/tasks/canary", dependencies=_ALLOWED)
async def canary(http: Request, form: FormDep, api: ApiDep) -> Response:
    """Try reminders and escalations now."""
    await api.post("/canary", form)
    said = "Проверка начата. Её итог появится на этой странице, неудача — ещё и письмом."
    return done(http, "/tasks", said)


async def _act(
    http: Request,
    api: Api,
    sessions: store.Sessions,
    settings: Settings,
    form: Form,
    path: str,
    said: Callable[[str], str],
) -> Response:
    """`said` tells, of a task of this kind, what was done."""
    try:
        kind = (await api.post(path, form))["kind"]
    except Problem as problem:
        return await _show(http, api, sessions, settings, problem=problem)
    return done(http, "/tasks", said(kind))


async def _show(
    http: Request,
    api: Api,
    sessions: store.Sessions,
    settings: Settings,
    *,
    closed: bool = False,
    after: int = 0,
    problem: Problem | None = None,
) -> Response:
    facts = await _facts(api, sessions, settings, closed=closed, after=after)
    tasks = facts["tasks"]
    return show(
        http,
        "tasks.html",
        title="Задачи Оператора",
        **facts,
        closed=closed,
        after=after,
        following=tasks[-1]["id"] if len(tasks) == _ON_A_PAGE else None,
        retries=_RETRIED,
        kept=[kind for kind in TaskKind if kind.closes_itself],
        live="" if closed else f"/tasks/state?after={after}",
        known=word(facts),
        problem=problem,
    )


async def _facts(
    api: Api, sessions: store.Sessions, settings: Settings, *, closed: bool, after: int
) -> dict[str, Any]:
    """What the page shows and what may change under it."""
    asked = {"clause": Clause.CONSULTATION.value, "waits_for": Recipient.OPERATOR.value}
    return {
        "talks": None if closed else await api.get("/deadlines", **asked, limit=_ON_A_PAGE),
        "tasks": await api.get("/tasks", closed=closed, after=after, limit=_ON_A_PAGE),
        "moodles": await _moodles(api, sessions, settings),
        "canaries": await api.get("/canary", limit=5),
    }


async def _moodles(api: Api, sessions: store.Sessions, settings: Settings) -> list[tuple[str, Any]]:
    """Name of each subsystem that has a Moodle, and how they agree."""
    query = (
        select(Subsystem).where(col(Subsystem.code).in_(settings.moodle_sites)).order_by(col(Subsystem.code))
    )
    async with sessions() as session:
        subsystems = (await session.scalars(query)).all()
    return [(one.name, await api.get(f"/subsystems/{one.code}/reconciliation")) for one in subsystems]

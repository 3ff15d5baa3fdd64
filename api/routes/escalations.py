"""That reminders and escalations reach people: of a case, and of the canary that tries them every week."""

from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.responses import JSONResponse
from sqlmodel import col, select
from temporalio.service import RPCError

from api import ladders
from api.auth import EVERYBODY, OPERATORS, STAFF, Role, allow
from api.cases import CaseDep
from api.deps import SessionsDep, SettingsDep, TemporalDep
from api.documentation import acting, reading
from api.errors import Problem
from api.idempotency import PostDep
from api.periods import PeriodDep
from api.schemas.escalations import CanaryShown, CanaryStarted, LadderProven
from api.schemas.ladders import FiredPage, LadderShown
from models import escalations, starting
from models.tables import CanaryRow
from models.terms import Clause

_WATCHING = [allow(Role.SUPERVISOR, Role.ADMIN)]

router = APIRouter(tags=["Напоминания и эскалации"])


@router.get(
    "/cases/{number}/escalations",
    dependencies=[allow(*EVERYBODY)],
    responses=reading("not-found", "invalid"),
)
async def case_escalations(case: CaseDep, sessions: SessionsDep) -> list[LadderProven]:
    """Лестница каждого срока дела: что наступило, написано, доставлено, повторено, а что не понадобилось."""
    async with sessions() as session:
        proofs = await escalations.read(session, case.number)
    return [LadderProven.of(proof) for proof in proofs]


@router.get("/ladders", dependencies=_WATCHING, responses=reading("invalid"))
async def ladders_in_force(period: PeriodDep, sessions: SessionsDep) -> list[LadderShown]:
    """Действующие лестницы всех сроков и сколько ступеней сработало за период, сколько писем дошло."""
    async with sessions() as session:
        return await ladders.in_force(session, period)


@router.get("/escalations", dependencies=_WATCHING, responses=reading("invalid"))
async def fired_rungs(
    period: PeriodDep,
    sessions: SessionsDep,
    clause: Clause | None = None,
    failed: Annotated[bool, Query(description="Только ступени, письмо которых не дошло.")] = False,
    cursor: Annotated[str | None, Query(max_length=300, description="`next` прежней страницы.")] = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> FiredPage:
    """Ступени, сработавшие за период, последние первыми: по какому делу, кому и дошло ли."""
    asked = ladders.Asked(period, clause, failed, cursor, limit)
    async with sessions() as session:
        return await ladders.fired(session, asked)


@router.get("/canary", dependencies=[allow(*STAFF)], responses=reading("invalid"))
async def canary_runs(
    sessions: SessionsDep, limit: Annotated[int, Query(ge=1, le=50)] = 10
) -> list[CanaryShown]:
    """Последние проверки напоминаний придуманным запросом, новые первыми, ступень за ступенью."""
    query = select(CanaryRow).order_by(col(CanaryRow.id).desc()).limit(limit)
    async with sessions() as session:
        return [CanaryShown.of(row) for row in await session.scalars(query)]


@router.post(
    "/canary",
    dependencies=[allow(*OPERATORS, Role.ADMIN)],
    status_code=202,
    response_model=CanaryStarted,
    responses=acting("unavailable"),
)
async def run_canary(post: PostDep, temporal: TemporalDep, settings: SettingsDep) -> JSONResponse:
    """Провести проверку сейчас. Пока идёт другая, эта ничего не делает."""

    async def start() -> CanaryStarted:
        try:
            await starting.start_canary(temporal, settings.task_queue, post.id, by=post.caller.actor)
        except (RPCError, RuntimeError):
            raise Problem("unavailable") from None
        return CanaryStarted()

    return await post.once(start, status=202)

"""The reconciliation of the register with the Moodles: what the nights found, and a run now."""

from typing import Annotated

from fastapi import APIRouter, Path
from fastapi.responses import JSONResponse
from sqlalchemy import func
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select
from temporalio.service import RPCError

from api.auth import OPERATORS, STAFF, Role, allow
from api.deps import SessionsDep, SettingsDep, TemporalDep
from api.documentation import acting, reading
from api.errors import Problem
from api.idempotency import PostDep
from api.schemas.fields import Named
from api.schemas.reconciliation import DifferenceShown, ReconciliationShown, RunShown
from models import schedules
from models.errors import Failure
from models.reconciliation import Kind, Outcome
from models.settings import Settings
from models.tables import DifferenceRow, ReconciliationRow

router = APIRouter(prefix="/subsystems", tags=["Реестр (Приложение № 1)"])

_MOST = 500

Code = Annotated[str, Path(max_length=50, examples=["edu"])]


@router.get("/{code}/reconciliation", dependencies=[allow(*STAFF)], responses=reading("not-found", "invalid"))
async def reconciliation(code: Code, sessions: SessionsDep, settings: SettingsDep) -> ReconciliationShown:
    """Чем Moodle подсистемы отличается от реестра, и как прошла последняя сверка."""
    _check(code, settings)
    async with sessions() as session:
        return await _shown(session, code)


@router.post(
    "/{code}/reconciliation",
    dependencies=[allow(*OPERATORS, Role.ADMIN)],
    status_code=202,
    response_model=ReconciliationShown,
    responses=acting("not-found"),
)
async def reconcile(code: Code, post: PostDep, settings: SettingsDep, temporal: TemporalDep) -> JSONResponse:
    """Начать сверку сейчас; если она уже идёт, второй не будет."""
    _check(code, settings)
    if (answered := await post.first_answer()) is not None:
        return answered
    try:
        await schedules.reconcile_now(temporal, settings.task_queue, code)
    except (RPCError, RuntimeError):
        raise Problem("unavailable") from None

    async def answer(session: AsyncSession) -> ReconciliationShown:
        return (await _shown(session, code)).model_copy(update={"running": True})

    return await post.at_once(answer, status=202)


def _check(code: str, settings: Settings) -> None:
    """A subsystem without a Moodle has nothing to be compared with."""
    if code not in settings.moodle_sites:
        raise Problem("not-found")


async def _shown(session: AsyncSession, code: str) -> ReconciliationShown:
    own = col(ReconciliationRow.subsystem) == code
    is_running = col(ReconciliationRow.finished_at).is_(None)
    runs = select(ReconciliationRow).order_by(col(ReconciliationRow.started_at).desc()).limit(1)
    running = (await session.scalars(runs.where(own, is_running))).first()
    last = (await session.scalars(runs.where(own, ~is_running))).first()
    open_ones = (col(DifferenceRow.subsystem) == code, col(DifferenceRow.gone_at).is_(None))
    query = select(DifferenceRow).where(*open_ones).order_by(col(DifferenceRow.id)).limit(_MOST)
    found = (await session.scalars(query)).all()
    count = await session.scalar(select(func.count()).select_from(DifferenceRow).where(*open_ones)) or 0
    return ReconciliationShown(
        subsystem=code,
        running=running is not None,
        last=_run(last) if last else None,
        differences=[_difference(one) for one in found],
        more=count - len(found),
    )


def _run(row: ReconciliationRow) -> RunShown:
    failure = Failure(row.failure).russian if row.failure in Failure.__members__.values() else ""
    told = row.model_dump(exclude={"run", "subsystem", "outcome", "failure"})
    return RunShown(**told, outcome=Named.of(Outcome(row.outcome)), failure=failure)


def _difference(row: DifferenceRow) -> DifferenceShown:
    told = row.model_dump(exclude={"subsystem", "key", "kind", "gone_at", "is_told"})
    return DifferenceShown(**told, kind=Named.of(Kind(row.kind)))

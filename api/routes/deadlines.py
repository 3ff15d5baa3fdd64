"""Terms that run, in all cases of the caller."""

from typing import Annotated

from fastapi import APIRouter, Query

from api import agenda
from api.auth import EVERYBODY, CallerDep, allow
from api.deps import SessionsDep, SettingsDep
from api.documentation import reading
from api.schemas.deadlines import DeadlinePage, DeadlineTotals, Pressure
from api.schemas.fields import Line
from models.terms import Clause, Recipient

router = APIRouter(prefix="/deadlines", tags=["Сроки"])


@router.get("", dependencies=[allow(*EVERYBODY)], responses=reading("invalid"))
async def list_deadlines(
    caller: CallerDep,
    sessions: SessionsDep,
    settings: SettingsDep,
    overdue: bool | None = None,
    agency: Annotated[Line | None, Query(description="Код организации.")] = None,
    clause: Clause | None = None,
    waits_for: Annotated[Recipient | None, Query(description="Кто должен действовать.")] = None,
    pressure: Annotated[Pressure | None, Query(description="Насколько срочно.")] = None,
    search: Annotated[Line, Query(description="Слова из номера, названия, организации.")] = "",
    cursor: Annotated[str | None, Query(max_length=200, description="`next` прежней страницы.")] = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> DeadlinePage:
    """Идущие сроки, самые срочные первыми: сколько осталось, кого ждём и почему эта дата."""
    asked = agenda.Asked(
        overdue=overdue,
        agency=agency,
        clause=clause,
        waits_for=waits_for,
        pressure=pressure,
        search=search,
        cursor=cursor,
        limit=limit,
    )
    async with sessions() as session:
        return await agenda.page(session, caller, asked, settings)


@router.get("/totals", dependencies=[allow(*EVERYBODY)], responses=reading("invalid"))
async def count_deadlines(
    caller: CallerDep,
    sessions: SessionsDep,
    agency: Annotated[Line | None, Query(description="Код организации.")] = None,
    clause: Clause | None = None,
    waits_for: Annotated[Recipient | None, Query(description="Кто должен действовать.")] = None,
    search: Annotated[Line, Query(description="Слова из номера, названия, организации.")] = "",
) -> DeadlineTotals:
    """Сколько идущих сроков просрочено, под угрозой и в срок."""
    asked = agenda.Asked(agency=agency, clause=clause, waits_for=waits_for, search=search)
    async with sessions() as session:
        return await agenda.totals(session, caller, asked)

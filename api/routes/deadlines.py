"""Terms that run, in all cases of the caller: in pages, counted, and as tables."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Response

from api import agenda, files
from api.auth import EVERYBODY, CallerDep, allow
from api.deps import SessionsDep, SettingsDep
from api.documentation import reading
from api.schemas.deadlines import DeadlineItem, DeadlinePage, DeadlineTotals, Pressure, WaitedFor
from api.schemas.fields import Line
from models import store
from models.terms import Clause
from reports import table_csv, work_list, xlsx

router = APIRouter(prefix="/deadlines", tags=["Сроки"])
tables = APIRouter(tags=["Сроки"])

_ANYBODY = [allow(*EVERYBODY)]


async def _filtered(
    agency: Annotated[Line | None, Query(description="Код организации.")] = None,
    clause: Clause | None = None,
    waits_for: Annotated[
        WaitedFor | None, Query(description="Кто должен действовать; `me` — вы сами: взято вами, ждут вас.")
    ] = None,
    search: Annotated[Line, Query(description="Слова из номера, названия, организации.")] = "",
) -> agenda.Asked:
    return agenda.Asked(agency=agency, clause=clause, waits_for=waits_for, search=search)


FilteredDep = Annotated[agenda.Asked, Depends(_filtered)]


async def _asked(
    filtered: FilteredDep,
    overdue: bool | None = None,
    pressure: Annotated[Pressure | None, Query(description="Насколько срочно.")] = None,
) -> agenda.Asked:
    return replace(filtered, overdue=overdue, pressure=pressure)


AskedDep = Annotated[agenda.Asked, Depends(_asked)]


@router.get("", dependencies=_ANYBODY, responses=reading("invalid"))
async def list_deadlines(
    asked: AskedDep,
    caller: CallerDep,
    sessions: SessionsDep,
    settings: SettingsDep,
    cursor: Annotated[str | None, Query(max_length=200, description="`next` прежней страницы.")] = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> DeadlinePage:
    """Идущие сроки, самые срочные первыми: сколько осталось, кого ждём и почему эта дата."""
    async with sessions() as session:
        return await agenda.page(session, caller, replace(asked, cursor=cursor, limit=limit), settings)


@router.get("/totals", dependencies=_ANYBODY, responses=reading("invalid"))
async def count_deadlines(filtered: FilteredDep, caller: CallerDep, sessions: SessionsDep) -> DeadlineTotals:
    """Сколько идущих сроков просрочено, под угрозой и в срок."""
    async with sessions() as session:
        return await agenda.totals(session, caller, filtered)


async def _every(
    asked: AskedDep, caller: CallerDep, sessions: SessionsDep, settings: SettingsDep
) -> list[DeadlineItem]:
    async with store.looking(sessions) as session:
        return await agenda.every(session, caller, asked, settings)


ItemsDep = Annotated[list[DeadlineItem], Depends(_every)]


@tables.get(
    "/deadlines.xlsx",
    dependencies=_ANYBODY,
    responses={**reading("invalid"), **files.told(xlsx.MEDIA_TYPE)},
    response_class=Response,
)
async def deadlines_as_xlsx(items: ItemsDep) -> Response:
    """Все идущие сроки отбора книгой Excel."""
    now = datetime.now(UTC)
    content = await asyncio.to_thread(lambda: work_list.workbook(_terms(items), now))
    return files.attachment(content, xlsx.MEDIA_TYPE, work_list.filename(now, "xlsx"))


@tables.get(
    "/deadlines.csv",
    dependencies=_ANYBODY,
    responses={**reading("invalid"), **files.told(table_csv.MEDIA_TYPE, {"type": "string"})},
    response_class=Response,
)
async def deadlines_as_csv(items: ItemsDep) -> Response:
    """То же таблицей CSV: UTF-8, точка с запятой."""
    content = await asyncio.to_thread(lambda: work_list.csv_file(_terms(items)))
    return files.attachment(content, table_csv.MEDIA_TYPE, work_list.filename(datetime.now(UTC), "csv"))


def _terms(items: list[DeadlineItem]) -> list[work_list.Term]:
    return [
        work_list.Term(
            case_name=one.case_name,
            title=one.title,
            organisation=one.organisation_name,
            clause=one.clause,
            clause_title=one.clause_title,
            waits_for=one.waits_for_name,
            last_day=one.last_day,
            is_provisional=one.provisional,
            standing=one.standing,
            pressure=one.pressure.russian,
            claimed_by=one.claimed_by,
        )
        for one in items
    ]

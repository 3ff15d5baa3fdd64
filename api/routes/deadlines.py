"""Terms that run, in all cases of the caller: in pages, counted, and as tables."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Response

from api import agenda
from api.auth import EVERYBODY, CallerDep, allow
from api.deps import SessionsDep, SettingsDep
from api.documentation import Answers, reading
from api.schemas.deadlines import DeadlineItem, DeadlinePage, DeadlineTotals, Pressure
from api.schemas.fields import Line
from models import store
from models.terms import Clause, Recipient
from reports import table_csv, work_list, xlsx

router = APIRouter(prefix="/deadlines", tags=["Сроки"])
tables = APIRouter(tags=["Сроки"])

_ANYBODY = [allow(*EVERYBODY)]
_BINARY: dict[str, Any] = {"type": "string", "format": "binary"}


async def _asked(
    overdue: bool | None = None,
    agency: Annotated[Line | None, Query(description="Код организации.")] = None,
    clause: Clause | None = None,
    waits_for: Annotated[Recipient | None, Query(description="Кто должен действовать.")] = None,
    pressure: Annotated[Pressure | None, Query(description="Насколько срочно.")] = None,
    search: Annotated[Line, Query(description="Слова из номера, названия, организации.")] = "",
) -> agenda.Asked:
    return agenda.Asked(
        overdue=overdue, agency=agency, clause=clause, waits_for=waits_for, pressure=pressure, search=search
    )


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


def _table(media_type: str, schema: dict[str, Any]) -> Answers:
    return {**reading("invalid"), 200: {"content": {media_type: {"schema": schema}}}}


@tables.get(
    "/deadlines.xlsx",
    dependencies=_ANYBODY,
    responses=_table(xlsx.MEDIA_TYPE, _BINARY),
    response_class=Response,
)
async def deadlines_as_xlsx(
    asked: AskedDep, caller: CallerDep, sessions: SessionsDep, settings: SettingsDep
) -> Response:
    """Все идущие сроки отбора книгой Excel."""
    now = datetime.now(UTC)
    async with store.looking(sessions) as session:
        items = await agenda.every(session, caller, asked, settings)
    return await _file(lambda: work_list.workbook(_terms(items), now), xlsx.MEDIA_TYPE, now, "xlsx")


@tables.get(
    "/deadlines.csv",
    dependencies=_ANYBODY,
    responses=_table(table_csv.MEDIA_TYPE, {"type": "string"}),
    response_class=Response,
)
async def deadlines_as_csv(
    asked: AskedDep, caller: CallerDep, sessions: SessionsDep, settings: SettingsDep
) -> Response:
    """То же таблицей CSV: UTF-8, точка с запятой."""
    now = datetime.now(UTC)
    async with store.looking(sessions) as session:
        items = await agenda.every(session, caller, asked, settings)
    return await _file(lambda: work_list.csv_file(_terms(items)), table_csv.MEDIA_TYPE, now, "csv")


async def _file(render: Callable[[], bytes], media_type: str, now: datetime, extension: str) -> Response:
    content = await asyncio.to_thread(render)
    headers = {"Content-Disposition": f'attachment; filename="{work_list.filename(now, extension)}"'}
    return Response(content, media_type=media_type, headers=headers)


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

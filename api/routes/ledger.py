"""The clause ledger: of a case and of a period, as JSON and XLSX."""

import asyncio
from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Response
from pydantic import AwareDatetime, TypeAdapter
from sqlalchemy.ext.asyncio import AsyncSession

from api import files, ledger, ledger_shown, load
from api.auth import EVERYBODY, CallerDep, Role, allow
from api.cases import CaseDep
from api.cursors import Cursor
from api.deps import SessionsDep, SettingsDep
from api.documentation import reading
from api.periods import PeriodDep
from api.schemas.fields import CaseNumber
from api.schemas.ledger import LedgerCase, LedgerMonth, LedgerPage, LedgerTotals, ReviewerLoad
from models import store
from models.ledger import CaseLedger, Ledger
from models.settings import Settings
from reports import ledger_xlsx, xlsx

router = APIRouter(tags=["Журнал пунктов"])

_ANYBODY = [allow(*EVERYBODY)]
_SUPERVISORS = (Role.SUPERVISOR, Role.ADMIN)
_SUPERVISING = [allow(*_SUPERVISORS)]
_READING = reading("invalid")
_PAGE = TypeAdapter(LedgerPage)


async def _found(
    period: PeriodDep, caller: CallerDep, sessions: SessionsDep, settings: SettingsDep
) -> list[CaseLedger]:
    async with store.looking(sessions) as session:
        reckoner = await _ledger(session, settings, datetime.now(UTC))
        return await ledger.of_period(session, caller, period, reckoner)


FoundDep = Annotated[list[CaseLedger], Depends(_found)]


class _Cursor(Cursor):
    opened_at: AwareDatetime
    number: CaseNumber


@router.get("/ledger", dependencies=_ANYBODY, response_model=LedgerPage, responses=_READING)
async def read_ledger(
    period: PeriodDep,
    caller: CallerDep,
    sessions: SessionsDep,
    settings: SettingsDep,
    cursor: Annotated[str | None, Query(max_length=200, description="`next` прежней страницы.")] = None,
    limit: Annotated[int, Query(ge=1, le=1000, description="Сколько дел.")] = 100,
) -> Response:
    """Журнал пунктов по делам, открытым за период: что было должно, исполнено, насколько поздно и кем."""
    last = _Cursor.read(cursor) if cursor is not None else None
    after = (last.opened_at, last.number) if last is not None else None
    async with store.looking(sessions) as session:
        reckoner = await _ledger(session, settings, datetime.now(UTC))
        found = await ledger.of_period(session, caller, period, reckoner, after=after, limit=limit + 1)
    shown = found[:limit]
    last_shown = _Cursor(opened_at=shown[-1].opened_at, number=shown[-1].number) if shown else None
    page = LedgerPage(
        items=[ledger_shown.case(one) for one in shown],
        next=str(last_shown) if len(found) > limit else None,
    )
    return Response(_PAGE.dump_json(page), media_type="application/json")


@router.get("/ledger/totals", dependencies=_ANYBODY, responses=_READING)
async def read_totals(found: FoundDep) -> LedgerTotals:
    """Итоги периода: как соблюдены пункты, чьё время ушло и какие сроки обычны."""
    return await asyncio.to_thread(ledger_shown.totals, found)


@router.get("/ledger/months", dependencies=_ANYBODY, responses=_READING)
async def read_months(period: PeriodDep, found: FoundDep) -> list[LedgerMonth]:
    """Как соблюдены пункты по месяцам, в которых дела открыты."""
    return await asyncio.to_thread(ledger_shown.months, found, period.first, period.last)


@router.get("/ledger/load", dependencies=_SUPERVISING, responses=_READING)
async def read_load(found: FoundDep, sessions: SessionsDep) -> list[ReviewerLoad]:
    """Нагрузка рассматривающих: что ждёт их решения сейчас и что они решили по делам периода."""
    async with store.looking(sessions) as session:
        return [ReviewerLoad(**one._asdict()) for one in await load.of_reviewers(session, found)]


@router.get(
    "/ledger.xlsx",
    dependencies=_ANYBODY,
    responses={**_READING, **files.told(xlsx.MEDIA_TYPE)},
    response_class=Response,
)
async def ledger_as_xlsx(
    period: PeriodDep, caller: CallerDep, sessions: SessionsDep, settings: SettingsDep
) -> Response:
    """Журнал пунктов за период книгой Excel: сводка, месяцы с диаграммой, таблица с отбором.

    Руководителю — ещё и нагрузка рассматривающих.
    """
    now = datetime.now(UTC)
    async with store.looking(sessions) as session:
        found = await ledger.of_period(session, caller, period, await _ledger(session, settings, now))
        laden = await load.of_reviewers(session, found) if caller.role in _SUPERVISORS else []
    content = await asyncio.to_thread(ledger_xlsx.workbook, found, period.first, period.last, now, laden)
    return files.attachment(content, xlsx.MEDIA_TYPE, f"punkty-{period.first}-{period.last}.xlsx")


@router.get(
    "/cases/{number}/ledger", dependencies=_ANYBODY, responses=reading("not-found", "invalid"), tags=["Дело"]
)
async def case_ledger(case: CaseDep, sessions: SessionsDep, settings: SettingsDep) -> LedgerCase:
    """Журнал пунктов дела и чьё время ушло."""
    async with store.looking(sessions) as session:
        reckoner = await _ledger(session, settings, datetime.now(UTC))
        return ledger_shown.case(await ledger.of_case(session, case.number, reckoner))


async def _ledger(session: AsyncSession, settings: Settings, now: datetime) -> Ledger:
    return Ledger(await store.load_calendar(session, settings.confirmed_years), now)

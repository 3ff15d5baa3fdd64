"""Terms that run, of cases of any kind: the most urgent first."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, TypeVarTuple

from pydantic import AwareDatetime
from sqlalchemy import (
    ColumnElement,
    Row,
    Select,
    and_,
    case,
    exists,
    func,
    literal_column,
    or_,
    select,
    tuple_,
)
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from api import cases as visible_cases
from api import listing
from api.auth import AUTHORITY, Caller, Role
from api.cursors import Cursor
from api.schemas.deadlines import DeadlineItem, DeadlinePage, DeadlineTotals, Pressure, WaitedFor
from api.schemas.fields import CaseNumber
from models import cases, deadlines, store
from models.calendar import WorkCalendar
from models.regulation import PROVISIONS
from models.rungs import RungKind, RungState
from models.settings import Settings
from models.tables import CaseRow, ClauseRow, Course, Organisation, Request, RungRow
from models.terms import Clause, Recipient, Unit

_WORDS_AT_MOST = 8

Columns = TypeVarTuple("Columns")
Open = Row[ClauseRow, CaseRow, str]
"""A clause whose term runs, its case, and its organisation's name."""


@dataclass(frozen=True)
class Asked:
    """What list is asked for."""

    overdue: bool | None = None
    agency: str | None = None
    clause: Clause | None = None
    waits_for: str | None = None
    pressure: Pressure | None = None
    search: str = ""
    """Words of the number, the title or the organisation's name; all of them have to be there."""
    cursor: str | None = None
    limit: int = 50


class _Cursor(Cursor):
    due_at: AwareDatetime
    number: CaseNumber
    clause: Clause


async def page(session: AsyncSession, caller: Caller, asked: Asked, settings: Settings) -> DeadlinePage:
    """One page of the terms that run in cases which the caller may see.

    Raises:
        Problem: The cursor is none of ours.
    """
    query = _filtered(_SHOWN, caller, asked).order_by(*_ORDER)
    if asked.cursor is not None:
        cursor = _Cursor.read(asked.cursor)
        query = query.where(tuple_(cursor.due_at, cursor.number, cursor.clause.value) < tuple_(*_ORDER))
    rows = (await session.execute(query.limit(asked.limit + 1))).all()
    calendar = await store.load_calendar(session, settings.confirmed_years)
    now = datetime.now(UTC)
    shown = rows[: asked.limit]
    return DeadlinePage(
        items=[_item(row, now, calendar, settings) for row in shown],
        next=str(_cursor(shown[-1])) if len(rows) > asked.limit else None,
    )


async def totals(session: AsyncSession, caller: Caller, asked: Asked) -> DeadlineTotals:
    """How many there are of each pressure, whatever pressure and page are asked for."""
    counted = _filtered(_COUNTED, caller, replace(asked, pressure=None))
    total, overdue, at_risk = (await session.execute(counted)).one()
    return DeadlineTotals(overdue=overdue, at_risk=at_risk, in_time=total - overdue - at_risk)


async def waited_for(session: AsyncSession, caller: Caller) -> dict[str, int]:
    """How many terms run by whom they wait for."""
    query = _filtered(_WAITED_FOR, caller, Asked()).group_by(col(ClauseRow.waits_for))
    rows = (await session.execute(query)).all()
    return {row[0]: row[1] for row in rows}


async def every(
    session: AsyncSession, caller: Caller, asked: Asked, settings: Settings
) -> list[DeadlineItem]:
    """All that is asked for, whatever page."""
    rows = (await session.execute(_filtered(_SHOWN, caller, asked).order_by(*_ORDER))).all()
    calendar = await store.load_calendar(session, settings.confirmed_years)
    now = datetime.now(UTC)
    return await asyncio.to_thread(lambda: [_item(row, now, calendar, settings) for row in rows])


async def running(session: AsyncSession, caller: Caller, waits_for: str | None) -> Sequence[Open]:
    """All of them, without pages."""
    query = _filtered(_WHOLE, caller, Asked(waits_for=waits_for)).order_by(*_ORDER)
    return (await session.execute(query)).all()


def explanation_url(settings: Settings, number: str) -> str:
    """Where a case's deadlines are explained day by day."""
    return f"{settings.public_url}/api/v1/cases/{number}/deadlines"


_ROLE_WAITED_FOR = {
    Role.AGENCY: (Recipient.AGENCY, Recipient.OWNER),
    Role.RESPONSIBLE: (Recipient.RESPONSIBLE,),
    Role.REVIEWER: (Recipient.REVIEWER,),
    Role.SUPERVISOR: (Recipient.REVIEWER,),
    Role.OPERATOR: (Recipient.OPERATOR,),
    Role.OPERATOR_HEAD: (Recipient.OPERATOR,),
}
"""An administrator is never waited for; whoever leads may do what their people may."""
_REMINDED = exists().where(
    and_(
        col(RungRow.number) == col(ClauseRow.number),
        col(RungRow.clause) == col(ClauseRow.clause),
        # Written out and no parameters: the index of these alone is found whatever plan Postgres keeps.
        col(RungRow.kind) == literal_column(f"'{RungKind.REMINDER}'"),
        col(RungRow.state) == literal_column(f"'{RungState.SENT}'"),
    )
)
_PRESSURE: ColumnElement[str] = case(
    (col(ClauseRow.is_overdue), literal_column("'overdue'")),
    (_REMINDED, literal_column("'at_risk'")),
    else_=literal_column("'in_time'"),
)
_ORDER = (col(ClauseRow.due_at), col(ClauseRow.number), col(ClauseRow.clause))
_WHOLE = select(ClauseRow, CaseRow, col(Organisation.name))
_COUNTED = select(
    func.count(),
    func.count().filter(col(ClauseRow.is_overdue)),
    func.count().filter(~col(ClauseRow.is_overdue), _REMINDED),
)
_WAITED_FOR = select(col(ClauseRow.waits_for), func.count())
_SHOWN = select(
    col(ClauseRow.number),
    col(ClauseRow.clause),
    col(ClauseRow.last_day),
    col(ClauseRow.due_at),
    col(ClauseRow.is_overdue),
    col(ClauseRow.is_provisional),
    col(ClauseRow.waits_for),
    func.jsonb_extract_path_text(col(ClauseRow.deadline), "unit").label("unit"),
    func.jsonb_extract_path_text(col(ClauseRow.explanation), "sentence").label("why"),
    col(CaseRow.title),
    col(CaseRow.organisation),
    col(Organisation.name).label("organisation_name"),
    func.coalesce(col(Request.claimed_by_name), "").label("claimed_by"),
    _PRESSURE.label("pressure"),
)
"""What a row shows and no more: whole deadlines and explanations take longer to read than all the rest."""


def _filtered(query: Select[*Columns], caller: Caller, asked: Asked) -> Select[*Columns]:
    """Every case and its organisation are there; joined loosely, Postgres leaves out what nobody asks for."""
    query = (
        query.select_from(ClauseRow)
        .join(CaseRow, col(CaseRow.number) == col(ClauseRow.number), isouter=True)
        .join(Organisation, col(Organisation.code) == col(CaseRow.organisation), isouter=True)
        .join(Request, col(Request.number) == col(CaseRow.number), isouter=True)
        .join(Course, col(Course.id) == col(CaseRow.course), isouter=True)
        .where(col(ClauseRow.finished_at).is_(None), visible_cases.visible(caller))
    )
    if asked.overdue is not None:
        query = query.where(col(ClauseRow.is_overdue).is_(asked.overdue))
    if asked.agency is not None:
        query = query.where(col(CaseRow.organisation) == asked.agency)
    if asked.clause is not None:
        query = query.where(col(ClauseRow.clause) == asked.clause.value)
    if asked.waits_for is not None:
        query = query.where(_waits_for(asked.waits_for, caller))
    if asked.pressure is not None:
        query = query.where(_PRESSURE.in_([asked.pressure.value]))
    return query.where(*(_has(word) for word in asked.search.split()[:_WORDS_AT_MOST]))


def _waits_for(whom: str, caller: Caller) -> ColumnElement[bool]:
    """Whoever has taken a request is waited for, and no other of their role."""
    if whom != WaitedFor.ME:
        return col(ClauseRow.waits_for) == whom
    is_of_role = col(ClauseRow.waits_for).in_(_ROLE_WAITED_FOR.get(caller.role, ()))
    if caller.role in AUTHORITY:
        return and_(is_of_role, col(Request.claimed_by) == caller.actor)
    return is_of_role


def _has(word: str) -> ColumnElement[bool]:
    """Whatever the case of its letters."""
    return or_(
        col(ClauseRow.number).icontains(word, autoescape=True),
        col(CaseRow.title).icontains(word, autoescape=True),
        col(Organisation.name).icontains(word, autoescape=True),
    )


def _item(row: Any, now: datetime, calendar: WorkCalendar, settings: Settings) -> DeadlineItem:
    unit = Unit(row.unit)
    standing = deadlines.stand(row.last_day, row.due_at, unit, now, calendar)
    return DeadlineItem(
        number=row.number,
        case_name=cases.label(row.number),
        title=row.title,
        organisation=row.organisation,
        organisation_name=row.organisation_name,
        clause=row.clause,
        clause_title=PROVISIONS[Clause(row.clause)].title,
        last_day=row.last_day,
        due_at=row.due_at,
        days_left=standing.days_left,
        unit=unit,
        standing=standing.words,
        overdue=row.is_overdue,
        pressure=Pressure(row.pressure),
        claimed_by=row.claimed_by,
        provisional=row.is_provisional,
        waits_for=row.waits_for,
        waits_for_name=listing.waiting_name(row.waits_for),
        why=row.why,
        explanation=explanation_url(settings, row.number),
    )


def _cursor(row: Any) -> _Cursor:
    return _Cursor(due_at=row.due_at, number=row.number, clause=Clause(row.clause))

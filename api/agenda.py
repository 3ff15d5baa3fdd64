"""Terms that run, of cases of any kind: the most urgent first."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

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
from api.auth import Caller
from api.cursors import Cursor
from api.schemas.deadlines import DeadlineItem, DeadlinePage, DeadlineTotals, Pressure
from api.schemas.fields import CaseNumber
from models import cases, deadlines, store
from models.calendar import WorkCalendar
from models.deadlines import Deadline
from models.regulation import PROVISIONS
from models.rungs import RungKind, RungState
from models.settings import Settings
from models.tables import CaseRow, ClauseRow, Course, Organisation, Request, RungRow
from models.terms import Clause

_WORDS_AT_MOST = 8

Query = Select[ClauseRow, CaseRow, str]
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
    query = _filtered(caller, asked)
    if asked.cursor is not None:
        cursor = _Cursor.read(asked.cursor)
        query = query.where(tuple_(cursor.due_at, cursor.number, cursor.clause.value) < _ORDER)
    rows = (await session.execute(_with_words(query).limit(asked.limit + 1))).all()
    calendar = await store.load_calendar(session, settings.confirmed_years)
    now = datetime.now(UTC)
    shown = rows[: asked.limit]
    return DeadlinePage(
        items=[_item(row, now, calendar, settings) for row in shown],
        next=str(_cursor(shown[-1][0])) if len(rows) > asked.limit else None,
    )


async def totals(session: AsyncSession, caller: Caller, asked: Asked) -> DeadlineTotals:
    """How many there are of each pressure, whatever pressure and page are asked for."""
    every = _filtered(caller, replace(asked, pressure=None)).order_by(None)
    counted = every.with_only_columns(_PRESSURE, func.count()).group_by(_PRESSURE)
    rows = (await session.execute(counted)).all()
    return DeadlineTotals(**{str(row[0]): row[1] for row in rows})


async def every(
    session: AsyncSession, caller: Caller, asked: Asked, settings: Settings
) -> list[DeadlineItem]:
    """All that is asked for, whatever page. Slow at 10,000: half a second."""
    rows = (await session.execute(_with_words(_filtered(caller, asked)))).all()
    calendar = await store.load_calendar(session, settings.confirmed_years)
    now = datetime.now(UTC)
    return await asyncio.to_thread(lambda: [_item(row, now, calendar, settings) for row in rows])


async def running(session: AsyncSession, caller: Caller, waits_for: str | None) -> Sequence[Open]:
    """All of them, without pages."""
    return (await session.execute(_filtered(caller, Asked(waits_for=waits_for)))).all()


def explanation_url(settings: Settings, number: str) -> str:
    """Where a case's deadlines are explained day by day."""
    return f"{settings.public_url.rstrip('/')}/api/v1/cases/{number}/deadlines"


_REMINDED = exists().where(
    and_(
        col(RungRow.number) == col(ClauseRow.number),
        col(RungRow.clause) == col(ClauseRow.clause),
        col(RungRow.kind) == RungKind.REMINDER.value,
        col(RungRow.state) == RungState.SENT.value,
    )
)
_PRESSURE: ColumnElement[str] = case(
    (col(ClauseRow.is_overdue), literal_column("'overdue'")),
    (_REMINDED, literal_column("'at_risk'")),
    else_=literal_column("'in_time'"),
)
_ORDER = tuple_(col(ClauseRow.due_at), col(ClauseRow.number), col(ClauseRow.clause))


def _filtered(caller: Caller, asked: Asked) -> Query:
    query = (
        select(ClauseRow, CaseRow, col(Organisation.name))
        .join(CaseRow, col(CaseRow.number) == col(ClauseRow.number))
        .join(Organisation, col(Organisation.code) == col(CaseRow.organisation))
        .join(Request, col(Request.number) == col(CaseRow.number), isouter=True)
        .join(Course, col(Course.id) == col(CaseRow.course), isouter=True)
        .where(col(ClauseRow.finished_at).is_(None), visible_cases.visible(caller))
        .order_by(col(ClauseRow.due_at), col(ClauseRow.number), col(ClauseRow.clause))
    )
    if asked.overdue is not None:
        query = query.where(col(ClauseRow.is_overdue).is_(asked.overdue))
    if asked.agency is not None:
        query = query.where(col(CaseRow.organisation) == asked.agency)
    if asked.clause is not None:
        query = query.where(col(ClauseRow.clause) == asked.clause.value)
    if asked.waits_for is not None:
        query = query.where(col(ClauseRow.waits_for) == asked.waits_for)
    if asked.pressure is not None:
        query = query.where(_PRESSURE.in_([asked.pressure.value]))
    return query.where(*(_has(word) for word in asked.search.split()[:_WORDS_AT_MOST]))


def _with_words(query: Query) -> Select[Any]:
    """With what a row of the list shows beside."""
    return query.add_columns(_PRESSURE, func.coalesce(col(Request.claimed_by_name), ""))


def _has(word: str) -> ColumnElement[bool]:
    """Whatever the case of its letters."""
    return or_(
        col(ClauseRow.number).icontains(word, autoescape=True),
        col(CaseRow.title).icontains(word, autoescape=True),
        col(Organisation.name).icontains(word, autoescape=True),
    )


def _item(shown: Any, now: datetime, calendar: WorkCalendar, settings: Settings) -> DeadlineItem:
    row, case_row, organisation_name, pressure, claimed_by = shown
    deadline = Deadline.model_validate(row.deadline)
    return DeadlineItem(
        number=row.number,
        case_name=cases.label(row.number),
        title=case_row.title,
        organisation=case_row.organisation,
        organisation_name=organisation_name,
        clause=row.clause,
        clause_title=PROVISIONS[Clause(row.clause)].title,
        last_day=row.last_day,
        due_at=row.due_at,
        days_left=deadlines.days_left(deadline, now, calendar),
        unit=deadline.unit,
        standing=deadlines.standing(deadline, now, calendar),
        overdue=row.is_overdue,
        pressure=Pressure(pressure),
        claimed_by=claimed_by,
        provisional=row.is_provisional,
        waits_for=row.waits_for,
        waits_for_name=listing.waiting_name(row.waits_for),
        why=row.explanation["sentence"],
        explanation=explanation_url(settings, row.number),
    )


def _cursor(clause: ClauseRow) -> _Cursor:
    return _Cursor(due_at=clause.due_at, number=clause.number, clause=Clause(clause.clause))

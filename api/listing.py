"""Lists of requests, by cursor: the most urgent first, or the newest."""

from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

from pydantic import AwareDatetime
from sqlalchemy import ColumnElement, Row, Select, and_, func, or_, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from api import cursors
from api.auth import Caller
from api.cursors import Cursor
from api.schemas.fields import Number
from api.schemas.requests import RequestItem, RequestPage
from models import deadlines, store
from models.calendar import WorkCalendar
from models.deadlines import Deadline
from models.decisions import ENGINE
from models.requests import Stage, Wanted
from models.tables import ClauseRow, Organisation, Request
from models.terms import Recipient

Query = Select[Request, str, ClauseRow]

_OPEN = [stage for stage in Stage if stage.is_open]


class Order(StrEnum):
    URGENT = "urgent"
    """Open cases by their deadline; those without one yet come last."""
    NEWEST = "newest"
    """All cases by their number."""


@dataclass(frozen=True)
class Asked:
    """What list is asked for."""

    stages: tuple[Stage, ...] = ()
    overdue: bool | None = None
    agency: str | None = None
    order: Order = Order.URGENT
    cursor: str | None = None
    limit: int = 50


class _Cursor(Cursor):
    order: Order
    number: Number
    due_at: AwareDatetime | None


async def page(
    session: AsyncSession, caller: Caller, asked: Asked, confirmed_years: frozenset[int]
) -> RequestPage:
    """One page of what the caller may see.

    Raises:
        Problem: The cursor is none of ours.
    """
    query = _ordered(_filtered(caller, asked), asked.order)
    if asked.cursor is not None:
        cursor = _Cursor.read(asked.cursor)
        if cursor.order is not asked.order:
            raise cursors.unknown()
        query = query.where(_after(cursor))
    rows = (await session.execute(query.limit(asked.limit + 1))).all()
    calendar = await store.load_calendar(session, confirmed_years)
    now = datetime.now(UTC)
    shown = rows[: asked.limit]
    return RequestPage(
        items=[item(request, name, clause, now, calendar) for request, name, clause in shown],
        next=str(_cursor(shown[-1], asked.order)) if len(rows) > asked.limit else None,
    )


def item(
    request: Request, agency_name: str, clause: ClauseRow | None, now: datetime, calendar: WorkCalendar
) -> RequestItem:
    """A row of a list, with what is left of its term."""
    return RequestItem(
        number=request.number,
        title=request.title,
        wanted=Wanted(request.wanted),
        agency=request.agency,
        agency_name=agency_name,
        subsystem=request.subsystem,
        stage=Stage(request.stage),
        stage_name=Stage(request.stage).russian,
        received_on=request.received_on,
        clause=clause.clause if clause else None,
        waits_for=clause.waits_for if clause else None,
        waits_for_name=waiting_name(clause.waits_for) if clause else "",
        last_day=clause.last_day if clause else None,
        due_at=clause.due_at if clause else None,
        standing=deadlines.standing(Deadline.model_validate(clause.deadline), now, calendar)
        if clause
        else "",
        overdue=clause.is_overdue if clause else False,
        claimed_by=request.claimed_by_name,
    )


def waiting_name(waits_for: str) -> str:
    """Who has to act, for people to read; empty when nobody has."""
    return "система" if waits_for == ENGINE else Recipient(waits_for).russian if waits_for else ""


def with_clause() -> Query:
    """Requests with their organisation's name and the clause whose term runs."""
    running = and_(col(ClauseRow.number) == col(Request.number), col(ClauseRow.finished_at).is_(None))
    return (
        select(Request, col(Organisation.name), ClauseRow)
        .join(Organisation, col(Organisation.code) == col(Request.agency))
        .join(ClauseRow, running, isouter=True)
    )


def _filtered(caller: Caller, asked: Asked) -> Query:
    query = with_clause().where(*caller.visible())
    if asked.stages:
        query = query.where(col(Request.stage).in_(asked.stages))
    if asked.agency is not None:
        query = query.where(col(Request.agency) == asked.agency)
    if asked.overdue is not None:
        query = query.where(func.coalesce(col(ClauseRow.is_overdue), False).is_(asked.overdue))
    return query


def _ordered(query: Query, order: Order) -> Query:
    if order is Order.NEWEST:
        return query.order_by(col(Request.number).desc())
    is_open = col(Request.stage).in_(_OPEN)
    return query.where(is_open).order_by(col(ClauseRow.due_at).asc().nulls_last(), col(Request.number))


def _after(cursor: _Cursor) -> ColumnElement[bool]:
    due_at, number = col(ClauseRow.due_at), col(Request.number)
    if cursor.order is Order.NEWEST:
        return number < cursor.number
    if cursor.due_at is None:
        return and_(due_at.is_(None), number > cursor.number)
    return or_(tuple_(due_at, number) > tuple_(cursor.due_at, cursor.number), due_at.is_(None))


def _cursor(row: Row[Request, str, ClauseRow | None], order: Order) -> _Cursor:
    request, _, clause = row
    return _Cursor(order=order, number=request.number, due_at=clause.due_at if clause else None)

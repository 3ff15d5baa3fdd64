"""Lists of requests, by cursor: the most urgent first, or the newest."""

import base64
import binascii
import json
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

from sqlalchemy import Row, Select, and_, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from api.auth import OPERATORS, Caller, Role
from api.errors import FieldProblem, Problem
from api.schemas.requests import RequestItem, RequestPage
from models import deadlines, store
from models.calendar import WorkCalendar
from models.deadlines import Deadline
from models.requests import Stage
from models.requests import Wanted as WantedKind
from models.tables import ClauseRow, Organisation, Request

Query = Select[Request, str, ClauseRow]


class Order(StrEnum):
    URGENT = "urgent"
    """Open cases by their deadline."""
    NEWEST = "newest"
    """All cases by their number."""


@dataclass(frozen=True)
class Wanted:
    """What list is asked for."""

    stages: tuple[Stage, ...] = ()
    overdue: bool | None = None
    agency: str | None = None
    order: Order = Order.URGENT
    cursor: str | None = None
    limit: int = 50


async def page(
    session: AsyncSession, caller: Caller, wanted: Wanted, confirmed_years: frozenset[int]
) -> RequestPage:
    """One page of what the caller may see.

    Raises:
        Problem: The cursor is none of ours.
    """
    query = _filtered(caller, wanted)
    query = _after_cursor(_ordered(query, wanted.order), wanted)
    rows = (await session.execute(query.limit(wanted.limit + 1))).all()
    calendar = await store.load_calendar(session, confirmed_years)
    now = datetime.now(UTC)
    shown = rows[: wanted.limit]
    return RequestPage(
        items=[item(request, name, clause, now, calendar) for request, name, clause in shown],
        next=_cursor(shown[-1], wanted.order) if len(rows) > wanted.limit else None,
    )


def item(
    request: Request, agency_name: str, clause: ClauseRow | None, now: datetime, calendar: WorkCalendar
) -> RequestItem:
    """A row of a list, with what is left of its term."""
    return RequestItem(
        number=request.number,
        title=request.title,
        wanted=WantedKind(request.wanted),
        agency=request.agency,
        agency_name=agency_name,
        subsystem=request.subsystem,
        stage=Stage(request.stage),
        stage_name=Stage(request.stage).russian,
        received_on=request.received_on,
        clause=clause.clause if clause else None,
        waits_for=clause.waits_for if clause else None,
        last_day=clause.last_day if clause else None,
        due_at=clause.due_at if clause else None,
        standing=deadlines.standing(Deadline.model_validate(clause.deadline), now, calendar)
        if clause
        else "",
        overdue=clause.is_overdue if clause else False,
        claimed_by=request.claimed_by_name,
    )


def with_clause() -> Query:
    """Requests with their organisation's name and the clause whose term runs."""
    running = and_(col(ClauseRow.number) == col(Request.number), col(ClauseRow.finished_at).is_(None))
    return (
        select(Request, col(Organisation.name), ClauseRow)
        .join(Organisation, col(Organisation.code) == col(Request.agency))
        .join(ClauseRow, running, isouter=True)
    )


def _filtered(caller: Caller, wanted: Wanted) -> Query:
    query = with_clause()
    if caller.role in (Role.AGENCY, Role.RESPONSIBLE):
        query = query.where(col(Request.agency) == caller.organisation)
    if caller.role in OPERATORS:
        query = query.where(col(Request.stage).in_([Stage.SETUP, Stage.DONE]))
    if wanted.stages:
        query = query.where(col(Request.stage).in_(wanted.stages))
    if wanted.agency is not None:
        query = query.where(col(Request.agency) == wanted.agency)
    if wanted.overdue is not None:
        query = query.where(col(ClauseRow.is_overdue).is_(wanted.overdue))
    return query


def _ordered(query: Query, order: Order) -> Query:
    if order is Order.NEWEST:
        return query.order_by(col(Request.number).desc())
    return query.where(col(ClauseRow.due_at).is_not(None)).order_by(
        col(ClauseRow.due_at), col(Request.number)
    )


def _after_cursor(query: Query, wanted: Wanted) -> Query:
    if wanted.cursor is None:
        return query
    try:
        due_at, number = json.loads(base64.urlsafe_b64decode(wanted.cursor.encode()))
        if wanted.order is Order.NEWEST:
            return query.where(col(Request.number) < str(number))
        after = (datetime.fromisoformat(due_at), str(number))
    except (binascii.Error, ValueError, TypeError):
        raise Problem("invalid", fields=[FieldProblem(field="cursor", detail="нет такой страницы")]) from None
    return query.where(tuple_(col(ClauseRow.due_at), col(Request.number)) > tuple_(*after))


def _cursor(row: Row[Request, str, ClauseRow], order: Order) -> str:
    request, _, clause = row
    due_at = clause.due_at.isoformat() if order is Order.URGENT else None
    return base64.urlsafe_b64encode(json.dumps([due_at, request.number]).encode()).decode()

"""The clause ledger from Postgres: the cases opened in a period that the caller may see, clause by clause."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby
from operator import itemgetter
from typing import Any

from sqlalchemy import ColumnElement, and_, select, text, tuple_
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from api import cases as visible_cases
from api.auth import Caller
from models.deadlines import end_of
from models.ledger import CLAUSES_OF, CaseLedger, Fact, Ledger
from models.tables import CaseRow, Course, Request
from models.terms import Clause, Unit

_LINES = text("""
SELECT c.number, c.title, c.organisation, o.name, c.opened_at, c.closed_at, e.clause, d.outcome,
       CASE e.clause
           -- The agency's own time is that between a refusal and the request that follows it.
           WHEN '4.1' THEN (before.at AT TIME ZONE 'Asia/Yekaterinburg')::date
           WHEN '4.2' THEN coalesce(k.started_on, r.received_on)
           WHEN '4.3' THEN k.started_on
           ELSE coalesce(k.started_on, (c.opened_at AT TIME ZONE 'Asia/Yekaterinburg')::date)
       END AS started_on,
       k.last_day, k.deadline ->> 'unit' AS unit, coalesce(k.is_overdue, false) AS is_overdue,
       done.at AS done_at, CASE e.clause WHEN '4.1' THEN r.received_on END AS ended_on,
       coalesce(k.late_by, '') AS late_by,
       (w.informed_at AT TIME ZONE 'Asia/Yekaterinburg')::date AS told_on,
       coalesce(j.actor_name, '') AS by, coalesce(j.what, '') AS evidence
FROM unnest(CAST(:numbers AS text[])) AS picked (number)
JOIN cases c ON c.number = picked.number
JOIN organisations o ON o.code = c.organisation
JOIN unnest(CAST(:kinds AS text[]), CAST(:clauses AS text[])) AS e (kind, clause) ON e.kind = c.kind
LEFT JOIN clauses k ON k.number = c.number AND k.clause = e.clause
LEFT JOIN requests r ON r.number = c.number
LEFT JOIN decisions d ON d.number = c.number
LEFT JOIN replacements w ON w.number = c.number
LEFT JOIN decisions before ON before.number = r.previous
CROSS JOIN LATERAL (
    SELECT CASE
        WHEN e.clause = '4.1' THEN c.opened_at
        WHEN e.clause = '4.2' THEN coalesce(k.finished_at, d.at)
        -- What has no term ends with its case.
        WHEN e.clause = '4.3' OR k.number IS NOT NULL THEN k.finished_at
        ELSE c.closed_at
    END AS at
) AS done
LEFT JOIN journal j ON j.number = c.number AND j.clause = e.clause AND j.at = done.at
ORDER BY c.opened_at, c.number, e.clause, j.id
""")
_EXPECTED = [(kind.value, clause.value) for kind, clauses in CLAUSES_OF.items() for clause in clauses]
"""Which clauses a case of a kind goes through, begun or not."""
_NUMBER, _CLAUSE = itemgetter(0), itemgetter(6)
"""Columns by which rows are of one case, and of one clause."""


@dataclass(frozen=True)
class Period:
    """Local dates of opening, both included."""

    first: date
    last: date

    def holds(self, opened_at: Any) -> ColumnElement[bool]:
        since = end_of(self.first - timedelta(days=1))
        return and_(opened_at >= since, opened_at < end_of(self.last))


async def of_case(session: AsyncSession, number: str, ledger: Ledger) -> CaseLedger:
    """One case."""
    (found,) = await _read(session, [number], ledger)
    return found


async def of_period(
    session: AsyncSession,
    caller: Caller,
    period: Period,
    ledger: Ledger,
    *,
    after: tuple[datetime, str] | None = None,
    limit: int | None = None,
) -> list[CaseLedger]:
    """Cases opened in the period that the caller may see, the first opened first.

    Args:
        session: Where to read.
        caller: Who asks.
        period: When the cases were opened.
        ledger: Makes the lines, as of its moment.
        after: When the last case already read was opened, and its number.
        limit: How many cases at most.
    """
    opened_at, number = col(CaseRow.opened_at), col(CaseRow.number)
    query = (
        select(number)
        .join(Request, col(Request.number) == number, isouter=True)
        .join(Course, col(Course.id) == col(CaseRow.course), isouter=True)
        .where(period.holds(opened_at), visible_cases.visible(caller))
        .order_by(opened_at, number)
        .limit(limit)
    )
    if after is not None:
        query = query.where(tuple_(*after) < tuple_(opened_at, number))
    return await _read(session, (await session.scalars(query)).all(), ledger)


async def _read(session: AsyncSession, numbers: Sequence[str], ledger: Ledger) -> list[CaseLedger]:
    kinds, clauses = zip(*_EXPECTED, strict=True)
    parameters = {"numbers": list(numbers), "kinds": list(kinds), "clauses": list(clauses)}
    rows: Sequence[Any] = (await session.execute(_LINES, parameters)).all()
    return [_case(list(group), ledger) for _, group in groupby(rows, _NUMBER)]


def _case(rows: list[Any], ledger: Ledger) -> CaseLedger:
    number, title, organisation, name, opened_at, closed_at = rows[0][:6]
    lines = tuple(ledger.line(_fact(list(group))) for _, group in groupby(rows, _CLAUSE))
    return CaseLedger(number, title, organisation, name, opened_at, closed_at, lines)


def _fact(rows: list[Any]) -> Fact:
    """A clause, with a row for each line that the journal has of its end.

    What was read back from Moodle is written at the same instant, before what it proves.
    """
    # By place: by name it takes three times as long, and a period has tens of thousands of these.
    (
        closed_at,
        clause,
        outcome,
        started_on,
        last_day,
        unit,
        is_overdue,
        done_at,
        ended_on,
        late_by,
        told_on,
        by,
        _,
    ) = rows[-1][5:]
    return Fact(
        clause=Clause(clause),
        outcome=outcome,
        is_closed=closed_at is not None,
        started_on=started_on,
        last_day=last_day,
        unit=Unit(unit) if unit else None,
        is_overdue=is_overdue,
        done_at=done_at,
        ended_on=ended_on,
        late_by=late_by,
        told_on=told_on,
        by=by,
        evidence=". ".join(row[-1] for row in rows),
    )

"""How clauses were kept, month by month, whose clock runs, what is usual, and the load of reviewers."""

import asyncio
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Annotated, NamedTuple

from fastapi import Query, Request, Response
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, func, select

from api import ledger, ledger_shown
from api.auth import CallerDep, Role, allow
from api.deps import SessionsDep, SettingsDep
from api.pages.frame import pages_router, show
from models import store
from models.deadlines import local_date
from models.ledger import CaseLedger, Ledger, State
from models.requests import Stage
from models.tables import Request as RequestRow
from models.terms import Clause

router = pages_router()

_MONTHS = (
    "январь",
    "февраль",
    "март",
    "апрель",
    "май",
    "июнь",
    "июль",
    "август",
    "сентябрь",
    "октябрь",
    "ноябрь",
    "декабрь",
)
_STATES = (State.KEPT, State.LATE, State.NOT_DUE)
_HEIGHT, _STEP, _BAR = 160, 50, 30
"""Of the chart, in its own units: full height, a month's width, a bar's."""
_NOBODY = "никто не взял"


class Bar(NamedTuple):
    """A part of a month's column."""

    state: State
    x: int
    y: int
    height: int


class Month(NamedTuple):
    """Clauses of the cases opened in a month."""

    name: str
    short: str
    counts: dict[State, int]
    bars: list[Bar]
    middle: int
    """Where its name stands, in units of the chart."""


class Load(NamedTuple):
    """A reviewer's work."""

    holder: str
    open: int
    decided: int
    late: int


@router.get("/clauses", dependencies=[allow(Role.SUPERVISOR, Role.ADMIN)])
async def clauses_page(
    http: Request,
    caller: CallerDep,
    sessions: SessionsDep,
    settings: SettingsDep,
    months: Annotated[int, Query(ge=1, le=12)] = 6,
) -> Response:
    """The ledger of cases opened in the last months, this one included."""
    now = datetime.now(UTC)
    today = local_date(now)
    firsts = _firsts(today, months)
    async with store.looking(sessions) as session:
        reckoner = Ledger(await store.load_calendar(session, settings.confirmed_years), now)
        found = await ledger.of_period(session, caller, ledger.Period(firsts[0], today), reckoner)
        taken = await _taken(session)
    totals = await asyncio.to_thread(ledger_shown.totals, found)
    return show(
        http,
        "clauses.html",
        title="Соблюдение регламента",
        first=firsts[0],
        last=today,
        months=months,
        columns=_columns(firsts, found),
        states=_STATES,
        width=_STEP * months,
        height=_HEIGHT,
        bar=_BAR,
        totals=totals,
        longest=max((one.days for one in totals.clock), default=0) or 1,
        load=_load(found, taken),
    )


def _firsts(today: date, months: int) -> list[date]:
    """First days of the last months, the oldest first."""
    firsts = [today.replace(day=1)]
    while len(firsts) < months:
        firsts.append((firsts[-1] - timedelta(days=1)).replace(day=1))
    return firsts[::-1]


def _columns(firsts: Sequence[date], found: Sequence[CaseLedger]) -> list[Month]:
    counts: dict[date, Counter[State]] = {first: Counter() for first in firsts}
    for case in found:
        first = local_date(case.opened_at).replace(day=1)
        counts[first].update(line.state for line in case.lines)
    highest = max((sum(one[state] for state in _STATES) for one in counts.values()), default=0) or 1
    return [_column(place, first, counts[first], highest) for place, first in enumerate(firsts)]


def _column(place: int, first: date, counts: Counter[State], highest: int) -> Month:
    """Parts stand on each other, the first state lowest."""
    x, y, bars = place * _STEP + (_STEP - _BAR) // 2, _HEIGHT, []
    for state in _STATES:
        height = round(_HEIGHT * counts[state] / highest)
        y -= height
        bars.append(Bar(state, x, y, height))
    name = f"{_MONTHS[first.month - 1]} {first.year}"
    return Month(name, f"{first:%m.%y}", {one: counts[one] for one in _STATES}, bars, x + _BAR // 2)


async def _taken(session: AsyncSession) -> dict[str, int]:
    """Requests that wait for a decision now, by who has taken them."""
    holder = func.coalesce(func.nullif(col(RequestRow.claimed_by_name), ""), _NOBODY)
    waiting = col(RequestRow.stage).in_((Stage.REGISTERED, Stage.REVIEW))
    query = select(holder, func.count()).where(waiting).group_by(holder)
    return {row[0]: row[1] for row in await session.execute(query)}


def _load(found: Sequence[CaseLedger], taken: dict[str, int]) -> list[Load]:
    """The most laden first; who withdrew a request has not decided it."""
    decided: Counter[str] = Counter()
    late: Counter[str] = Counter()
    for case in found:
        for line in case.lines:
            is_decided = line.fact.clause is Clause.REVIEW and line.took is not None and line.fact.by
            if is_decided:
                decided[line.fact.by] += 1
                late[line.fact.by] += line.state is State.LATE
    holders = sorted({*taken, *decided}, key=lambda name: (-taken.get(name, 0), -decided[name], name))
    return [Load(name, taken.get(name, 0), decided[name], late[name]) for name in holders]

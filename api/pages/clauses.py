"""How clauses were kept, month by month, whose clock runs, what is usual, and the load of reviewers."""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Annotated, NamedTuple

from fastapi import Query, Request, Response

from api import agenda, ledger, ledger_shown, load
from api.auth import CallerDep, Role, allow
from api.deps import SessionsDep, SettingsDep
from api.pages.frame import pages_router, show
from models import ledger_totals, store
from models.deadlines import local_date
from models.ledger import CaseLedger, Ledger, Line, Party, State
from models.ledger_totals import MonthSummary
from models.regulation import PROVISIONS
from models.terms import Clause, Recipient

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
_WAITED_FOR = {
    Party.AGENCY: Recipient.AGENCY,
    Party.AUTHORITY: Recipient.REVIEWER,
    Party.OPERATOR: Recipient.OPERATOR,
    Party.RESPONSIBLE: Recipient.RESPONSIBLE,
    Party.OWNER: Recipient.OWNER,
}
"""By whom the work list finds the terms that wait for a party. Much of its time runs without any."""


_NAMED = 200
"""Of the cases behind a figure so many; all are in the workbook."""


class Bar(NamedTuple):
    """A part of a month's column."""

    state: State
    x: int
    y: int
    height: int


class Month(NamedTuple):
    """Clauses of the cases opened in a month."""

    first: date
    name: str
    short: str
    counts: dict[State, int]
    bars: list[Bar]
    middle: int
    """Where its name stands, in units of the chart."""


@router.get("/clauses", dependencies=[allow(Role.SUPERVISOR, Role.ADMIN)])
async def clauses_page(
    http: Request,
    caller: CallerDep,
    sessions: SessionsDep,
    settings: SettingsDep,
    months: Annotated[int, Query(ge=1, le=12)] = 6,
    clause: Annotated[str, Query(max_length=20)] = "",
    state: Annotated[str, Query(max_length=20)] = "",
    month: Annotated[str, Query(max_length=10)] = "",
) -> Response:
    """The ledger of cases opened in the last months, this one included; by month of one clause, or of all.

    With a state the cases behind that figure are named.
    """
    now = datetime.now(UTC)
    today = local_date(now)
    first = _firsts(today, months)[0]
    chosen = Clause(clause) if clause in set(Clause) else None
    asked = State(state) if state in set(State) else None
    async with store.looking(sessions) as session:
        reckoner = Ledger(await store.load_calendar(session, settings.confirmed_years), now)
        found = await ledger.of_period(session, caller, ledger.Period(first, today), reckoner)
        laden = await load.of_reviewers(session, found)
        terms = await agenda.waited_for(session, caller)
    behind = _behind(found, asked, chosen, month) if asked else []
    totals = await asyncio.to_thread(ledger_shown.totals, found)
    return show(
        http,
        "clauses.html",
        title="Соблюдение регламента",
        first=first,
        last=today,
        months=months,
        clause=chosen.value if chosen else "",
        clauses=[(one.clause, f"п. {one.clause} {one.clause_title}") for one in totals.clauses],
        chosen=f"п. {chosen} {PROVISIONS[chosen].title}" if chosen else "",
        columns=_columns(ledger_totals.by_month(found, first, today), chosen),
        states=_STATES,
        width=_STEP * months,
        height=_HEIGHT,
        bar=_BAR,
        totals=totals,
        asked=asked.russian if asked else "",
        how_many=len(behind),
        named=[(ledger_shown.case(one), ledger_shown.lines(lines)) for one, lines in behind[:_NAMED]],
        longest=max((one.days for one in totals.clock), default=0) or 1,
        terms={
            party.value: (to.value, terms[to.value]) for party, to in _WAITED_FOR.items() if to.value in terms
        },
        load=laden,
        most=max((one.open for one in laden), default=0) or 1,
    )


def _behind(
    found: Sequence[CaseLedger], state: State, clause: Clause | None, month: str
) -> list[tuple[CaseLedger, list[Line]]]:
    """The cases behind a figure, the newest first, each with those of its lines that it counts.

    Args:
        found: All cases of the period.
        state: How a clause was kept.
        clause: Of this clause alone.
        month: First day of the month in which the case was opened; blank: of all.
    """
    cases = [one for one in found[::-1] if month in ("", str(local_date(one.opened_at).replace(day=1)))]
    counted = [(one, [line for line in one.lines if _is_counted(line, state, clause)]) for one in cases]
    return [(one, lines) for one, lines in counted if lines]


def _is_counted(line: Line, state: State, clause: Clause | None) -> bool:
    return line.state is state and clause in (None, line.fact.clause)


def _firsts(today: date, months: int) -> list[date]:
    """First days of the last months, the oldest first."""
    firsts = [today.replace(day=1)]
    while len(firsts) < months:
        firsts.append((firsts[-1] - timedelta(days=1)).replace(day=1))
    return firsts[::-1]


def _columns(months: Sequence[MonthSummary], clause: Clause | None) -> list[Month]:
    counts = [month.of(clause) for month in months]
    highest = max((sum(one[state] for state in _STATES) for one in counts), default=0) or 1
    return [_column(place, month.first, counts[place], highest) for place, month in enumerate(months)]


def _column(place: int, first: date, counts: Mapping[State, int], highest: int) -> Month:
    """Parts stand on each other, the first state lowest."""
    x, y, bars = place * _STEP + (_STEP - _BAR) // 2, _HEIGHT, []
    for state in _STATES:
        height = round(_HEIGHT * counts[state] / highest)
        y -= height
        bars.append(Bar(state, x, y, height))
    name = f"{_MONTHS[first.month - 1]} {first.year}"
    return Month(first, name, f"{first:%m.%y}", {one: counts[one] for one in _STATES}, bars, x + _BAR // 2)

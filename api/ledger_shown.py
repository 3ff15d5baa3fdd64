"""The clause ledger as it is answered."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from functools import cache

from api.schemas.fields import Named
from api.schemas.ledger import (
    ClauseTotals,
    LedgerCase,
    LedgerLine,
    LedgerMonth,
    LedgerTotals,
    PartyDays,
    StateCount,
)
from models import cases, ledger_totals
from models.ledger import CaseLedger, Line, Party, State
from models.ledger_totals import ClauseSummary
from models.regulation import PROVISIONS
from models.terms import Clause


@cache
def _named(value: State | Party) -> Named:
    return Named.of(value)


def case(of: CaseLedger) -> LedgerCase:
    """A case, clause by clause."""
    return LedgerCase(
        number=of.number,
        case_name=cases.label(of.number),
        title=of.title,
        organisation=of.organisation,
        organisation_name=of.organisation_name,
        opened_at=of.opened_at,
        closed_at=of.closed_at,
        lines=lines(of.lines),
        clock=_clock(of.lines),
    )


def lines(of: Iterable[Line]) -> list[LedgerLine]:
    """Some lines of a case."""
    return [_line(line) for line in of]


def totals(found: Sequence[CaseLedger]) -> LedgerTotals:
    """A period in sum."""
    all_lines = [line for one in found for line in one.lines]
    return LedgerTotals(
        cases=len(found),
        clauses=[_clause(summary) for summary in ledger_totals.summarise(all_lines)],
        clock=_clock(all_lines),
    )


def months(found: Sequence[CaseLedger], first: date, last: date) -> list[LedgerMonth]:
    """Month by month, the oldest first; a month without cases has no lines."""
    return [
        LedgerMonth(month=one.first, clause=clause.value, states=_states(states))
        for one in ledger_totals.by_month(found, first, last)
        for clause, states in sorted(one.states.items(), key=lambda item: list(Clause).index(item[0]))
    ]


def _states(counts: Mapping[State, int]) -> list[StateCount]:
    return [StateCount(state=_named(state), count=count) for state, count in counts.items()]


def _line(line: Line) -> LedgerLine:
    fact = line.fact
    return LedgerLine(
        clause=fact.clause.value,
        clause_title=PROVISIONS[fact.clause].title,
        party=_named(line.party),
        state=_named(line.state),
        started_on=fact.started_on,
        last_day=fact.last_day,
        done_at=fact.done_at,
        late_by=line.late_by,
        late_days=line.late_days,
        by=fact.by,
        evidence=fact.evidence,
        spent_days=line.spent,
        running=line.is_running,
    )


def _clause(summary: ClauseSummary) -> ClauseTotals:
    return ClauseTotals(
        clause=summary.clause.value,
        clause_title=PROVISIONS[summary.clause].title,
        states=_states(summary.states),
        unit=summary.unit.value,
        **summary.usual._asdict(),
    )


def _clock(lines: Iterable[Line]) -> list[PartyDays]:
    return [
        PartyDays(party=_named(spent.party), days=spent.days, running=spent.running)
        for spent in ledger_totals.clock(lines)
    ]

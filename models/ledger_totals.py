"""Totals of the clause ledger: whose time it took, how clauses were kept, what is usual, who decides what."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from math import ceil
from typing import NamedTuple

from models.deadlines import local_date
from models.ledger import CaseLedger, Line, Party, State
from models.terms import Clause, Unit

_PARTIES = tuple(Party)


class Spent(NamedTuple):
    """Time of a party: calendar days, and in how many clauses its clock runs now."""

    party: Party
    days: int
    running: int


def clock(lines: Iterable[Line]) -> list[Spent]:
    """Whose time it has taken: every party that a clause of these is of, those with no days included."""
    spent: dict[Party, Spent] = {}
    for line in lines:
        _, days, running = spent.get(line.party, (line.party, 0, 0))
        spent[line.party] = Spent(line.party, days + line.spent, running + line.is_running)
    return [spent[party] for party in _PARTIES if party in spent]


class Usual(NamedTuple):
    """How long a clause usually takes, from what happened.

    Attributes:
        done: Of how many.
        median: Half of them took no longer than so many days, in the term's unit.
        p90: Nine of ten did.
    """

    done: int
    median: int | None
    p90: int | None


@dataclass(frozen=True, slots=True)
class ClauseSummary:
    """A clause over many cases."""

    clause: Clause
    states: Mapping[State, int]
    usual: Usual
    unit: Unit


def summarise(lines: Iterable[Line]) -> list[ClauseSummary]:
    """Counts and usual times of every clause that occurs, in the order of the regulation."""
    states: dict[Clause, dict[State, int]] = defaultdict(lambda: dict.fromkeys(State, 0))
    took: dict[Clause, list[int]] = defaultdict(list)
    units: dict[Clause, Unit] = {}
    for line in lines:
        clause = line.fact.clause
        states[clause][line.state] += 1
        if line.took is not None:
            took[clause].append(line.took)
        if line.fact.unit is not None:
            units[clause] = line.fact.unit
    return [
        ClauseSummary(one, states[one], usual(took[one]), units.get(one, Unit.CALENDAR_DAYS))
        for one in Clause
        if one in states
    ]


class MonthSummary(NamedTuple):
    """Clauses of the cases opened in a month.

    Attributes:
        first: Its first day.
        states: How many of each clause were kept, and how.
    """

    first: date
    states: Mapping[Clause, Mapping[State, int]]

    def of(self, clause: Clause | None) -> dict[State, int]:
        """Of one clause, or of all together."""
        asked = [counts for one, counts in self.states.items() if clause in (None, one)]
        return {state: sum(counts[state] for counts in asked) for state in State}


def by_month(found: Iterable[CaseLedger], first: date, last: date) -> list[MonthSummary]:
    """Every month of a period, the oldest first, by the local day on which a case was opened."""
    counts: dict[date, dict[Clause, dict[State, int]]] = {one: {} for one in _months(first, last)}
    for case in found:
        month = counts[local_date(case.opened_at).replace(day=1)]
        for line in case.lines:
            month.setdefault(line.fact.clause, dict.fromkeys(State, 0))[line.state] += 1
    return [MonthSummary(month, states) for month, states in counts.items()]


def _months(first: date, last: date) -> Iterator[date]:
    month = first.replace(day=1)
    while month <= last:
        yield month
        month = (month + timedelta(days=31)).replace(day=1)


class Load(NamedTuple):
    """A reviewer's work.

    Attributes:
        holder: Who, for people to read.
        open: Requests that wait for their decision now.
        decided: Decisions on the cases of the period.
        late: How many of those came late.
        median: Half of them took no longer than so many days.
    """

    holder: str
    open: int
    decided: int
    late: int
    median: int | None


def load(found: Iterable[CaseLedger], taken: Mapping[str, int]) -> list[Load]:
    """The most laden first; who withdrew a request has not decided it.

    Args:
        found: Cases of a period.
        taken: How many requests each has now.
    """
    took: dict[str, list[int]] = defaultdict(list)
    late: Counter[str] = Counter()
    for line in (line for case in found for line in case.lines):
        if line.fact.clause is Clause.REVIEW and line.took is not None and line.fact.by:
            took[line.fact.by].append(line.took)
            late[line.fact.by] += line.state is State.LATE
    holders = sorted({*taken, *took}, key=lambda name: (-taken.get(name, 0), -len(took[name]), name))
    return [
        Load(name, taken.get(name, 0), len(took[name]), late[name], usual(took[name]).median)
        for name in holders
    ]


def usual(took: Iterable[int]) -> Usual:
    """Median and 90th percentile by nearest rank: times that really occurred."""
    ordered = sorted(took)

    def at(share: float) -> int | None:
        return ordered[ceil(share * len(ordered)) - 1] if ordered else None

    return Usual(len(ordered), at(0.5), at(0.9))

"""Totals of the clause ledger: whose time was taken, how clauses were kept, how long they usually take."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import ceil
from typing import NamedTuple

from models.ledger import Line, Party, State
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


def usual(took: Iterable[int]) -> Usual:
    """Median and 90th percentile by nearest rank: times that really occurred."""
    ordered = sorted(took)

    def at(share: float) -> int | None:
        return ordered[ceil(share * len(ordered)) - 1] if ordered else None

    return Usual(len(ordered), at(0.5), at(0.9))

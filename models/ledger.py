"""The clause ledger: what each clause of a case required, what was done, how late, and whose time it took."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from types import MappingProxyType

from models.calendar import WorkCalendar
from models.cases import Kind
from models.deadlines import local_date
from models.decisions import Outcome
from models.lateness import Lateness, days_between, late_since
from models.terms import Clause, Unit


class State(StrEnum):
    """How a clause was kept."""

    KEPT = "kept"
    LATE = "late"
    """Done after its last day, or not done yet though that has passed."""
    NOT_DUE = "not_yet_due"
    NOT_APPLICABLE = "does_not_apply"
    """Withdrawn or refused before, or the case was closed without it."""

    @property
    def russian(self) -> str:
        return _STATES[self]


_STATES = {
    State.KEPT: "соблюдён",
    State.LATE: "нарушен",
    State.NOT_DUE: "срок не наступил",
    State.NOT_APPLICABLE: "не применяется",
}


class Party(StrEnum):
    """Whose clock runs while a clause is under way."""

    AGENCY = "agency"
    AUTHORITY = "authority"
    OPERATOR = "operator"
    RESPONSIBLE = "responsible"
    OWNER = "owner"

    @property
    def russian(self) -> str:
        return _PARTIES[self]


_PARTIES = {
    Party.AGENCY: "инициатор",
    Party.AUTHORITY: "Уполномоченный орган",
    Party.OPERATOR: "Оператор",
    Party.RESPONSIBLE: "ответственное лицо",
    Party.OWNER: "Владелец",
}

PARTY_OF: Mapping[Clause, Party] = MappingProxyType(
    {
        Clause.REQUEST: Party.AGENCY,
        Clause.REVIEW: Party.AUTHORITY,
        Clause.SETUP: Party.OPERATOR,
        Clause.CONSULTATION: Party.OPERATOR,
        Clause.AUTHORING: Party.RESPONSIBLE,
        Clause.ENROLMENT: Party.RESPONSIBLE,
        Clause.TRAINING: Party.OWNER,
        Clause.RESULTS: Party.RESPONSIBLE,
        Clause.REPLACEMENT: Party.OWNER,
        Clause.CERTIFICATION: Party.OWNER,
    }
)
"""What the engine does by itself takes the time of whoever the clause obliges."""

CLAUSES_OF: Mapping[Kind, tuple[Clause, ...]] = MappingProxyType(
    {
        kind: (Clause.REQUEST, Clause.REVIEW, Clause.SETUP) if kind is Kind.REQUEST else (Clause[kind.name],)
        for kind in Kind
    }
)
"""Clauses that a case of this kind goes through."""


@dataclass(frozen=True, slots=True)
class Fact:
    """What is on record of a clause of a case.

    Attributes:
        clause: The clause.
        outcome: Of the decision on the request; None where there is none.
        is_closed: Whether the case is over.
        started_on: The local date of the event; None where the clause has not begun.
        last_day: The last day in time; None where no term is set.
        unit: What the term counts.
        is_overdue: As the workflow has written it.
        done_at: When the clause was done.
        ended_on: The local date on which its time ended, where that isn't the date of `done_at`.
        late_by: What was recorded with a late end.
        told_on: The local date on which the owner told of the change: of what clause 4.8 asks for, this
            alone has a term there.
        by: Who did it, for people to read.
        evidence: What the journal says of it.
    """

    clause: Clause
    outcome: str | None = None
    is_closed: bool = False
    started_on: date | None = None
    last_day: date | None = None
    unit: Unit | None = None
    is_overdue: bool = False
    done_at: datetime | None = None
    ended_on: date | None = None
    late_by: str = ""
    told_on: date | None = None
    by: str = ""
    evidence: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the ledger.

    Attributes:
        fact: What is on record.
        state: How the clause was kept.
        late_by: «на 2 рабочих дня»; empty when in time.
        late_days: The same as a number, in the term's unit.
        spent: Calendar days that it has taken of its party: to its end, or until today.
        took: Days from its event to its end in the term's unit (calendar days where it has no term);
            None while it is not done, and where it does not apply.
        is_running: Whether its clock runs.
    """

    fact: Fact
    state: State
    late_by: str
    late_days: int
    spent: int
    took: int | None
    is_running: bool

    @property
    def party(self) -> Party:
        return PARTY_OF[self.fact.clause]


@dataclass(frozen=True, slots=True)
class CaseLedger:
    """A case and its clauses, in the order of the regulation."""

    number: str
    title: str
    organisation: str
    organisation_name: str
    opened_at: datetime
    closed_at: datetime | None
    lines: tuple[Line, ...]


class Ledger:
    """Makes lines of facts, as of one moment.

    Days between the same two dates are counted once, however many cases share them.
    """

    def __init__(self, calendar: WorkCalendar, now: datetime) -> None:
        self._calendar = calendar
        self._today = local_date(now)
        self._late: dict[tuple[date, date, Unit], Lateness] = {}
        self._days: dict[tuple[date, date, Unit], int] = {}

    def line(self, fact: Fact) -> Line:
        """What a fact means today."""
        state = self._state(fact)
        ended_on = fact.ended_on or (local_date(fact.done_at) if fact.done_at else None)
        late = self._lateness(fact, fact.told_on or ended_on) if state is State.LATE else None
        is_over = ended_on is not None or fact.is_closed
        is_running = fact.started_on is not None and not is_over
        until = ended_on or (self._today if is_running else fact.started_on)
        counts = state in (State.KEPT, State.LATE)
        return Line(
            fact=fact,
            state=state,
            late_by=fact.late_by or (late.words if late else ""),
            late_days=late.days if late else 0,
            spent=self._between(fact.started_on, until, Unit.CALENDAR_DAYS) or 0,
            took=self._between(fact.started_on, ended_on, fact.unit) if counts else None,
            is_running=is_running,
        )

    def _state(self, fact: Fact) -> State:
        if not _applies(fact):
            return State.NOT_APPLICABLE
        if fact.done_at is not None:
            return State.LATE if fact.late_by else State.KEPT
        has_passed = fact.last_day is not None and fact.last_day < (fact.told_on or self._today)
        is_overdue = fact.is_overdue and fact.told_on is None
        return State.LATE if has_passed or is_overdue else State.NOT_DUE

    def _lateness(self, fact: Fact, ended_on: date | None) -> Lateness | None:
        if fact.last_day is None or fact.unit is None:
            return None
        key = fact.last_day, ended_on or self._today, fact.unit
        if key not in self._late:
            self._late[key] = late_since(*key, self._calendar)
        return self._late[key]

    def _between(self, after: date | None, until: date | None, unit: Unit | None) -> int | None:
        if after is None or until is None:
            return None
        key = after, until, unit or Unit.CALENDAR_DAYS
        if key not in self._days:
            self._days[key] = max(0, days_between(*key, self._calendar))
        return self._days[key]


def _applies(fact: Fact) -> bool:
    if fact.outcome == Outcome.WITHDRAWN and fact.clause in (Clause.REVIEW, Clause.SETUP):
        return False
    if fact.outcome == Outcome.REFUSED and fact.clause is Clause.SETUP:
        return False
    return fact.done_at is not None or not fact.is_closed

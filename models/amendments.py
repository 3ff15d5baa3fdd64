"""Section 3 of the design - which amendments the calendar takes, and what they do to open clauses."""

from collections.abc import Iterable
from datetime import date
from enum import StrEnum
from typing import NamedTuple

from models.calendar import Amendment, WorkCalendar
from models.deadlines import Deadline, compute
from models.regulation import CONCERNED
from models.tables import ClauseRow
from models.terms import Clause, Recipient, Term


class Objection(StrEnum):
    """Why an amendment is not taken: the types of problem that the API shows."""

    AMENDED_ALREADY = "day-amended-already"
    CHANGES_NOTHING = "day-unchanged"


def objection(asked: Amendment, calendar: WorkCalendar) -> Objection | None:
    """What speaks against an amendment; None when it may be entered.

    A day is amended once: who wants it otherwise takes the first amendment back.
    """
    if calendar.amendment_of(asked.day):
        return Objection.AMENDED_ALREADY
    if calendar.is_working(asked.day) is asked.working:
        return Objection.CHANGES_NOTHING
    return None


def recomputed(row: ClauseRow, calendar: WorkCalendar) -> Deadline:
    """The deadline of a clause by this calendar."""
    return compute(Term.model_validate(row.term), row.started_on, calendar)


def is_moved(row: ClauseRow, before: WorkCalendar, after: WorkCalendar) -> bool:
    """Whether the deadline, or a rung of its ladder, falls otherwise by the second calendar.

    Both are of today's library, so that what an upgrade of it would change moves nothing.
    """
    return recomputed(row, before) != recomputed(row, after)


class Move(NamedTuple):
    """What an amendment does to an open clause.

    Attributes:
        clause: As it is on record.
        before: Its deadline by the calendar in force.
        after: Its deadline by the other one; the last day may be the same, and only letters move.
    """

    clause: ClauseRow
    before: Deadline
    after: Deadline

    @property
    def told(self) -> tuple[Recipient, ...]:
        """Who gets a letter of it: nobody where the last day stays."""
        is_another_day = self.before.last_day != self.after.last_day
        return CONCERNED[Clause(self.clause.clause)] if is_another_day else ()


def moves(rows: Iterable[ClauseRow], before: WorkCalendar, after: WorkCalendar) -> list[Move]:
    """What becomes of open clauses, of those that move."""
    return [
        Move(row, recomputed(row, before), recomputed(row, after))
        for row in rows
        if is_moved(row, before, after)
    ]


def supposed(calendar: WorkCalendar, day: date, *, working: bool) -> WorkCalendar:
    """The calendar as if the day were so: what is amended already is first as it was before."""
    as_before = calendar.without(day)
    if as_before.is_working(day) is working:
        return as_before
    return as_before.amended(Amendment(day=day, working=working, decree="предположение"))

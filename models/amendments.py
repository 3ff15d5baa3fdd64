"""Section 3 of the design - which amendments the calendar takes, and what they do to open clauses."""

from enum import StrEnum

from models.calendar import Amendment, WorkCalendar
from models.deadlines import Deadline, compute
from models.tables import ClauseRow
from models.terms import Term


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

"""Section 3 of the design - what an amended calendar does to open clauses."""

from models.calendar import WorkCalendar
from models.deadlines import Deadline, compute
from models.tables import ClauseRow
from models.terms import Term


def recomputed(row: ClauseRow, calendar: WorkCalendar) -> Deadline:
    """The deadline of an open clause by this calendar."""
    return compute(Term.model_validate(row.term), row.started_on, calendar)


def is_moved(row: ClauseRow, calendar: WorkCalendar) -> bool:
    """Whether the deadline, or a rung of its ladder, falls otherwise by this calendar."""
    return recomputed(row, calendar) != Deadline.model_validate(row.deadline)

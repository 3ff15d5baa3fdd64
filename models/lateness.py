"""Days between two days in a term's own unit, and by how much something was late."""

from datetime import date

from models import russian
from models.calendar import WorkCalendar
from models.message import Message
from models.terms import Unit


class Lateness(Message):
    """By how much something was late.

    Attributes:
        days: Days begun since the last day, in `unit`; 0 when no working day has begun since.
        unit: The term's own: calendar days for 4.2, working days for 4.3.
        words: «на 2 рабочих дня», to follow «просрочено» or «с опозданием».
    """

    days: int
    unit: Unit
    words: str


def late_since(last_day: date, day: date, unit: Unit, calendar: WorkCalendar) -> Lateness:
    """By how much a day after the last one is late."""
    days = days_between(last_day, day, unit, calendar)
    return Lateness(days=days, unit=unit, words=russian.by_how_much(days, working=unit.is_working))


def days_between(after: date, until: date, unit: Unit, calendar: WorkCalendar) -> int:
    """Days of a unit after one day, up to and including another."""
    if unit.is_working:
        return calendar.working_days_between(after, until)
    return (until - after).days

"""The invented people: drawn from the seed alone, and when each acts."""

from datetime import date, datetime

import pytest

from models.calendar import WorkCalendar
from models.deadlines import LOCAL_ZONE, compute
from models.regulation import REVIEW_TERM
from rehearsal.people import Habit, Wakes, acts_at, invent

CALENDAR = WorkCalendar()


def test_the_same_seed_invents_the_same_people() -> None:
    assert invent(7, 60, 2027) == invent(7, 60, 2027)
    assert invent(7, 60, 2027) != invent(8, 60, 2027)


def test_they_come_on_working_days_all_the_year_round() -> None:
    invented = invent(1, 60, 2027)
    days = [one.arrives_at.date() for one in invented]
    assert days == sorted(days)
    assert all(CALENDAR.is_working(day) for day in days)
    assert {day.month for day in days} == set(range(1, 13))
    assert [one.ordinal for one in invented] == list(range(1, 61))


@pytest.mark.parametrize(
    ("habit", "acts_on"),
    [
        # Received on Monday 1 March 2027; the term ends on Wednesday 31 March.
        (Habit(Wakes.AT_ONCE, 0), date(2027, 3, 1)),
        (Habit(Wakes.AT_ONCE, 5), date(2027, 3, 9)),  # 8 March is a holiday
        (Habit(Wakes.REMINDER, 0), date(2027, 3, 22)),  # 7 working days before
        (Habit(Wakes.REMINDER, 2), date(2027, 3, 24)),
        (Habit(Wakes.ESCALATION, 1), date(2027, 4, 2)),  # escalated on 1 April
    ],
)
def test_when_a_person_acts(habit: Habit, acts_on: date) -> None:
    began_at = datetime(2027, 3, 1, 10, tzinfo=LOCAL_ZONE)
    deadline = compute(REVIEW_TERM, date(2027, 3, 1), CALENDAR)
    assert acts_at(habit, began_at, deadline, CALENDAR) == datetime(
        acts_on.year, acts_on.month, acts_on.day, 15, tzinfo=LOCAL_ZONE
    )


@pytest.mark.parametrize(("on_holiday", "acts_on"), [(False, 14), (True, 26)])
def test_holidays_of_the_operator(on_holiday: bool, acts_on: int) -> None:
    began_at = datetime(2027, 7, 9, 15, tzinfo=LOCAL_ZONE)  # Friday
    deadline = compute(REVIEW_TERM, date(2027, 7, 9), CALENDAR)
    at = acts_at(Habit(Wakes.AT_ONCE, 3), began_at, deadline, CALENDAR, on_holiday=on_holiday)
    assert at.date() == date(2027, 7, acts_on)

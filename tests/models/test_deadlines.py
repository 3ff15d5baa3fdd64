"""Dated cases of the terms of v3.0, worked out by hand from the official production calendars."""

from datetime import UTC, date, datetime, timedelta

import pytest

from models.calendar import Amendment, WorkCalendar
from models.deadlines import LOCAL_ZONE, compute, local_date
from models.regulation import CONSULTATION_TERM, REPLACEMENT_TERM, REVIEW_TERM, SETUP_TERM
from models.terms import Term

OFFICIAL = WorkCalendar()
MICROSECOND = timedelta(microseconds=1)


def local(year: int, month: int, day: int, hour: int = 0, minute: int = 0) -> datetime:
    return datetime(year, month, day, hour, minute, tzinfo=LOCAL_ZONE)


@pytest.mark.parametrize(
    ("received_on", "last_day", "why"),
    [
        (date(2026, 12, 29), date(2027, 1, 28), "30 days over New Year: holidays inside a term count"),
        (date(2026, 12, 30), date(2027, 1, 29), "a Friday, the last working day that needs no transfer"),
        (date(2026, 12, 31), date(2027, 2, 1), "30 January is a Saturday: Monday"),
        (date(2025, 12, 31), date(2026, 1, 30), "received on a day off; the event may be on any day"),
        (date(2026, 4, 18), date(2026, 5, 18), "received on a Saturday: counted from Sunday"),
        (date(2026, 4, 1), date(2026, 5, 4), "1 May 2026, Friday, and the weekend"),
        (date(2026, 4, 9), date(2026, 5, 12), "9 May 2026 is a Saturday, moved to Monday the 11th"),
        (date(2027, 4, 1), date(2027, 5, 4), "1 May 2027 is a Saturday, moved to Monday the 3rd"),
        (date(2027, 4, 9), date(2027, 5, 11), "9 May 2027 is a Sunday, moved to Monday the 10th"),
        (date(2024, 3, 28), date(2024, 4, 27), "the last day is a working Saturday: it stays"),
        (date(2024, 10, 3), date(2024, 11, 2), "the last day is a working Saturday: it stays"),
        (date(2024, 11, 28), date(2024, 12, 28), "the last day is a working Saturday: it stays"),
        (date(2024, 11, 29), date(2025, 1, 9), "29 December 2024 is a Sunday, then off until 8 January"),
        (date(2024, 1, 30), date(2024, 2, 29), "the leap day is a day like any other"),
        (date(2024, 2, 29), date(2024, 4, 1), "from the leap day; 30 March is a Saturday"),
        (date(2026, 1, 30), date(2026, 3, 2), "1 March 2026 is a Sunday"),
    ],
)
def test_a_request_is_decided_within_30_days(received_on: date, last_day: date, why: str) -> None:
    assert compute(REVIEW_TERM, received_on, OFFICIAL).last_day == last_day, why


@pytest.mark.parametrize(
    ("order_received_on", "last_day", "why"),
    [
        (date(2026, 12, 29), date(2027, 1, 21), "30 December is the 1st day, 11 January the 2nd"),
        (date(2026, 12, 30), date(2027, 1, 22), "11 January is the 1st day"),
        (date(2026, 12, 31), date(2027, 1, 22), "the same: 31 December is off in 2026"),
        (date(2026, 4, 18), date(2026, 5, 4), "from a Saturday; 1 May is skipped"),
        (date(2026, 4, 28), date(2026, 5, 14), "1 and 11 May are skipped"),
        (date(2027, 4, 28), date(2027, 5, 14), "3 and 10 May are skipped"),
        (date(2024, 12, 16), date(2024, 12, 28), "the 10th day is a working Saturday"),
        (date(2024, 12, 17), date(2025, 1, 9), "the Saturday is the 9th day, 9 January the 10th"),
        (date(2024, 10, 21), date(2024, 11, 2), "the 10th day is a working Saturday"),
        (date(2024, 2, 22), date(2024, 3, 11), "the leap day counts; 23 February and 8 March are off"),
    ],
)
def test_a_course_is_set_up_within_10_working_days(order_received_on: date, last_day: date, why: str) -> None:
    assert compute(SETUP_TERM, order_received_on, OFFICIAL).last_day == last_day, why


@pytest.mark.parametrize(
    ("powers_ended_on", "last_day", "why"),
    [
        (date(2024, 4, 22), date(2024, 4, 27), "the 5th working day is a working Saturday"),
        (date(2026, 5, 8), date(2026, 5, 18), "from Tuesday the 12th, over a weekend"),
        (date(2025, 12, 31), date(2026, 1, 16), "all of it after the New Year holidays"),
    ],
)
def test_the_operator_is_told_within_5_working_days(powers_ended_on: date, last_day: date, why: str) -> None:
    assert compute(REPLACEMENT_TERM, powers_ended_on, OFFICIAL).last_day == last_day, why


def test_a_question_is_answered_within_2_working_days() -> None:
    assert compute(CONSULTATION_TERM, date(2026, 4, 30), OFFICIAL).last_day == date(2026, 5, 5)


@pytest.mark.parametrize(
    ("at", "day", "why"),
    [
        (local(2026, 12, 29, 23, 30), date(2026, 12, 29), "half an hour before midnight in Tyumen"),
        (local(2026, 12, 30, 0, 30), date(2026, 12, 30), "half an hour after, the same date in UTC"),
        (datetime(2026, 12, 29, 18, 30, tzinfo=UTC), date(2026, 12, 29), "23:30 in Tyumen"),
        (datetime(2026, 12, 29, 19, 0, tzinfo=UTC), date(2026, 12, 30), "midnight belongs to the new day"),
    ],
)
def test_an_event_has_the_date_of_tyumen(at: datetime, day: date, why: str) -> None:
    assert local_date(at) == day, why


def test_an_hour_around_midnight_makes_a_day_of_difference() -> None:
    before, after = local(2026, 12, 29, 23, 30), local(2026, 12, 30, 0, 30)

    assert compute(REVIEW_TERM, local_date(before), OFFICIAL).last_day == date(2027, 1, 28)
    assert compute(REVIEW_TERM, local_date(after), OFFICIAL).last_day == date(2027, 1, 29)


def test_a_moment_without_a_time_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="time zone"):
        local_date(datetime(2026, 12, 29, 23, 30))  # noqa: DTZ001  # what is refused


def test_a_moment_is_no_date() -> None:
    with pytest.raises(TypeError, match="local_date"):
        compute(REVIEW_TERM, local(2026, 12, 29, 23, 30), OFFICIAL)


@pytest.mark.parametrize(
    ("received_on", "last_day", "provisional", "why"),
    [
        (date(2027, 11, 30), date(2027, 12, 30), False, "all of it within 2027"),
        (date(2027, 12, 1), date(2028, 1, 10), True, "31 December 2027 is off: into 2028"),
        (date(2028, 1, 30), date(2028, 2, 29), True, "the leap day of a year without a decree"),
        (date(2028, 10, 7), date(2028, 11, 7), True, "4 November 2028, a Saturday, moves to the 6th by law"),
    ],
)
def test_a_term_past_the_confirmed_years_is_provisional(
    received_on: date, last_day: date, provisional: bool, why: str
) -> None:
    deadline = compute(REVIEW_TERM, received_on, OFFICIAL)

    assert (deadline.last_day, deadline.provisional) == (last_day, provisional), why


@pytest.mark.parametrize(
    ("term", "started_on", "day", "working", "moved_from", "moved_to", "why"),
    [
        (REVIEW_TERM, date(2026, 4, 18), date(2026, 5, 18), False, 18, 19, "the last day is made off"),
        (REVIEW_TERM, date(2026, 4, 18), date(2026, 5, 15), False, 18, 18, "a day off inside 30 days counts"),
        (
            REVIEW_TERM,
            date(2026, 4, 16),
            date(2026, 5, 16),
            True,
            18,
            16,
            "Saturday the 16th made working",
        ),
        (SETUP_TERM, date(2026, 5, 5), date(2026, 5, 15), False, 20, 21, "one working day fewer"),
        (SETUP_TERM, date(2026, 5, 5), date(2026, 5, 16), True, 20, 19, "one working day more"),
    ],
)
def test_an_amended_calendar_moves_the_deadline(
    term: Term, started_on: date, day: date, working: bool, moved_from: int, moved_to: int, why: str
) -> None:
    amended = WorkCalendar((Amendment(day=day, working=working, decree="постановление № 1"),))

    assert compute(term, started_on, OFFICIAL).last_day == date(2026, 5, moved_from)
    assert compute(term, started_on, amended).last_day == date(2026, 5, moved_to), why


def test_an_amendment_keeps_the_ordinals_of_the_rungs() -> None:
    amended = WorkCalendar((Amendment(day=date(2026, 5, 18), working=False, decree="постановление № 1"),))

    before = compute(REVIEW_TERM, date(2026, 4, 18), OFFICIAL)
    after = compute(REVIEW_TERM, date(2026, 4, 18), amended)

    assert [(r.ordinal, r.label) for r in before.rungs] == [(r.ordinal, r.label) for r in after.rungs]
    assert before.rungs != after.rungs


def test_the_last_day_stays_where_art_193_is_switched_off() -> None:
    term = REVIEW_TERM.model_copy(update={"moves_from_day_off": False})

    deadline = compute(term, date(2026, 4, 9), OFFICIAL)

    assert deadline.last_day == date(2026, 5, 9)
    assert deadline.rungs[2].at == local(2026, 5, 8, 9)
    assert deadline.rungs[3].at == local(2026, 5, 12, 9)


def test_midnight_is_late_and_a_microsecond_earlier_is_not() -> None:
    deadline = compute(SETUP_TERM, date(2026, 4, 28), OFFICIAL)

    assert deadline.due_at == local(2026, 5, 15) == datetime(2026, 5, 14, 19, tzinfo=UTC)
    assert deadline.is_late(deadline.due_at)
    assert not deadline.is_late(deadline.due_at - MICROSECOND)


def test_a_term_that_started_long_ago_is_computed_as_it_was() -> None:
    deadline = compute(REVIEW_TERM, date(2019, 4, 1), OFFICIAL)

    assert deadline.last_day == date(2019, 5, 6)
    assert deadline.rungs[0].at == local(2019, 4, 22, 9)

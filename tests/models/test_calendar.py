"""Which days are working days. Expected days are read off the official production calendars."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.calendar import Amendment, WorkCalendar

OFFICIAL = WorkCalendar()
DAYS = st.dates(date(2018, 1, 1), date(2031, 12, 31))


@pytest.mark.parametrize(
    ("day", "why"),
    [
        (date(2024, 4, 27), "Saturday, works for Monday the 29th"),
        (date(2024, 11, 2), "Saturday, works for 30 April"),
        (date(2024, 12, 28), "Saturday, works for Monday the 30th"),
        (date(2025, 11, 1), "Saturday, works for Monday the 3rd"),
        (date(2027, 2, 20), "Saturday, works for Monday the 22nd"),
        (date(2024, 5, 2), "the bridge of that May was before the holiday"),
        (date(2026, 1, 12), "first working day after the New Year holidays"),
        (date(2026, 5, 8), "the eve of Victory Day works"),
        (date(2026, 12, 30), "last working day of the year"),
    ],
)
def test_these_days_are_working(day: date, why: str) -> None:
    assert OFFICIAL.is_working(day), why


@pytest.mark.parametrize(
    ("day", "reason"),
    [
        (date(2026, 5, 16), "суббота"),
        (date(2026, 5, 17), "воскресенье"),
        (date(2026, 1, 1), "Новогодние каникулы"),
        (date(2026, 1, 7), "Рождество Христово"),
        (date(2026, 2, 23), "День защитника Отечества"),
        (date(2027, 3, 8), "Международный женский день"),
        (date(2026, 5, 1), "Праздник Весны и Труда"),
        # A holiday on a Saturday is named as the holiday.
        (date(2026, 5, 9), "День Победы"),
        (date(2026, 6, 12), "День России"),
        (date(2026, 11, 4), "День народного единства"),
        # Moved by the government's decree.
        (date(2026, 1, 9), "перенос выходного с 03.01.2026"),
        (date(2024, 4, 29), "перенос выходного с 27.04.2024"),
        (date(2027, 11, 5), "перенос выходного с 02.01.2027"),
        # Moved by the Labour Code, art. 112.
        (date(2026, 3, 9), "перенос выходного (Международный женский день)"),
        (date(2026, 5, 11), "перенос выходного (День Победы)"),
        (date(2027, 5, 3), "перенос выходного (Праздник Весны и Труда)"),
    ],
)
def test_a_day_off_says_why(day: date, reason: str) -> None:
    assert not OFFICIAL.is_working(day)
    assert OFFICIAL.why_off(day) == reason


# Working days a year in a five-day week, as the official production calendars total them.
@pytest.mark.parametrize(
    ("year", "total"), [(2018, 247), (2019, 247), (2023, 247), (2024, 248), (2025, 247), (2026, 247)]
)
def test_a_year_has_the_official_number_of_working_days(year: int, total: int) -> None:
    assert OFFICIAL.working_days_between(date(year - 1, 12, 31), date(year, 12, 31)) == total


def test_a_working_day_has_no_reason_to_be_off() -> None:
    with pytest.raises(ValueError, match="is a working day"):
        OFFICIAL.why_off(date(2024, 4, 27))


@pytest.mark.parametrize(
    ("day", "reason", "why"),
    [
        (date(2028, 11, 6), "перенос выходного (День народного единства)", "4 November 2028 is a Saturday"),
        (date(2033, 5, 2), "перенос выходного (Праздник Весны и Труда)", "1 May 2033 is a Sunday"),
    ],
)
def test_the_law_moves_days_off_in_years_that_have_no_decree_yet(day: date, reason: str, why: str) -> None:
    assert OFFICIAL.why_off(day) == reason, why


def test_days_off_in_january_wait_for_a_decree() -> None:
    """1 and 2 January 2028 are a weekend; only the government says where they move."""
    assert OFFICIAL.is_working(date(2028, 1, 10))


def test_a_decree_makes_a_day_off() -> None:
    decree = "распоряжение Губернатора от 10.04.2026 № 1-р"
    calendar = WorkCalendar((Amendment(day=date(2026, 5, 18), working=False, decree=decree),))

    assert not calendar.is_working(date(2026, 5, 18))
    assert calendar.why_off(date(2026, 5, 18)) == f"выходной по решению: {decree}"
    assert calendar.is_working(date(2026, 5, 19))


def test_a_decree_makes_a_saturday_or_a_holiday_working() -> None:
    calendar = WorkCalendar(
        (
            Amendment(day=date(2026, 5, 16), working=True, decree="постановление № 2"),
            Amendment(day=date(2026, 6, 12), working=True, decree="постановление № 3"),
        )
    )

    assert calendar.is_working(date(2026, 5, 16))
    assert calendar.is_working(date(2026, 6, 12))


def test_a_day_amended_twice_is_refused() -> None:
    day = date(2026, 5, 18)

    with pytest.raises(ValueError, match="amended twice"):
        WorkCalendar(
            (
                Amendment(day=day, working=False, decree="постановление № 1"),
                Amendment(day=day, working=True, decree="постановление № 2"),
            )
        )


@pytest.mark.parametrize(
    ("day", "n", "expected", "why"),
    [
        (date(2026, 4, 28), 1, date(2026, 4, 29), "the day itself isn't counted"),
        (date(2026, 4, 30), 1, date(2026, 5, 4), "over 1 May and the weekend"),
        (date(2024, 4, 26), 1, date(2024, 4, 27), "a working Saturday counts"),
        (date(2024, 4, 27), 1, date(2024, 5, 2), "29 and 30 April were days off"),
        (date(2025, 12, 30), 1, date(2026, 1, 12), "over 31 December and the New Year holidays"),
        (date(2026, 5, 9), 0, date(2026, 5, 12), "zero goes to the next working day"),
        (date(2026, 5, 12), 0, date(2026, 5, 12), "zero stays on a working day"),
        (date(2026, 5, 12), -1, date(2026, 5, 8), "backwards over Victory Day"),
        (date(2026, 5, 10), -1, date(2026, 5, 8), "backwards from a day off"),
        (date(2026, 1, 12), -2, date(2025, 12, 29), "backwards over the New Year holidays"),
    ],
)
def test_steps_of_working_days(day: date, n: int, expected: date, why: str) -> None:
    assert OFFICIAL.add_working_days(day, n) == expected, why


def test_the_nearest_working_day_on_either_side() -> None:
    assert OFFICIAL.next_working_day(date(2026, 5, 9)) == date(2026, 5, 12)
    assert OFFICIAL.previous_working_day(date(2026, 5, 11)) == date(2026, 5, 8)
    assert OFFICIAL.previous_working_day(date(2026, 5, 8)) == date(2026, 5, 8)


def test_years_are_confirmed_by_settings() -> None:
    assert OFFICIAL.confirms(date(2027, 12, 1), date(2027, 12, 31))
    assert not OFFICIAL.confirms(date(2027, 12, 1), date(2028, 1, 10))
    assert WorkCalendar(confirmed_years=frozenset({2027, 2028})).confirms(
        date(2027, 12, 1), date(2028, 1, 10)
    )


@given(day=DAYS, n=st.integers(1, 60))
def test_steps_and_counts_agree(day: date, n: int) -> None:
    later = OFFICIAL.add_working_days(day, n)

    assert OFFICIAL.is_working(later)
    assert OFFICIAL.working_days_between(day, later) == n
    assert OFFICIAL.add_working_days(later + timedelta(days=1), -1) == later


@given(day=DAYS)
def test_every_day_is_working_or_says_why_not(day: date) -> None:
    assert OFFICIAL.is_working(day) or OFFICIAL.why_off(day)


@given(day=DAYS, span=st.integers(0, 400))
def test_nothing_lies_between_a_day_and_an_earlier_one(day: date, span: int) -> None:
    assert OFFICIAL.working_days_between(day, day - timedelta(days=span)) == 0

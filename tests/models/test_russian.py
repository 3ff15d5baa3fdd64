"""Russian forms, as tables."""

from datetime import UTC, date, datetime

import pytest

from models import russian


@pytest.mark.parametrize(
    ("n", "words"),
    [
        (0, "0 дней"),
        (1, "1 день"),
        (2, "2 дня"),
        (4, "4 дня"),
        (5, "5 дней"),
        (11, "11 дней"),
        (12, "12 дней"),
        (14, "14 дней"),
        (20, "20 дней"),
        (21, "21 день"),
        (22, "22 дня"),
        (30, "30 дней"),
        (101, "101 день"),
        (111, "111 дней"),
        (112, "112 дней"),
        (122, "122 дня"),
    ],
)
def test_a_number_of_days_takes_its_form(n: int, words: str) -> None:
    assert russian.days(n) == words


@pytest.mark.parametrize(
    ("n", "words"),
    [(1, "1 рабочий день"), (3, "3 рабочих дня"), (10, "10 рабочих дней"), (21, "21 рабочий день")],
)
def test_working_days_agree_with_their_adjective(n: int, words: str) -> None:
    assert russian.days(n, working=True) == words


def test_a_negative_number_takes_the_form_of_its_size() -> None:
    assert russian.plural(-2, "день", "дня", "дней") == "дня"


@pytest.mark.parametrize(
    ("n", "working", "words"),
    [
        (0, False, "сегодня последний день"),
        (0, True, "сегодня последний день"),
        (1, True, "остался 1 рабочий день"),
        (3, True, "осталось 3 рабочих дня"),
        (21, False, "остался 21 день"),
        (29, False, "осталось 29 дней"),
    ],
)
def test_what_is_left(n: int, working: bool, words: str) -> None:
    assert russian.left(n, working=working) == words


@pytest.mark.parametrize(
    ("n", "working", "words"),
    [
        (0, True, "просрочено менее чем на 1 рабочий день"),
        (1, False, "просрочено на 1 день"),
        (2, False, "просрочено на 2 дня"),
        (5, True, "просрочено на 5 рабочих дней"),
    ],
)
def test_what_is_overdue(n: int, working: bool, words: str) -> None:
    assert russian.overdue(n, working=working) == words


@pytest.mark.parametrize(
    ("day", "words", "name", "on"),
    [
        (date(2026, 12, 24), "24 декабря 2026 г.", "четверг", "в четверг"),
        (date(2026, 5, 4), "4 мая 2026 г.", "понедельник", "в понедельник"),
        (date(2026, 5, 12), "12 мая 2026 г.", "вторник", "во вторник"),
        (date(2024, 2, 28), "28 февраля 2024 г.", "среда", "в среду"),
        (date(2026, 5, 1), "1 мая 2026 г.", "пятница", "в пятницу"),
        (date(2024, 4, 27), "27 апреля 2024 г.", "суббота", "в субботу"),
        (date(2027, 5, 9), "9 мая 2027 г.", "воскресенье", "в воскресенье"),
    ],
)
def test_a_date_date_words(day: date, words: str, name: str, on: str) -> None:
    assert russian.date_words(day) == words
    assert russian.weekday(day) == name
    assert russian.on_weekday(day) == on


def test_an_ordinal_day() -> None:
    assert russian.ordinal(30) == "30-й"


@pytest.mark.parametrize(
    ("first", "last", "words"),
    [
        (date(2026, 12, 20), date(2026, 12, 20), "20 декабря 2026 г."),
        (date(2026, 12, 1), date(2026, 12, 20), "1–20 декабря 2026 г."),
        (date(2026, 11, 28), date(2026, 12, 20), "28 ноября – 20 декабря 2026 г."),
        (date(2025, 12, 1), date(2026, 12, 20), "1 декабря 2025 г. – 20 декабря 2026 г."),
    ],
)
def test_a_period(first: date, last: date, words: str) -> None:
    assert russian.period(first, last) == words


@pytest.mark.parametrize(
    ("hours", "words"),
    [
        (1, "1 академический час"),
        (72, "72 академических часа"),
        (36, "36 академических часов"),
        (111, "111 академических часов"),
    ],
)
def test_academic_hours(hours: int, words: str) -> None:
    assert russian.academic_hours(hours) == words


def test_a_moment_is_told_in_local_time_whatever_its_zone() -> None:
    assert (
        russian.moment(datetime(2026, 12, 23, 20, 5, tzinfo=UTC))
        == "24 декабря 2026 г., 01:05 (тюменское время)"
    )

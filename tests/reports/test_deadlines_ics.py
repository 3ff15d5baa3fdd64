"""The calendar feed as calendar programs read it: RFC 5545 line by line."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from reports.deadlines_ics import Due, calendar

NOW = datetime(2026, 11, 24, 4, 30, tzinfo=UTC)
TODAY = date(2026, 11, 24)
DUE = Due(
    uid="2026-000123-review@seo.example.org",
    last_day=date(2026, 12, 24),
    title="Срок по п. 4.2: Запрос № 2026-000123, «Охрана труда»",
    description="Рассмотрение запроса и решение\nКого ждём: рассматривающие",
    url="https://seo.example.org/api/v1/cases/2026-000123/deadlines",
    version=7,
)


def unfolded(content: bytes) -> list[str]:
    return content.decode().replace("\r\n ", "").split("\r\n")


def event(due: Due, today: date = TODAY) -> dict[str, str]:
    lines = unfolded(calendar("Сроки", [due], NOW, today))
    begin, end = lines.index("BEGIN:VEVENT"), lines.index("END:VEVENT")
    named = (line.partition(":") for line in lines[begin + 1 : end])
    return {name: value for name, _, value in named}


def test_an_event_is_the_whole_last_day() -> None:
    assert event(DUE) == {
        "UID": "2026-000123-review@seo.example.org",
        "DTSTAMP": "20261124T043000Z",
        "SEQUENCE": "7",
        "DTSTART;VALUE=DATE": "20261224",
        "DTEND;VALUE=DATE": "20261225",
        "SUMMARY": "Срок по п. 4.2: Запрос № 2026-000123\\, «Охрана труда»",
        "DESCRIPTION": "Рассмотрение запроса и решение\\nКого ждём: рассматривающие",
        "URL": "https://seo.example.org/api/v1/cases/2026-000123/deadlines",
        "STATUS": "CONFIRMED",
        "TRANSP": "TRANSPARENT",
    }


@pytest.mark.parametrize(
    ("last_day", "is_overdue", "today", "ends"),
    [
        (date(2026, 12, 31), False, TODAY, "20270101"),
        (date(2024, 2, 28), False, date(2024, 2, 28), "20240229"),
        (date(2026, 11, 23), True, TODAY, "20261125"),
        (date(2026, 3, 2), True, TODAY, "20261125"),
        # The workflow has not said yet that it is overdue: neither does the feed.
        (date(2026, 11, 23), False, TODAY, "20261124"),
        # By a clock ahead of ours it is overdue: an event never ends before it begins.
        (date(2026, 11, 25), True, TODAY, "20261126"),
    ],
)
def test_what_is_overdue_reaches_to_today(last_day: date, is_overdue: bool, today: date, ends: str) -> None:
    found = event(replace(DUE, last_day=last_day, is_overdue=is_overdue), today)

    assert found["DTEND;VALUE=DATE"] == ends
    assert found["SUMMARY"].startswith("ПРОСРОЧЕНО. ") is is_overdue


def test_a_date_that_may_still_change_is_tentative() -> None:
    assert event(replace(DUE, is_provisional=True))["STATUS"] == "TENTATIVE"


@pytest.mark.parametrize(
    ("title", "written"),
    [
        ("a;b,c", "a\\;b\\,c"),
        ("C:\\курс", "C:\\\\курс"),
        ("одна\nдве", "одна\\nдве"),
        ("одна\r\nдве", "одна\\nдве"),
        # What would end the line, and begin one of the writer's own.
        ("курс\rEND:VEVENT", "курсEND:VEVENT"),
        ("курс\x00\x07", "курс"),
        ("«ё» 🎓", "«ё» 🎓"),
    ],
)
def test_text_is_escaped_so_that_nothing_typed_becomes_a_line(title: str, written: str) -> None:
    assert event(replace(DUE, title=title))["SUMMARY"] == written


@pytest.mark.parametrize("length", range(60, 80))
@pytest.mark.parametrize("letter", ["a", "я", "€", "🎓"])
def test_lines_are_folded_at_75_octets_and_no_letter_is_cut(length: int, letter: str) -> None:
    title = letter * length

    content = calendar("Сроки", [replace(DUE, title=title)], NOW, TODAY)

    for line in content.split(b"\r\n"):
        assert len(line) <= 75
        line.decode()  # each line alone is whole letters
    assert f"SUMMARY:{title}" in unfolded(content)


def test_the_frame_is_that_of_a_published_calendar() -> None:
    lines = unfolded(calendar("Сроки", [], NOW, TODAY))

    assert lines[0] == "BEGIN:VCALENDAR"
    assert lines[1:] == [
        "VERSION:2.0",
        "PRODID:-//SEO TO//seo-engine//RU",
        "CALSCALE:GREGORIAN",
        "METHOD:PUBLISH",
        "X-WR-CALNAME:Сроки",
        "REFRESH-INTERVAL;VALUE=DURATION:PT1H",
        "X-PUBLISHED-TTL:PT1H",
        "END:VCALENDAR",
        "",
    ]

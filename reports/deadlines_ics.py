"""Deadlines as an iCalendar feed (RFC 5545): each is an event of a whole day, the last one in time.

Written by hand: the format needed here is lines that are escaped and folded.
"""

import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

MEDIA_TYPE = "text/calendar"
_LINE_OCTETS = 75
_REFRESH = "PT1H"


@dataclass(frozen=True)
class Due:
    """A deadline as calendars show it."""

    uid: str
    """The same for the same clause of the same case, however often its deadline moves."""
    last_day: date
    title: str
    description: str
    url: str
    is_overdue: bool = False
    is_provisional: bool = False
    version: int = 0
    """Grows with each amendment of the working calendar."""


def calendar(name: str, dues: Iterable[Due], now: datetime, today: date) -> bytes:
    """The whole feed.

    Args:
        name: As calendar programs show it.
        dues: What is due; each becomes an event.
        now: When the feed is made.
        today: The local date; an overdue event reaches to it, so that it stays in sight.
    """
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//SEO TO//seo-engine//RU",
        "CALSCALE:GREGORIAN",
        "METHOD:PUBLISH",
        f"X-WR-CALNAME:{_text(name)}",
        f"REFRESH-INTERVAL;VALUE=DURATION:{_REFRESH}",
        f"X-PUBLISHED-TTL:{_REFRESH}",
        *(line for due in dues for line in _event(due, now, today)),
        "END:VCALENDAR",
    ]
    return b"".join(_folded(line) for line in lines)


def _event(due: Due, now: datetime, today: date) -> Iterator[str]:
    ends = max(due.last_day, today) if due.is_overdue else due.last_day
    yield "BEGIN:VEVENT"
    yield f"UID:{due.uid}"
    yield f"DTSTAMP:{now.astimezone(UTC):%Y%m%dT%H%M%SZ}"
    yield f"SEQUENCE:{due.version}"
    yield f"DTSTART;VALUE=DATE:{due.last_day:%Y%m%d}"
    yield f"DTEND;VALUE=DATE:{ends + timedelta(days=1):%Y%m%d}"  # the first day that is not of it any more
    yield f"SUMMARY:{'ПРОСРОЧЕНО. ' if due.is_overdue else ''}{_text(due.title)}"
    yield f"DESCRIPTION:{_text(due.description)}"
    yield f"URL:{due.url}"
    yield f"STATUS:{'TENTATIVE' if due.is_provisional else 'CONFIRMED'}"
    yield "TRANSP:TRANSPARENT"  # a deadline keeps nobody busy
    yield "END:VEVENT"


def _text(value: str) -> str:
    """A value of type TEXT (section 3.3.11), without control characters, which it can't hold."""
    for character in ("\\", ";", ","):
        value = value.replace(character, f"\\{character}")
    lines = value.replace("\r\n", "\n").split("\n")
    return "\\n".join("".join(one for one in line if unicodedata.category(one) != "Cc") for line in lines)


def _folded(line: str) -> bytes:
    """A content line of at most 75 octets and its continuations (section 3.1); no letter is cut in two."""
    parts, part = [], b""
    for character in line:
        octets = character.encode()
        if len(part) + len(octets) > _LINE_OCTETS:
            parts.append(part)
            part = b" "
        part += octets
    return b"\r\n".join([*parts, part]) + b"\r\n"

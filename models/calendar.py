"""Working days: the official Russian production calendar and what decrees change in it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cache, cached_property
from typing import NamedTuple, Self

import holidays
from pydantic import Field

from models import russian
from models.message import Message

_DAY = timedelta(days=1)
_SATURDAY = 5

# The library's transfers for these years were compared with the government's decrees: identical.
CONFIRMED_YEARS = frozenset(range(2018, 2028))


class Amendment(Message):
    """A day made off, or made working, by a decree that the production calendar doesn't know.

    Attributes:
        day: The day in question.
        working: True makes it a working day, False a day off.
        decree: What decided it, as people are to read it («постановление … от … № …»).
    """

    day: date
    working: bool
    decree: str = Field(min_length=1)


class _Year(NamedTuple):
    off: Mapping[date, str]
    working_weekends: frozenset[date]


@dataclass(frozen=True)
class WorkCalendar:
    """Which days are working days.

    >>> calendar = WorkCalendar()
    >>> calendar.is_working(date(2024, 4, 27))  # a Saturday made working by transfer
    True
    >>> calendar.why_off(date(2026, 5, 11))
    'перенос выходного (День Победы)'

    Attributes:
        amendments: Days changed by decree; they win over the production calendar.
        confirmed_years: Years whose transfers the government has decided; a deadline that reaches
            past them is provisional.
        version: Id of the newest amendment that it knows, withdrawals included; 0 when there is none.

    Raises:
        ValueError: Two amendments name the same day, so that one of them would be lost.
    """

    amendments: tuple[Amendment, ...] = ()
    confirmed_years: frozenset[int] = CONFIRMED_YEARS
    version: int = 0

    def __post_init__(self) -> None:
        if len(self._amended) < len(self.amendments):
            raise ValueError("a day is amended twice: keep the amendment that is in force")

    @cached_property
    def _amended(self) -> Mapping[date, Amendment]:
        return {amendment.day: amendment for amendment in self.amendments}

    @cached_property
    def _counted(self) -> dict[tuple[date, date], int]:
        """Working days between two days: a list asks for few of them, but for each many times."""
        return {}

    def amendment_of(self, day: date) -> Amendment | None:
        """The amendment of a day that is in force."""
        return self._amended.get(day)

    def amended(self, amendment: Amendment) -> Self:
        """This calendar with an amendment more, which replaces the one of its day."""
        return replace(self, amendments=(*self.without(amendment.day).amendments, amendment))

    def without(self, day: date) -> Self:
        """This calendar with the day as the production calendar has it."""
        return replace(self, amendments=tuple(one for one in self.amendments if one.day != day))

    def is_working(self, day: date) -> bool:
        """Whether the day is a working day, transfers and amendments included."""
        if amendment := self._amended.get(day):
            return amendment.working
        year = _official(day.year)
        if day.weekday() >= _SATURDAY:
            return day in year.working_weekends
        return day not in year.off

    def why_off(self, day: date) -> str:
        """Why the day is off, in Russian: a decree, a holiday's name, a transfer, the weekday.

        Raises:
            ValueError: The day is a working day.
        """
        if self.is_working(day):
            raise ValueError(f"{day} is a working day")
        if amendment := self._amended.get(day):
            return f"выходной по решению: {amendment.decree}"
        return _official(day.year).off.get(day, russian.weekday(day))

    def next_working_day(self, day: date) -> date:
        """The day itself when it is a working day, else the first working day after it."""
        while not self.is_working(day):
            day += _DAY
        return day

    def previous_working_day(self, day: date) -> date:
        """The day itself when it is a working day, else the last working day before it."""
        while not self.is_working(day):
            day -= _DAY
        return day

    def add_working_days(self, day: date, n: int) -> date:
        """The n-th working day after the day, which itself isn't counted; before it when n < 0.

        With n = 0 it is `next_working_day(day)`, so that a step of zero also ends on a working day.
        """
        if n == 0:
            return self.next_working_day(day)
        step = _DAY if n > 0 else -_DAY
        counted = 0
        while counted < abs(n):
            day += step
            counted += self.is_working(day)
        return day

    def working_days_between(self, after: date, until: date) -> int:
        """How many working days lie after `after`, up to and including `until`; 0 when there are none.

        The first day isn't counted, as the day of an event isn't (Civil Code, art. 191).
        """
        span = (after, until)
        if span not in self._counted:
            days = (after + timedelta(days=n) for n in range(1, (until - after).days + 1))
            self._counted[span] = sum(map(self.is_working, days))
        return self._counted[span]

    def confirms(self, first: date, last: date) -> bool:
        """Whether the government has decided every year that the days from first to last touch."""
        return self.confirmed_years.issuperset(range(first.year, last.year + 1))


@cache
def _official(year: int) -> _Year:
    """The production calendar of a year, read from the library once a process."""
    book = holidays.country_holidays("RU", years=year, language="ru")
    off = {day: _in_our_words(name) for day, name in book.items()}
    decided = any(reason.startswith("перенос") for reason in off.values())
    if not decided:
        off |= _transfers_by_law(off)
    return _Year(off, frozenset(book.weekend_workdays))


def _in_our_words(name: str) -> str:
    name = re.sub(r"^Выходной \(перенесено с (.+)\)$", r"перенос выходного с \1", name)
    return re.sub(r"^(.+) \(выходной\)$", r"перенос выходного (\1)", name)


def _transfers_by_law(off: Mapping[date, str]) -> dict[date, str]:
    """Days off moved by law itself, for a year that the government hasn't decided yet.

    Labour Code, art. 112: a day off that coincides with a holiday moves to the next working day
    after the holiday. January's move by decree only, so until there is one they stay where they are.
    """
    moved: dict[date, str] = {}
    for holiday, name in sorted(off.items()):
        if holiday.month == 1 or holiday.weekday() < _SATURDAY:
            continue
        day = holiday + _DAY
        while day.weekday() >= _SATURDAY or day in off or day in moved:
            day += _DAY
        moved[day] = f"перенос выходного ({name})"
    return moved

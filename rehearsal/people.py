"""The invented people of a rehearsal: what they ask for, and how soon they act.

Everything is drawn from the seed before the year begins, so that both sets of terms meet the same
people. What a term changes is when somebody who has forgotten is reminded.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from random import Random

from models.calendar import WorkCalendar
from models.deadlines import LOCAL_ZONE, Deadline, local_date
from models.rungs import RungKind

_SUBJECTS = (
    "Охрана труда", "Первая помощь", "Пожарная безопасность", "Противодействие коррупции",
    "Электронный документооборот", "Защита персональных данных", "Государственные закупки",
    "Лекарственное обеспечение", "Работа с обращениями граждан", "Русский жестовый язык",
    "Информационная безопасность", "Делопроизводство", "Бюджетный учёт", "Оказание социальных услуг",
)  # fmt: skip
_AUDIENCES = ("врачи", "педагоги", "специалисты", "руководители", "новые сотрудники", "инспекторы")


class Wakes(StrEnum):
    """What makes a person begin."""

    AT_ONCE = "at_once"
    REMINDER = "reminder"
    """Has forgotten, until any letter of the ladder comes."""
    ESCALATION = "escalation"
    """Begins when the chief has heard of it."""


@dataclass(frozen=True)
class Habit:
    """How somebody acts: when they begin, and after how many working days they are done."""

    wakes: Wakes
    days: int


@dataclass(frozen=True)
class Invented:
    """One request of the year with all its people.

    Attributes:
        ordinal: From 1, in the order of arrival.
        arrives_at: 10:00 of a working day.
        title: Of the course.
        is_incomplete: The engine refuses it at once.
        review: The reviewer; the days of asking the agency are among theirs.
        is_refused: The reviewer refuses it.
        withdraws_after: Working days after which the agency takes it back, unless it is decided.
        setup: The operator, by hand.
        asks_after: Working days after which the responsible asks something, if ever.
        answer: The operator, answering.
    """

    ordinal: int
    arrives_at: datetime
    title: str
    review: Habit
    setup: Habit
    answer: Habit
    is_incomplete: bool = False
    is_refused: bool = False
    withdraws_after: int | None = None
    asks_after: int | None = None


def invent(seed: int, count: int, year: int) -> list[Invented]:
    """So many requests, evenly over a year; the same for the same seed, year and count."""
    random, calendar = Random(f"{seed}/{count}/{year}"), WorkCalendar()
    first = date(year, 1, 1)
    days = [first + timedelta(days=int((at + random.random()) * 365 / count)) for at in range(count)]
    arrivals = [datetime.combine(calendar.next_working_day(day), time(10), LOCAL_ZONE) for day in days]
    return [_invent_one(random, ordinal, at) for ordinal, at in enumerate(arrivals, start=1)]


def _invent_one(random: Random, ordinal: int, arrives_at: datetime) -> Invented:
    asking_the_agency = random.choice((3, 5, 8)) if random.random() < 0.25 else 0
    return Invented(
        ordinal=ordinal,
        arrives_at=arrives_at,
        title=f"{random.choice(_SUBJECTS)}: {random.choice(_AUDIENCES)}, поток {ordinal}",
        review=_habit(random, 2, 17, more=asking_the_agency),
        setup=_habit(random, 1, 8),
        answer=_habit(random, 0, 2),
        is_incomplete=random.random() < 0.08,
        is_refused=random.random() < 0.07,
        withdraws_after=random.randint(1, 15) if random.random() < 0.05 else None,
        asks_after=random.randint(1, 20) if random.random() < 0.4 else None,
    )


def _habit(random: Random, least: int, most: int, *, more: int = 0) -> Habit:
    """Three in four begin at once; the others forget, and are quick once they are reminded."""
    wakes = random.choices(tuple(Wakes), weights=(75, 18, 7))[0]
    if wakes is Wakes.AT_ONCE:
        return Habit(wakes, random.randint(least, most) + more)
    return Habit(wakes, random.randint(0, 3) + more)


def holidays(year: int) -> tuple[date, date]:
    """First and last day on which nobody at the operator's works."""
    return date(year, 7, 12), date(year, 7, 25)


def acts_at(
    habit: Habit, began_at: datetime, deadline: Deadline, calendar: WorkCalendar, *, on_holiday: bool = False
) -> datetime:
    """When a person acts: 15:00 of a working day, after the clause began.

    Args:
        habit: Theirs.
        began_at: When the clause came to them.
        deadline: Of the clause, with the ladder that wakes them.
        calendar: Which days are working days.
        on_holiday: Whether the holidays of the operator are theirs.
    """
    day = calendar.add_working_days(local_date(_woken(habit.wakes, began_at, deadline)), habit.days)
    first, last = holidays(day.year)
    if on_holiday and first <= day <= last:
        day = calendar.next_working_day(last + timedelta(days=1))
    return max(datetime.combine(day, time(15), LOCAL_ZONE), began_at + timedelta(hours=1))


def days_later(at: datetime, days: int, calendar: WorkCalendar) -> datetime:
    """12:00 of the working day so many working days later."""
    return datetime.combine(calendar.add_working_days(local_date(at), days), time(12), LOCAL_ZONE)


def _woken(wakes: Wakes, began_at: datetime, deadline: Deadline) -> datetime:
    if wakes is Wakes.AT_ONCE:
        return began_at
    kinds: Sequence[RungKind] = list(RungKind) if wakes is Wakes.REMINDER else [RungKind.ESCALATION]
    letters = [rung.at for rung in deadline.rungs if rung.kind in kinds and rung.at > began_at]
    return min(letters, default=began_at)

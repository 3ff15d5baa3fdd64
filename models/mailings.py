"""Clause 4.6 - which letters learners get during a training, and when.

The ladder of `models/deadlines.py` doesn't serve here: it is addressed to officials by kind, its steps
go once however often the deadline moves, and past the deadline somebody is late. A training's end is
no lateness, its letters choose learners by how far they are, and after a prolongation those before the
end go again. What is shared is the rule of the morning: 09:00 in Asia/Yekaterinburg on a working day.
"""

from collections.abc import Collection, Iterable, Iterator
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NamedTuple, Self

from pydantic import AwareDatetime, Field, model_validator

from models.calendar import WorkCalendar
from models.deadlines import local_date, morning_of
from models.message import Message
from models.results import State
from models.trainings import Training

_DAY = timedelta(days=1)


class Audience(StrEnum):
    """Which learners a mailing is for, by their state when it goes. Those who left get none."""

    ALL = "all"
    NOT_BEGUN = "not_begun"
    NOT_FINISHED = "not_finished"

    def takes(self, state: State) -> bool:
        """Whether a learner in the state gets the letter."""
        return state in _AUDIENCES[self]


_AUDIENCES = {
    Audience.ALL: frozenset(State) - {State.LEFT},
    Audience.NOT_BEGUN: frozenset({State.NOT_BEGUN}),
    # Whoever isn't known to have finished is better reminded once too often.
    Audience.NOT_FINISHED: frozenset({State.NOT_BEGUN, State.IN_PROGRESS, State.UNKNOWN}),
}


class Reminding(Message):
    """When learners are reminded, as data: a training keeps what it was started with.

    Attributes:
        after_start: Calendar days after the start at which those who haven't begun hear, ascending.
        at_half_time: Whether they hear once more half-way.
        before_end: Calendar days before the last day at which those who haven't finished hear, descending.
        least_gap: Days from other letters, without which those who haven't begun aren't reminded.
    """

    after_start: tuple[int, ...] = (7,)
    at_half_time: bool = True
    before_end: tuple[int, ...] = (7, 1)
    least_gap: int = Field(default=3, ge=1)

    @model_validator(mode="after")
    def _in_order_of_time(self) -> Self:
        after, before = self.after_start, self.before_end
        if list(after) != sorted({*after}) or list(before) != sorted({*before}, reverse=True):
            raise ValueError("reminders go from the earliest to the latest")
        if min((*after, 1)) < 1 or min((*before, 0)) < 0:
            raise ValueError("reminders go after the start, and not after the end")
        return self


class Mailing(Message):
    """One letter to some learners of a training. Crosses Temporal.

    Attributes:
        key: What makes it the same one after the dates have moved, unique within the training:
            `start`, `not-begun-7`, `half-time`, `not-finished-7-2026-12-20`. What has gone doesn't go again.
        at: 09:00 in Asia/Yekaterinburg on a working day, save the start of a training set up after
            its last working morning, which goes at once.
        to: Which learners.
    """

    key: str
    at: AwareDatetime
    to: Audience


class Due(NamedTuple):
    """What goes now: one mailing, and those that it makes needless."""

    mailing: Mailing
    absorbed: tuple[Mailing, ...]


def schedule(
    training: Training, calendar: WorkCalendar, reminding: Reminding | None = None
) -> tuple[Mailing, ...]:
    """All mailings of a training in order of time; nothing in it depends on now.

    The start goes on the last working morning that isn't after it. Nobody is reminded before the start
    has gone, nor twice on one morning, and those who haven't begun no longer apart once all who haven't
    finished are reminded. A closed training has only what was due before.
    """
    reminding = reminding or Reminding()
    start = Mailing(key="start", at=_start(training, calendar), to=Audience.ALL)
    last = tuple(_before_end(training, calendar, reminding, after=start.at))
    until = last[0].at if last else morning_of(training.ends_on + _DAY)
    first = tuple(_after_start(training, calendar, reminding, after=start.at, until=until))
    return tuple(one for one in (start, *first, *last) if one.at < training.ends_at)


def ahead(mailings: Iterable[Mailing], *, gone: Collection[str], since: datetime) -> tuple[Mailing, ...]:
    """What is still to go when the dates were set, or moved, at a moment: reminders past by then are not.

    Args:
        mailings: The schedule by the dates in force.
        gone: Keys of what has gone or was absorbed.
        since: When the training was set up, or its dates last moved.
    """
    return tuple(
        one for one in mailings if one.key not in gone and (one.to is Audience.ALL or one.at > since)
    )


def due(mailings: Iterable[Mailing], now: datetime) -> Due | None:
    """Of those due by now the one that goes; after an outage several are, and nobody gets two letters.

    To all before to some, else the latest: its readers include those of the others.
    """
    came = [one for one in mailings if one.at <= now]
    if not came:
        return None
    goes = next((one for one in came if one.to is Audience.ALL), came[-1])
    return Due(goes, tuple(one for one in came if one is not goes))


def _start(training: Training, calendar: WorkCalendar) -> datetime:
    morning = morning_of(calendar.previous_working_day(training.starts_on))
    if morning >= training.planned_at:
        return morning
    next_morning = _next_morning(training.planned_at, calendar)
    is_in_time = local_date(next_morning) <= training.ends_on
    return next_morning if is_in_time else training.planned_at


def _next_morning(at: datetime, calendar: WorkCalendar) -> datetime:
    day = local_date(at)
    morning = morning_of(calendar.next_working_day(day))
    return morning if morning >= at else morning_of(calendar.next_working_day(day + _DAY))


def _before_end(
    training: Training, calendar: WorkCalendar, reminding: Reminding, *, after: datetime
) -> Iterator[Mailing]:
    """Two that meet on one morning, as at New Year, are the one nearer to the end."""
    by_morning = {
        # A letter that comes after the day it was meant for would be no reminder: so the day before.
        morning_of(calendar.previous_working_day(training.ends_on - timedelta(days=before))): before
        for before in reminding.before_end
    }
    for at, before in by_morning.items():
        if at > after:
            yield Mailing(key=f"not-finished-{before}-{training.ends_on}", at=at, to=Audience.NOT_FINISHED)


def _after_start(
    training: Training, calendar: WorkCalendar, reminding: Reminding, *, after: datetime, until: datetime
) -> Iterator[Mailing]:
    """Days are counted from the start, or from its letter where that came late."""
    gap = timedelta(days=reminding.least_gap)
    began_on = max(training.starts_on, local_date(after))
    half = training.starts_on + (training.ends_on - training.starts_on) / 2
    days = {f"not-begun-{n}": began_on + timedelta(days=n) for n in reminding.after_start}
    if reminding.at_half_time:
        days["half-time"] = half
    heard_at = after
    for key, day in sorted(days.items(), key=lambda item: item[1]):
        # Whole days have been given to begin, so not on a working morning before.
        at = morning_of(calendar.next_working_day(day))
        if heard_at + gap <= at <= until - gap:
            heard_at = at
            yield Mailing(key=key, at=at, to=Audience.NOT_BEGUN)

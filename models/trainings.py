"""Clause 4.6 - trainings: a course's learners, from a day to a day, and what may be done with the dates.

Several trainings of one course may run side by side: nothing here knows of another one.
"""

from datetime import date, datetime, time, timedelta
from enum import StrEnum

from pydantic import AwareDatetime

from models.deadlines import LOCAL_ZONE, end_of, local_date
from models.message import Message

LONGEST = timedelta(days=3 * 365)
"""From today to the end: a year typed wrong is found, and no workflow sleeps for a century."""


class Training(Message):
    """The dates of one training, local and inclusive. Crosses Temporal."""

    starts_on: date
    ends_on: date
    planned_at: AwareDatetime
    """When the owner set it up; it may have begun by then."""
    closed_at: AwareDatetime | None = None
    """When the owner closed it before its end, or before its start."""

    @property
    def starts_at(self) -> datetime:
        return datetime.combine(self.starts_on, time(0, tzinfo=LOCAL_ZONE))

    @property
    def ends_at(self) -> datetime:
        """24:00 of the last day, or when it was closed: exactly then it is over."""
        return self.closed_at or end_of(self.ends_on)

    def stage(self, at: datetime) -> "Stage":
        """Where the training stands at a moment."""
        if self.closed_at and at >= self.closed_at:
            return Stage.CANCELLED if self.closed_at < self.starts_at else Stage.CLOSED
        if at < self.starts_at:
            return Stage.PLANNED
        return Stage.RUNNING if at < self.ends_at else Stage.ENDED


class Stage(StrEnum):
    """Where a training stands."""

    PLANNED = "planned"
    RUNNING = "running"
    ENDED = "ended"
    CLOSED = "closed"
    """By the owner, before its last day was over."""
    CANCELLED = "cancelled"
    """Closed before it began."""

    @property
    def is_open(self) -> bool:
        return self in (Stage.PLANNED, Stage.RUNNING)

    @property
    def russian(self) -> str:
        return _STAGES[self]


_STAGES = {
    Stage.PLANNED: "запланировано",
    Stage.RUNNING: "идёт",
    Stage.ENDED: "окончено",
    Stage.CLOSED: "закрыто досрочно",
    Stage.CANCELLED: "отменено до начала",
}


class Rejection(StrEnum):
    """Why dates are not accepted: the stable error types that the API shows."""

    ENDS_BEFORE_START = "ends-before-start"
    ALREADY_OVER = "already-over"
    TOO_LONG = "too-long"
    NOT_LATER = "not-later"

    @property
    def russian(self) -> str:
        return _WHY[self]


_WHY = {
    Rejection.ENDS_BEFORE_START: "Обучение не может окончиться раньше, чем начнётся.",
    Rejection.ALREADY_OVER: "Обучение уже окончено: назначьте новое.",
    Rejection.TOO_LONG: "Обучение окончится позже чем через три года: проверьте год.",
    Rejection.NOT_LATER: "Продлевают на более поздний день. Чтобы закончить раньше, закройте обучение.",
}


class TrainingRejected(Exception):
    """The dates are not accepted; `rejection` says why, `str()` says it in Russian."""

    def __init__(self, rejection: Rejection) -> None:
        super().__init__(rejection.russian)
        self.rejection = rejection


def plan(starts_on: date, ends_on: date, at: datetime) -> Training:
    """A training that the owner sets up at a moment. It may have begun already, but not be over.

    Raises:
        TrainingRejected: With these dates there is no training.
    """
    if ends_on < starts_on:
        raise TrainingRejected(Rejection.ENDS_BEFORE_START)
    if ends_on < local_date(at):
        raise TrainingRejected(Rejection.ALREADY_OVER)
    _check_end(ends_on, at)
    return Training(starts_on=starts_on, ends_on=ends_on, planned_at=at)


def prolong(training: Training, ends_on: date, at: datetime) -> Training:
    """The training with a later last day. What is over stays over: its results are kept as they were.

    Raises:
        TrainingRejected: It is over, or the day isn't a later one.
    """
    _check_open(training, at)
    if ends_on <= training.ends_on:
        raise TrainingRejected(Rejection.NOT_LATER)
    _check_end(ends_on, at)
    return training.model_copy(update={"ends_on": ends_on})


def close(training: Training, at: datetime) -> Training:
    """The training closed at a moment, before its end; before its start it is cancelled.

    Raises:
        TrainingRejected: It is over already.
    """
    _check_open(training, at)
    return training.model_copy(update={"closed_at": at})


def _check_open(training: Training, at: datetime) -> None:
    if not training.stage(at).is_open:
        raise TrainingRejected(Rejection.ALREADY_OVER)


def _check_end(ends_on: date, at: datetime) -> None:
    if ends_on - local_date(at) > LONGEST:
        raise TrainingRejected(Rejection.TOO_LONG)

"""One rung of the ladder of letters around a deadline, and what becomes of it."""

from datetime import datetime
from enum import StrEnum

from pydantic import AwareDatetime

from models.message import Message
from models.terms import Recipient


class RungKind(StrEnum):
    """On which side of the deadline a rung stands."""

    REMINDER = "reminder"
    ESCALATION = "escalation"

    @property
    def russian(self) -> str:
        return "напоминание" if self is RungKind.REMINDER else "эскалация"


class RungState(StrEnum):
    """What has become of a rung."""

    PLANNED = "planned"
    SENT = "sent"
    ABSORBED = "absorbed"
    """Due at the same time as a higher one, which went alone."""
    SKIPPED = "skipped"
    """A reminder that was past already."""
    NOT_NEEDED = "not_needed"
    """The clause ended first."""

    @property
    def russian(self) -> str:
        return _RUNG_STATES[self]


_RUNG_STATES = {
    RungState.PLANNED: "запланировано",
    RungState.SENT: "отправлено",
    RungState.ABSORBED: "поглощено более высокой ступенью",
    RungState.SKIPPED: "пропущено: время прошло",
    RungState.NOT_NEEDED: "не понадобилось",
}


class Rung(Message):
    """One step of the ladder of letters around a deadline. Crosses Temporal.

    Attributes:
        ordinal: Its place in the term: the same after the deadline is moved.
        kind: Before or after the deadline.
        at: 09:00 in Asia/Yekaterinburg on a working day.
        to: Who gets the letter.
        label: What people read: «за 3 рабочих дня до срока», «срок истёк».
    """

    ordinal: int
    kind: RungKind
    at: AwareDatetime
    to: tuple[Recipient, ...]
    label: str

    def is_passed_over(self, now: datetime) -> bool:
        """Whether it never goes: a reminder that is past already."""
        return self.kind is RungKind.REMINDER and self.at <= now

"""A term as data: how long, who is reminded before its last day, who is told when it has passed."""

from datetime import date, timedelta
from enum import StrEnum
from itertools import pairwise
from typing import Self

from pydantic import Field, model_validator

from models.message import Message


class Clause(StrEnum):
    """The clauses of section 4 of the regulation, by the process that each sets going."""

    REQUEST = "4.1"
    REVIEW = "4.2"
    SETUP = "4.3"
    CONSULTATION = "4.3–4.4"
    AUTHORING = "4.4"
    ENROLMENT = "4.5"
    TRAINING = "4.6"
    RESULTS = "4.7"
    REPLACEMENT = "4.8"
    CERTIFICATION = "4.9"


class Unit(StrEnum):
    """What a term counts."""

    CALENDAR_DAYS = "calendar_days"
    WORKING_DAYS = "working_days"

    @property
    def is_working(self) -> bool:
        """Whether days off are skipped in the count."""
        return self is Unit.WORKING_DAYS


class Recipient(StrEnum):
    """To whom a reminder goes: a kind, resolved to an address when the letter is written."""

    REVIEWER = "reviewer"
    SUPERVISOR = "supervisor"
    AUTHORITY_HEAD = "authority_head"
    AUTHORITY = "authority"  # the authority's office box, not a person
    OPERATOR = "operator"
    OPERATOR_HEAD = "operator_head"
    OWNER = "owner"
    OWNER_HEAD = "owner_head"
    RESPONSIBLE = "responsible"
    AGENCY = "agency"
    LEARNER = "learner"  # one of many: letters to them are rows of `BulkLetter`

    @property
    def russian(self) -> str:
        return _RECIPIENTS[self]

    @property
    def whom(self) -> str:
        """To whom, in Russian."""
        return _WHOM[self]


_WHOM = {
    Recipient.REVIEWER: "рассматривающим",
    Recipient.SUPERVISOR: "руководителю рассматривающих",
    Recipient.AUTHORITY_HEAD: "руководителю Уполномоченного органа",
    Recipient.AUTHORITY: "Уполномоченному органу",
    Recipient.OPERATOR: "Оператору",
    Recipient.OPERATOR_HEAD: "руководителю Оператора",
    Recipient.OWNER: "Владельцу",
    Recipient.OWNER_HEAD: "руководителю Владельца",
    Recipient.RESPONSIBLE: "ответственному лицу",
    Recipient.AGENCY: "инициатору",
    Recipient.LEARNER: "Пользователю",
}

_RECIPIENTS = {
    Recipient.REVIEWER: "рассматривающие",
    Recipient.SUPERVISOR: "руководитель рассматривающих",
    Recipient.AUTHORITY_HEAD: "руководитель Уполномоченного органа",
    Recipient.AUTHORITY: "Уполномоченный орган",
    Recipient.OPERATOR: "Оператор",
    Recipient.OPERATOR_HEAD: "руководитель Оператора",
    Recipient.OWNER: "Владелец",
    Recipient.OWNER_HEAD: "руководитель Владельца",
    Recipient.RESPONSIBLE: "ответственное лицо",
    Recipient.AGENCY: "инициатор",
    Recipient.LEARNER: "Пользователь",
}


class Reminder(Message):
    """A letter before the last day of a term.

    Attributes:
        before: How long before the last day; 0 is the morning of the last day itself.
        unit: What `before` counts.
        to: Who gets it.
    """

    before: int = Field(ge=0)
    unit: Unit = Unit.WORKING_DAYS
    to: tuple[Recipient, ...] = Field(min_length=1)


class Escalation(Message):
    """A letter after the deadline.

    Attributes:
        after: Working days after the first working morning past the deadline; 0 is that morning.
        to: Who gets it.
    """

    after: int = Field(ge=0)
    to: tuple[Recipient, ...] = Field(min_length=1)


class Term(Message):
    """How long a clause gives, and the ladder of letters around the deadline. Crosses Temporal.

    A workflow is given its term as input, so that a new version of the regulation never alters a
    running case.

    Attributes:
        clause: The clause that sets the term.
        amount: The length, in `unit`, counted from the day after the event; nothing is counted
            where a person sets the last day.
        unit: Calendar or working days.
        last_day: The day that a person set (a planned date, the end of a training); it is never moved.
        reminders: Before the last day, the earliest first.
        escalations: After the deadline, the earliest first.
        repeat_every: Working days between repetitions of the last step, until somebody acts.
        moves_from_day_off: Whether a last day that is off moves to the next working day (Civil
            Code, art. 193).
        hand_over_before: Working days before the last day at which what a machine hasn't managed
            becomes a person's task; None where no machine is involved.
        pace: Of a canary (`models.canary`): the ladder is gone through in steps so long, not in days.

    Raises:
        ValidationError: Nothing to count, or the ladder isn't, or might not be, in order of time.
    """

    clause: Clause
    amount: int = Field(default=0, ge=0)
    unit: Unit
    last_day: date | None = None
    reminders: tuple[Reminder, ...] = ()
    escalations: tuple[Escalation, ...] = ()
    repeat_every: int = Field(default=5, ge=1)
    moves_from_day_off: bool = True
    hand_over_before: int | None = Field(default=None, ge=1)
    pace: timedelta | None = None

    def until(self, last_day: date) -> Self:
        """The same ladder around a day that a person sets."""
        return self.model_copy(update={"amount": 0, "last_day": last_day})

    @model_validator(mode="after")
    def _has_an_end(self) -> Self:
        if (self.amount > 0) is (self.last_day is not None):
            raise ValueError("a term counts days, or its last day is set")
        return self

    @model_validator(mode="after")
    def _ladder_is_in_order(self) -> Self:
        befores = [reminder.before for reminder in self.reminders]
        afters = [escalation.after for escalation in self.escalations]
        if any(earlier <= later for earlier, later in pairwise(befores)):
            raise ValueError("reminders go from the earliest to the latest")
        # Around New Year "3 working days before" lies earlier than "10 days before".
        if len({reminder.unit for reminder in self.reminders}) > 1:
            raise ValueError("reminders of one term count in one unit")
        if any(earlier >= later for earlier, later in pairwise(afters)):
            raise ValueError("escalations go from the earliest to the latest")
        return self

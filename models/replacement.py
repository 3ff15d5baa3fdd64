"""Clause 4.8 - replacing a responsible person: messages, and the pure rules. Persons are ids of rows."""

from datetime import date, timedelta
from enum import StrEnum

from pydantic import AwareDatetime

from models.cases import Case
from models.message import Message
from models.step import Step
from models.terms import Term

_LONGEST_AHEAD = timedelta(days=366)
_LONGEST_AGO = timedelta(days=5 * 366)


class ReplacementStage(StrEnum):
    VACANT = "vacant"
    HANDING_OVER = "handing_over"
    ACCEPTANCE = "acceptance"
    DONE = "done"
    WITHDRAWN = "withdrawn"

    @property
    def russian(self) -> str:
        return _STAGES[self]


_STAGES = {
    ReplacementStage.VACANT: "ждёт Владельца",
    ReplacementStage.HANDING_OVER: "права передаются",
    ReplacementStage.ACCEPTANCE: "ждёт принятия",
    ReplacementStage.DONE: "завершена",
    ReplacementStage.WITHDRAWN: "отозвана",
}


class Replacement(Message):
    """The input of `ReplacementWorkflow`."""

    case: Case
    term: Term
    person: int
    """Whose powers end."""
    powers_ended_on: date
    """Their last day: at its end the rights go."""
    by: str
    """Who opened the case."""
    informed_at: AwareDatetime | None = None
    """When the owner told of it; None where the operator has opened the case on a sign."""
    successor: int | None = None
    """Where they were named together."""


class Inform(Message):
    """The argument of the update `inform`: the owner tells of what the operator had found."""

    by: str


class Appoint(Message):
    """The argument of the update `appoint`."""

    successor: int
    by: str
    informs: bool
    """Whether it is the owner who appoints, and so tells of it all."""


class Accept(Message):
    """The argument of the update `accept`: the successor takes over."""

    person: int
    by: str


class Withdraw(Message):
    """The argument of the update `withdraw`: the person stays, nothing is to be done."""

    by: str
    text_id: str
    """Why, in Postgres."""


class Work(StrEnum):
    """What is to be done in a subsystem."""

    REMOVAL = "removal"
    GRANT = "grant"

    @property
    def russian(self) -> str:
        return _WORK[self]


_WORK = {Work.REMOVAL: "снятие прав", Work.GRANT: "назначение прав новому ответственному лицу"}


class ConfirmByHand(Message):
    """The argument of the update `confirm_by_hand`: the operator has done it in the subsystem."""

    work: Work
    subsystem: str
    by: str


class Fact(StrEnum):
    """What people have brought about."""

    INFORMED = "informed"
    APPOINTED = "appointed"
    ACCEPTED = "accepted"
    WITHDRAWN = "withdrawn"


class RecordFact(Step):
    """Write down who has acted, and by how much late; `at` is the instant of the act."""

    fact: Fact
    by: str
    person: int | None = None
    text_id: str | None = None
    """Of what was typed, in Postgres."""


class EndTerm(Step):
    """Told of and appointed: the term is over; `at` is the instant of the later act."""


class EndPowers(Step):
    """The last day is over: the person is responsible for nothing of this owner any more."""


class PowersEnded(Message):
    subsystems: tuple[str, ...]
    """In which there are rights to remove."""


class InSubsystem(Step):
    """A step of the case in one subsystem."""

    subsystem: str
    by: str = ""
    """Who has done it by hand; empty where the engine does."""


class Rejection(StrEnum):
    """Why what people do in clause 4.8 is not accepted: the stable error types that the API shows."""

    END_IMPOSSIBLE = "powers-end-impossible"
    NOTHING_TO_REPLACE = "nothing-to-replace"
    ALREADY_REPORTED = "already-reported"
    SUCCESSOR_IS_PREDECESSOR = "successor-is-predecessor"
    ALREADY_APPOINTED = "already-appointed"
    NOT_HANDED_OVER = "not-handed-over"
    ALREADY_ACCEPTED = "already-accepted"
    NOT_THE_SUCCESSOR = "not-the-successor"
    NOTHING_BY_HAND = "nothing-by-hand"
    POWERS_ENDED = "powers-ended"
    ALREADY_WITHDRAWN = "replacement-withdrawn"

    @property
    def russian(self) -> str:
        return _WHY[self]


_WHY = {
    Rejection.END_IMPOSSIBLE: (
        "Последний день полномочий — не раньше чем пять лет назад и не позже чем через год."
    ),
    Rejection.NOTHING_TO_REPLACE: "Это лицо не отвечает сейчас ни за один курс и ни за одну категорию.",
    Rejection.ALREADY_REPORTED: "О прекращении полномочий уже сообщено.",
    Rejection.SUCCESSOR_IS_PREDECESSOR: "Новым ответственным лицом названо прежнее.",
    Rejection.ALREADY_APPOINTED: (
        "Новое ответственное лицо уже назначено и получает права."
        " Если и оно выбыло, сообщите о прекращении его полномочий."
    ),
    Rejection.NOT_HANDED_OVER: "Права ещё не переданы: подтвердить принятие можно после письма о доступе.",
    Rejection.ALREADY_ACCEPTED: "Принятие уже подтверждено.",
    Rejection.NOT_THE_SUCCESSOR: "Подтвердить принятие может только новое ответственное лицо.",
    Rejection.NOTHING_BY_HAND: "Такой работы вручную в этом деле сейчас нет.",
    Rejection.POWERS_ENDED: "Полномочия уже прекращены, права снимаются: сообщение отозвать нельзя.",
    Rejection.ALREADY_WITHDRAWN: "Сообщение о прекращении полномочий отозвано, дело закрывается.",
}


def is_possible_end(day: date, today: date) -> bool:
    """Whether powers may end on this day: a future one is accepted, a slip of the pen is not."""
    return today - _LONGEST_AGO <= day <= today + _LONGEST_AHEAD


def title_of(names: list[str]) -> str:
    """What a case is about: «Охрана труда», «Охрана труда» и ещё 2."""
    first, *others = names
    return f"«{first}» и ещё {len(others)}" if others else first

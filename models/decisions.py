"""Clause 4.2 - the decision on a request, and the pure rule of what may be decided."""

import re
from datetime import date, datetime
from enum import StrEnum
from typing import Any, Self

from pydantic import ValidationError

from models.message import Message
from models.requests import Item

_ACTOR = re.compile(r"key-\d{1,9}|engine|signal")
_TEXT_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_NO_TEXT = "00000000-0000-0000-0000-000000000000"

ENGINE = "engine"
"""The actor of what the engine does by itself."""

SIGNAL = "signal"
"""The actor of a decision that came as a Signal: who sent it is not verified."""


class Outcome(StrEnum):
    APPROVED = "approved"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


class Ground(StrEnum):
    """Why a request is refused. Clause 4.2 knows the first two."""

    INCOMPLETE = "incomplete"
    ANALOGUE = "analogue"
    OTHER = "other"
    """«вне оснований п. 4.2»: off unless the installation's settings allow it."""


class Decide(Message):
    """A reviewer's decision as it is sent: the argument of the update `decide`."""

    outcome: Outcome
    ground: Ground | None = None
    missing: tuple[Item, ...] = ()
    """What is missing, for the ground `incomplete`."""
    analogue: str | None = None
    """Reference of the candidate that already exists, for the ground `analogue`."""
    reason_id: str | None = None
    """Id of the reason's text in Postgres: required to refuse, and to approve past an analogue."""
    by: str
    """Actor: `key-12`, `signal`, `engine`."""


class Withdraw(Message):
    """The agency takes its request back: the argument of the update `withdraw`."""

    reason_id: str | None = None
    by: str


class Decision(Message):
    """What was decided, by whom and when."""

    outcome: Outcome
    ground: Ground | None = None
    missing: tuple[Item, ...] = ()
    analogue: str | None = None
    reason_id: str | None = None
    by: str
    at: datetime
    """Aware; the workflow's clock."""
    is_late: bool = False
    """At or after 24:00 of the term's last day."""

    @classmethod
    def of(cls, command: Decide, *, at: datetime, is_late: bool) -> Self:
        return cls(**command.model_dump(), at=at, is_late=is_late)

    @classmethod
    def incomplete(cls, missing: tuple[Item, ...], *, at: datetime, is_late: bool) -> Self:
        """The engine's own refusal of a request that lacks an item of clause 4.1."""
        return cls(
            outcome=Outcome.REFUSED,
            ground=Ground.INCOMPLETE,
            missing=missing,
            by=ENGINE,
            at=at,
            is_late=is_late,
        )

    @classmethod
    def withdrawn(cls, command: Withdraw, *, at: datetime) -> Self:
        return cls(outcome=Outcome.WITHDRAWN, reason_id=command.reason_id, by=command.by, at=at)


class Reviewed(Message):
    """What clause 4.2 ended with, as it stands in Postgres."""

    decision: Decision
    order_received_on: date | None = None
    """Local date on which the order appeared in the operator's list; None unless approved."""


class Rejection(StrEnum):
    """Why a decision is not accepted: the stable error types that the API shows."""

    ALREADY_DECIDED = "already-decided"
    NOT_READY = "not-ready"
    OUTCOME_UNKNOWN = "outcome-not-allowed"
    GROUND_MISSING = "ground-missing"
    GROUND_NOT_ALLOWED = "ground-not-allowed"
    MISSING_NOT_NAMED = "missing-not-named"
    ANALOGUE_NOT_NAMED = "analogue-not-named"
    REASON_MISSING = "reason-missing"
    WHY_NOT_ANALOGUE_MISSING = "why-not-analogue-missing"
    UNREADABLE = "unreadable"
    UNKNOWN_REFERENCE = "unknown-reference"
    """A signal names a reason or an analogue that the case does not have."""

    @property
    def russian(self) -> str:
        return _WHY[self]


class DecisionRejected(Exception):
    """The rule does not accept a decision; `rejection` says why, `str()` says it in Russian."""

    def __init__(self, rejection: Rejection) -> None:
        super().__init__(rejection.russian)
        self.rejection = rejection


class Circumstances(Message):
    """What the rule needs to know of the case."""

    decided: bool
    looked_for_analogues: bool
    has_strong_analogue: bool
    """A candidate at or above the threshold of similarity exists in the register or in Moodle."""
    other_ground_allowed: bool = False


def check_decide(command: Decide, case: Circumstances) -> None:
    """Clause 4.2: a refusal names its ground and reason; an approval answers for a strong analogue.

    Raises:
        DecisionRejected: the decision is not accepted, and leaves no trace.
    """
    if case.decided:
        raise DecisionRejected(Rejection.ALREADY_DECIDED)
    if not (_ACTOR.fullmatch(command.by) and _TEXT_ID.fullmatch(command.reason_id or _NO_TEXT)):
        raise DecisionRejected(Rejection.UNREADABLE)
    if not case.looked_for_analogues:
        raise DecisionRejected(Rejection.NOT_READY)
    if command.outcome is Outcome.WITHDRAWN:
        raise DecisionRejected(Rejection.OUTCOME_UNKNOWN)
    if command.outcome is Outcome.APPROVED:
        _check_approval(command, case)
    else:
        _check_refusal(command, case)


def check_withdraw(case: Circumstances) -> None:
    """The agency may withdraw until the decision.

    Raises:
        DecisionRejected: the request is decided already.
    """
    if case.decided:
        raise DecisionRejected(Rejection.ALREADY_DECIDED)


def read_signal(raw: Any) -> Decide:
    """A decision that came as a Signal, from whatever was sent.

    Raises:
        DecisionRejected: it can't be read as a decision.
    """
    if not isinstance(raw, dict):
        raise DecisionRejected(Rejection.UNREADABLE)
    try:
        return Decide.model_validate({**raw, "by": SIGNAL})
    except ValidationError:
        raise DecisionRejected(Rejection.UNREADABLE) from None


def signal_id(raw: Any) -> str:
    """What makes two signals the same one: their `id`, or everything in them."""
    identity = raw.get("id") if isinstance(raw, dict) else None
    return str(identity) if identity else repr(raw)


def _check_approval(command: Decide, case: Circumstances) -> None:
    if command.ground is not None:
        raise DecisionRejected(Rejection.GROUND_NOT_ALLOWED)
    if case.has_strong_analogue and command.reason_id is None:
        raise DecisionRejected(Rejection.WHY_NOT_ANALOGUE_MISSING)


def _check_refusal(command: Decide, case: Circumstances) -> None:
    match command.ground:
        case None:
            raise DecisionRejected(Rejection.GROUND_MISSING)
        case Ground.INCOMPLETE if not command.missing:
            raise DecisionRejected(Rejection.MISSING_NOT_NAMED)
        case Ground.ANALOGUE if command.analogue is None:
            raise DecisionRejected(Rejection.ANALOGUE_NOT_NAMED)
        case Ground.OTHER if not case.other_ground_allowed:
            raise DecisionRejected(Rejection.GROUND_NOT_ALLOWED)
    if command.reason_id is None:
        raise DecisionRejected(Rejection.REASON_MISSING)


_WHY = {
    Rejection.ALREADY_DECIDED: "По запросу уже принято решение.",
    Rejection.NOT_READY: "Дело ещё не готово к этому действию, повторите через несколько секунд.",
    Rejection.OUTCOME_UNKNOWN: "Решением может быть только создание или отказ.",
    Rejection.GROUND_MISSING: "Укажите основание отказа (п. 4.2 Регламента).",
    Rejection.GROUND_NOT_ALLOWED: "Такое основание п. 4.2 Регламента не предусматривает.",
    Rejection.MISSING_NOT_NAMED: "Укажите, какой информации нет в запросе.",
    Rejection.ANALOGUE_NOT_NAMED: "Укажите, какая аналогичная категория или какой курс уже созданы.",
    Rejection.REASON_MISSING: "Укажите причину отказа: она направляется инициатору.",
    Rejection.WHY_NOT_ANALOGUE_MISSING: (
        "Найдена почти такая же категория или курс. Откажите с основанием analogue — либо, чтобы создать,"
        " напишите в поле reason, почему она не аналогична."
    ),
    Rejection.UNREADABLE: "Сигнал не удалось прочитать как решение.",
    Rejection.UNKNOWN_REFERENCE: "Сигнал называет причину или аналог, которых в деле нет.",
}

"""Clause 4.9 - certificates: to whom the owner gives one, its number, and whether it still holds.

Numbers are given in the order of `chosen`, one after the other; a certificate is never deleted or
changed: it is revoked, or replaced by another one with a number of its own.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import Annotated, Self

from pydantic import Field, model_validator

from models import claims
from models.lines import Line, same
from models.message import Message
from models.results import LearnerResult, State, Unseen
from models.trainings import Stage

DOCUMENT = "Сертификат"
NAME_MAX = 250
CODE_LENGTH = 12
"""Signs of a check code: 57 random bits, so that even a million certificates leave nothing to guess."""
REASON_MAX = 1000

_REGION = "72"
_ROUNDING = 1e-9
"""What floats lose: 0.29 of 1 point are 29 per cent."""


class Whom(StrEnum):
    """To whom of a training."""

    COMPLETED = "completed"
    THRESHOLD = "threshold"
    """Whose grade is at least so many per cent, completed or not; those who left are not among them."""
    NAMED = "named"


class Design(StrEnum):
    """How the document looks: templates/documents/certificate_<design>.typ."""

    FRAME = "frame"
    BAND = "band"
    SHEET = "sheet"

    @property
    def russian(self) -> str:
        return _DESIGNS[self]


_DESIGNS = {
    Design.FRAME: "торжественный, в рамке, альбомный лист",
    Design.BAND: "современный, с цветным полем, альбомный лист",
    Design.SHEET: "строгий, книжный лист",
}

Name = Annotated[Line, Field(min_length=1, max_length=NAME_MAX)]
"""Of a person as the document shows it: any alphabet, hyphens, with or without a patronymic."""
Reason = Annotated[Line, Field(min_length=1, max_length=REASON_MAX)]


class Award(Message):
    """What the owner decides. Of persons it holds ids alone, of the signatory what the document shows."""

    whom: Whom
    threshold: float | None = Field(default=None, ge=0, le=100, allow_inf_nan=False)
    """Per cent, inclusive."""
    named: tuple[int, ...] = ()
    """Ordinals of participants."""
    document: Annotated[Line, Field(min_length=1, max_length=60)] = DOCUMENT
    """Its title: «Сертификат», «Свидетельство»."""
    design: Design = Design.FRAME
    hours: int | None = Field(default=None, ge=1, le=10_000)
    """Academic hours; None where the course has no such number."""
    shows_grade: bool = False

    @model_validator(mode="after")
    def _says_all_that_it_needs(self) -> Self:
        if (self.whom is Whom.THRESHOLD) != (self.threshold is not None):
            raise ValueError("Порог указывают, когда документы выдаются по порогу оценки, и только тогда.")
        if (self.whom is Whom.NAMED) != bool(self.named):
            raise ValueError("Участников перечисляют, когда документы выдаются поимённо, и только тогда.")
        if len(set(self.named)) < len(self.named):
            raise ValueError("Участник назван дважды.")
        return self


class Rejection(StrEnum):
    """Why a decision is not accepted: the stable error types that the API shows."""

    NOT_OVER = "training-not-over"
    NO_GRADES = "no-grades"
    NO_COMPLETION = "no-completion"
    UNKNOWN_PARTICIPANT = "unknown-participant"
    NOBODY = "nobody-to-certify"
    NAME_UNFIT = "name-unfit"
    ALREADY_DECIDED = "already-decided"
    ALREADY_REVOKED = "already-revoked"
    ALREADY_REPLACED = "already-replaced"
    SAME_NAME = "same-name"

    @property
    def russian(self) -> str:
        return _WHY[self]


_WHY = {
    Rejection.NOT_OVER: "Обучение ещё не окончено: документы выдаются по его результатам.",
    Rejection.NO_GRADES: "Оценок у этого обучения нет: выдайте документы завершившим или поимённо.",
    Rejection.NO_COMPLETION: (
        "Завершение курса у этого обучения не видно: выдайте документы по порогу оценки или поимённо."
    ),
    Rejection.UNKNOWN_PARTICIPANT: "Среди названных есть те, кто в обучении не участвует.",
    Rejection.NOBODY: "По этому решению документ не получает никто.",
    Rejection.NAME_UNFIT: f"У получателя нет имени или оно длиннее {NAME_MAX} знаков: исправьте его.",
    Rejection.ALREADY_DECIDED: (
        "Такое же решение по этому обучению уже принято. Ещё одному участнику выдайте документ поимённо."
    ),
    Rejection.ALREADY_REVOKED: "Документ уже аннулирован.",
    Rejection.ALREADY_REPLACED: "Документ уже заменён другим.",
    Rejection.SAME_NAME: "Имя в документе уже такое: заменять его нечем.",
}


class CertificateRejected(Exception):
    """Not accepted; `rejection` says why, `str()` says it in Russian."""

    def __init__(self, rejection: Rejection) -> None:
        super().__init__(rejection.russian)
        self.rejection = rejection


def chosen(
    award: Award, stage: Stage, unseen: tuple[Unseen, ...], participants: Mapping[int, LearnerResult]
) -> tuple[int, ...]:
    """Who gets the document, as ordinals in the order of numbering: by name, as the alphabet goes.

    Args:
        award: The owner's decision.
        stage: Where the training stands.
        unseen: What its results could not show.
        participants: By ordinal.

    Raises:
        CertificateRejected: By this decision nothing can be given.
    """
    if stage.is_open:
        raise CertificateRejected(Rejection.NOT_OVER)
    _check_seen(award.whom, unseen, participants)
    if not participants.keys() >= set(award.named):
        raise CertificateRejected(Rejection.UNKNOWN_PARTICIPANT)
    taken = [ordinal for ordinal, learner in participants.items() if _gets(award, ordinal, learner)]
    if not taken:
        raise CertificateRejected(Rejection.NOBODY)
    if any(not 0 < len(participants[ordinal].name) <= NAME_MAX for ordinal in taken):
        raise CertificateRejected(Rejection.NAME_UNFIT)
    return tuple(sorted(taken, key=lambda ordinal: (same(participants[ordinal].name), ordinal)))


def _check_seen(whom: Whom, unseen: tuple[Unseen, ...], participants: Mapping[int, LearnerResult]) -> None:
    if whom is Whom.THRESHOLD and (
        Unseen.GRADES in unseen or all(learner.percent is None for learner in participants.values())
    ):
        raise CertificateRejected(Rejection.NO_GRADES)
    if whom is Whom.COMPLETED and {Unseen.COMPLETION, Unseen.CRITERIA} & set(unseen):
        raise CertificateRejected(Rejection.NO_COMPLETION)


def _gets(award: Award, ordinal: int, learner: LearnerResult) -> bool:
    match award.whom:
        case Whom.COMPLETED:
            return learner.state is State.COMPLETED
        case Whom.NAMED:
            return ordinal in award.named
        case Whom.THRESHOLD:
            percent, threshold = learner.percent, award.threshold or 0
            has_left = learner.state is State.LEFT
            return not has_left and percent is not None and percent >= threshold - _ROUNDING


def series(year: int) -> str:
    """The counter that the year's numbers come from; the year is that of the local date of issue."""
    return f"certificates-{year}"


def number(year: int, ordinal: int) -> str:
    """`72-2026-000123`: the region, the year, and a number without gaps; no request looks like it."""
    return f"{_REGION}-{year}-{ordinal:06}"


def new_code() -> str:
    """A random check code, `K7QF-2M9X-4DRT`, for the QR and for typing from paper."""
    return claims.new_code(CODE_LENGTH)


def normalise(typed: str) -> str:
    """A typed check code as it is kept; blank if it can be none. See `claims.normalise`."""
    code = claims.normalise(typed, CODE_LENGTH)
    return claims.grouped(code) if code else ""


class Standing(StrEnum):
    """Whether a certificate holds."""

    VALID = "valid"
    REVOKED = "revoked"
    REPLACED = "replaced"

    @property
    def russian(self) -> str:
        return _STANDINGS[self]


_STANDINGS = {
    Standing.VALID: "действует",
    Standing.REVOKED: "аннулирован",
    Standing.REPLACED: "заменён другим документом",
}


def standing(*, is_revoked: bool, is_replaced: bool) -> Standing:
    """Whether it holds; what was revoked can't be replaced, and what was replaced can't be revoked."""
    if is_revoked:
        return Standing.REVOKED
    return Standing.REPLACED if is_replaced else Standing.VALID


def check_valid(standing: Standing) -> None:
    """Before it is revoked or replaced.

    Raises:
        CertificateRejected: It doesn't hold any more; act on the one that replaced it.
    """
    if standing is Standing.REVOKED:
        raise CertificateRejected(Rejection.ALREADY_REVOKED)
    if standing is Standing.REPLACED:
        raise CertificateRejected(Rejection.ALREADY_REPLACED)


def check_reissue(standing: Standing, name: str, corrected: str) -> None:
    """Before a certificate is replaced by one with a corrected name.

    Raises:
        CertificateRejected: It doesn't hold any more, or the name is the same to the sign.
    """
    check_valid(standing)
    if name == corrected:
        raise CertificateRejected(Rejection.SAME_NAME)

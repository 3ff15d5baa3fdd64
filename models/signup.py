"""«Запись на обучение» (module of Appendix 1): places, the waiting list, the closing date. Pure rules.

Whoever counts and writes holds the training's row locked, so that two people can't get the last place.
Persons and e-mails stay in Postgres: the rules need counts and states alone.
"""

from datetime import date, datetime
from enum import StrEnum

from pydantic import Field

from models.deadlines import end_of
from models.message import Message


class Standing(StrEnum):
    """Where somebody who signed up stands."""

    APPLIED = "applied"
    """Has a place, and waits for the responsible's word."""
    WAITING = "waiting"
    """On the waiting list, in the order of signing up."""
    ACCEPTED = "accepted"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"

    @property
    def holds_place(self) -> bool:
        return self in (Standing.APPLIED, Standing.ACCEPTED)

    @property
    def russian(self) -> str:
        return _STANDINGS[self]


_STANDINGS = {
    Standing.APPLIED: "заявка на рассмотрении",
    Standing.WAITING: "в листе ожидания",
    Standing.ACCEPTED: "заявка принята",
    Standing.DECLINED: "заявка отклонена",
    Standing.WITHDRAWN: "заявка отозвана",
}


class SignUp(Message):
    """The sign-up for one training, as the responsible set it. Crosses Temporal."""

    places: int | None = Field(default=None, ge=1)
    """None: as many as come."""
    closes_on: date | None = None
    """The last local day of signing up, until 24:00; None: as long as the training is open."""

    def is_open(self, at: datetime) -> bool:
        """Whether one may still sign up: not from 24:00 of the closing day on."""
        if self.closes_on is None:
            return True
        return at < end_of(self.closes_on)


class Taken(Message):
    """How many hold a place (`Standing.holds_place`), and how many are on the waiting list."""

    held: int = Field(ge=0)
    waiting: int = Field(ge=0)


class Rejection(StrEnum):
    """Why a step is not taken: the stable error types that the API shows."""

    CLOSED = "sign-up-closed"
    ALREADY_SIGNED_UP = "already-signed-up"
    DECLINED_BEFORE = "declined-before"
    NO_PLACES = "no-places"
    NOT_PENDING = "not-pending"
    REASON_MISSING = "reason-missing"

    @property
    def russian(self) -> str:
        return _WHY[self]


_WHY = {
    Rejection.CLOSED: "Запись на обучение окончена.",
    Rejection.ALREADY_SIGNED_UP: "С этим адресом почты на обучение уже записались.",
    Rejection.DECLINED_BEFORE: "Заявку с этим адресом почты отклонили. Обратитесь к ответственному лицу.",
    Rejection.NO_PLACES: "Свободных мест нет. Увеличьте число мест или отклоните другую заявку.",
    Rejection.NOT_PENDING: "По этой заявке решение уже принято, или её отозвали.",
    Rejection.REASON_MISSING: "Укажите причину отказа.",
}


class SignUpRejected(Exception):
    """The rule does not take the step; `rejection` says why, `str()` says it in Russian."""

    def __init__(self, rejection: Rejection) -> None:
        super().__init__(rejection.russian)
        self.rejection = rejection


def email_key(email: str) -> str:
    """An address as what makes two applications one person's: without case and spaces around."""
    return email.strip().casefold()


def sign_up(rules: SignUp, taken: Taken, at: datetime, *, before: Standing | None = None) -> Standing:
    """Where somebody who signs up at a moment stands: with a place, or on the waiting list.

    Nobody overtakes the waiting list, though a place has just become free.

    Args:
        rules: Of this training.
        taken: As it is before.
        at: Aware.
        before: How the same person's last application for it stands (see `email_key`), if there is one.

    Raises:
        SignUpRejected: It is closed, or this person has signed up, or was declined. One who took an
            application back may sign up anew.
    """
    if not rules.is_open(at):
        raise SignUpRejected(Rejection.CLOSED)
    if before is Standing.DECLINED:
        raise SignUpRejected(Rejection.DECLINED_BEFORE)
    if before not in (None, Standing.WITHDRAWN):
        raise SignUpRejected(Rejection.ALREADY_SIGNED_UP)
    has_place = rules.places is None or taken.held + taken.waiting < rules.places
    return Standing.APPLIED if has_place else Standing.WAITING


def accept(rules: SignUp, taken: Taken, standing: Standing) -> Standing:
    """The responsible accepts, at any time, after the closing date too.

    Somebody on the waiting list, or declined before, needs a place that is free.

    Raises:
        SignUpRejected: The application was taken back or accepted already, or there is no place for it.
    """
    if standing in (Standing.ACCEPTED, Standing.WITHDRAWN):
        raise SignUpRejected(Rejection.NOT_PENDING)
    if not standing.holds_place and rules.places is not None and taken.held >= rules.places:
        raise SignUpRejected(Rejection.NO_PLACES)
    return Standing.ACCEPTED


def decline(standing: Standing, reason: str) -> Standing:
    """The responsible declines, with a reason that the person gets to read.

    Raises:
        SignUpRejected: It was decided or taken back already, or there is no reason.
    """
    if standing not in (Standing.APPLIED, Standing.WAITING):
        raise SignUpRejected(Rejection.NOT_PENDING)
    if not reason.strip():
        raise SignUpRejected(Rejection.REASON_MISSING)
    return Standing.DECLINED


def withdraw(standing: Standing) -> Standing:
    """The person takes the application back, accepted or not.

    Raises:
        SignUpRejected: It was declined or taken back already.
    """
    if standing in (Standing.DECLINED, Standing.WITHDRAWN):
        raise SignUpRejected(Rejection.NOT_PENDING)
    return Standing.WITHDRAWN


def promoted(rules: SignUp, taken: Taken) -> int:
    """How many from the head of the waiting list get a place (`applied`) now.

    Asked after every step that frees places: declined, withdrawn, more places. Fewer places than are
    held take none away.
    """
    if rules.places is None:
        return taken.waiting
    return min(taken.waiting, max(0, rules.places - taken.held))

"""Clause 4.5 - one-time claim codes: how a learner gets into an account without being sent a password.

The code is shown once, by letter or on a slip; what is kept is its hash. Opening the claim page uses
nothing up: a code is used when Moodle has taken the chosen password.
"""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from models.deadlines import LOCAL_ZONE, end_of

ALPHABET = "23456789ACDEFHJKLMNPQRTVWXY"
"""Digits and capitals of which none looks like another: no 0 O, 1 I, B, G, S, Z, U."""
LENGTH = 20
"""27 signs each: 95 random bits. It can't be guessed, so its hash needs no salt and no slow function."""
_GROUP = 4


def new_code(length: int = LENGTH) -> str:
    """A random code in groups, such as `K7QF-2M9X-4DRT-HWLA-93CE`, as people are to see it."""
    return grouped("".join(secrets.choice(ALPHABET) for _ in range(length)))


def grouped(code: str) -> str:
    """A normalised code as people are to see it."""
    return "-".join(code[at : at + _GROUP] for at in range(0, len(code), _GROUP))


def normalise(typed: str, length: int = LENGTH) -> str:
    """What a person typed as the code it can be.

    Case, spaces and dashes don't matter; a Russian letter stands for the one it looks like, and so do
    letters that no code has («Z» for 2). Blank if it is no code: there is nothing to look up.
    """
    # No code is longer, however it is spaced.
    signs = (sign for sign in typed[: length * 10].upper().translate(_LOOKALIKES) if sign.isalnum())
    code = "".join(signs)
    return code if len(code) == length and set(code) <= _SIGNS else ""


def hashed(code: str) -> str:
    """What is kept of a code: SHA-256 of its normalised form, 64 hexadecimal digits.

    Raises:
        ValueError: it is no code.
    """
    plain = normalise(code)
    if not plain:
        raise ValueError("no claim code")
    return hashlib.sha256(plain.encode()).hexdigest()


def expires_at(issued_at: datetime, validity: timedelta) -> datetime:
    """24:00 in Asia/Yekaterinburg of the last day: a slip can say «действует по 24 декабря включительно»."""
    last_day = (issued_at.astimezone(LOCAL_ZONE) + validity).date()
    return end_of(last_day)


@dataclass(frozen=True, slots=True)
class Claim:
    """A code as it is kept; all instants are aware."""

    expires_at: datetime
    """From then on it is too late."""
    used_at: datetime | None = None
    revoked_at: datetime | None = None
    """When another code was issued instead, or the owner took it back."""


class Standing(StrEnum):
    """What a code is good for."""

    USABLE = "usable"
    USED = "used"
    EXPIRED = "expired"
    REVOKED = "revoked"
    UNKNOWN = "unknown"

    @property
    def russian(self) -> str:
        return _STANDINGS[self]


def standing(claim: Claim | None, now: datetime) -> Standing:
    """What a code is good for now; `None` is a code that nobody issued."""
    if claim is None:
        return Standing.UNKNOWN
    if claim.used_at is not None:
        return Standing.USED
    if claim.revoked_at is not None:
        return Standing.REVOKED
    return Standing.EXPIRED if now >= claim.expires_at else Standing.USABLE


@dataclass(frozen=True, slots=True)
class Holder:
    """What is known of the account that a code is to open."""

    is_ours: bool
    """The engine created it."""
    is_claimed: bool
    """A code for it was used."""
    is_used: bool
    """Somebody has signed in to it, as Moodle tells (`firstaccess`, `lastaccess`)."""
    auth: str | None
    """`None` where Moodle doesn't tell (2.8.5): then it is as the engine created it, `manual`."""
    suspended: bool | None
    """`None` where Moodle doesn't tell (2.8.5); a password lets nobody into a suspended account anyway."""


class NoCode(StrEnum):
    """Why no code may be given, or used, for an account."""

    NOT_OURS = "not-ours"
    CLAIMED = "claimed"
    USED = "used"
    OTHER_AUTH = "other-auth"
    SUSPENDED = "suspended"

    @property
    def russian(self) -> str:
        return _NO_CODE[self]


def why_no_code(holder: Holder) -> NoCode | None:
    """Why no code may open an account; `None` if one may.

    A code sets a password, so it is for accounts that the engine created and that nobody has claimed or
    used: for others it would be a way into somebody's account. Ask when it is issued and when it is used.
    """
    if not holder.is_ours:
        return NoCode.NOT_OURS
    if holder.suspended:
        return NoCode.SUSPENDED
    if holder.auth not in ("manual", None):
        return NoCode.OTHER_AUTH
    if holder.is_claimed:
        return NoCode.CLAIMED
    return NoCode.USED if holder.is_used else None


_SIGNS = frozenset(ALPHABET)
_LOOKALIKES = str.maketrans("АВСЕНКМРТХУЗБЧBGSZU", "A8CEHKMPTXY3648652V")
_STANDINGS = {
    Standing.USABLE: "Код действует.",
    Standing.USED: "Код уже использован. Войдите с паролем, который вы выбрали, или восстановите его.",
    Standing.EXPIRED: "Срок действия кода истёк. Попросите ответственное лицо выдать новый.",
    Standing.REVOKED: "Код отозван: вместо него выдан другой. Используйте последний из полученных.",
    Standing.UNKNOWN: "Такого кода нет. Проверьте, верно ли он введён.",
}
_NO_CODE = {
    NoCode.NOT_OURS: "учётная запись создана не этой системой; войти помогает «Забыли пароль?» в Moodle",
    NoCode.CLAIMED: "по этой учётной записи код уже использован; пароль меняется в Moodle",
    NoCode.USED: "в эту учётную запись уже входили; пароль меняется в Moodle",
    NoCode.OTHER_AUTH: "вход в эту учётную запись выполняется другим способом, пароль ей не нужен",
    NoCode.SUSPENDED: "учётная запись заблокирована",
}

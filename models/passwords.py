"""What a chosen password must be before it is sent to Moodle. The site's own policy is Moodle's to refuse."""

import unicodedata
from enum import StrEnum

PASSWORD_MAX = 128
"""Characters; newer Moodles refuse more."""


class PasswordFlaw(StrEnum):
    EMPTY = "empty"
    TOO_LONG = "too-long"
    CONTROL_CHARACTERS = "control-characters"
    OWN_NAME = "own-name"

    @property
    def russian(self) -> str:
        return _FLAWS[self]


def flaw_of(password: str, *, username: str, email: str = "") -> PasswordFlaw | None:
    """What a password can't be sent with; `None` if it can. Nothing here may be logged."""
    if not password.strip():
        return PasswordFlaw.EMPTY
    if len(password) > PASSWORD_MAX:
        return PasswordFlaw.TOO_LONG
    if any(unicodedata.category(character) in ("Cc", "Cs") for character in password):
        return PasswordFlaw.CONTROL_CHARACTERS
    own = {name.casefold() for name in (username, email) if name}
    return PasswordFlaw.OWN_NAME if password.strip().casefold() in own else None


_FLAWS = {
    PasswordFlaw.EMPTY: "Введите пароль.",
    PasswordFlaw.TOO_LONG: f"Пароль длиннее {PASSWORD_MAX} знаков.",
    PasswordFlaw.CONTROL_CHARACTERS: "В пароле есть управляющие символы: введите его с клавиатуры.",
    PasswordFlaw.OWN_NAME: "Пароль не должен совпадать с логином или адресом почты.",
}

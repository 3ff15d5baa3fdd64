"""Passwords: the site's policy, and the hash that is kept."""

import hashlib
import secrets

from .errors import MoodleError
from .releases import MOODLE_3_3, Release

_ROUNDS = 1  # a stand-in: quick, yet no password in clear in the state file


def hash_password(password: str) -> str:
    salt = secrets.token_hex(8)
    return f"{salt}${_digest(salt, password)}"


def matches(password: str, stored: str) -> bool:
    salt, _, digest = stored.partition("$")
    return bool(digest) and secrets.compare_digest(_digest(salt, password), digest)


def _digest(salt: str, password: str) -> str:
    return hashlib.pbkdf2_hmac("sha256", password.encode(), salt.encode(), _ROUNDS).hex()


def policy_faults(password: str, release: Release) -> list[str]:
    hint = " such as as *, -, or #" if release >= MOODLE_3_3 else ""
    rules = [
        (len(password) >= 8, "Passwords must be at least 8 characters long."),
        (any(c.isdigit() for c in password), "Passwords must have at least 1 digit(s)."),
        (any(c.islower() for c in password), "Passwords must have at least 1 lower case letter(s)."),
        (any(c.isupper() for c in password), "Passwords must have at least 1 upper case letter(s)."),
        (
            any(not c.isalnum() for c in password),
            f"Passwords must have at least 1 non-alphanumeric character(s){hint}.",
        ),
    ]
    return [text for kept, text in rules if not kept]


def check_policy(password: str, release: Release) -> None:
    """Moodle makes its explanation for people the error code."""
    faults = policy_faults(password, release)
    if faults:
        html = "".join(f"<div>{fault}</div>" for fault in faults)
        raise MoodleError(html, f"error/{html}")

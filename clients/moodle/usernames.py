"""Usernames and passwords for accounts that the engine creates."""

from __future__ import annotations

import hashlib
import os
import re
import string
import unicodedata

# The table of ICAO Doc 9303, as in Russian passports.
_ICAO = str.maketrans(
    {
        **dict(zip("абвгдеёзийклмнопрстуфыэ", "abvgdeeziiklmnoprstufye", strict=True)),
        "ж": "zh",
        "х": "kh",
        "ц": "ts",
        "ч": "ch",
        "ш": "sh",
        "щ": "shch",
        "ъ": "ie",
        "ь": "",
        "ю": "iu",
        "я": "ia",
    }
)
_NOT_ALLOWED = re.compile(r"[^a-z0-9\-]+")
_LAST_NAME_LENGTH = 40
_SUFFIX_LENGTH = 6

_KINDS = (string.ascii_lowercase, string.ascii_uppercase, string.digits, "-*#.,:;!+=")
_OF_EACH_KIND = 6


def username_for(last_name: str, first_name: str, *, key: str) -> str:
    """Return a username in Moodle's alphabet, such as `shchukina.iu-k3f9a2` for Юлия Щукина.

    Args:
        last_name: In Russian or Latin letters; others are dropped.
        first_name: Gives its first letter.
        key: What the account is made for, such as the id of the person's row. The same key gives
            the same name, so a repeated creation is recognised; another key gives another name
            to a namesake.
    """
    initial = _latin(first_name.strip()[:1])
    name = ".".join(filter(None, (_latin(last_name)[:_LAST_NAME_LENGTH], initial))) or "user"
    return f"{name}-{_suffix(key)}"


def no_mail_address(username: str) -> str:
    """Return what an account without e-mail has for one: Moodle wants it, and mails nothing to `.invalid`."""
    return f"{username}@no-mail.invalid"


def throwaway_password() -> str:
    """Return a password that nobody keeps: the person sets one by Moodle's own «забыли пароль».

    Long, with six characters of each kind and none of them twice, to satisfy whatever policy the
    site has.
    """
    # One draw from the system for all: a list has 50,000 of them.
    left = int.from_bytes(os.urandom(64))
    characters: list[str] = []
    for kind in _KINDS:
        left = _move(left, list(kind), characters, _OF_EACH_KIND)
    password: list[str] = []
    _move(left, characters, password, len(characters))
    return "".join(password)


def _move(number: int, source: list[str], target: list[str], count: int) -> int:
    """Move `count` characters as a random number tells; return what is left of the number."""
    for _ in range(count):
        number, place = divmod(number, len(source))
        target.append(source.pop(place))
    return number


def _latin(name: str) -> str:
    russian = name.casefold().translate(_ICAO)
    # Takes the accents off what is left, so that «é» stays an «e».
    plain = unicodedata.normalize("NFKD", russian)
    return _NOT_ALLOWED.sub("", plain).strip("-")


def _suffix(key: str) -> str:
    alphabet = "23456789abcdefghjkmnpqrstuvwxyz"  # without look-alikes: people dictate it by phone
    number = int.from_bytes(hashlib.sha256(key.encode()).digest())
    characters = []
    for _ in range(_SUFFIX_LENGTH):
        number, rest = divmod(number, len(alphabet))
        characters.append(alphabet[rest])
    return "".join(characters)

"""What Moodle doesn't check, or doesn't explain: looked at before anything is sent.

An empty course name is accepted by Moodle, a long one is a database error, and a bad username is
`invalidparameter` like everything else. The functions return the first `Violation`, or `None`.
"""

from __future__ import annotations

import re
from typing import NamedTuple

COURSE_FULLNAME_MAX = 254  # 1333 since 4.5; the shortest of the releases counts
COURSE_SHORTNAME_MAX = 255
CATEGORY_NAME_MAX = 255
IDNUMBER_MAX = 100
USERNAME_MAX = 100
PERSON_FIELD_MAX = 100

_USERNAME = re.compile(r"[a-z0-9\-_.@]+")
# As strict as Moodle's own, for a bad row among many costs a search; without `%`, see `searched_email`.
_ATOM = r"[-!#$&'*+/0-9=?A-Z^_`a-z{|}~]+"
_EMAIL = re.compile(rf"{_ATOM}(\.{_ATOM})*@[-0-9A-Za-z]+(\.[-0-9A-Za-z]+)+")
# What PHP's strip_tags takes for a tag: «Курс <новый>» is refused, «5 < 6» is not.
_TAG = re.compile(r"<\S")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")


class Violation(NamedTuple):
    field: str
    rule: str


def category(name: str, idnumber: str) -> Violation | None:
    return _title("name", name, CATEGORY_NAME_MAX) or _idnumber(idnumber)


def course(fullname: str, shortname: str, idnumber: str) -> Violation | None:
    return (
        _title("fullname", fullname, COURSE_FULLNAME_MAX)
        or _title("shortname", shortname, COURSE_SHORTNAME_MAX)
        or _idnumber(idnumber)
    )


def person(username: str, email: str, first_name: str, last_name: str) -> Violation | None:
    return (
        _username(username)
        or _email(email)
        or _title("firstname", first_name, PERSON_FIELD_MAX)
        or _title("lastname", last_name, PERSON_FIELD_MAX)
    )


def searched_email(value: str) -> Violation | None:
    """An e-mail to look up by LIKE, where `%` would fetch everybody."""
    return Violation("email", "malformed") if "%" in value or "@" not in value else None


def _title(field: str, value: str, longest: int) -> Violation | None:
    if not value.strip():
        return Violation(field, "empty")
    if len(value) > longest:
        return Violation(field, "toolong")
    if _CONTROL.search(value):
        return Violation(field, "control")
    return Violation(field, "tag") if _TAG.search(value) else None


def _idnumber(value: str) -> Violation | None:
    # Without one nothing is found again, and a repeated call would create a second course.
    return _title("idnumber", value, IDNUMBER_MAX)


def _username(value: str) -> Violation | None:
    if not _USERNAME.fullmatch(value):
        return Violation("username", "alphabet")
    return Violation("username", "toolong") if len(value) > USERNAME_MAX else None


def _email(value: str) -> Violation | None:
    if not _EMAIL.fullmatch(value):
        return Violation("email", "malformed")
    return Violation("email", "toolong") if len(value) > PERSON_FIELD_MAX else None

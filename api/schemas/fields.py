"""Kinds of fields: lengths, and no characters that a register can't keep."""

import re
import unicodedata
from datetime import date, datetime
from typing import Annotated, Any, Protocol, Self

from email_validator import EmailNotValidError, validate_email
from fastapi import Path
from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    PlainSerializer,
    StringConstraints,
    WithJsonSchema,
)

from api.invalid import RussianValueError
from models.cases import Kind
from models.deadlines import LOCAL_ZONE

_LINE_BREAKS = "\n\t"
_MOODLE_NAME_LENGTH = 254
"""A longer full name is a database error in Moodle."""


RowId = Annotated[int, Path(ge=1, le=2**31 - 1)]
"""The id of a row, as it stands in an address: what Postgres' integer holds."""


class Form(BaseModel):
    """The body of a POST: unknown fields are an error, so that nothing is silently lost."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)


class Speaking(Protocol):
    """A closed value that has a Russian name: `Stage`, `Item`, `Recipient`."""

    @property
    def value(self) -> str: ...
    @property
    def russian(self) -> str: ...


class Named(BaseModel):
    """A closed value with its Russian name."""

    code: str
    name: str

    @classmethod
    def of(cls, value: Speaking) -> Self:
        return cls(code=value.value, name=value.russian)


class Letters(BaseModel):
    """How many letters to many are in a state."""

    state: Named
    count: int


def _one_line(text: str) -> str:
    if any(unicodedata.category(character) in ("Cc", "Cs", "Zl", "Zp") for character in text):
        raise RussianValueError("управляющие символы недопустимы")
    return text


def _many_lines(text: str) -> str:
    text = text.replace("\r\n", "\n")
    _one_line("".join(character for character in text if character not in _LINE_BREAKS))
    return text


def address(text: str) -> str:
    """An address that our mail client can send to (Latin letters before the @), or blank.

    Raises:
        RussianValueError: It is none.
    """
    if not text:
        return text
    try:
        return str(validate_email(text, check_deliverability=False, allow_smtputf8=False).ascii_email)
    except EmailNotValidError:
        raise RussianValueError("это не адрес электронной почты") from None


def _written_as_a_day(value: Any) -> Any:
    """Pydantic would read 0 and "0" as 1 January 1970."""
    if not isinstance(value, str) or not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", value):
        raise RussianValueError("нужна дата в виде ГГГГ-ММ-ДД")
    return value


Line = Annotated[str, StringConstraints(max_length=_MOODLE_NAME_LENGTH), AfterValidator(_one_line)]
"""A name or a number: one line of at most 254 characters; blank means absent."""

Prose = Annotated[str, StringConstraints(max_length=10_000), AfterValidator(_many_lines)]
"""A text that somebody typed, at most 10,000 characters."""

Reason = Annotated[str, StringConstraints(min_length=1, max_length=10_000), AfterValidator(_many_lines)]

Email = Annotated[str, StringConstraints(max_length=254), AfterValidator(address)]
"""An address, or blank."""

Url = Annotated[
    str, StringConstraints(pattern=r"^https?://[^\s<>\"]+$", max_length=1000), AfterValidator(_one_line)
]

Day = Annotated[
    date, BeforeValidator(_written_as_a_day), WithJsonSchema({"type": "string", "format": "date"})
]
"""A date as `2026-11-24`, and in no other way."""

Number = Annotated[str, StringConstraints(pattern=r"^[0-9]{4}-([0-9]{6}|[1-9][0-9]{6,8})$")]
"""A request's number: six digits, more from the millionth of a year."""

_KINDS = "|".join(kind for kind in Kind if kind is not Kind.REQUEST)

CaseNumber = Annotated[
    str,
    StringConstraints(pattern=rf"^([0-9]{{4}}-([0-9]{{6}}|[1-9][0-9]{{6,8}})|({_KINDS})-[1-9][0-9]{{0,9}})$"),
]
"""The number of a case of any kind: a request's, or `training-17`."""

Instant = Annotated[
    datetime,
    PlainSerializer(lambda at: at.astimezone(LOCAL_ZONE).isoformat(), when_used="json"),
    WithJsonSchema(
        {"type": "string", "format": "date-time", "examples": ["2026-11-24T09:00:00+05:00"]},
    ),
]
"""An instant in an answer: RFC 3339 with the region's offset."""

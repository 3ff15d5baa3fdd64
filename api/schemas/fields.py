"""Kinds of fields: lengths, and no characters that a register can't keep."""

import unicodedata
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, EmailStr, StringConstraints

from api.errors import RussianValueError

_LINE_BREAKS = "\n\t"
_MOODLE_NAME_LENGTH = 254
"""A longer full name is a database error in Moodle."""


class Form(BaseModel):
    """The body of a POST: unknown fields are an error, so that nothing is silently lost."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)


def _one_line(text: str) -> str:
    if any(unicodedata.category(character) in ("Cc", "Cs", "Zl", "Zp") for character in text):
        raise RussianValueError("управляющие символы недопустимы")
    return text


def _many_lines(text: str) -> str:
    text = text.replace("\r\n", "\n")
    _one_line("".join(character for character in text if character not in _LINE_BREAKS))
    return text


Line = Annotated[str, StringConstraints(max_length=_MOODLE_NAME_LENGTH), AfterValidator(_one_line)]
"""A name or a number: one line of at most 254 characters; blank means absent."""

Prose = Annotated[str, StringConstraints(max_length=10_000), AfterValidator(_many_lines)]
"""A text that somebody typed, at most 10,000 characters."""

Reason = Annotated[str, StringConstraints(min_length=1, max_length=10_000), AfterValidator(_many_lines)]

Email = EmailStr | Annotated[str, StringConstraints(max_length=0)]
"""An address, or blank."""

Url = Annotated[str, StringConstraints(pattern=r"^https?://[^\s<>\"]+$", max_length=1000)]

"""What is wrong with a body or a parameter, field by field, in Russian and without the value."""

from collections.abc import Sequence
from typing import Any

from pydantic import BaseModel, Field

_AT_MOST = 50
"""A list of 5,000 learners may be wrong in every row: nobody reads that far."""

_LONGEST_NAME = 100


class RussianValueError(ValueError):
    """A validator's complaint that people may read: in Russian, without the value."""


class FieldProblem(BaseModel):
    """What is wrong with one field."""

    field: str = Field(examples=["responsible.email"])
    detail: str


def field_problems(errors: Sequence[Any]) -> list[FieldProblem]:
    """Pydantic's errors for people; never the value, which may be a person's."""
    return [FieldProblem(field=_name(error), detail=_in_russian(error)) for error in errors[:_AT_MOST]]


def _name(error: Any) -> str:
    """`responsible.email`; empty for the body whole. A field that is none of ours may be long."""
    if error["type"] == "json_invalid":
        return ""
    return ".".join(str(part) for part in error["loc"][1:])[:_LONGEST_NAME]


def _in_russian(error: Any) -> str:
    kind = str(error["type"])
    if kind.startswith("date"):
        return "нужна дата в виде ГГГГ-ММ-ДД"
    if kind == "value_error":
        reason = error.get("ctx", {}).get("error")
        return str(reason) if isinstance(reason, RussianValueError) else _OTHERWISE
    return _KINDS.get(kind, _OTHERWISE)


_OTHERWISE = "недопустимое значение"
_KINDS = {
    "missing": "поле обязательно",
    "extra_forbidden": "такого поля нет",
    "string_too_long": "слишком длинно",
    "string_too_short": "слишком коротко",
    "string_type": "нужна строка",
    "string_pattern_mismatch": "недопустимый вид",
    "enum": "нет такого значения",
    "literal_error": "нет такого значения",
    "json_invalid": "это не JSON",
    "too_long": "слишком много элементов",
    "too_short": "не заполнено",
    "bool_type": "нужно true или false",
    "bool_parsing": "нужно true или false",
    "int_type": "нужно целое число",
    "int_parsing": "нужно целое число",
}

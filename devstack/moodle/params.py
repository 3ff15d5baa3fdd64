"""Descriptions of parameters, and their validation as strict as Moodle's own.

Cleaning a value must leave it as it came, else it is refused; unknown keys are refused; the texts after
``=>`` are what a site with debugging on tells in ``debuginfo``.
"""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from .errors import InvalidParameter
from .text import strip_tags


class P(StrEnum):
    """Moodle's PARAM_* types, as far as the functions served here use them."""

    INT = "int"
    FLOAT = "float"
    BOOL = "bool"
    RAW = "raw"
    TRIMMED = "raw_trimmed"
    TEXT = "text"
    NOTAGS = "notags"
    USERNAME = "username"
    EMAIL = "email"
    PLUGIN = "plugin"
    SAFEDIR = "safedir"
    LANG = "lang"
    ALPHA = "alpha"
    ALPHANUMEXT = "alphanumext"
    CAPABILITY = "capability"


class Need(StrEnum):
    REQUIRED = "required"
    OPTIONAL = "optional"
    DEFAULT = "default"


@dataclass(frozen=True)
class Value:
    type: P
    need: Need = Need.REQUIRED
    default: Any = None


@dataclass(frozen=True)
class Single:
    keys: "Mapping[str, Description]"
    need: Need = Need.REQUIRED
    default: Any = None


@dataclass(frozen=True)
class Multiple:
    of: "Description"
    need: Need = Need.REQUIRED
    default: Any = None


Description = Value | Single | Multiple


def optional(type_: P) -> Value:
    return Value(type_, Need.OPTIONAL)


def default(type_: P, value: Any) -> Value:
    return Value(type_, Need.DEFAULT, value)


def options(name: P = P.ALPHANUMEXT) -> Multiple:
    """The ``options[0][name]``/``options[0][value]`` list that many functions end with."""
    pair = Single({"name": Value(name), "value": Value(P.RAW)})
    return Multiple(pair, Need.DEFAULT, [])


def name_values(key: str, need: Need = Need.OPTIONAL) -> Multiple:
    """``preferences`` and ``customfields`` of a person: lists of ``type`` and ``value``."""
    return Multiple(Single({key: Value(P.ALPHANUMEXT), "value": Value(P.RAW)}), need)


_EMAIL = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*", re.ASCII)
_PLUGIN = re.compile(r"[a-z](?:[a-z0-9_](?!__))*[a-z0-9]+", re.ASCII)


def looks_like_email(value: str) -> bool:
    return _EMAIL.fullmatch(value) is not None


def _clean_int(value: str) -> str:
    leading = re.match(r"\s*[+-]?\d+", value)
    return str(int(leading[0])) if leading else "0"


def _clean(type_: P, value: str, languages: Collection[str]) -> str:
    match type_:
        case P.INT:
            return _clean_int(value)
        case P.BOOL:
            return "1" if value.lower() in ("1", "on", "yes", "true") else "0"
        case P.TRIMMED:
            return value.strip()
        case P.TEXT | P.NOTAGS:
            return strip_tags(value)
        case P.USERNAME:
            return re.sub(r"[^-.@_a-z0-9]", "", value.strip().lower())
        case P.EMAIL:
            return value if looks_like_email(value) else ""
        case P.PLUGIN:
            return value if _PLUGIN.fullmatch(value) else ""
        case P.SAFEDIR | P.ALPHANUMEXT:
            return re.sub(r"[^a-zA-Z0-9_-]", "", value)
        case P.LANG:
            return value if value in languages else ""
        case P.ALPHA:
            return re.sub(r"[^a-zA-Z]", "", value)
        case P.RAW | P.CAPABILITY | P.FLOAT:
            return value


def _validate_value(description: Value, value: Any, languages: Collection[str]) -> Any:
    if isinstance(value, dict):
        raise InvalidParameter("Scalar type expected, array or object received.")
    if not isinstance(value, str):
        return value  # a default of the description itself
    if description.type is P.BOOL and value in ("0", "1"):
        return value == "1"
    if _clean(description.type, value, languages) != value:
        raise InvalidParameter(
            f'Invalid external api parameter: the value is "{value}", '
            f'the server was expecting "{description.type}" type'
        )
    if description.type is P.INT:
        return int(value)
    return float(value) if description.type is P.FLOAT else value


def _validate_single(description: Single, value: Any, languages: Collection[str]) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise InvalidParameter(f"Only arrays accepted. The bad value is: '{value}'")
    accepted: dict[str, Any] = {}
    for key, sub in description.keys.items():
        if key in value:
            accepted[key] = _validate_under(key, sub, value[key], languages)
        elif sub.need is Need.REQUIRED:
            raise InvalidParameter(f"Missing required key in single structure: {key}")
        elif sub.need is Need.DEFAULT:
            accepted[key] = sub.default
    unexpected = [key for key in value if key not in description.keys]
    if unexpected:
        raise InvalidParameter(f"Unexpected keys ({', '.join(unexpected)}) detected in parameter array.")
    return accepted


def _validate_under(key: str, description: Description, value: Any, languages: Collection[str]) -> Any:
    try:
        return validate(description, value, languages)
    except InvalidParameter as error:
        raise InvalidParameter(f"{key} => {error.message}: {error.debuginfo}") from None


def validate(description: Description, value: Any, languages: Collection[str] = ()) -> Any:
    """Gives the value with its types, or raises InvalidParameter."""
    match description:
        case Value():
            return _validate_value(description, value, languages)
        case Single():
            return _validate_single(description, value, languages)
        case Multiple():
            if not isinstance(value, dict):
                raise InvalidParameter(f"Only arrays accepted. The bad value is: '{value}'")
            return [validate(description.of, item, languages) for item in value.values()]

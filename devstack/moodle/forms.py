"""PHP's reading of a form: brackets make arrays, and what exceeds ``max_input_vars`` is silently cut off."""

from collections.abc import Iterator
from functools import lru_cache
from typing import Any
from urllib.parse import unquote_plus

Form = dict[str, Any]


def parse_form(encoded: str, max_input_vars: int) -> Form:
    """``a[0][b]=1`` becomes ``{"a": {"0": {"b": "1"}}}``; of equal names the last one counts."""
    form: Form = {}
    for name, value in _pairs(encoded, max_input_vars):
        _put(form, name, value)
    return form


def field(encoded: str, name: str) -> str | None:
    """A single field of the form as it was sent, before anything is cut."""
    values = [value for key, value in _pairs(encoded, None) if key == name]
    return values[-1] if values else None


def _pairs(encoded: str, limit: int | None) -> Iterator[tuple[str, str]]:
    for part in [part for part in encoded.split("&") if part][:limit]:
        name, _, value = part.partition("=")
        yield _name(name), unquote_plus(value)


@lru_cache(maxsize=20_000)
def _name(encoded: str) -> str:
    """Big forms repeat the same names call after call."""
    return unquote_plus(encoded)


def _put(form: Form, name: str, value: str) -> None:
    head, bracket, rest = name.partition("[")
    if not bracket or not head or not rest.endswith("]"):
        form[name] = value
        return
    keys = [head, *rest[:-1].split("][")]
    target = form
    for key in keys[:-1]:
        below = target.get(key)
        if not isinstance(below, dict):
            below = target[key] = {}
        target = below
    target[keys[-1] or str(len(target))] = value

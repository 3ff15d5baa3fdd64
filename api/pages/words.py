"""How templates say dates, moments and roles."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from api.auth import Role
from api.pages.menu import ROLE_NAMES
from models import cases, russian
from models.deadlines import local_date


def _day(value: date | str | None) -> str:
    """«24 декабря 2026 г.»; a moment is told by its local day."""
    if value is None or value == "":
        return "—"
    if isinstance(value, str):
        value = datetime.fromisoformat(value) if "T" in value else date.fromisoformat(value)
    return russian.date_words(local_date(value) if isinstance(value, datetime) else value)


def _moment(value: datetime | str | None) -> str:
    """«24 декабря 2026 г., 09:05 (тюменское время)»"""
    if value is None or value == "":
        return "—"
    return russian.moment(datetime.fromisoformat(value) if isinstance(value, str) else value)


FILTERS: dict[str, Callable[..., Any]] = {
    "day": _day,
    "moment": _moment,
    "weekday": russian.weekday,
    "role": lambda role: ROLE_NAMES[Role(role)],
    "case": cases.label,
    "plural": russian.plural,
}

"""A changed set of terms, as people write it: a small TOML file. What it does not name stays as it is.

[review]
days = 20               # calendar days; working_days counts working ones
reminders = [5, 1]      # working days before the last day
escalations = [0, 2]    # working days after the first working morning past it
"""

import re
import tomllib
from collections.abc import Iterator, Mapping
from itertools import pairwise
from pathlib import Path
from types import MappingProxyType
from typing import Annotated, Any, Self, TypeVar

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError, model_validator
from pydantic_core import ErrorDetails

from models import russian
from models.regulation import PROVISIONS, TERMS
from models.terms import Clause, Recipient, Term, Unit

Terms = Mapping[Clause, Term]
SECTIONS = MappingProxyType(
    {"review": Clause.REVIEW, "setup": Clause.SETUP, "consultation": Clause.CONSULTATION}
)
IN_FORCE: Terms = MappingProxyType({clause: TERMS[clause] for clause in SECTIONS.values()})
"""The terms that a rehearsal goes by."""

_LONGEST_DAYS = 120
_Days = Annotated[int, Field(strict=True, ge=1, le=_LONGEST_DAYS)]
_Offset = Annotated[int, Field(strict=True, ge=0, le=_LONGEST_DAYS)]
_Ladder = Annotated[list[_Offset], Field(max_length=10)]
R = TypeVar("R")


class WrongTerms(Exception):
    """The file is no set of terms; the text is for people."""


class _Changed(BaseModel):
    """A section of the file."""

    model_config = ConfigDict(extra="forbid")

    days: _Days | None = None
    working_days: _Days | None = None
    reminders: _Ladder | None = None
    escalations: _Ladder | None = None
    repeat_every: _Days | None = None

    @model_validator(mode="after")
    def _is_possible(self) -> Self:
        if self.days is not None and self.working_days is not None:
            raise ValueError("задайте что-то одно: days (календарные дни) или working_days (рабочие)")
        if self.reminders is not None and not _descend(self.reminders):
            raise ValueError("reminders идут от раннего к позднему, без повторов: [7, 3, 1]")
        if self.escalations is not None and not _descend(self.escalations[::-1]):
            raise ValueError("escalations идут от ранней к поздней, без повторов: [0, 3]")
        return self

    def applied_to(self, term: Term) -> Term:
        changes: dict[str, Any] = {}
        if (amount := self.days or self.working_days) is not None:
            unit = Unit.CALENDAR_DAYS if self.days else Unit.WORKING_DAYS
            changes |= {"amount": amount, "unit": unit}
        if self.reminders is not None:
            to = _recipients([one.to for one in term.reminders], len(self.reminders))
            pairs = zip(self.reminders, to, strict=True)
            changes["reminders"] = [{"before": before, "to": whom} for before, whom in pairs]
        if self.escalations is not None:
            to = _recipients([one.to for one in term.escalations], len(self.escalations))
            pairs = zip(self.escalations, to, strict=True)
            changes["escalations"] = [{"after": after, "to": whom} for after, whom in pairs]
        if self.repeat_every is not None:
            changes["repeat_every"] = self.repeat_every
        return Term.model_validate({**term.model_dump(), **changes})


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid")

    title: Annotated[str, StringConstraints(strict=True, min_length=1, max_length=200)] = "Изменённые сроки"
    review: _Changed | None = None
    setup: _Changed | None = None
    consultation: _Changed | None = None

    @model_validator(mode="after")
    def _changes_something(self) -> Self:
        if not any(getattr(self, section) for section in SECTIONS):
            raise ValueError(f"не назван ни один раздел: {', '.join(SECTIONS)}")
        return self


class Changed(BaseModel):
    """A set of terms to rehearse."""

    title: str
    terms: dict[Clause, Term]


def read(file: Path) -> Changed:
    """The terms in force with what the file changes.

    Raises:
        WrongTerms: It says in Russian what is wrong, and where.
    """
    try:
        return parse(file.read_text(), f"{file}, ")
    except (OSError, UnicodeDecodeError):
        raise WrongTerms(f"Файл со сроками не читается: {file}") from None


def parse(text: str, place: str = "") -> Changed:
    """The same of the file's text.

    Args:
        text: Of the file.
        place: What stands before the line in what is said of an error.

    Raises:
        WrongTerms: It says in Russian what is wrong, and where, a line for each.
    """
    try:
        written = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        at = re.search(r"line (\d+)", str(error))
        where = f"строка {at[1]}" if at else "конец файла"
        raise WrongTerms(f"{place}{where}: это не TOML (пример — rehearsal/example.toml)") from None
    except (RecursionError, ValueError):  # Python's own limits: brackets in brackets, digits of a number
        raise WrongTerms(
            f"{place}весь файл: слишком много вложенных скобок или слишком длинное число"
        ) from None
    try:
        found = _File.model_validate(written)
    except ValidationError as error:
        raise WrongTerms("\n".join(f"{place}{_explained(one, text)}" for one in error.errors())) from None
    terms = dict(IN_FORCE)
    for section, clause in SECTIONS.items():
        changed: _Changed | None = getattr(found, section)
        if changed is not None:
            terms[clause] = changed.applied_to(terms[clause])
    return Changed(title=found.title, terms=terms)


def as_file() -> str:
    """The terms in force as such a file: what one begins with."""
    parts = ['title = "Изменённые сроки"']
    for section, clause in SECTIONS.items():
        term = IN_FORCE[clause]
        unit = "working_days" if term.unit.is_working else "days"
        other = "days — календарных" if term.unit.is_working else "working_days — рабочих"
        lines = (
            f"[{section}]  # п. {clause} {PROVISIONS[clause].title}",
            f"{unit} = {term.amount}  # {'рабочих' if term.unit.is_working else 'календарных'} дней; {other}",
            f"reminders = {[one.before for one in term.reminders]}  # рабочих дней до последнего дня срока",
            f"escalations = {[one.after for one in term.escalations]}  # рабочих дней после срока",
            f"repeat_every = {term.repeat_every}  # рабочих дней между повторами последней эскалации",
        )
        parts.append("\n".join(lines))
    return "\n\n".join(parts) + "\n"


def described(term: Term) -> str:
    """«30 дней; напоминания за 7, 3, 1; эскалации через 0, 3; повтор каждые 5»"""
    befores = ", ".join(str(one.before) for one in term.reminders) or "нет"
    afters = ", ".join(str(one.after) for one in term.escalations) or "нет"
    return (
        f"{russian.days(term.amount, working=term.unit.is_working)};"
        f" напоминания за {befores}; эскалации через {afters}; повтор каждые {term.repeat_every}"
    )


def _descend(offsets: list[int]) -> bool:
    return all(earlier > later for earlier, later in pairwise(offsets))


def _recipients(known: list[tuple[Recipient, ...]], count: int) -> list[tuple[Recipient, ...]]:
    """Those of the terms in force, rung by rung; further rungs go to whom the last one went."""
    return [known[min(at, len(known) - 1)] for at in range(count)]


_MEANT = {
    "int_type": "нужно целое число",
    "string_type": "нужен текст в кавычках",
    "string_too_short": "текст пуст",
    "string_too_long": "текст длиннее 200 знаков",
    "list_type": "нужен список чисел в квадратных скобках",
    "too_long": "ступеней больше 10",
    "model_type": "нужен раздел в квадратных скобках, например [review]",
}


def _explained(error: ErrorDetails, text: str) -> str:
    """«строка 4, [review] days: нужно целое число»"""
    path = [str(part) for part in error["loc"]]
    lines = list(_lines(text, path))
    where = [f"строка {line}" for line in lines[-1:]]
    if path:
        where.append(" ".join([f"[{path[0]}]" if path[0] in SECTIONS else path[0], *path[1:2]]))
    return f"{', '.join(where) or 'весь файл'}: {_meant(error, path)}"


def _meant(error: ErrorDetails, path: list[str]) -> str:
    match error["type"]:
        case "extra_forbidden":
            known = _File.model_fields if len(path) == 1 else _Changed.model_fields
            return f"такого ключа нет, есть {', '.join(known)}"
        case "greater_than_equal":
            return f"нужно число не меньше {error['ctx']['ge']}"
        case "less_than_equal":
            return f"нужно число не больше {error['ctx']['le']}"
        case "value_error":
            return str(error["ctx"]["error"])
        case kind:
            return _MEANT.get(kind, "недопустимое значение")


def _lines(text: str, path: list[str]) -> Iterator[int]:
    """Lines on which a section, and then its key, stands."""
    section: list[str] = []
    for number, line in enumerate(text.splitlines(), start=1):
        if heading := re.match(r"\s*\[\s*(\w+)\s*\]", line):
            section = [heading[1]]
            stands = path[:1] == section
        else:
            key = re.match(r"\s*([\w-]+)\s*=", line)
            stands = key is not None and path[: len(section) + 1] == [*section, key[1]]
        if stands:
            yield number

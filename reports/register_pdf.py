"""Appendix 1 as it stands on a day, in the form of the regulation: owners, never persons."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date

from models import russian
from reports import apart

MEDIA_TYPE = "application/pdf"


@dataclass(frozen=True)
class Shelf:
    """A category with its courses: name and owner of each."""

    number: str
    name: str
    purpose: str
    owner: str
    courses: Sequence[tuple[str, str]]


@dataclass(frozen=True)
class Part:
    """A subsystem or module, with its categories and the courses outside any."""

    number: str
    name: str
    url: str
    purpose: str
    owner: str
    categories: Sequence[Shelf]
    courses: Sequence[tuple[str, str]]


def document(parts: Sequence[Part], on: date) -> bytes:
    """The PDF; a process of its own sets it, for a register may have thousands of courses.

    Args:
        parts: Subsystems in the order of the appendix.
        on: The local day that it tells of.
    """
    facts = {"on": russian.date_words(on), "parts": [asdict(one) for one in parts]}
    title = f"Приложение № 1. Состав СЭО ТО на {russian.date_words(on)}"
    return apart.pdf("register", title, facts, dated=on, is_tagged=False)

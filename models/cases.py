"""Cases: what every process of the regulation has in common, whatever its clause."""

from enum import StrEnum
from typing import Protocol

from models.message import Message
from models.terms import Clause


class Kind(StrEnum):
    """What a case is about. A case has one workflow; a request's has its clauses as children."""

    REQUEST = "request"
    AUTHORING = "authoring"
    CONSULTATION = "consultation"
    ENROLMENT = "enrolment"
    TRAINING = "training"
    REPLACEMENT = "replacement"
    CERTIFICATION = "certification"

    @property
    def russian(self) -> str:
        """«Запрос», «Обучение»: a number follows."""
        return _KINDS[self]


_KINDS = {
    Kind.REQUEST: "Запрос",
    Kind.AUTHORING: "Формирование курса",
    Kind.CONSULTATION: "Консультация",
    Kind.ENROLMENT: "Доступ Пользователей",
    Kind.TRAINING: "Обучение",
    Kind.REPLACEMENT: "Смена ответственного лица",
    Kind.CERTIFICATION: "Выдача документов",
}


class Shown(Protocol):
    """Where a case stands, as lists and the Temporal UI show it."""

    @property
    def value(self) -> str: ...

    @property
    def russian(self) -> str: ...


class Case(Message):
    """What every workflow of a case knows about it. Titles and organisations, never persons."""

    number: str
    """`2026-000123` of a request: the year and a number without gaps. Of the others `training-17`."""
    agency: str
    """Code of the organisation that asks, or that owns the course."""
    agency_name: str
    title: str
    """Name of the course, or of the category where no course is asked for."""
    subsystem: str
    """Code of a subsystem of Appendix 1; empty where the case is about courses of several."""


class CourseCase(Case):
    """A case about a course of the register (clauses 4.4-4.9)."""

    course: int
    """Its id in the register."""


_CANARY = "canary-"


def canary_number(run: int) -> str:
    """`canary-12`: the invented request of a run of the canary; it stands in a schema of its own."""
    return f"{_CANARY}{run}"


def is_canary(number: str) -> bool:
    """Whether the case is an invented one."""
    return number.startswith(_CANARY)


def kind_of(number: str) -> Kind:
    """What a case is about, by its number."""
    if is_canary(number):
        return Kind.REQUEST
    return Kind(number.rpartition("-")[0]) if number[:1].isalpha() else Kind.REQUEST


def clause_of(number: str) -> Clause:
    """The clause that a case belongs to, by its number."""
    return Clause[kind_of(number).name]


def label(number: str) -> str:
    """«Запрос № 2026-000123», «Обучение № 17»."""
    kind = kind_of(number)
    short = number if kind is Kind.REQUEST else number.rpartition("-")[2]
    return f"{kind.russian} № {short}"

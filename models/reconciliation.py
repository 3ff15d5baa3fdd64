"""The nightly reconciliation of the register with a Moodle: its messages, and what it tells people."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from models.message import Message
from models.russian import plural
from models.step import Step

MANY = 20
"""So many new differences of one kind in one night, and no more, are a task each."""


class Kind(StrEnum):
    """What differs."""

    CATEGORY_LOST = "category_lost"
    CATEGORY_RENAMED = "category_renamed"
    COURSE_LOST = "course_lost"
    COURSE_RENAMED = "course_renamed"
    COURSE_MOVED = "course_moved"
    COURSE_HIDDEN = "course_hidden"
    ROLE_BY_HAND = "role_by_hand"
    ROLE_TAKEN = "role_taken"
    WAY_SHUT = "way_shut"

    @property
    def russian(self) -> str:
        return _KINDS[self]


LOOKED_AT = (Kind.ROLE_BY_HAND, Kind.ROLE_TAKEN, Kind.WAY_SHUT)
"""Found by looking at one course after the other; the rest, by the lists of all."""

_KINDS = {
    Kind.CATEGORY_LOST: "категории нет в Moodle",
    Kind.CATEGORY_RENAMED: "категория переименована",
    Kind.COURSE_LOST: "курса нет в Moodle",
    Kind.COURSE_RENAMED: "курс переименован",
    Kind.COURSE_MOVED: "курс перенесён в другую категорию",
    Kind.COURSE_HIDDEN: "курс скрыт, а доступ к нему открыт",
    Kind.ROLE_BY_HAND: "роль «учитель» назначена помимо системы",
    Kind.ROLE_TAKEN: "у ответственного лица нет роли «учитель»",
    Kind.WAY_SHUT: "самостоятельная запись на курс выключена",
}


class Outcome(StrEnum):
    """How far a run has come."""

    RUNNING = "running"
    WHOLE = "whole"
    PARTLY = "partly"
    """Some courses could not be looked at: what was known of them stays."""
    UNREAD = "unread"
    """The lists did not come, or not whole: nothing was concluded from them."""
    STOPPED = "stopped"
    """Somebody ended the process by hand."""

    @property
    def russian(self) -> str:
        return _OUTCOMES[self]


_OUTCOMES = {
    Outcome.RUNNING: "идёт",
    Outcome.WHOLE: "прочитано полностью",
    Outcome.PARTLY: "прочитано не полностью, о непрочитанном выводов нет",
    Outcome.UNREAD: "прочитать не удалось, выводов нет",
    Outcome.STOPPED: "остановлена",
}


class Night(Step):
    """A step of one run. The number is empty: no case is meant."""

    subsystem: str
    run: str
    """Of the workflow: a row of the run in Postgres."""


class LookOn(Night):
    """Look at the next courses of the register."""

    after: int
    """Id of the last course that was looked at."""


class Looked(Step):
    """How far it has come."""

    last: int | None
    """Id of the last course of this part; None where none is left."""
    looked: int
    unread: int


class Settle(Night):
    """Open and close tasks, and end the run."""

    outcome: Outcome
    looked: int = 0
    unread: int = 0
    failure: str = ""


class Reconcile(Message):
    """The input of `ReconciliationWorkflow`."""

    subsystem: str


@dataclass(frozen=True)
class Difference:
    """One thing that differs: what the register says and what Moodle says, in Russian, without persons."""

    kind: Kind
    in_register: str
    in_moodle: str
    category: int | None = None
    course: int | None = None

    @property
    def key(self) -> str:
        """`course-17/course_renamed`: what it is known by from night to night."""
        thing = f"course-{self.course}" if self.course else f"category-{self.category}"
        return f"{thing}/{self.kind}"

    @property
    def russian(self) -> str:
        """The task's text."""
        return told(self.kind, self.in_register, self.in_moodle)


def told(kind: Kind, in_register: str, in_moodle: str) -> str:
    """The text of a task about one difference."""
    return f"Расхождение с реестром: {kind.russian}. В реестре — {in_register}; в Moodle — {in_moodle}"


def summary(kind: Kind, differences: Sequence[str]) -> str:
    """The text of one task for many."""
    some = "; ".join(differences[:3])
    count = f"{len(differences)} {plural(len(differences), 'расхождение', 'расхождения', 'расхождений')}"
    return f"Расхождения с реестром: {kind.russian} — {count}. Например: {some}"


def quoted(name: str) -> str:
    return f"«{name.strip()}»"

"""Clause 4.7 - results of learners, as read from a subsystem or imported from a file.

These values hold persons: they stay in Postgres and in what the API answers, and never cross Temporal.
"""

from collections.abc import Iterable
from datetime import date
from enum import StrEnum
from typing import Any, Self

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from models import russian
from models.deadlines import local_date
from models.lines import Line, same

NO_ORGANISATION = "организация не указана"


class State(StrEnum):
    """How far a learner is, in the order of the way."""

    NOT_BEGUN = "not_begun"
    IN_PROGRESS = "in_progress"
    COMPLETED = "completed"
    FAILED = "failed"
    """Through to the end without the grade that passes."""
    LEFT = "left"
    """No longer enrolled, and had not completed."""
    UNKNOWN = "unknown"
    """The subsystem shows nothing that would tell."""

    @property
    def russian(self) -> str:
        return _STATES[self]


_STATES = {
    State.NOT_BEGUN: "не начато",
    State.IN_PROGRESS: "в процессе",
    State.COMPLETED: "завершено",
    State.FAILED: "не пройдено",
    State.LEFT: "отчислен(а)",
    State.UNKNOWN: "нет данных",
}


class Unseen(StrEnum):
    """What a report can't show: withheld from the service account, or not set up in the course."""

    GRADES = "grades"
    ACTIVITIES = "activities"
    """Some graded activities are hidden: the progress is of the rest."""
    COMPLETION = "completion"
    CRITERIA = "criteria"
    """The course has no completion criteria, so nobody can complete it."""
    PROGRESS = "progress"
    LAST_ACCESS = "last_access"
    EMAILS = "emails"


_UNSEEN = {
    Unseen.GRADES: "Оценки: они скрыты от служебной учётной записи системы.",
    Unseen.ACTIVITIES: (
        "Задания: часть из них скрыта от служебной учётной записи, прогресс посчитан по остальным."
    ),
    Unseen.COMPLETION: "Завершение курса: у служебной учётной записи нет права его видеть.",
    Unseen.CRITERIA: "Завершение курса: в курсе не заданы условия завершения, поэтому оно не отмечается.",
    Unseen.PROGRESS: "Прогресс: подсистема его не сообщает или отслеживание выполнения в курсе выключено.",
    Unseen.LAST_ACCESS: "Последнее посещение: подсистема его не показывает.",
    Unseen.EMAILS: "Адреса почты: у служебной учётной записи нет права их видеть.",
}
_NOT_IN_FILE = {
    Unseen.GRADES: "Оценки: в загруженном файле их нет.",
    Unseen.PROGRESS: "Прогресс: в загруженном файле его нет.",
    Unseen.LAST_ACCESS: "Последнее посещение: в загруженном файле его нет.",
}


class Origin(StrEnum):
    """Where results come from."""

    READ = "read"
    """Read by the engine over the subsystem's web services."""
    IMPORTED = "imported"
    """From a file that the responsible uploaded: the subsystem has no web services."""

    @property
    def russian(self) -> str:
        return _ORIGINS[self]


_ORIGINS = {Origin.READ: "прочитано из подсистемы", Origin.IMPORTED: "загружено ответственным лицом из файла"}


class LearnerResult(BaseModel):
    """One learner of a course or of a training. A person: never crosses Temporal.

    None means that it isn't known, or hasn't happened; `Results.unseen` says what couldn't be seen.
    """

    model_config = ConfigDict(frozen=True)

    name: Line
    """As people write it: surname first where the source has it so."""
    email: Line = ""
    organisation: Line = ""
    post: Line = ""
    state: State
    progress: int | None = Field(default=None, ge=0, le=100)
    """Whole per cent, rounded down: 100 is all of it."""
    grade: float | None = Field(default=None, allow_inf_nan=False)
    """Points out of `grade_max`; an extra credit may go past it."""
    grade_max: float | None = Field(default=None, allow_inf_nan=False)
    begun_on: date | None = None
    completed_at: AwareDatetime | None = None
    last_seen_at: AwareDatetime | None = None

    @property
    def percent(self) -> float | None:
        """The grade in per cent of its greatest, 0 to 100; None without a grade or its greatest."""
        if self.grade is None or self.grade_max is None or self.grade_max <= 0:
            return None
        return min(100.0, max(0.0, 100 * self.grade / self.grade_max))

    @property
    def has_begun(self) -> bool:
        """Whether there is a trace of work; where the state doesn't tell, something else must show it."""
        if self.state in (State.LEFT, State.UNKNOWN):
            return self.begun_on is not None or bool(self.progress) or self.grade is not None
        return self.state is not State.NOT_BEGUN


class Selection(BaseModel):
    """Which learners a report shows; what isn't set selects all.

    Attributes:
        organisation: As written in the results; case, quotes and spaces don't matter.
        states: Any of these.
        grade_from: Per cent, inclusive, as `grade_to`; learners without a grade are left out.
        completed_from: Local date, inclusive, as `completed_to`; who hasn't completed is left out.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    organisation: Line | None = None
    states: frozenset[State] = frozenset()
    grade_from: float | None = Field(default=None, ge=0, le=100)
    grade_to: float | None = Field(default=None, ge=0, le=100)
    completed_from: date | None = None
    completed_to: date | None = None

    def takes(self, learner: LearnerResult) -> bool:
        """Whether the learner is among those shown."""
        completed_on = local_date(learner.completed_at) if learner.completed_at else None
        return (
            (self.organisation is None or same(self.organisation) == same(learner.organisation))
            and (not self.states or learner.state in self.states)
            and _is_between(learner.percent, self.grade_from, self.grade_to)
            and _is_between(completed_on, self.completed_from, self.completed_to)
        )

    @property
    def words(self) -> str:
        """«организация «…»; оценка от 60 %», for the head of a report; empty when all are shown."""
        parts = []
        if self.organisation is not None:
            parts.append(f"организация «{self.organisation}»" if self.organisation else NO_ORGANISATION)
        if self.states:
            parts.append("состояние: " + ", ".join(state.russian for state in State if state in self.states))
        grades = [None if bound is None else f"{bound:g} %" for bound in (self.grade_from, self.grade_to)]
        parts += _span("оценка", ("от", grades[0]), ("до", grades[1]))
        days = [
            None if day is None else russian.date_words(day)
            for day in (self.completed_from, self.completed_to)
        ]
        parts += _span("завершено", ("с", days[0]), ("по", days[1]))
        return "; ".join(parts)


class Results(BaseModel):
    """Results of one course, or of one training of it, at a moment. Holds persons: never crosses Temporal.

    `model_dump_json` is the JSON report, and what is kept of a training at its end.
    """

    model_config = ConfigDict(frozen=True)

    course: Line
    training: Line = ""
    """Title of the training; empty for all the learners of a course."""
    owner: Line
    """The organisation that owns the course."""
    subsystem: Line
    """As Appendix 1 names it."""
    starts_on: date | None = None
    """Local dates of the training, both inclusive; None for a course as a whole."""
    ends_on: date | None = None
    read_at: AwareDatetime
    """When it was read or imported: what the report is true of."""
    origin: Origin = Origin.READ
    selection: Selection | None = None
    """What was asked for, when these are not all learners."""
    unseen: tuple[Unseen, ...] = ()
    learners: tuple[LearnerResult, ...] = ()
    """In the order in which reports show them: see `in_order`."""

    @property
    def shows_completion(self) -> bool:
        """Whether "nobody completed" would be a fact; otherwise it's only not seen."""
        return not {Unseen.COMPLETION, Unseen.CRITERIA} & set(self.unseen)

    @property
    def unseen_words(self) -> tuple[str, ...]:
        """What the report can't show, and why, a sentence each."""
        words = {**_UNSEEN, **_NOT_IN_FILE} if self.origin is Origin.IMPORTED else _UNSEEN
        return tuple(words[one] for one in self.unseen)

    def select(self, selection: Selection) -> Self:
        """The same results with only the learners that the selection takes."""
        taken = tuple(learner for learner in self.learners if selection.takes(learner))
        return self.model_copy(update={"learners": taken, "selection": selection})


def in_order(learners: Iterable[LearnerResult]) -> tuple[LearnerResult, ...]:
    """By organisation, then by name, in the order of the Russian alphabet; no organisation comes last."""
    return tuple(sorted(learners, key=_place))


def _place(learner: LearnerResult) -> tuple[bool, str, str, str]:
    organisation = same(learner.organisation)
    return not organisation, organisation, same(learner.name), learner.email


def _is_between(value: Any, low: Any, high: Any) -> bool:
    if low is None and high is None:
        return True
    return value is not None and (low is None or low <= value) and (high is None or value <= high)


def _span(what: str, *bounds: tuple[str, str | None]) -> list[str]:
    """«оценка от 60 % до 80 %» as the only item; none when there are no bounds."""
    said = [f"{preposition} {bound}" for preposition, bound in bounds if bound is not None]
    return [" ".join((what, *said))] if said else []

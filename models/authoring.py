"""Clause 4.4 - building a course: messages of the clause, and the pure rule of what makes a course ready."""

from datetime import date
from enum import StrEnum

from models.cases import CourseCase
from models.message import Message
from models.step import Step
from models.terms import Term


class AuthoringStage(StrEnum):
    BUILDING = "building"
    READY = "ready"

    @property
    def russian(self) -> str:
        return _STAGES[self]


_STAGES = {AuthoringStage.BUILDING: "формируется", AuthoringStage.READY: "готов"}


class Authoring(Message):
    """The input of `AuthoringWorkflow`."""

    case: CourseCase
    term: Term
    """The ladder around a planned date; the date itself is set by people."""


class Seen(Message):
    """What a Moodle tells of a course; None where it does not tell."""

    exists: bool = True
    has_content: bool | None = None
    hidden_activities: int = 0
    visible: bool | None = None
    self_enrolment_open: bool = False
    manual_enrolment: bool = False
    has_criteria: bool | None = None
    completion_enabled: bool | None = None


class Finding(StrEnum):
    """What a course lacks, or what could not be seen of it."""

    NO_COURSE = "no-course"
    NO_CONTENT = "no-content"
    ALL_HIDDEN = "all-hidden"
    HIDDEN = "hidden"
    NO_WAY_IN = "no-way-in"
    NO_COMPLETION = "no-completion"
    NO_CRITERIA = "no-criteria"
    CRITERIA_UNSEEN = "criteria-unseen"
    CONTENT_UNSEEN = "content-unseen"
    VISIBILITY_UNSEEN = "visibility-unseen"
    NOT_CHECKED = "not-checked"

    @property
    def is_blocking(self) -> bool:
        """Whether the course is not ready because of it; the others are warnings."""
        return self in _BLOCKING

    @property
    def russian(self) -> str:
        return _FINDINGS[self]


_BLOCKING = (
    Finding.NO_COURSE,
    Finding.NO_CONTENT,
    Finding.ALL_HIDDEN,
    Finding.HIDDEN,
    Finding.NO_WAY_IN,
)

_FINDINGS = {
    Finding.NO_COURSE: "Курса нет в Moodle: обратитесь к Оператору.",
    Finding.NO_CONTENT: "В курсе нет материалов: добавьте хотя бы один элемент или ресурс.",
    Finding.ALL_HIDDEN: "Все материалы курса скрыты от Пользователей: покажите их.",
    Finding.HIDDEN: "Курс скрыт от Пользователей: в настройках курса выберите «Показать».",
    Finding.NO_WAY_IN: (
        "В курс нельзя записаться: включите в нём самостоятельную запись или запись вручную (способы записи"
        " на курс)."
    ),
    Finding.NO_COMPLETION: (
        "В курсе не включено отслеживание выполнения: ход обучения и его завершение видны не будут."
    ),
    Finding.NO_CRITERIA: "Не заданы условия завершения курса: завершивших обучение видно не будет.",
    Finding.CRITERIA_UNSEEN: (
        "Условия завершения курса система пока не видит: Moodle показывает их, когда в курсе есть"
        " Пользователи. Проверьте, что они заданы."
    ),
    Finding.CONTENT_UNSEEN: "Материалы курса система видит не все: проверьте сами, что они есть и показаны.",
    Finding.VISIBILITY_UNSEEN: "Moodle не сообщает, виден ли курс Пользователям: проверьте сами.",
    Finding.NOT_CHECKED: "Не проверено системой: у подсистемы нет веб-сервисов, курс проверяет Оператор.",
}


def findings(seen: Seen | None) -> tuple[Finding, ...]:
    """What a course lacks, the blocking first.

    Args:
        seen: What its Moodle tells; None where there is none to ask.
    """
    if seen is None:
        return (Finding.NOT_CHECKED,)
    if not seen.exists:
        return (Finding.NO_COURSE,)
    no_content = Finding.ALL_HIDDEN if seen.hidden_activities else Finding.NO_CONTENT
    found = {
        no_content: seen.has_content is False,
        Finding.HIDDEN: seen.visible is False,
        Finding.NO_WAY_IN: not (seen.self_enrolment_open or seen.manual_enrolment),
        Finding.CONTENT_UNSEEN: seen.has_content is None,
        Finding.VISIBILITY_UNSEEN: seen.visible is None,
        **_of_completion(seen),
    }
    return tuple(finding for finding, is_so in found.items() if is_so)


def _of_completion(seen: Seen) -> dict[Finding, bool]:
    is_off = seen.completion_enabled is False
    return {
        Finding.NO_COMPLETION: is_off,
        Finding.NO_CRITERIA: not is_off and seen.has_criteria is False,
        Finding.CRITERIA_UNSEEN: not is_off and seen.has_criteria is None,
    }


class DeclareReady(Message):
    """The responsible says that the course is ready: the argument of the update `declare_ready`."""

    by: str
    declaration: str
    """Names the declaration, so that whoever lost the answer gets it again."""


class Declared(Message):
    """What the check of a declaration has found: the answer of `declare_ready`."""

    is_ready: bool
    findings: tuple[Finding, ...]


class Plan(Message):
    """The day on which the course is to be ready: the argument of the update `plan`."""

    planned_on: date
    by: str


class LookAtCourse(Step):
    """Look in Moodle at what makes a course ready."""

    course: int
    """Its id in the register."""


class Looked(Message):
    """The look's outcome; `seen` is None where there is no Moodle to ask."""

    seen: Seen | None = None


class RecordDeclaration(Step):
    """Write down what the responsible has declared and what was found."""

    by: str
    declaration: str
    seen: Seen | None
    findings: tuple[Finding, ...]
    is_ready: bool


class AuthoringRejection(StrEnum):
    """Why what people do in clause 4.4 is not accepted: the stable error types that the API shows."""

    ALREADY_READY = "already-ready"
    PLANNED_DATE_PAST = "planned-date-past"
    MOODLE_AWAY = "moodle-away"

    @property
    def russian(self) -> str:
        return _WHY[self]


_WHY = {
    AuthoringRejection.ALREADY_READY: "Курс уже объявлен готовым.",
    AuthoringRejection.PLANNED_DATE_PAST: "Планируемая дата — сегодняшний день или позже.",
    AuthoringRejection.MOODLE_AWAY: "Проверить курс в Moodle сейчас нельзя, ничего не изменено.",
}

"""Clause 4.5 - messages between `EnrolmentWorkflow`, the API and the activities. No persons in them."""

from enum import StrEnum

from models.cases import CourseCase
from models.message import Message
from models.self_registration import WayShut
from models.step import Step
from models.terms import Term


class Way(StrEnum):
    """How learners get in."""

    SELF_REGISTRATION = "self_registration"
    BY_RESPONSIBLE = "by_responsible"

    @property
    def russian(self) -> str:
        return _WAYS[self]


class Stage(StrEnum):
    """Where a list stands."""

    NEW = "new"
    UNREADABLE = "unreadable"
    USELESS = "useless"
    """Not a single row can be run."""
    PLANNED = "planned"
    """Waits for somebody to confirm the plan, or to give it up."""
    WAY_SHUT = "way_shut"
    """Self-registration waits for somebody to switch it on."""
    WAY_OPEN = "way_open"
    RUNNING = "running"
    DONE = "done"
    GIVEN_UP = "given_up"
    LAPSED = "lapsed"
    """Nobody confirmed the plan in time: what it knows of Moodle is too old."""

    @property
    def russian(self) -> str:
        return _STAGES[self]

    @property
    def is_over(self) -> bool:
        return self not in (Stage.NEW, Stage.PLANNED, Stage.WAY_SHUT, Stage.RUNNING)


class State(StrEnum):
    """What was done about a row."""

    PLANNED = "planned"
    CREATING = "creating"
    """Moodle may or may not have made the account; only where a release hides usernames."""
    CREATED = "created"
    """Has an account, made or found."""
    ENROLLED = "enrolled"
    SET_ASIDE = "set_aside"

    @property
    def russian(self) -> str:
        return _STATES[self]


LEFT = (State.PLANNED, State.CREATING, State.CREATED)
"""States of rows that the run has still to do."""


class EnrolmentCase(Message):
    """The input of `EnrolmentWorkflow`."""

    case: CourseCase
    way: Way
    by: str
    """Who opened it."""
    term: Term
    """Within which a plan has to be confirmed."""
    shut: WayShut | None = None
    """Of a run that goes on with the case."""


class Confirm(Message):
    """The argument of the update `confirm`."""

    by: str


class GiveUp(Message):
    """The argument of the update `give_up`."""

    by: str


class ShowEnrolment(Step):
    """Put the list's stage on record."""

    stage: Stage
    what: str
    """In Russian, for the journal; blank: nothing to journal."""
    by: str


class PlanResult(Message):
    """What became of a file; why it can't be read is in Postgres."""

    is_readable: bool
    counts: dict[str, int]
    """Rows by verdict."""


class Progress(Message):
    """How far a run is."""

    counts: dict[str, int]
    """Rows by state."""
    left: int
    """Rows that are still to do."""

    @property
    def words(self) -> str:
        """«зарегистрировано 480, отложено 20, осталось 0»"""
        enrolled, aside = (self.counts.get(state, 0) for state in (State.ENROLLED, State.SET_ASIDE))
        return f"зарегистрировано {enrolled}, отложено {aside}, осталось {self.left}"


class Rejection(StrEnum):
    """Why a list does not take an act."""

    NOTHING_TO_CONFIRM = "nothing-to-confirm"
    NOTHING_TO_CHECK = "nothing-to-check"

    @property
    def russian(self) -> str:
        return _WHY[self]


_WHY = {
    Rejection.NOTHING_TO_CONFIRM: "Подтверждать нечего: плана ещё нет, или по нему уже решено.",
    Rejection.NOTHING_TO_CHECK: "Проверять нечего: самостоятельная запись открыта, или выбран список.",
}


_WAYS = {
    Way.SELF_REGISTRATION: "самостоятельная регистрация",
    Way.BY_RESPONSIBLE: "регистрация ответственным лицом",
}
_STAGES = {
    Stage.NEW: "список проверяется",
    Stage.UNREADABLE: "файл прочитать нельзя",
    Stage.USELESS: "регистрировать некого",
    Stage.PLANNED: "план ждёт подтверждения",
    Stage.WAY_SHUT: "самостоятельная запись не включена",
    Stage.WAY_OPEN: "самостоятельная запись открыта",
    Stage.RUNNING: "идёт регистрация",
    Stage.DONE: "регистрация закончена",
    Stage.GIVEN_UP: "отменено",
    Stage.LAPSED: "план не подтверждён в срок",
}
_STATES = {
    State.PLANNED: "ожидает",
    State.CREATING: "создаётся",
    State.CREATED: "учётная запись есть",
    State.ENROLLED: "зарегистрирован на курс",
    State.SET_ASIDE: "отложен",
}

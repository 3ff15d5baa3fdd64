"""Clause 4.3 - setting up in Moodle: messages of the clause, and the rule of manual work."""

from datetime import date, datetime
from enum import StrEnum

from models.message import Message
from models.requests import Wanted


class Check(StrEnum):
    """An item of the operator's checklist when the work is done by hand."""

    CATEGORY = "category"
    COURSE = "course"
    ACCOUNT = "account"
    ROLE = "role"

    @property
    def russian(self) -> str:
        return _CHECKS[self]


_CHECKS = {
    Check.CATEGORY: "категория создана",
    Check.COURSE: "курс создан (скрытая оболочка)",
    Check.ACCOUNT: "учётная запись ответственного лица есть",
    Check.ROLE: "роль «учитель» с полными правами на формирование курсов назначена",
}


def checklist(wanted: Wanted) -> tuple[Check, ...]:
    """What the operator ticks off for a request, in the order of the work."""
    category = (Check.CATEGORY,) if wanted.has_category else ()
    course = (Check.COURSE,) if wanted.has_course else ()
    return (*category, *course, Check.ACCOUNT, Check.ROLE)


class Way(StrEnum):
    """Who is doing the work of clause 4.3 now."""

    ENGINE = "engine"
    OPERATOR = "operator"


class HandOver(StrEnum):
    """Why the engine's work became the operator's."""

    NO_WEB_SERVICE = "no_web_service"
    """The subsystem has none, or none is configured."""
    OUT_OF_REACH = "out_of_reach"
    """The Moodle stayed out of reach until close to the term."""
    FAILED = "failed"
    """A step failed in a way that trying again does not mend."""

    @property
    def russian(self) -> str:
        return _HAND_OVERS[self]


_HAND_OVERS = {
    HandOver.NO_WEB_SERVICE: "у подсистемы нет веб-сервисов, работа выполняется вручную",
    HandOver.OUT_OF_REACH: "Moodle недоступна, а срок близок",
    HandOver.FAILED: "Moodle отклонила действие системы",
}


class SetupRejection(StrEnum):
    """Why what people do in clause 4.3 is not accepted: the stable error types that the API shows."""

    NOT_READY = "not-ready"
    DONE_BY_ENGINE = "done-by-engine"
    ALREADY_CONFIRMED = "already-confirmed"
    NOT_ON_CHECKLIST = "not-on-checklist"
    ORDER_DATE_KNOWN = "order-date-known"
    ORDER_DATE_LATE = "order-date-late"
    ORDER_DATE_IMPOSSIBLE = "order-date-impossible"
    MADE_BY_HAND = "made-by-hand"
    NOTHING_TO_RETRY = "nothing-to-retry"

    @property
    def russian(self) -> str:
        return _WHY[self]


_WHY = {
    SetupRejection.NOT_READY: "Дело ещё не готово к этому действию, повторите через несколько секунд.",
    SetupRejection.DONE_BY_ENGINE: "Работу выполняет система, подтверждать нечего.",
    SetupRejection.ALREADY_CONFIRMED: "Работа уже подтверждена.",
    SetupRejection.NOT_ON_CHECKLIST: "Отметьте пункты из перечня работ по этому запросу.",
    SetupRejection.ORDER_DATE_KNOWN: "Дата поступления известна: запрос передан системой.",
    SetupRejection.ORDER_DATE_LATE: "Срок уже истёк: дата поступления его не продлит.",
    SetupRejection.ORDER_DATE_IMPOSSIBLE: "Дата поступления — от даты решения до сегодняшнего дня.",
    SetupRejection.MADE_BY_HAND: (
        "Категория или курс созданы вручную: система создала бы их ещё раз, завершите вручную."
    ),
    SetupRejection.NOTHING_TO_RETRY: (
        "Повторять нечего: ни один шаг не ждёт повтора. Работу вручную завершает Оператор, остальное"
        " система пробует сама."
    ),
}


class ConfirmSetup(Message):
    """The operator ticks off manual work: the argument of the update `confirm_setup`."""

    done: tuple[Check, ...]
    url_id: str | None = None
    """Id of the text that holds the address of the course or category."""
    by: str


class ReportObstacle(Message):
    """The operator cannot go on for a reason outside their power; the term runs on."""

    text_id: str
    by: str


class TryAgain(Message):
    """The cause of a failed step is mended, or the engine is to try in Moodle once more."""

    by: str


class ContactsAdded(Message):
    """The responsible's particulars have been filled in: the argument of the signal `contacts_added`."""

    by: str


class OrderReceived(Message):
    """The operator enters the date on which the order came, where work is done by hand."""

    order_received_on: date
    by: str


class SetupResult(Message):
    """What clause 4.3 ended with."""

    way: Way
    at: datetime
    by: str
    category_id: int | None = None
    """Moodle's id; unknown where the work was done by hand."""
    course_id: int | None = None
    user_id: int | None = None
    """Of the responsible in Moodle."""
    url_id: str | None = None
    """Id of the text that holds the address the operator gave."""


class Progress(Message):
    """The operator's checklist as it stands: the answer of `confirm_setup`."""

    done: tuple[Check, ...]
    left: tuple[Check, ...]

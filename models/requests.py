"""Clause 4.1 - the request: what it asks for, what must be in it, and its messages."""

from datetime import date
from enum import StrEnum
from typing import Self

from models.cases import Case
from models.message import Message
from models.terms import Term


class Wanted(StrEnum):
    """What a request asks for."""

    CATEGORY = "category"
    COURSE = "course"
    """A course in a category that already exists."""
    CATEGORY_AND_COURSE = "category_and_course"

    @property
    def has_category(self) -> bool:
        return self is not Wanted.COURSE

    @property
    def has_course(self) -> bool:
        return self is not Wanted.CATEGORY


class Access(StrEnum):
    """How learners get in: the two ways of clause 4.5, or left to each course of a category."""

    SELF_REGISTRATION = "self_registration"
    BY_RESPONSIBLE = "by_responsible"
    PER_COURSE = "per_course"


class Integration(StrEnum):
    """How a subsystem of Appendix 1 is worked on."""

    MOODLE = "moodle"
    MANUAL = "manual"


class Stage(StrEnum):
    """Where a request stands; what lists and the Temporal UI show."""

    REGISTERED = "registered"
    REVIEW = "review"
    SETUP = "setup"
    DONE = "done"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"

    @property
    def is_open(self) -> bool:
        return self in (Stage.REGISTERED, Stage.REVIEW, Stage.SETUP)

    @property
    def russian(self) -> str:
        return _STAGES[self]


ORDERED = (Stage.SETUP, Stage.DONE)
"""Stages of what the operator has been told to set up."""

_STAGES = {
    Stage.REGISTERED: "зарегистрирован",
    Stage.REVIEW: "на рассмотрении",
    Stage.SETUP: "выполняется Оператором",
    Stage.DONE: "исполнен",
    Stage.REFUSED: "отказано",
    Stage.WITHDRAWN: "отозван",
}


class Item(StrEnum):
    """The information that clause 4.1 requires; an absent item is a ground for refusal (4.2)."""

    GOAL = "goal"
    NAME = "name"
    LEARNERS = "learners"
    ACCESS = "access"
    RESPONSIBLE = "responsible"

    @property
    def russian(self) -> str:
        return _ITEMS[self]


_ITEMS = {
    Item.GOAL: "цель учебного курса",
    Item.NAME: "наименование учебного курса (категории)",
    Item.LEARNERS: "перечень Пользователей учебного курса",
    Item.ACCESS: "порядок доступа Пользователей к учебному курсу (пункт 4.5)",
    Item.RESPONSIBLE: "ответственное лицо (учитель) для работы в СЭО ТО",
}


class Contact(StrEnum):
    """What is asked for by letter when the responsible's particulars lack it; never a ground."""

    POST = "post"
    EMAIL = "email"
    PHONE = "phone"

    @property
    def russian(self) -> str:
        return _CONTACTS[self]


_CONTACTS = {Contact.POST: "должность", Contact.EMAIL: "адрес электронной почты", Contact.PHONE: "телефон"}


class RequestCase(Case):
    """The case of a request (clauses 4.1-4.3)."""

    wanted: Wanted


class Filed(Message):
    """A registered request: the input of `RequestWorkflow`."""

    case: RequestCase
    received_on: date
    """Local date of receipt by the authority: the event that starts the term of clause 4.2."""
    missing: tuple[Item, ...]
    """Found by the rule of completeness in force at registration."""
    ask_for: tuple[Contact, ...]
    integration: Integration
    review_term: Term
    setup_term: Term
    other_ground_allowed: bool = False
    """Whether this installation lets reviewers refuse on a ground outside clause 4.2."""


class Review(Message):
    """The input of `ReviewWorkflow` (clause 4.2)."""

    case: RequestCase
    received_on: date
    missing: tuple[Item, ...]
    ask_for: tuple[Contact, ...]
    term: Term
    other_ground_allowed: bool = False

    @classmethod
    def of(cls, filed: Filed) -> Self:
        return cls(
            case=filed.case,
            received_on=filed.received_on,
            missing=filed.missing,
            ask_for=filed.ask_for,
            term=filed.review_term,
            other_ground_allowed=filed.other_ground_allowed,
        )


class Setup(Message):
    """The input of `SetupWorkflow` (clause 4.3)."""

    case: RequestCase
    order_received_on: date
    """Local date on which the order appeared in the operator's list."""
    integration: Integration
    term: Term

    @classmethod
    def after(cls, filed: Filed, order_received_on: date) -> Self:
        return cls(
            case=filed.case,
            order_received_on=order_received_on,
            integration=filed.integration,
            term=filed.setup_term,
        )

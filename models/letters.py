"""Letters: which notices there are, and the messages of writing and delivering one."""

from enum import StrEnum

from models.step import Step
from models.terms import Recipient


class Notice(StrEnum):
    """A kind of letter; each has a folder of templates with this name."""

    CONFIRMATION = "confirmation"
    """To the agency: registered under this number, decided until that date."""
    CONTACTS_NEEDED = "contacts_needed"
    """To the agency: the responsible's post, e-mail or phone is missing."""
    REVIEW_REQUESTED = "review_requested"
    """To the reviewers: a request waits, with its analogues."""
    REMINDER = "reminder"
    ESCALATION = "escalation"
    APPROVAL = "approval"
    REFUSAL = "refusal"
    """To the agency, with the PDF."""
    WITHDRAWAL = "withdrawal"
    OUTSIDE_GROUNDS = "outside_grounds"
    """To the supervisor: refused on a ground that clause 4.2 does not name."""
    ORDER = "order"
    """To the operator, with the PDF: set up by clause 4.3."""
    MANUAL_SETUP = "manual_setup"
    """To the operator: the engine can't do it, here is the checklist."""
    OBSTACLE = "obstacle"
    """To the authority: the operator reports an obstacle."""
    ACCESS = "access"
    """To the responsible: the way in, never a password."""
    SETUP_DONE = "setup_done"
    """To the agency and the authority."""
    DEADLINE_MOVED = "deadline_moved"
    STEP_FAILED = "step_failed"
    """To the operator: a step of the engine failed and waits for a person."""

    @property
    def russian(self) -> str:
        return _NOTICES[self]


_NOTICES = {
    Notice.CONFIRMATION: "запрос зарегистрирован",
    Notice.CONTACTS_NEEDED: "нужны данные ответственного лица",
    Notice.REVIEW_REQUESTED: "рассмотрите запрос",
    Notice.REMINDER: "напоминание о сроке",
    Notice.ESCALATION: "срок истёк",
    Notice.APPROVAL: "решение о создании",
    Notice.REFUSAL: "отказ",
    Notice.WITHDRAWAL: "запрос отозван",
    Notice.OUTSIDE_GROUNDS: "отказ вне оснований п. 4.2",
    Notice.ORDER: "запрос Оператору",
    Notice.MANUAL_SETUP: "настройка вручную",
    Notice.OBSTACLE: "препятствие у Оператора",
    Notice.ACCESS: "доступ ответственному лицу",
    Notice.SETUP_DONE: "настройка выполнена",
    Notice.DEADLINE_MOVED: "срок перенесён",
    Notice.STEP_FAILED: "шаг не выполнен, нужен человек",
}


class LetterState(StrEnum):
    WRITTEN = "written"
    DELIVERED = "delivered"
    """The SMTP server answered 250."""
    BOUNCED = "bounced"
    """A 5xx to RCPT: this address does not take mail."""
    UNDELIVERED = "undelivered"
    """Given up after four days of trying."""
    NO_ADDRESS = "no_address"

    @property
    def russian(self) -> str:
        return _STATES[self]


_STATES = {
    LetterState.WRITTEN: "написано, отправляется",
    LetterState.DELIVERED: "доставлено почтовому серверу",
    LetterState.BOUNCED: "адрес не принимает почту",
    LetterState.UNDELIVERED: "не доставлено",
    LetterState.NO_ADDRESS: "нет адреса",
}


class Letter(Step):
    """One notice to one recipient: the input of `DeliveryWorkflow`."""

    notice: Notice
    to: Recipient
    rung: int | None = None
    """Ordinal of the rung that this letter is, for reminders and escalations."""

    @property
    def key(self) -> str:
        """`2026-000123/review/rung-2/escalation/supervisor`: the letter's name everywhere."""
        return f"{self.number}/{self.step}/{self.notice}/{self.to}"

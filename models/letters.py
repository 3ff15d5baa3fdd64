"""Letters: which notices there are, and the messages of writing and delivering one."""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Self

from models.cases import label
from models.step import Step
from models.terms import Recipient

_AGAIN = "/again-"

LONGEST_SENDING = timedelta(minutes=1)
"""How long an SMTP server may at most be given for one letter."""


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
    ENGINE_REFUSAL = "engine_refusal"
    """To the reviewers, for information: the engine itself refused an incomplete request."""
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

    COURSE_READY = "course_ready"
    """To the owner and the responsible: the course is ready, and what comes next."""
    QUESTION = "question"
    """To the operator: the responsible asks."""
    ANSWER = "answer"
    """To the responsible."""
    TRAINING_SUMMARY = "training_summary"
    """To the owner and the responsible: a training is over, with what came of it."""
    COURSE_GONE = "course_gone"
    """To the owner and the operator: the course of a running training is not in Moodle any more."""
    TRAINING_START = "training_start"
    """To each learner, as those that follow."""
    TRAINING_NOT_BEGUN = "training_not_begun"
    TRAINING_NOT_FINISHED = "training_not_finished"
    ENROLMENT_PLAN = "enrolment_plan"
    """To the responsible: what a list would do, or why it can't be read."""
    ENROLMENT_SUMMARY = "enrolment_summary"
    """To the responsible: what came of a list."""
    WAY_IN_SHUT = "way_in_shut"
    """To the operator and the responsible: what to switch on before learners can register themselves."""
    SELF_REGISTRATION = "self_registration"
    """To the responsible, with the sheet for learners."""
    CLAIM_CODE = "claim_code"
    """To a learner: the one-time code by which they choose a password."""
    SIGN_UP = "sign_up"
    """To one who signed up: how the application stands."""
    SIGN_UP_WAITING = "sign_up_waiting"
    """To the responsible: applications wait for their decision; once a day at most."""

    REPLACEMENT_OPENED = "replacement_opened"
    """To the operator and the owner: a responsible's powers end (clause 4.8)."""
    SUCCESSOR_APPOINTED = "successor_appointed"
    """To the new responsible: the way in, and to accept; again until they do."""
    ACCEPTANCE_AWAITED = "acceptance_awaited"
    """To the owner and the operator: the new responsible has not accepted yet."""
    POWERS_ENDED = "powers_ended"
    """To the one who goes: their rights go over."""
    REPLACEMENT_WITHDRAWN = "replacement_withdrawn"
    """The report of the end of powers was a mistake: the responsible stays."""
    REPLACEMENT_DONE = "replacement_done"
    """To the new responsible, with all that is open; to the owner and the operator."""

    CERTIFICATE = "certificate"
    """To a learner, with the PDF (clause 4.9)."""
    CERTIFICATE_REPLACED = "certificate_replaced"
    """To the holder, with the PDF of another under the corrected name."""
    CERTIFICATE_REVOKED = "certificate_revoked"
    """To the holder: it holds no more, and why."""
    CERTIFICATION_SUMMARY = "certification_summary"
    """To the owner: how many documents were given and sent."""

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
    Notice.ENGINE_REFUSAL: "для сведения: отказ неполному запросу",
    Notice.WITHDRAWAL: "запрос отозван",
    Notice.OUTSIDE_GROUNDS: "отказ вне оснований п. 4.2",
    Notice.ORDER: "запрос Оператору",
    Notice.MANUAL_SETUP: "настройка вручную",
    Notice.OBSTACLE: "препятствие у Оператора",
    Notice.ACCESS: "доступ ответственному лицу",
    Notice.SETUP_DONE: "настройка выполнена",
    Notice.DEADLINE_MOVED: "срок перенесён",
    Notice.STEP_FAILED: "системе нужна помощь",
    Notice.COURSE_READY: "учебный курс готов",
    Notice.QUESTION: "вопрос ответственного лица",
    Notice.ANSWER: "ответ Оператора",
    Notice.TRAINING_SUMMARY: "итоги обучения",
    Notice.COURSE_GONE: "учебного курса нет в Moodle",
    Notice.TRAINING_START: "начало обучения",
    Notice.TRAINING_NOT_BEGUN: "обучение не начато",
    Notice.TRAINING_NOT_FINISHED: "обучение не завершено",
    Notice.ENROLMENT_PLAN: "список Пользователей проверен",
    Notice.ENROLMENT_SUMMARY: "итоги регистрации Пользователей",
    Notice.WAY_IN_SHUT: "самостоятельная запись не включена",
    Notice.SELF_REGISTRATION: "инструкция для Пользователей",
    Notice.CLAIM_CODE: "код для первого входа",
    Notice.SIGN_UP: "запись на обучение",
    Notice.SIGN_UP_WAITING: "заявки ждут решения",
    Notice.REPLACEMENT_OPENED: "полномочия ответственного лица прекращаются",
    Notice.SUCCESSOR_APPOINTED: "вы назначены ответственным лицом",
    Notice.ACCEPTANCE_AWAITED: "принятие не подтверждено",
    Notice.POWERS_ENDED: "ваши полномочия закончились",
    Notice.REPLACEMENT_WITHDRAWN: "ответственное лицо остаётся",
    Notice.REPLACEMENT_DONE: "ответственное лицо сменилось",
    Notice.CERTIFICATE: "документ по результатам обучения",
    Notice.CERTIFICATE_REPLACED: "документ с исправленным именем",
    Notice.CERTIFICATE_REVOKED: "документ аннулирован",
    Notice.CERTIFICATION_SUMMARY: "итоги выдачи документов",
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
    NOT_NEEDED = "not_needed"
    """What it would tell is no longer so, as of an account that was claimed meanwhile."""

    @property
    def russian(self) -> str:
        return _STATES[self]


_STATES = {
    LetterState.WRITTEN: "написано, отправляется",
    LetterState.DELIVERED: "доставлено почтовому серверу",
    LetterState.BOUNCED: "адрес не принимает почту",
    LetterState.UNDELIVERED: "не доставлено",
    LetterState.NO_ADDRESS: "нет адреса",
    LetterState.NOT_NEEDED: "не понадобилось",
}


class Letter(Step):
    """One notice to one recipient: the input of `DeliveryWorkflow`."""

    notice: Notice
    to: Recipient
    rung: int | None = None
    """Ordinal of the rung that this letter is, for reminders and escalations."""
    again: int = 0
    """How many letters before it did not arrive."""

    @property
    def key(self) -> str:
        """`2026-000123/review/rung-2/escalation/supervisor`: the letter's name everywhere."""
        key = f"{self.number}/{self.step}/{self.notice}/{self.to}"
        return f"{key}{_AGAIN}{self.again}" if self.again else key

    @property
    def summary(self) -> str:
        """What the Temporal UI shows of its delivery."""
        return f"{label(self.number)}: письмо «{self.notice.russian}»"

    @classmethod
    def written(
        cls, key: str, *, number: str, notice: Notice, to: Recipient, rung: int | None, at: datetime
    ) -> Self:
        """The letter that has this key."""
        first, _, again = key.partition(_AGAIN)
        step = first.removeprefix(f"{number}/").removesuffix(f"/{notice}/{to}")
        return cls(number=number, step=step, notice=notice, to=to, rung=rung, at=at, again=int(again or 0))

    @property
    def anew(self) -> Self:
        """The letter that follows this one, which did not arrive."""
        return self.model_copy(update={"again": self.again + 1})

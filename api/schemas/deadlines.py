"""Open deadlines over HTTP."""

from datetime import date
from enum import StrEnum

from pydantic import BaseModel, Field

from api.schemas.fields import Instant
from models.terms import Recipient


class Pressure(StrEnum):
    """How urgent a term is, in two steps: a reminder has gone out, and overdue."""

    OVERDUE = "overdue"
    AT_RISK = "at_risk"
    IN_TIME = "in_time"

    @property
    def russian(self) -> str:
        return _PRESSURES[self]


_PRESSURES = {
    Pressure.OVERDUE: "просрочено",
    Pressure.AT_RISK: "под угрозой",
    Pressure.IN_TIME: "в срок",
}


class WaitedFor(StrEnum):
    """Who is to act: whoever asks, or a kind of people."""

    ME = "me"
    """Of requests under review those that they have taken."""
    REVIEWER = Recipient.REVIEWER.value
    SUPERVISOR = Recipient.SUPERVISOR.value
    AUTHORITY_HEAD = Recipient.AUTHORITY_HEAD.value
    AUTHORITY = Recipient.AUTHORITY.value
    OPERATOR = Recipient.OPERATOR.value
    OPERATOR_HEAD = Recipient.OPERATOR_HEAD.value
    OWNER = Recipient.OWNER.value
    OWNER_HEAD = Recipient.OWNER_HEAD.value
    RESPONSIBLE = Recipient.RESPONSIBLE.value
    AGENCY = Recipient.AGENCY.value
    LEARNER = Recipient.LEARNER.value


class DeadlineItem(BaseModel):
    """A term that runs: until when, how much of it is left, who is waited for, and why this date."""

    number: str
    case_name: str = Field(description="«Запрос № 2026-000123», «Обучение № 17».")
    title: str
    organisation: str
    organisation_name: str
    clause: str
    clause_title: str
    last_day: date
    due_at: Instant
    days_left: int = Field(description="В единицах срока; меньше нуля — на сколько просрочено.")
    unit: str = Field(description="`calendar_days` или `working_days`.")
    standing: str = Field(description="«осталось 3 рабочих дня», «просрочено на 2 дня».")
    overdue: bool
    pressure: Pressure = Field(description="`at_risk`: напоминание уже отправлено.")
    claimed_by: str = Field(description="Кто взял запрос в работу; пусто — никто.")
    provisional: bool = Field(description="Переносы выходных на этот год ещё не утверждены.")
    waits_for: str = Field(description="Кто должен действовать: код; пусто — никто.")
    waits_for_name: str
    why: str = Field(description="Почему эта дата, одним предложением.")
    explanation: str = Field(description="Адрес объяснения по дням и лестницы писем.")


class DeadlineTotals(BaseModel):
    """How many terms run, by how urgent they are."""

    overdue: int = 0
    at_risk: int = 0
    in_time: int = 0


class DeadlinePage(BaseModel):
    """A page of a list; `next` is the cursor of the page after it."""

    items: list[DeadlineItem]
    next: str | None = None

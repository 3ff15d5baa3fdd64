"""Open deadlines over HTTP."""

from datetime import date

from pydantic import BaseModel, Field

from api.schemas.fields import Instant


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
    provisional: bool = Field(description="Переносы выходных на этот год ещё не утверждены.")
    waits_for: str = Field(description="Кто должен действовать: код; пусто — никто.")
    waits_for_name: str
    why: str = Field(description="Почему эта дата, одним предложением.")
    explanation: str = Field(description="Адрес объяснения по дням и лестницы писем.")


class DeadlinePage(BaseModel):
    """A page of a list; `next` is the cursor of the page after it."""

    items: list[DeadlineItem]
    next: str | None = None

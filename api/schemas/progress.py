"""Where a request stands, in plain words and without persons."""

from datetime import date

from pydantic import BaseModel, Field

from api.schemas.fields import Named


class StepShown(BaseModel):
    """One of the few steps of a request."""

    name: str
    is_past: bool
    is_now: bool


class UsualShown(BaseModel):
    """How long a step took in the last year, of all requests: never a promise."""

    done: int = Field(description="По скольким запросам считано.")
    median: int = Field(description="Половина исполнена не дольше чем за столько дней.")
    p90: int = Field(description="Девять из десяти — не дольше чем за столько дней.")
    words: str = Field(description="То же словами.")


class Progress(BaseModel):
    """Where a request stands."""

    number: str
    state: Named
    steps: list[StepShown]
    next_step: str = Field(description="Что будет дальше.")
    last_day: date | None = Field(default=None, description="Последний день срока, который идёт.")
    standing: str = Field(default="", description="«осталось 3 рабочих дня», «просрочено на 2 дня».")
    overdue: bool = False
    why: str = Field(default="", description="Почему срок именно такой.")
    usual: UsualShown | None = Field(default=None, description="Нет, пока исполненных нет.")

"""Ladders of letters over all cases: those in force, and what of them went in a period."""

from pydantic import BaseModel, Field

from api.schemas.escalations import RungProven
from api.schemas.fields import Named


class StepCounted(BaseModel):
    """A rung of a clause over all cases of a period."""

    kind: Named
    label: str
    to: list[Named] = Field(description="Кому по действующей лестнице; пусто — ступень прежних сроков.")
    fired: int = Field(description="Сколько раз сработала за период.")
    delivered: int = Field(description="Писем доставлено почтовому серверу или не понадобилось.")
    under_way: int = Field(description="Писем отправляется.")
    failed: int = Field(description="Писем не доставлено.")


class LadderShown(BaseModel):
    """The ladder of a clause, with what became of each of its rungs."""

    clause: str
    clause_title: str
    term: str = Field(description="«30 дней»; пусто, если последний день назначают люди.")
    outside: str = Field(description="Почему срок не из Регламента; пусто, если из него.")
    steps: list[StepCounted]
    repeat_every: int = Field(description="Через сколько рабочих дней повторяется последняя ступень.")


class FiredRung(BaseModel):
    """A rung that went, with its letters."""

    number: str
    case_name: str
    title: str
    clause: str
    clause_title: str
    rung: RungProven


class FiredPage(BaseModel):
    """A page of a list; `next` is the cursor of the page after it."""

    items: list[FiredRung]
    next: str | None = None

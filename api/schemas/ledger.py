"""The clause ledger over HTTP. Its lines are thousands a page: plain data, checked by nobody twice."""

from dataclasses import dataclass
from datetime import date
from typing import Annotated

from pydantic import BaseModel, Field

from api.schemas.fields import Instant, Named


@dataclass(frozen=True, slots=True)
class LedgerLine:
    """A clause of a case: what was due, what was done, how late, by whom, by what evidence."""

    clause: str
    clause_title: str
    party: Annotated[Named, Field(description="Чьё время идёт по этому пункту.")]
    state: Named
    started_on: date | None
    last_day: Annotated[date | None, Field(description="Последний день срока; нет, если срок не установлен.")]
    done_at: Instant | None
    late_by: Annotated[str, Field(description="«на 2 рабочих дня»; пусто, если в срок.")]
    late_days: Annotated[int, Field(description="То же числом, в единицах срока.")]
    by: Annotated[str, Field(description="Кто исполнил.")]
    evidence: Annotated[str, Field(description="Записи журнала об исполнении.")]
    spent_days: Annotated[int, Field(description="Календарных дней ушло: до исполнения или до сегодня.")]
    running: Annotated[bool, Field(description="Идёт ли время сейчас.")]


@dataclass(frozen=True, slots=True)
class PartyDays:
    """Whose time it has taken."""

    party: Named
    days: Annotated[int, Field(description="Календарных дней.")]
    running: Annotated[int, Field(description="В скольких пунктах время идёт сейчас.")]


@dataclass(frozen=True, slots=True)
class LedgerCase:
    """A case, clause by clause."""

    number: str
    case_name: str
    title: str
    organisation: str
    organisation_name: str
    opened_at: Instant
    closed_at: Instant | None
    lines: list[LedgerLine]
    clock: list[PartyDays]


@dataclass(frozen=True, slots=True)
class LedgerPage:
    """A page of cases; `next` is the cursor of the page after it."""

    items: list[LedgerCase]
    next: str | None


class StateCount(BaseModel):
    state: Named
    count: int


class ClauseTotals(BaseModel):
    """A clause over the cases of a period."""

    clause: str
    clause_title: str
    states: list[StateCount]
    unit: str = Field(description="В чём считаны дни: единица срока, без срока — календарные.")
    done: int = Field(description="По скольким исполнениям считано обычное время.")
    median: int | None = Field(description="Половина исполнена не дольше чем за столько дней.")
    p90: int | None = Field(description="Девять из десяти исполнены не дольше чем за столько дней.")


class LedgerTotals(BaseModel):
    """How clauses were kept in a period, whose time it took, and what is usual."""

    cases: int
    clauses: list[ClauseTotals]
    clock: list[PartyDays]


class LedgerMonth(BaseModel):
    """A clause over the cases opened in a month."""

    month: date = Field(description="Первый день месяца.")
    clause: str
    states: list[StateCount]


class ReviewerLoad(BaseModel):
    """A reviewer's work; who is in the ledger, and who has taken requests."""

    holder: str
    open: int = Field(description="Запросов ждут решения сейчас.")
    decided: int = Field(description="Решений по делам периода.")
    late: int = Field(description="Из них с опозданием.")
    median: int | None = Field(description="Половина решений принята не дольше чем за столько дней.")

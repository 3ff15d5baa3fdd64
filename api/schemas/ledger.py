"""The clause ledger over HTTP."""

from datetime import date

from pydantic import BaseModel, Field

from api.schemas.fields import Instant, Named


class LedgerLine(BaseModel):
    """A clause of a case: what was due, what was done, how late, by whom, by what evidence."""

    clause: str
    clause_title: str
    party: Named = Field(description="Чьё время идёт по этому пункту.")
    state: Named
    started_on: date | None
    last_day: date | None = Field(description="Последний день срока; нет, если срок не установлен.")
    done_at: Instant | None
    late_by: str = Field(description="«на 2 рабочих дня»; пусто, если в срок.")
    late_days: int = Field(description="То же числом, в единицах срока.")
    by: str = Field(description="Кто исполнил.")
    evidence: str = Field(description="Записи журнала об исполнении.")
    spent_days: int = Field(description="Календарных дней ушло: до исполнения или до сегодня.")
    running: bool = Field(description="Идёт ли время сейчас.")


class PartyDays(BaseModel):
    """Whose time it has taken."""

    party: Named
    days: int = Field(description="Календарных дней.")
    running: int = Field(description="В скольких пунктах время идёт сейчас.")


class LedgerCase(BaseModel):
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


class LedgerPage(BaseModel):
    """A page of cases; `next` is the cursor of the page after it."""

    items: list[LedgerCase]
    next: str | None = None


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

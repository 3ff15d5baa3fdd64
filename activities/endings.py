"""How a clause with a term ends in Postgres: in time or late, with the rest of its ladder not needed."""

from datetime import datetime

from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from models import deadlines, store
from models.deadlines import Deadline
from models.rungs import RungState
from models.step import Step
from models.tables import ClauseRow, RungRow
from models.terms import Clause


async def late_by(
    session: AsyncSession, number: str, clause: Clause, at: datetime, confirmed_years: frozenset[int]
) -> str:
    """«на 2 рабочих дня»; empty when in time, or where nobody has set a term."""
    row = await session.get(ClauseRow, (number, clause.value))
    if row is None:
        return ""
    calendar = await store.load_calendar(session, confirmed_years)
    late = deadlines.lateness(Deadline.model_validate(row.deadline), at, calendar)
    return late.words if late else ""


async def finish(session: AsyncSession, step: Step, clause: Clause, late_by: str) -> None:
    """The clause is over at the step's instant."""
    await session.execute(
        update(ClauseRow)
        .where(col(ClauseRow.number) == step.number, col(ClauseRow.clause) == clause.value)
        .values(finished_at=step.at, late_by=late_by, is_overdue=False, waits_for="")
    )
    await session.execute(
        update(RungRow)
        .where(
            col(RungRow.number) == step.number,
            col(RungRow.clause) == clause.value,
            col(RungRow.state) == RungState.PLANNED,
        )
        .values(state=RungState.NOT_NEEDED)
    )

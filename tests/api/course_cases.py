"""A case about a course, put into Postgres by hand: what lists show of it needs no workflow."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime, timedelta
from itertools import count

from sqlalchemy import delete
from sqlmodel import col, select

from models.calendar import WorkCalendar
from models.deadlines import compute
from models.explanations import explain
from models.regulation import CONSULTATION_TERM
from models.tables import CaseRow, ClauseRow, Course, Person, Responsibility
from models.terms import Recipient
from tests.engine import Engine

_NUMBERS = count(900_001)


async def course_of(engine: Engine, request: str) -> Course:
    """The course that a request has brought about."""
    async with engine.sessions() as session:
        return (await session.scalars(select(Course).where(col(Course.request) == request))).one()


@asynccontextmanager
async def consultation(engine: Engine, course: Course, asked_on: date) -> AsyncIterator[str]:
    """An open question to the operator; its number. Gone at the end, before upkeep misses its process."""
    number = f"consultation-{next(_NUMBERS)}"
    now = datetime.now(UTC)
    calendar = WorkCalendar()
    deadline = compute(CONSULTATION_TERM, asked_on, calendar)
    async with engine.sessions.begin() as session:
        session.add(
            CaseRow(
                number=number,
                kind="consultation",
                organisation=course.owner,
                subsystem=course.subsystem,
                course=course.id,
                title=course.name,
                input={},
                opened_at=now,
                started_at=now,
                checked_at=now,
            )
        )
        await session.flush()
        session.add(
            ClauseRow(
                number=number,
                clause=deadline.clause.value,
                workflow_id=number,
                term=CONSULTATION_TERM.model_dump(mode="json"),
                deadline=deadline.model_dump(mode="json"),
                calendar_version=0,
                started_on=asked_on,
                last_day=deadline.last_day,
                due_at=deadline.due_at,
                explanation=explain(CONSULTATION_TERM, asked_on, calendar).model_dump(mode="json"),
                waits_for=Recipient.OPERATOR.value,
                is_overdue=deadline.is_late(now),
                opened_at=now - timedelta(days=1),
            )
        )
    yield number
    async with engine.sessions.begin() as session:
        for table in (ClauseRow, CaseRow):
            await session.execute(delete(table).where(col(table.number) == number))


async def end_powers(engine: Engine, course: Course, email: str, on: date) -> None:
    """The person of this address is responsible for the course no more."""
    persons = select(Person.id).where(col(Person.email) == email)
    async with engine.sessions.begin() as session:
        rows = await session.scalars(
            select(Responsibility).where(
                col(Responsibility.course) == course.id, col(Responsibility.person).in_(persons)
            )
        )
        rows.one().until = on

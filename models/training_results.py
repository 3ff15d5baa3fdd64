"""Clause 4.7 - results of a training as Postgres holds them: running ones as last read, then as kept."""

from datetime import UTC, datetime

from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select

from models.results import LearnerResult, Origin, Results, State, Unseen, in_order
from models.tables import Course, Organisation, ParticipantRow, Subsystem, TrainingRow


async def participants(session: AsyncSession, number: str) -> dict[int, LearnerResult]:
    """All who take part, by ordinal. Holds persons."""
    query = select(ParticipantRow).where(col(ParticipantRow.training) == number)
    return {row.ordinal: learner(row) for row in await session.scalars(query)}


async def load(session: AsyncSession, number: str) -> Results:
    """Of all who take part. Holds persons.

    Raises:
        sqlalchemy.exc.NoResultFound: There is no such training.
    """
    training = await session.get_one(TrainingRow, number)
    course = await session.get_one(Course, training.course)
    owner = await session.get_one(Organisation, course.owner)
    subsystem = await session.get_one(Subsystem, course.subsystem)
    query = select(ParticipantRow).where(col(ParticipantRow.training) == number)
    rows = (await session.scalars(query)).all()
    return Results(
        course=course.name,
        training=training.title,
        owner=owner.name,
        subsystem=subsystem.name,
        starts_on=training.starts_on,
        ends_on=training.ends_on,
        read_at=training.read_at or training.closed_at or datetime.now(UTC),
        origin=Origin(training.origin),
        unseen=tuple(Unseen(one) for one in training.unseen),
        learners=in_order(learner(row) for row in rows),
    )


def learner(row: ParticipantRow) -> LearnerResult:
    """One who takes part, with the results. A person."""
    return LearnerResult(state=State(row.state), **row.model_dump(exclude={"training", "ordinal", "state"}))

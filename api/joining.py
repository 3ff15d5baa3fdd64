"""Clause 4.2 - what is alike, with the way to join it: whose it is, where one signs up, where it may grow."""

from collections.abc import Iterable
from datetime import UTC, datetime

from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select

from api.schemas.requests import SimilarShown
from models.analogues import Candidate, Source
from models.deadlines import local_date
from models.tables import Category, Course, Organisation, TrainingRow


async def ways(session: AsyncSession, found: Iterable[Candidate]) -> list[SimilarShown]:
    """Each with its way in; what only a Moodle knows, or is asked for, has its link alone."""
    return [
        SimilarShown(
            **one.model_dump(), **(await _way(session, one) if one.source is Source.REGISTER else {})
        )
        for one in found
    ]


async def _way(session: AsyncSession, one: Candidate) -> dict[str, object]:
    """Of an entry of the register: `category-4`, `course-12`."""
    kind, _, number = one.ref.partition("-")
    row: Category | Course | None = await session.get(Category if kind == "category" else Course, int(number))
    if row is None:
        return {}
    owner = await session.get_one(Organisation, row.owner)
    way: dict[str, object] = {"owner": owner.name, "owner_email": owner.email}
    if isinstance(row, Category):
        return way | {"category": row.id}
    return way | {"sign_up": await _sign_up(session, int(number))}


async def _sign_up(session: AsyncSession, course: int) -> str | None:
    """The training of this course that begins first of those to which one may still sign up."""
    query = select(TrainingRow.number).where(
        col(TrainingRow.course) == course,
        col(TrainingRow.closed_at).is_(None),
        col(TrainingRow.sign_up_until) >= local_date(datetime.now(UTC)),
    )
    return (await session.scalars(query.order_by(col(TrainingRow.starts_on)))).first()

"""What a person is, or was, responsible for: courses and categories of one owner (clause 4.8)."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from models.tables import CaseRow, Category, Course, Responsibility


def called(name: str, *, is_course: bool) -> str:
    """A course or a category, for people: курс «Охрана труда»."""
    return f"{'курс' if is_course else 'категория'} «{name}»"


@dataclass(frozen=True)
class Held:
    """One course or category; `moodle_id` is None where somebody made it by hand."""

    responsibility: int
    subsystem: str
    owner: str
    name: str
    moodle_id: int | None
    category: int | None
    course: int | None
    url: str

    @property
    def called(self) -> str:
        """See the function of this name."""
        return called(self.name, is_course=self.course is not None)

    @property
    def key(self) -> str:
        """`edu/course-12`: under which the proof of its removal is kept."""
        thing = f"course-{self.course}" if self.course else f"category-{self.category}"
        return f"{self.subsystem}/{thing}"


async def open_of(session: AsyncSession, person: int, owner: str | None = None) -> list[Held]:
    """What the person is responsible for now, of one owner or of all."""
    held = await _read(
        session, and_(col(Responsibility.person) == person, col(Responsibility.until).is_(None))
    )
    return [one for one in held if owner in (None, one.owner)]


async def of(session: AsyncSession, number: str) -> list[Held]:
    """What a replacement has taken from the predecessor."""
    return await _read(session, col(Responsibility.ended_by) == number)


async def owners_ever(session: AsyncSession, person: int) -> set[str]:
    """Whose courses and categories the person is, or was, responsible for."""
    return {one.owner for one in await _read(session, col(Responsibility.person) == person)}


async def owner_of(session: AsyncSession, number: str) -> str:
    """The organisation whose case it is."""
    return (await session.get_one(CaseRow, number)).organisation


async def _read(session: AsyncSession, which: ColumnElement[bool]) -> list[Held]:
    def either(column: str) -> Any:
        return func.coalesce(getattr(Course, column), getattr(Category, column))

    query = (
        select(
            col(Responsibility.id),
            either("subsystem"),
            either("owner"),
            either("name"),
            either("moodle_id"),
            col(Responsibility.category),
            col(Responsibility.course),
            func.coalesce(either("url"), ""),
        )
        .outerjoin(Course, col(Course.id) == col(Responsibility.course))
        .outerjoin(Category, col(Category.id) == col(Responsibility.category))
        .where(which, or_(col(Course.id).is_not(None), col(Category.id).is_not(None)))
        .order_by(col(Responsibility.id))
    )
    return [Held(*row) for row in (await session.execute(query)).all()]

"""Finding a course that the caller may see."""

from typing import Annotated

from fastapi import Depends
from sqlalchemy import ColumnElement, and_, func, select, true
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from api.auth import STAFF, Caller, CallerDep, Role
from api.deps import SessionsDep
from api.errors import Problem
from api.schemas.authoring import PowersEnded
from api.schemas.fields import RowId
from models import holdings
from models.tables import Category, Course, Person, Responsibility


async def _visible_course(course: RowId, caller: CallerDep, sessions: SessionsDep) -> Course:
    """The course of this id; 404 whether there is none or it is not the caller's."""
    async with sessions() as session:
        row = await session.get(Course, course)
        if row is None or not await sees(session, caller, row):
            raise Problem("not-found")
    return row


async def sees(session: AsyncSession, caller: Caller, course: Course) -> bool:
    """Staff see all, an owner its own, a responsible those that they are responsible for now."""
    if caller.role in STAFF:
        return True
    if caller.role is Role.AGENCY:
        return course.owner == caller.organisation
    query = select(col(Responsibility.id)).where(col(Responsibility.course) == course.id, is_of(caller.email))
    return (await session.scalar(query.limit(1))) is not None


def visible(caller: Caller) -> ColumnElement[bool]:
    """The same rule for a query of courses."""
    if caller.role in STAFF:
        return true()
    if caller.role is Role.AGENCY:
        return col(Course.owner) == caller.organisation
    return col(Course.id).in_(select(col(Responsibility.course)).where(is_of(caller.email)))


def is_of(email: str) -> ColumnElement[bool]:
    """Responsibilities that the person of this address has now."""
    person = select(col(Person.id)).where(func.lower(col(Person.email)) == email).scalar_subquery()
    return and_(col(Responsibility.person) == person, col(Responsibility.until).is_(None))


async def ended(session: AsyncSession, caller: Caller) -> PowersEnded | None:
    """What the caller was responsible for last; None for anybody else."""
    query = (
        select(col(Responsibility.until), col(Course.name), col(Category.name))
        .join(Person, col(Person.id) == col(Responsibility.person))
        .outerjoin(Course, col(Course.id) == col(Responsibility.course))
        .outerjoin(Category, col(Category.id) == col(Responsibility.category))
        .where(func.lower(col(Person.email)) == caller.email, col(Responsibility.until).is_not(None))
        .order_by(col(Responsibility.until).desc(), col(Responsibility.id))
    )
    rows = (await session.execute(query)).all() if caller.role is Role.RESPONSIBLE else []
    if not rows:
        return None
    last_day = rows[0][0]
    names = [
        holdings.called(course or category, is_course=bool(course))
        for until, course, category in rows
        if until == last_day
    ]
    return PowersEnded(last_day=last_day, names=names)


Thing = tuple[int | None, int | None]
"""A category or a course by id, the other of the two None."""


async def without_responsible(session: AsyncSession) -> set[Thing]:
    """Those that somebody was responsible for and nobody is now (clause 4.8)."""
    query = (
        select(col(Responsibility.category), col(Responsibility.course))
        .group_by(col(Responsibility.category), col(Responsibility.course))
        .having(func.bool_and(col(Responsibility.until).is_not(None)))
    )
    return {(category, course) for category, course in (await session.execute(query)).all()}


CourseDep = Annotated[Course, Depends(_visible_course)]

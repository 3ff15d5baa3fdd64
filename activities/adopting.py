"""What the lists of a Moodle add to the register: numbers of what was known by name, and new courses."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from activities.sites import Site
from models.deadlines import local_date
from models.decisions import ENGINE
from models.reconciliation import Found, TheirCourse
from models.register import Change
from models.tables import Category, Course, RegisterChange, Responsibility


async def adopt(session: AsyncSession, subsystem: str, found: Found, site: Site, at: datetime) -> int:
    """Enter what was found, dated; how many courses are new.

    A course that is there already stays as it is: a retry adopts nothing twice.
    """
    for id, moodle_id in found.categories.items():
        category = await session.get_one(Category, id)
        category.moodle_id = moodle_id
        category.url = category.url or site.category_url(moodle_id)
        session.add(_change(at, Change.LINKED, str(moodle_id), category=id))
    for id, moodle_id in found.courses.items():
        course = await session.get_one(Course, id)
        course.moodle_id = moodle_id
        course.url = course.url or site.course_url(moodle_id)
        session.add(_change(at, Change.LINKED, str(moodle_id), course=id))
    await session.flush()
    adopted = 0
    for their, home in found.new:
        adopted += await _enter(session, subsystem, their, home, site, at)
    return adopted


async def _enter(
    session: AsyncSession, subsystem: str, their: TheirCourse, home: int, site: Site, at: datetime
) -> bool:
    """With the owner of its category, and with who is responsible for that now."""
    category = await session.get_one(Category, home)
    row = {
        "subsystem": subsystem,
        "category": home,
        "name": their.fullname.strip(),
        "owner": category.owner,
        "moodle_id": their.id,
        "url": site.course_url(their.id),
    }
    statement = insert(Course).values(row).on_conflict_do_nothing().returning(col(Course.id))
    course = (await session.execute(statement)).scalar()
    if course is None:
        return False
    session.add(_change(at, Change.ADOPTED, category.owner, course=course))
    query = select(Responsibility).where(
        col(Responsibility.category) == home, col(Responsibility.until).is_(None)
    )
    held = (await session.scalars(query)).first()
    if held is not None:
        since = local_date(at)
        session.add(Responsibility(person=held.person, course=course, since=since, given_by=held.given_by))
    return True


def _change(
    at: datetime, kind: Change, after: str, *, category: int | None = None, course: int | None = None
) -> RegisterChange:
    return RegisterChange(
        category=category,
        course=course,
        on=local_date(at),
        at=at,
        kind=kind.value,
        after=after,
        by=ENGINE,
        why="Ночная сверка с Moodle",
    )

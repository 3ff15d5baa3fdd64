"""What the lists of a Moodle add to the register: numbers of what was known by name, and new courses."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from activities.sites import Site
from models.comparing import Found, TheirCourse
from models.deadlines import local_date
from models.decisions import ENGINE
from models.register import Change
from models.tables import Category, Course, RegisterChange, Responsibility

_A_PART = 500


async def adopt(session: AsyncSession, found: Found, site: Site, at: datetime) -> int:
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
    homes: dict[int, list[TheirCourse]] = defaultdict(list)
    for their, home in found.new:
        homes[home].append(their)
    adopted = 0
    for home, courses in homes.items():
        category = await session.get_one(Category, home)
        for first in range(0, len(courses), _A_PART):
            adopted += await _enter(session, category, courses[first : first + _A_PART], site, at)
    return adopted


async def _enter(
    session: AsyncSession, category: Category, courses: Sequence[TheirCourse], site: Site, at: datetime
) -> int:
    """With the owner of their category, and with who is responsible for that now."""
    rows = [_row(category, one, site) for one in courses]
    statement = insert(Course).values(rows).on_conflict_do_nothing().returning(col(Course.id))
    entered = (await session.scalars(statement)).all()
    held = (
        await session.scalars(
            select(Responsibility).where(
                col(Responsibility.category) == category.id, col(Responsibility.until).is_(None)
            )
        )
    ).first()
    for course in entered:
        session.add(_change(at, Change.ADOPTED, category.owner, course=course))
        if held is not None:
            since = local_date(at)
            session.add(
                Responsibility(person=held.person, course=course, since=since, given_by=held.given_by)
            )
    await session.flush()
    return len(entered)


def _row(category: Category, their: TheirCourse, site: Site) -> dict[str, Any]:
    return {
        "subsystem": category.subsystem,
        "category": category.id,
        "name": their.fullname.strip(),
        "owner": category.owner,
        "moodle_id": their.id,
        "url": site.course_url(their.id),
    }


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

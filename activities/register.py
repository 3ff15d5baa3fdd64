"""Appendix 1 as it lives: what a finished setup adds to the register."""

from uuid import UUID

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import select

from activities.sites import Sites
from models.requests import Wanted
from models.setup import SetupResult
from models.tables import Category, Course, Request, TextRow


async def enter(session: AsyncSession, number: str, result: SetupResult, sites: Sites) -> None:
    """Add the category and the course of a request, with their owner and responsible.

    Args:
        session: The transaction of the step.
        number: The request; it enters once, however often this is called.
        result: What the setup made.
        sites: The Moodles, for the addresses of what was made in them.
    """
    request = await session.get_one(Request, number)
    wanted = Wanted(request.wanted)
    site = sites.get(request.subsystem)
    url_given = await _url_given(session, result)
    category = request.category
    if wanted.has_category:
        url = site.category_url(result.category_id) if site and result.category_id else None
        # One address is given: of the course, where there is one.
        given = None if wanted.has_course else url_given
        row = _row(request, request.category_name, result.category_id, given or url)
        statement = insert(Category).values(**row, purpose=request.goal)
        await session.execute(statement.on_conflict_do_nothing(index_elements=["request"]))
        category = (await session.scalars(select(Category.id).where(Category.request == number))).one()
    if wanted.has_course:
        url = site.course_url(result.course_id) if site and result.course_id else None
        row = _row(request, request.course_name, result.course_id, url_given or url)
        statement = insert(Course).values(**row, category=category)
        await session.execute(statement.on_conflict_do_nothing(index_elements=["request"]))


async def _url_given(session: AsyncSession, result: SetupResult) -> str | None:
    """The address that the operator gave for what was made by hand."""
    if result.url_id is None:
        return None
    return (await session.get_one(TextRow, UUID(result.url_id))).body


def _row(request: Request, name: str, moodle_id: int | None, url: str | None) -> dict[str, object]:
    return {
        "subsystem": request.subsystem,
        "name": name,
        "owner": request.agency,
        "responsible_name": request.responsible_name,
        "request": request.number,
        "moodle_id": moodle_id,
        "url": url,
    }

"""Appendix 1 as it lives: what a finished setup adds to the register, and who is responsible for it."""

from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import func
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select

from activities.sites import Sites
from models.deadlines import local_date
from models.register import Change
from models.requests import Wanted
from models.setup import SetupResult
from models.tables import Account, Category, Course, Person, RegisterChange, Request, Responsibility, TextRow

R = TypeVar("R", Category, Course, Person)


async def enter(session: AsyncSession, number: str, result: SetupResult, sites: Sites) -> None:
    """Add the category and the course of a request, with their owner and responsible.

    Args:
        session: The transaction of the step.
        number: The request; it enters once, since its step is written once.
        result: What the setup made.
        sites: The Moodles, for the addresses of what was made in them.
    """
    request = await session.get_one(Request, number)
    wanted = Wanted(request.wanted)
    site = sites.get(request.subsystem)
    url_given = await _url_given(session, result)
    made: list[Category | Course] = []
    category = request.category
    if wanted.has_category:
        url = site.category_url(result.category_id) if site and result.category_id else None
        # One address is given: of the course, where there is one.
        given = None if wanted.has_course else url_given
        row = _row(request, request.category_name, result.category_id, given or url)
        made.append(await _add(session, Category(**row, purpose=request.goal)))
        category = made[0].id
    if wanted.has_course:
        url = site.course_url(result.course_id) if site and result.course_id else None
        row = _row(request, request.course_name, result.course_id, url_given or url)
        made.append(await _add(session, Course(**row, category=category)))
    session.add_all(_entry(request, one, result) for one in made)
    await _make_responsible(session, request, result, made)


def _entry(request: Request, one: Category | Course, result: SetupResult) -> RegisterChange:
    return RegisterChange(
        category=one.id if isinstance(one, Category) else None,
        course=one.id if isinstance(one, Course) else None,
        on=local_date(result.at),
        at=result.at,
        kind=Change.ENTERED.value,
        after=one.owner,
        by=result.by,
        why=f"Запрос № {request.number}",
        request=request.number,
    )


async def _add(session: AsyncSession, row: R) -> R:
    session.add(row)
    await session.flush()
    return row


async def _make_responsible(
    session: AsyncSession, request: Request, result: SetupResult, made: list[Category | Course]
) -> None:
    person = await person_of(session, request)
    for one in made:
        session.add(
            Responsibility(
                person=person.id or 0,
                category=one.id if isinstance(one, Category) else None,
                course=one.id if isinstance(one, Course) else None,
                since=local_date(result.at),
                given_by=request.number,
            )
        )
    if result.user_id is not None:
        account = {"subsystem": request.subsystem, "moodle_id": result.user_id, "person": person.id}
        account |= {"username": "", "email": request.responsible_email}
        statement = insert(Account).values(account)
        key = ["subsystem", "moodle_id"]
        await session.execute(statement.on_conflict_do_update(index_elements=key, set_={"person": person.id}))


async def person_of(session: AsyncSession, request: Request) -> Person:
    """One person by e-mail, however many owners trust them; without e-mail nobody can tell."""
    email = request.responsible_email
    person = {
        "name": request.responsible_name,
        "post": request.responsible_post,
        "email": email,
        "phone": request.responsible_phone,
    }
    # Two setups that name somebody new may end at once: the second takes the first one's row.
    statement = insert(Person).values(person).on_conflict_do_nothing().returning(Person)
    made = (await session.scalars(statement)).first()
    if made is not None:
        return made
    query = select(Person).where(func.lower(col(Person.email)) == email.lower())
    return (await session.scalars(query)).one()


async def _url_given(session: AsyncSession, result: SetupResult) -> str | None:
    """The address that the operator gave for what was made by hand."""
    if result.url_id is None:
        return None
    return (await session.get_one(TextRow, UUID(result.url_id))).body


def _row(request: Request, name: str, moodle_id: int | None, url: str | None) -> dict[str, Any]:
    return {
        "subsystem": request.subsystem,
        "name": name,
        "owner": request.agency,
        "request": request.number,
        "moodle_id": moodle_id,
        "url": url,
    }

"""Finding a case that the caller may see."""

from typing import Annotated

from fastapi import Depends
from sqlalchemy import ColumnElement, and_, func, or_, select, true
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from api import courses
from api.auth import OPERATORS, STAFF, Caller, CallerDep, Role
from api.deps import SessionsDep
from api.errors import Problem
from api.schemas.fields import CaseNumber, Number
from models.cases import Kind
from models.requests import ORDERED
from models.tables import CaseRow, Course, Request, Responsibility


async def _visible_request(number: Number, caller: CallerDep, sessions: SessionsDep) -> Request:
    """The request of this number; 404 whether there is none or it is not the caller's."""
    async with sessions() as session:
        request = await session.get(Request, number)
    if request is None or not caller.sees(request):
        raise Problem("not-found")
    return request


async def _visible_case(number: CaseNumber, caller: CallerDep, sessions: SessionsDep) -> CaseRow:
    """The same of a case of any kind."""
    async with sessions() as session:
        case = await session.get(CaseRow, number)
        if case is None or not await _sees(session, caller, case):
            raise Problem("not-found")
    return case


async def _sees(session: AsyncSession, caller: Caller, case: CaseRow) -> bool:
    """Whoever sees the request, or the course that the case is about."""
    if case.kind == Kind.REQUEST:
        return caller.sees(await session.get_one(Request, case.number))
    if case.course is not None:
        return await courses.sees(session, caller, await session.get_one(Course, case.course))
    return caller.role in STAFF or (caller.role is Role.AGENCY and case.organisation == caller.organisation)


def visible(caller: Caller) -> ColumnElement[bool]:
    """The same rule for a query of cases, with their `Request` and `Course` joined where they have one."""
    if caller.role in OPERATORS:
        return or_(col(Request.number).is_(None), col(Request.stage).in_(ORDERED))
    if caller.role in STAFF:
        return true()
    if caller.role is Role.AGENCY:
        return func.coalesce(col(Course.owner), col(CaseRow.organisation)) == caller.organisation
    theirs = select(col(Responsibility.course)).where(courses.is_of(caller.email))
    return or_(and_(*caller.visible()), col(CaseRow.course).in_(theirs))


RequestDep = Annotated[Request, Depends(_visible_request)]
CaseDep = Annotated[CaseRow, Depends(_visible_case)]

"""Lists of courses, trainings and replacements that the caller may see, by cursor: the newest first."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any

from fastapi import Depends, Query
from pydantic import AwareDatetime
from sqlalchemy import ColumnElement, func, select, true, tuple_
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from api import authoring, courses
from api.auth import STAFF, Caller, Role
from api.cursors import Cursor
from api.schemas.authoring import CourseItem, CoursePage
from api.schemas.fields import CaseNumber, Line, Named
from api.schemas.replacements import ReplacementItem, ReplacementPage, ReplacementState
from api.schemas.trainings import TrainingItem, TrainingPage
from models.tables import CaseRow, Course, Organisation, Person, ReplacementRow, TrainingRow
from models.trainings import Stage


@dataclass(frozen=True)
class Asked:
    """What list is asked for.

    Attributes:
        agency: Code of the owner; None for all.
        cursor: `next` of the page before.
        limit: How many at most.
    """

    agency: str | None = None
    cursor: str | None = None
    limit: int = 50


def _asked(
    agency: Annotated[Line | None, Query(description="Код организации-Владельца.")] = None,
    cursor: Annotated[str | None, Query(max_length=200, description="`next` прежней страницы.")] = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> Asked:
    return Asked(agency, cursor, limit)


AskedDep = Annotated[Asked, Depends(_asked)]


class _Course(Cursor):
    id: int


class _Training(Cursor):
    starts_on: date
    number: CaseNumber


class _Replacement(Cursor):
    opened_at: AwareDatetime
    number: CaseNumber


async def course_page(session: AsyncSession, caller: Caller, asked: Asked) -> CoursePage:
    """Courses of the register with their readiness.

    Raises:
        Problem: The cursor is none of this list's.
    """
    query = (
        select(Course, col(Organisation.name))
        .join(Organisation, col(Organisation.code) == col(Course.owner))
        .where(courses.visible(caller), _of(col(Course.owner), asked.agency))
        .order_by(col(Course.id).desc())
    )
    if asked.cursor is not None:
        query = query.where(col(Course.id) < _Course.read(asked.cursor).id)
    rows, following = await _page(session, query, asked, lambda row: _Course(id=row[0].id))
    standings = await authoring.standings(session, [course.id for course, _ in rows])
    return CoursePage(
        items=[_course(course, owner, standings.get(course.id)) for course, owner in rows],
        next=following,
        ended=None if rows else await courses.ended(session, caller),
    )


async def training_page(
    session: AsyncSession, caller: Caller, asked: Asked, stages: Sequence[Stage] = ()
) -> TrainingPage:
    """Trainings of those courses, the last to begin first; of some stages only where any are named.

    Raises:
        Problem: The cursor is none of this list's.
    """
    starts_on, number = col(TrainingRow.starts_on), col(TrainingRow.number)
    query = (
        select(TrainingRow, Course, col(Organisation.name))
        .join(Course, col(Course.id) == col(TrainingRow.course))
        .join(Organisation, col(Organisation.code) == col(Course.owner))
        .where(courses.visible(caller), _of(col(Course.owner), asked.agency))
        .order_by(starts_on.desc(), number.desc())
    )
    if stages:
        query = query.where(col(TrainingRow.state).in_(stages))
    if asked.cursor is not None:
        cursor = _Training.read(asked.cursor)
        query = query.where(tuple_(starts_on, number) < tuple_(cursor.starts_on, cursor.number))
    rows, following = await _page(
        session, query, asked, lambda row: _Training(starts_on=row[0].starts_on, number=row[0].number)
    )
    return TrainingPage(items=[_training(*row) for row in rows], next=following)


async def replacement_page(
    session: AsyncSession, caller: Caller, asked: Asked, *, is_open: bool | None = None
) -> ReplacementPage:
    """Replacements by the rule of `GET /replacements/{number}`, the last opened first.

    Raises:
        Problem: The cursor is none of this list's.
    """
    opened_at, number = col(CaseRow.opened_at), col(CaseRow.number)
    query = (
        select(ReplacementRow, CaseRow, col(Person.name))
        .join(CaseRow, number == col(ReplacementRow.number))
        .join(Person, col(Person.id) == col(ReplacementRow.person))
        .where(_concerns(caller), _of(col(CaseRow.organisation), asked.agency))
        .order_by(opened_at.desc(), number.desc())
    )
    if is_open is not None:
        query = query.where(col(CaseRow.closed_at).is_(None) == is_open)
    if asked.cursor is not None:
        cursor = _Replacement.read(asked.cursor)
        query = query.where(tuple_(opened_at, number) < tuple_(cursor.opened_at, cursor.number))
    rows, following = await _page(
        session, query, asked, lambda row: _Replacement(opened_at=row[1].opened_at, number=row[1].number)
    )
    return ReplacementPage(items=[_replacement(*row) for row in rows], next=following)


async def _page(
    session: AsyncSession, query: Any, asked: Asked, cursor: Callable[[Any], Cursor]
) -> tuple[Sequence[Any], str | None]:
    """The rows of a page, and the cursor of the next."""
    rows = (await session.execute(query.limit(asked.limit + 1))).all()
    shown = rows[: asked.limit]
    return shown, str(cursor(shown[-1])) if len(rows) > asked.limit else None


def _of(owner: Any, agency: str | None) -> ColumnElement[bool]:
    return true() if agency is None else owner == agency


def _concerns(caller: Caller) -> ColumnElement[bool]:
    if caller.role in STAFF:
        return true()
    if caller.role is Role.AGENCY:
        return col(CaseRow.organisation) == caller.organisation
    own = select(col(Person.id)).where(func.lower(col(Person.email)) == caller.email)
    return col(ReplacementRow.successor).in_(own)


def _course(course: Course, owner_name: str, standing: authoring.Standing | None) -> CourseItem:
    return CourseItem(
        **course.model_dump(include={"id", "name", "subsystem", "owner", "url"}),
        owner_name=owner_name,
        state=Named.of(standing.state) if standing else None,
        planned_on=standing.planned_on if standing else None,
        overdue=bool(standing and standing.overdue),
    )


def _training(row: TrainingRow, course: Course, owner_name: str) -> TrainingItem:
    return TrainingItem(
        **row.model_dump(include={"number", "title", "course", "starts_on", "ends_on", "closed_at"}),
        course_name=course.name,
        owner=course.owner,
        owner_name=owner_name,
        state=Named.of(Stage(row.state)),
    )


def _replacement(row: ReplacementRow, case: CaseRow, person: str) -> ReplacementItem:
    return ReplacementItem(
        number=row.number,
        owner=case.organisation,
        title=case.title,
        person=person,
        powers_ended_on=row.powers_ended_on,
        state=Named.of(_state(row, case)),
        opened_at=case.opened_at,
    )


def _state(row: ReplacementRow, case: CaseRow) -> ReplacementState:
    if row.withdrawn_at:
        return ReplacementState.WITHDRAWN
    if case.closed_at:
        return ReplacementState.CLOSED
    if not row.successor:
        return ReplacementState.VACANT
    return ReplacementState.ACCEPTED if row.accepted_at else ReplacementState.APPOINTED

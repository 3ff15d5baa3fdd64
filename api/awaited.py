"""What waits for the caller without a term, so that no list of terms can show it."""

from enum import StrEnum
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, String, and_, cast, exists, func, literal, select, union_all
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from api import courses
from api.auth import OPERATORS, Caller, Role
from models.cases import Kind
from models.letters import Notice
from models.signup import Standing
from models.tables import (
    CaseRow,
    ClauseRow,
    Course,
    LetterRow,
    Person,
    ReplacementRow,
    SignUpRow,
    Task,
    TrainingRow,
)
from models.terms import Clause, Recipient
from models.trainings import Stage

MOST = 5
"""Of one kind so many are named; that there are more is said."""
_COUNTED = 1000
"""Nobody needs to know how many more there are."""


class Awaited(StrEnum):
    """What is waited for."""

    TASKS = "tasks"
    APPLICATIONS = "applications"
    ACCEPTANCE = "acceptance"
    READINESS_DAY = "readiness_day"


class Waiting(NamedTuple):
    """Something that waits.

    Attributes:
        kind: For what.
        key: Number of the case, or id of the course; empty for all tasks together.
        name: What it is about.
        how_many: Of it.
        is_last_of_many: Whether there are more of the kind, not named.
    """

    kind: Awaited
    key: str
    name: str
    how_many: int
    is_last_of_many: bool = False


async def for_caller(session: AsyncSession, caller: Caller) -> list[Waiting]:
    """The first of each kind; one statement, or none where nothing can wait for the role."""
    queries = [query.subquery() for query in _queries(caller)]
    if not queries:
        return []
    rows = (await session.execute(union_all(*(select(one) for one in queries)))).all()
    return [one for kind in Awaited for one in _first([row for row in rows if row.kind == kind])]


def _first(rows: list[Any]) -> list[Waiting]:
    """The last that is named says whether there are more."""
    last = len(rows[:MOST]) - 1
    return [
        Waiting(Awaited(row.kind), row.key, row.name, row.how_many, place == last and len(rows) > MOST)
        for place, row in enumerate(rows[:MOST])
        if row.how_many
    ]


def _queries(caller: Caller) -> list[Select[Any]]:
    if caller.role in OPERATORS:
        return [_tasks()]
    if caller.role is Role.AGENCY:
        return [_applications(caller)]
    if caller.role is Role.RESPONSIBLE:
        return [_applications(caller), _acceptances(caller), _without_day(caller)]
    return []


def _waiting(kind: Awaited, key: Any, name: Any, how_many: Any) -> Select[Any]:
    return select(
        literal(kind.value).label("kind"), key.label("key"), name.label("name"), how_many.label("how_many")
    )


def _tasks() -> Select[Any]:
    opened = select(col(Task.id)).where(col(Task.closed_at).is_(None)).limit(_COUNTED).subquery()
    return _waiting(Awaited.TASKS, literal(""), literal(""), func.count()).select_from(opened)


def _applications(caller: Caller) -> Select[Any]:
    """By training, those that have waited longest first."""
    open_stages = [stage for stage in Stage if stage.is_open]
    return (
        _waiting(Awaited.APPLICATIONS, col(TrainingRow.number), col(TrainingRow.title), func.count())
        .select_from(TrainingRow)
        .join(SignUpRow, col(SignUpRow.training) == col(TrainingRow.number))
        .join(Course, col(Course.id) == col(TrainingRow.course))
        .where(
            courses.visible(caller),
            col(TrainingRow.state).in_(open_stages),
            col(SignUpRow.state) == Standing.APPLIED,
        )
        .group_by(col(TrainingRow.number))
        .order_by(func.min(col(SignUpRow.id)))
        .limit(MOST + 1)
    )


def _acceptances(caller: Caller) -> Select[Any]:
    """Of cases in which the rights have gone over: the letter says so."""
    return (
        _waiting(Awaited.ACCEPTANCE, col(CaseRow.number), col(CaseRow.title), literal(1))
        .select_from(ReplacementRow)
        .join(CaseRow, col(CaseRow.number) == col(ReplacementRow.number))
        .join(Person, col(Person.id) == col(ReplacementRow.successor))
        .where(
            func.lower(col(Person.email)) == caller.email,
            col(CaseRow.closed_at).is_(None),
            col(ReplacementRow.accepted_at).is_(None),
            col(ReplacementRow.withdrawn_at).is_(None),
            _is_asked_to_accept(),
        )
        .order_by(col(CaseRow.opened_at))
        .limit(MOST + 1)
    )


async def is_asked_to_accept(session: AsyncSession, number: str) -> bool:
    """Whether the rights of a replacement have gone over, so that its successor may accept."""
    asked = select(col(ReplacementRow.number)).where(col(ReplacementRow.number) == number)
    return await session.scalar(asked.where(_is_asked_to_accept())) is not None


def _is_asked_to_accept() -> ColumnElement[bool]:
    return exists().where(
        col(LetterRow.number) == col(ReplacementRow.number),
        col(LetterRow.notice) == Notice.SUCCESSOR_APPOINTED,
        col(LetterRow.recipient) == Recipient.RESPONSIBLE,
    )


def _without_day(caller: Caller) -> Select[Any]:
    """Of courses that are being built."""
    planned = and_(
        col(ClauseRow.number) == col(CaseRow.number), col(ClauseRow.clause) == Clause.AUTHORING.value
    )
    return (
        _waiting(
            Awaited.READINESS_DAY,
            cast(col(Course.id), String),
            col(Course.name),
            literal(1),
        )
        .select_from(Course)
        .join(CaseRow, col(CaseRow.course) == col(Course.id))
        .join(ClauseRow, planned, isouter=True)
        .where(
            courses.visible(caller),
            col(CaseRow.kind) == Kind.AUTHORING,
            col(CaseRow.closed_at).is_(None),
            col(ClauseRow.number).is_(None),
        )
        .order_by(col(Course.id))
        .limit(MOST + 1)
    )

"""The building of a course: finding it, showing it, declaring it ready."""

from collections.abc import Sequence
from datetime import date
from typing import Annotated, Any, NamedTuple
from uuid import uuid4

from fastapi import Depends
from fastapi.responses import JSONResponse
from pydantic import BaseModel
from sqlalchemy import and_
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select

from api.course_acts import CourseAct
from api.courses import CourseDep
from api.deps import SessionsDep
from api.errors import Problem
from api.idempotency import PostDep
from api.schemas.authoring import AuthoringShown, Declaration, Missing
from api.schemas.fields import Named
from api.updates import UpdatesDep
from models.authoring import AuthoringRejection, AuthoringStage, DeclareReady, Finding
from models.cases import Kind
from models.tables import CaseRow, ClauseRow, JournalEntry
from models.terms import Clause
from workflows.authoring import AuthoringWorkflow

_DECLARED = "authoring/declared-"


async def _authoring(course: CourseDep, sessions: SessionsDep) -> CaseRow:
    """The building of this course; 404 for one that was never asked for by a request."""
    async with sessions() as session:
        case = await session.get(CaseRow, f"{Kind.AUTHORING}-{course.id}")
    if case is None:
        raise Problem("not-found")
    return case


AuthoringDep = Annotated[CaseRow, Depends(_authoring)]


async def _act(case: AuthoringDep, post: PostDep, updates: UpdatesDep) -> CourseAct:
    return CourseAct(case.number, post, updates)


AuthoringActDep = Annotated[CourseAct, Depends(_act)]


class Standing(NamedTuple):
    """The building of a course in a list."""

    state: AuthoringStage
    planned_on: date | None
    overdue: bool


async def shown(session: AsyncSession, number: str) -> AuthoringShown:
    """The case as it is answered."""
    case = await session.get_one(CaseRow, number)
    term = await session.get(ClauseRow, (number, Clause.AUTHORING.value))
    declared = await _last_declaration(session, number)
    return AuthoringShown(
        number=number,
        course=case.course or 0,
        state=Named.of(AuthoringStage.READY if declared and declared.ready else AuthoringStage.BUILDING),
        planned_on=term.last_day if term else None,
        overdue=bool(term and term.is_overdue),
        declared=declared,
        closed_at=case.closed_at,
    )


async def standings(session: AsyncSession, courses: Sequence[int]) -> dict[int, Standing]:
    """How far the building of each is; one that no request has asked for has none."""
    numbers = {f"{Kind.AUTHORING}-{course}": course for course in courses}
    own = and_(col(ClauseRow.number) == col(CaseRow.number), col(ClauseRow.clause) == Clause.AUTHORING.value)
    query = select(CaseRow, ClauseRow).join(ClauseRow, own, isouter=True)
    last = (
        select(JournalEntry)
        .ext(distinct_on(col(JournalEntry.number)))
        .where(col(JournalEntry.number).in_(numbers), col(JournalEntry.step).startswith(_DECLARED))
        .order_by(col(JournalEntry.number), col(JournalEntry.id).desc())
    )
    ready = {one.number for one in await session.scalars(last) if one.evidence and one.evidence["ready"]}
    return {
        numbers[case.number]: Standing(
            AuthoringStage.READY if case.number in ready else AuthoringStage.BUILDING,
            term.last_day if term else None,
            overdue=bool(term and term.is_overdue) and case.closed_at is None,
        )
        for case, term in (await session.execute(query.where(col(CaseRow.number).in_(numbers)))).all()
    }


async def declare_ready(act: CourseAct) -> JSONResponse:
    """Declare the course ready once.

    Each try asks Moodle anew, under an update of its own: the outcome of one that found Moodle away
    would be given to every repetition. What was declared under this key is known by its journal line.
    """
    command = DeclareReady(by=act.post.caller.actor, declaration=str(act.post.id))

    async def work() -> BaseModel:
        try:
            await act.send(AuthoringWorkflow.declare_ready, command, id=uuid4())
        except Problem as problem:
            if problem.type not in ("stage-passed", AuthoringRejection.ALREADY_READY):
                raise
            if not await _is_on_record(act, command.declaration):
                raise
        async with act.post.sessions() as session:
            return await shown(session, act.number)

    return await act.post.once(work)


async def _is_on_record(act: CourseAct, declaration: str) -> bool:
    named = col(JournalEntry.evidence)["declaration"].as_string() == declaration
    async with act.post.sessions() as session:
        return (await session.scalars(_declarations(act.number).where(named))).first() is not None


async def _last_declaration(session: AsyncSession, number: str) -> Declaration | None:
    query = _declarations(number).order_by(col(JournalEntry.id).desc()).limit(1)
    entry = (await session.scalars(query)).first()
    if entry is None or entry.evidence is None:
        return None
    found = [Finding(one) for one in entry.evidence["findings"]]
    return Declaration(
        at=entry.at,
        ready=entry.evidence["ready"],
        findings=[Missing(code=one.value, what=one.russian, blocking=one.is_blocking) for one in found],
    )


def _declarations(number: str) -> Any:
    return select(JournalEntry).where(
        col(JournalEntry.number) == number, col(JournalEntry.step).startswith(_DECLARED)
    )

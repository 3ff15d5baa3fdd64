"""Consultations: opening one, finding it, showing its thread."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Annotated, Any

from fastapi import Depends
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select

from api import texts
from api.cases import CaseDep
from api.course_acts import CourseAct
from api.errors import Problem
from api.idempotency import Post, PostDep
from api.opening import Opened
from api.schemas.authoring import ConsultationShown, Line
from api.schemas.fields import Named
from api.updates import UpdatesDep
from models import opening, store
from models.cases import Kind, clause_of
from models.consultation import Consultation, ConsultationStage
from models.deadlines import local_date
from models.regulation import CONSULTATION_TERM
from models.tables import CaseRow, Course, TextRow, ThreadLine


async def _consultation(case: CaseDep) -> CaseRow:
    """The consultation of this number, of a course that the caller may see."""
    if case.kind != Kind.CONSULTATION:
        raise Problem("not-found")
    return case


ConsultationDep = Annotated[CaseRow, Depends(_consultation)]


async def _act(case: ConsultationDep, post: PostDep, updates: UpdatesDep) -> CourseAct:
    return CourseAct(case.number, post, updates)


ConsultationActDep = Annotated[CourseAct, Depends(_act)]


async def open_one(session: AsyncSession, course: Course, question: str, post: Post, at: datetime) -> Opened:
    """Register a consultation with its first question, in the caller's transaction."""
    case = await opening.new_case(session, Kind.CONSULTATION, course)
    argument = Consultation(case=case, term=CONSULTATION_TERM, asked_on=local_date(at))
    by = post.caller.actor
    what = f"Вопрос ответственного лица: {question}"
    clause = clause_of(case.number)
    await opening.register(session, case, argument, at=at, clause=clause, what=what, by=by)
    await session.execute(texts.keeping(post, case.number, question))
    session.add(ThreadLine(number=case.number, text=post.id, is_answer=False, at=at))
    await session.flush()
    return Opened(case, argument, await shown(session, case.number))


async def shown(session: AsyncSession, number: str) -> ConsultationShown:
    """The consultation as it is answered."""
    case = await session.get_one(CaseRow, number)
    query = (
        select(ThreadLine, TextRow)
        .join(TextRow, col(TextRow.id) == col(ThreadLine.text))
        .where(col(ThreadLine.number) == number)
        .order_by(col(ThreadLine.id))
    )
    lines = [
        Line(
            at=line.at,
            who=await store.actor_name(session, text.author),
            answer=line.is_answer,
            text=text.body,
        )
        for line, text in await session.execute(query)
    ]
    return ConsultationShown(
        number=number,
        course=case.course or 0,
        state=Named.of(_stage(case, lines)),
        lines=lines,
        opened_at=case.opened_at,
        closed_at=case.closed_at,
    )


def standing(number: str) -> Callable[[AsyncSession, Any], Awaitable[ConsultationShown]]:
    """What is answered to an act: the thread, with the stage that the workflow has come to."""

    async def answer(session: AsyncSession, stage: Any) -> ConsultationShown:
        return (await shown(session, number)).model_copy(update={"state": Named.of(ConsultationStage(stage))})

    return answer


def _stage(case: CaseRow, lines: list[Line]) -> ConsultationStage:
    if case.closed_at is not None:
        return ConsultationStage.CLOSED
    return ConsultationStage.ANSWERED if lines[-1].answer else ConsultationStage.ASKED

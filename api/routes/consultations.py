"""Clauses 4.3-4.4: the responsible asks, the operator answers."""

from datetime import UTC, datetime

from fastapi import APIRouter
from fastapi.responses import JSONResponse
from sqlmodel import col, select

from api import consultations
from api.auth import EVERYBODY, OPERATORS, Role, allow
from api.consultations import ConsultationActDep, ConsultationDep
from api.courses import CourseDep
from api.deps import SessionsDep
from api.documentation import acting, reading
from api.opening import OpeningDep
from api.schemas.authoring import ConsultationShown, LineForm
from models.cases import Kind
from models.consultation import Close, Say
from models.tables import CaseRow
from workflows.consultation import ConsultationWorkflow

router = APIRouter(tags=["Консультации (п. 4.3–4.4)"])

_ASKING = [allow(Role.RESPONSIBLE)]
_ACTING = acting("not-found", "outcome-unknown", "stage-passed", "not-ready", "consultation-closed")


@router.post(
    "/courses/{course}/consultations",
    dependencies=_ASKING,
    status_code=201,
    response_model=ConsultationShown,
    responses=acting("not-found"),
)
async def open_consultation(form: LineForm, course: CourseDep, opening: OpeningDep) -> JSONResponse:
    """Задать вопрос Оператору."""
    at = datetime.now(UTC)
    return await opening.once(
        lambda session: consultations.open_one(session, course, form.text, opening.post, at)
    )


@router.get(
    "/courses/{course}/consultations",
    dependencies=[allow(*EVERYBODY)],
    responses=reading("not-found", "invalid"),
)
async def list_consultations(course: CourseDep, sessions: SessionsDep) -> list[ConsultationShown]:
    """Консультации по курсу, новые первыми."""
    query = select(col(CaseRow.number)).where(
        col(CaseRow.course) == course.id, col(CaseRow.kind) == Kind.CONSULTATION.value
    )
    async with sessions() as session:
        numbers = (await session.scalars(query.order_by(col(CaseRow.opened_at).desc()))).all()
        return [await consultations.shown(session, number) for number in numbers]


@router.get(
    "/consultations/{number}", dependencies=[allow(*EVERYBODY)], responses=reading("not-found", "invalid")
)
async def show_consultation(case: ConsultationDep, sessions: SessionsDep) -> ConsultationShown:
    """Вопросы и ответы консультации по порядку."""
    async with sessions() as session:
        return await consultations.shown(session, case.number)


@router.post(
    "/consultations/{number}/questions",
    dependencies=_ASKING,
    response_model=ConsultationShown,
    responses=_ACTING,
)
async def ask_more(form: LineForm, act: ConsultationActDep) -> JSONResponse:
    """Спросить ещё; после ответа срок Оператора считается заново."""
    say = Say(text_id=str(act.post.id), by=act.post.caller.actor)
    answer = consultations.standing(act.number)
    return await act.do(ConsultationWorkflow.ask, say, answer, text=form.text)


@router.post(
    "/consultations/{number}/answers",
    dependencies=[allow(*OPERATORS)],
    response_model=ConsultationShown,
    responses=_ACTING,
)
async def answer_question(form: LineForm, act: ConsultationActDep) -> JSONResponse:
    """Ответить; ответ уходит ответственному лицу письмом."""
    say = Say(text_id=str(act.post.id), by=act.post.caller.actor)
    answer = consultations.standing(act.number)
    return await act.do(ConsultationWorkflow.answer, say, answer, text=form.text)


@router.post(
    "/consultations/{number}/closing",
    dependencies=[allow(Role.RESPONSIBLE, *OPERATORS)],
    response_model=ConsultationShown,
    responses=_ACTING,
)
async def close_consultation(act: ConsultationActDep) -> JSONResponse:
    """Закрыть консультацию; без новых вопросов она закрывается сама через 30 дней после ответа."""
    command = Close(by=act.post.caller.actor)
    return await act.do(ConsultationWorkflow.close, command, consultations.standing(act.number))

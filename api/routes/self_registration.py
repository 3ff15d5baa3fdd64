"""Clause 4.5, way one: learners register themselves; the sheet that tells them how."""

from datetime import UTC, datetime

from fastapi import APIRouter, Response
from fastapi.responses import JSONResponse
from sqlmodel import col, select

from api import files, self_registration
from api.auth import EVERYBODY, OPERATORS, Role, allow
from api.courses import CourseDep
from api.deps import SessionsDep
from api.documentation import acting, reading
from api.enrolments import EnrolmentActDep, EnrolmentDep
from api.errors import Problem
from api.opening import OpeningDep
from api.schemas.enrolments import EnrolmentShown
from models.self_registration import CheckAgain
from models.tables import Document
from workflows.enrolment import EnrolmentWorkflow

router = APIRouter(tags=["Доступ Пользователей (п. 4.5)"])


@router.post(
    "/courses/{course}/self-registration",
    dependencies=[allow(Role.AGENCY, Role.RESPONSIBLE)],
    status_code=201,
    response_model=EnrolmentShown,
    responses=acting("not-found", "course-without-address"),
)
async def choose_self_registration(course: CourseDep, opening: OpeningDep) -> JSONResponse:
    """Выбрать самостоятельную регистрацию: система проверит, открыта ли она, и пришлёт инструкцию."""
    at, by = datetime.now(UTC), opening.post.caller.actor
    return await opening.once(lambda session: self_registration.open_one(session, course, by=by, at=at))


@router.post(
    "/enrolments/{number}/check",
    dependencies=[allow(Role.AGENCY, Role.RESPONSIBLE, *OPERATORS)],
    response_model=EnrolmentShown,
    responses=acting("not-found", "outcome-unknown", "stage-passed", "not-ready", "nothing-to-check"),
)
async def check_again(act: EnrolmentActDep) -> JSONResponse:
    """Что-то включено: проверить, могут ли Пользователи записаться сами. Ответ не ждёт проверки."""
    return await act.once(EnrolmentWorkflow.check_again, CheckAgain(by=act.post.caller.actor))


@router.get(
    "/enrolments/{number}/instruction",
    dependencies=[allow(*EVERYBODY)],
    response_class=Response,
    responses={
        **reading("not-found", "invalid", "no-instruction-yet"),
        200: {"content": {"application/pdf": {}}},
    },
)
async def instruction(enrolment: EnrolmentDep, sessions: SessionsDep) -> Response:
    """Инструкция для Пользователей: лист PDF с QR-кодом курса."""
    own = (col(Document.number) == enrolment.number, col(Document.kind) == "instruction")
    async with sessions() as session:
        document = (await session.scalars(select(Document).where(*own))).first()
    if document is None:
        raise Problem("no-instruction-yet")
    return files.attachment(document.content, document.media_type, document.filename)

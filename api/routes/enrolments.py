"""Clause 4.5, the way of the responsible: a list is uploaded, its plan looked at, confirmed or given up."""

from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Body, Query
from fastapi.responses import JSONResponse
from pydantic import StringConstraints

from api import enrolments
from api.auth import EVERYBODY, Role, allow
from api.courses import CourseDep
from api.deps import SessionsDep, SettingsDep
from api.documentation import acting, reading
from api.enrolments import EnrolmentActDep, EnrolmentDep, ListFile, Wanted
from api.opening import OpeningDep
from api.schemas.enrolments import EnrolmentShown, RowPage
from api.schemas.fields import CaseNumber, Line
from models.enrolment import Confirm, GiveUp, State
from models.plans import Verdict
from workflows.enrolment import EnrolmentWorkflow

router = APIRouter(tags=["Доступ Пользователей (п. 4.5)"])

_OWNERS = [allow(Role.AGENCY, Role.RESPONSIBLE)]
_ACTING = ("not-found", "outcome-unknown", "stage-passed", "not-ready", "nothing-to-confirm")


@router.post(
    "/courses/{course}/enrolments",
    dependencies=_OWNERS,
    status_code=201,
    response_model=EnrolmentShown,
    responses=acting("not-found", "no-web-services", "unknown-training"),
)
async def upload_list(
    course: CourseDep,
    opening: OpeningDep,
    settings: SettingsDep,
    content: Annotated[bytes, Body(media_type="application/octet-stream")],
    filename: Annotated[Line, StringConstraints(min_length=1), Query(description="Имя файла.")],
    training: Annotated[CaseNumber | None, Query(description="Обучение, для которого этот список.")] = None,
) -> JSONResponse:
    """Загрузить список Пользователей: CSV или XLSX до 16 МБ и 50 000 строк, телом запроса как есть.

    Сначала составляется план; в Moodle ничего не меняется, пока его не подтвердят. Спорные строки и строки
    с ошибками откладываются и остальным не мешают.
    """
    enrolments.check_has_services(course, settings)
    at, by = datetime.now(UTC), opening.post.caller.actor
    return await opening.once(
        lambda session: enrolments.open_list(
            session, course, ListFile(filename, content), training=training, by=by, at=at
        )
    )


@router.get(
    "/courses/{course}/enrolments",
    dependencies=[allow(*EVERYBODY)],
    responses=reading("not-found", "invalid"),
)
async def list_enrolments(course: CourseDep, sessions: SessionsDep) -> list[EnrolmentShown]:
    """Списки курса, новые первыми."""
    async with sessions() as session:
        return await enrolments.lists_of(session, course)


@router.get(
    "/enrolments/{number}", dependencies=[allow(*EVERYBODY)], responses=reading("not-found", "invalid")
)
async def show_enrolment(enrolment: EnrolmentDep, sessions: SessionsDep) -> EnrolmentShown:
    """Состояние списка и счёт строк: план, а потом ход регистрации."""
    async with sessions() as session:
        return await enrolments.stand(session, enrolment.number)


@router.get("/enrolments/{number}/rows", dependencies=_OWNERS, responses=reading("not-found", "invalid"))
async def enrolment_rows(
    enrolment: EnrolmentDep,
    sessions: SessionsDep,
    verdict: Annotated[list[Verdict] | None, Query()] = None,
    state: Annotated[list[State] | None, Query()] = None,
    after: Annotated[int, Query(ge=0, le=2**31 - 1)] = 0,
    limit: Annotated[int, Query(ge=1, le=1000)] = 100,
) -> RowPage:
    """Строки списка: что в них, что с ними будет или стало и почему."""
    wanted = Wanted(tuple(verdict or ()), tuple(state or ()), after, limit)
    async with sessions() as session:
        return await enrolments.rows(session, enrolment.number, wanted)


@router.post(
    "/enrolments/{number}/confirmation",
    dependencies=_OWNERS,
    response_model=EnrolmentShown,
    responses=acting(*_ACTING),
)
async def confirm_plan(act: EnrolmentActDep) -> JSONResponse:
    """Подтвердить план: начинается регистрация."""
    return await act.once(EnrolmentWorkflow.confirm, Confirm(by=act.post.caller.actor))


@router.post(
    "/enrolments/{number}/withdrawal",
    dependencies=_OWNERS,
    response_model=EnrolmentShown,
    responses=acting(*_ACTING),
)
async def give_plan_up(act: EnrolmentActDep) -> JSONResponse:
    """Отменить план: никто не будет зарегистрирован."""
    return await act.once(EnrolmentWorkflow.give_up, GiveUp(by=act.post.caller.actor))

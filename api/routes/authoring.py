"""Clause 4.4: the responsible builds the course, and says when it is ready."""

from typing import Any

from fastapi import APIRouter
from fastapi.responses import JSONResponse
from sqlalchemy.ext.asyncio import AsyncSession

from api import authoring
from api.auth import EVERYBODY, Role, allow
from api.authoring import AuthoringActDep, AuthoringDep
from api.deps import SessionsDep
from api.documentation import acting, reading
from api.schemas.authoring import AuthoringShown, PlanForm
from models.authoring import Plan
from workflows.authoring import AuthoringWorkflow

router = APIRouter(prefix="/courses/{course}/authoring", tags=["Формирование курса (п. 4.4)"])

_OWNERS = [allow(Role.AGENCY, Role.RESPONSIBLE)]
_ACTING = ("not-found", "outcome-unknown", "stage-passed", "not-ready", "already-ready")


@router.get("", dependencies=[allow(*EVERYBODY)], responses=reading("not-found", "invalid"))
async def show_authoring(case: AuthoringDep, sessions: SessionsDep) -> AuthoringShown:
    """Готов ли курс, когда должен быть готов и чего в нём не хватало при последней проверке."""
    async with sessions() as session:
        return await authoring.shown(session, case.number)


@router.post(
    "/plan",
    dependencies=_OWNERS,
    response_model=AuthoringShown,
    responses=acting(*_ACTING, "planned-date-past"),
)
async def plan_course(form: PlanForm, act: AuthoringActDep) -> JSONResponse:
    """Назначить день, к которому курс будет готов, или перенести его; до этого дня придут напоминания."""

    async def answer(session: AsyncSession, planned_on: Any) -> AuthoringShown:
        shown = await authoring.shown(session, act.number)
        return shown.model_copy(update={"planned_on": planned_on, "overdue": False})

    command = Plan(planned_on=form.planned_on, by=act.post.caller.actor)
    return await act.do(AuthoringWorkflow.plan, command, answer)


@router.post(
    "/readiness",
    dependencies=_OWNERS,
    response_model=AuthoringShown,
    responses=acting(*_ACTING, "moodle-away"),
)
async def declare_course_ready(act: AuthoringActDep) -> JSONResponse:
    """Объявить курс готовым. Система проверяет его в Moodle и отвечает, чего не хватает."""
    return await authoring.declare_ready(act)

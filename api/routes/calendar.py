"""The calendar's amendments: what would move, moving it, and taking an amendment back."""

from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.responses import JSONResponse

from api import calendar
from api.auth import Role, allow
from api.deps import SessionsDep, SettingsDep, TemporalDep
from api.documentation import acting, asking, reading
from api.idempotency import PostDep
from api.schemas.calendar import (
    AmendmentAnswer,
    AmendmentForm,
    AmendmentPreviewForm,
    AmendmentShown,
    AmendmentWithdrawalForm,
    CalendarDay,
    PreviewAnswer,
    WhatIfAnswer,
)
from api.schemas.fields import RowId

router = APIRouter(prefix="/calendar/amendments", tags=["Календарь"])
questions = APIRouter(prefix="/calendar", tags=["Календарь"])

_ALLOWED = [allow(Role.ADMIN, Role.SUPERVISOR)]
_OBJECTIONS = ("day-amended-already", "day-unchanged")


@questions.get("/what-if", dependencies=_ALLOWED, responses=reading("day-unchanged", "invalid"))
async def what_if(
    day: Annotated[CalendarDay, Query(examples=["2027-05-14"])],
    is_working: Annotated[bool, Query(description="Каким стал бы день: рабочим или выходным.")],
    sessions: SessionsDep,
    settings: SettingsDep,
) -> WhatIfAnswer:
    """Что, если день станет выходным или рабочим: какие открытые дела сдвинутся и кому сообщать."""
    async with sessions() as session:
        return await calendar.what_if(session, day, is_working, settings)


@router.post("/preview", dependencies=_ALLOWED, responses=asking(*_OBJECTIONS))
async def preview_amendment(
    form: AmendmentPreviewForm, sessions: SessionsDep, settings: SettingsDep
) -> PreviewAnswer:
    """Какие открытые дела сдвинет изменение календаря; ничего не меняется."""
    async with sessions() as session:
        return await calendar.preview(session, form, settings)


@router.get("", dependencies=_ALLOWED, responses=reading())
async def list_amendments(sessions: SessionsDep) -> list[AmendmentShown]:
    """Журнал изменений календаря: рабочие и выходные дни по решениям, их отмена, кто и на каком основании."""
    async with sessions() as session:
        return await calendar.listed(session)


@router.post(
    "",
    dependencies=_ALLOWED,
    status_code=201,
    response_model=AmendmentAnswer,
    responses=acting(*_OBJECTIONS),
)
async def amend(
    form: AmendmentForm, post: PostDep, client: TemporalDep, settings: SettingsDep
) -> JSONResponse:
    """Изменить календарь и перенести сроки всех открытых дел, которых это касается."""
    return await post.once(lambda: calendar.amend(post, form, client, settings), status=201)


@router.post(
    "/{amendment}/withdrawal",
    dependencies=_ALLOWED,
    status_code=201,
    response_model=AmendmentAnswer,
    responses=acting("not-found", "amendment-not-in-force"),
)
async def withdraw_amendment(
    form: AmendmentWithdrawalForm,
    amendment: RowId,
    post: PostDep,
    client: TemporalDep,
    settings: SettingsDep,
) -> JSONResponse:
    """Отменить изменение календаря: день снова такой, как в производственном календаре, сроки переносятся."""
    return await post.once(
        lambda: calendar.withdraw(post, amendment, form.decree, client, settings), status=201
    )

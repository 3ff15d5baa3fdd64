"""Clause 4.1: check, file, list, read."""

from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Body, Depends, Query
from fastapi.responses import JSONResponse

from api import intake, listing, reading
from api.auth import AUTHORITY, EVERYBODY, Caller, Role, allow
from api.cases import visible
from api.deps import SessionsDep, SettingsDep, TemporalDep
from api.errors import responses
from api.idempotency import PostDep
from api.intake import Incoming, Intake
from api.schemas.requests import (
    EXAMPLE,
    CheckAnswer,
    FiledAnswer,
    Named,
    Number,
    PaperForm,
    RequestForm,
    RequestPage,
    RequestShown,
)
from models import completeness, similar
from models.deadlines import local_date
from models.requests import Stage

router = APIRouter(prefix="/requests", tags=["Запросы (п. 4.1)"])

_PLACE = ("unknown-subsystem", "unknown-category", "category-missing")
_FILING = (*_PLACE, "unknown-organisation", "unknown-previous", "organisation-without-address")


@router.post("/check", responses=responses("invalid", *_PLACE))
async def check(
    form: Annotated[RequestForm, Body(examples=[EXAMPLE])],
    caller: Annotated[Caller, Depends(allow(Role.AGENCY, Role.RESPONSIBLE, *AUTHORITY))],
    sessions: SessionsDep,
) -> CheckAnswer:
    """Чего не хватает в запросе и что похожее уже есть — до подачи; ничего не регистрируется."""
    contents = form.contents()
    missing = completeness.missing_items(contents)
    titles = tuple(title for title in (form.category_name, form.course_name) if title)
    async with sessions() as session:
        await intake.check_place(session, form)
        found = await similar.candidates(session, titles)
    return CheckAnswer(
        complete=not missing,
        missing=[Named(code=item.value, name=item.russian) for item in missing],
        asked_for=[
            Named(code=contact.value, name=contact.russian)
            for contact in completeness.missing_contacts(contents)
        ],
        similar=[one for one in found if caller.role in AUTHORITY or one.kind != "request"],
    )


@router.post(
    "", status_code=201, response_model=FiledAnswer, responses=responses("in-flight", "invalid", *_FILING)
)
async def file(
    form: Annotated[RequestForm, Body(examples=[EXAMPLE])],
    caller: Annotated[Caller, Depends(allow(Role.AGENCY))],
    post: PostDep,
    client: TemporalDep,
    settings: SettingsDep,
) -> JSONResponse:
    """Подать запрос. Неполный запрос регистрируется и отклоняется письмом (п. 4.2)."""
    received_on = local_date(datetime.now(UTC))
    incoming = Incoming(form, caller.organisation, received_on, is_paper=False)
    return await Intake(client, settings).register(post, incoming)


@router.post(
    "/paper",
    status_code=201,
    response_model=FiledAnswer,
    responses=responses("in-flight", "invalid", *_FILING),
)
async def file_paper(
    form: Annotated[PaperForm, Body(examples=[{**EXAMPLE, "agency": "zdrav", "received_on": "2026-11-20"}])],
    caller: Annotated[Caller, Depends(allow(*AUTHORITY))],
    post: PostDep,
    client: TemporalDep,
    settings: SettingsDep,
) -> JSONResponse:
    """Зарегистрировать бумажное письмо с его датой поступления, хотя бы и просроченное."""
    incoming = Incoming(form, form.agency, form.received_on, is_paper=True)
    return await Intake(client, settings).register(post, incoming)


@router.get("", responses=responses("invalid"))
async def list_requests(
    caller: Annotated[Caller, Depends(allow(*EVERYBODY))],
    sessions: SessionsDep,
    settings: SettingsDep,
    stage: Annotated[list[Stage] | None, Query()] = None,
    overdue: bool | None = None,
    agency: Annotated[str | None, Query(max_length=254)] = None,
    order: listing.Order = listing.Order.URGENT,
    cursor: Annotated[str | None, Query(max_length=200)] = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> RequestPage:
    """Запросы, самые срочные первыми (открытые) или самые новые первыми (все)."""
    wanted = listing.Wanted(
        stages=tuple(stage or ()), overdue=overdue, agency=agency, order=order, cursor=cursor, limit=limit
    )
    async with sessions() as session:
        return await listing.page(session, caller, wanted, settings.confirmed_years)


@router.get("/{number}", responses=responses("not-found", "invalid"))
async def read(
    number: Number,
    caller: Annotated[Caller, Depends(allow(*EVERYBODY))],
    sessions: SessionsDep,
    settings: SettingsDep,
) -> RequestShown:
    """Запрос целиком: что просили, где дело, срок, решение."""
    async with sessions() as session:
        request = await visible(session, caller, number)
        return await reading.shown(session, request, settings.confirmed_years)

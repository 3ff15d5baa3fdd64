"""Clause 4.1: check, file, list, read."""

from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.responses import JSONResponse
from sqlmodel import col, select

from api import drafts, intake, joining, listing, showing
from api.auth import AUTHORITY, EVERYBODY, STAFF, CallerDep, Role, allow
from api.cases import RequestDep
from api.deps import SessionsDep, SettingsDep
from api.documentation import acting, asking, reading
from api.idempotency import PostDep
from api.intake import Incoming, Intake
from api.schemas.fields import Line, Named
from api.schemas.records import CandidateShown
from api.schemas.requests import (
    CheckAnswer,
    CheckForm,
    FiledAnswer,
    PaperForm,
    RequestForm,
    RequestPage,
    RequestShown,
)
from api.starting import StartsDep
from models import completeness, similar
from models.deadlines import local_date
from models.requests import Stage
from models.tables import CandidateRow

router = APIRouter(prefix="/requests", tags=["Запросы (п. 4.1)"])

_UNKNOWN_PLACE = ("unknown-subsystem", "unknown-category")
_FILING = (
    *_UNKNOWN_PLACE,
    "category-missing",
    "unknown-organisation",
    "unknown-previous",
    "unknown-draft",
    "organisation-without-address",
)


@router.post(
    "/check",
    dependencies=[allow(Role.AGENCY, Role.RESPONSIBLE, *AUTHORITY)],
    responses=asking(*_UNKNOWN_PLACE, "unknown-draft"),
)
async def check(form: CheckForm, caller: CallerDep, sessions: SessionsDep) -> CheckAnswer:
    """Чего не хватает в запросе и что похожее уже есть — до подачи; ничего не регистрируется."""
    titles = tuple(title for title in (form.category_name, form.course_name) if title)
    async with sessions() as session:
        unfilled = await intake.unfilled(session, form)
        files = await drafts.filed_with(session, caller, form.draft)
        found = await similar.candidates(session, titles, target=form.category)
        seen = [one for one in found if caller.role in AUTHORITY or one.kind != "request"]
        alike = await joining.ways(session, seen)
    contents = form.contents(sum(one.rows for one in files))
    missing = completeness.missing_items(contents)
    return CheckAnswer(
        complete=not missing and not unfilled,
        unfilled=unfilled,
        missing=[Named.of(item) for item in missing],
        asked_for=[Named.of(contact) for contact in completeness.missing_contacts(contents)],
        similar=alike,
    )


@router.post(
    "",
    dependencies=[allow(Role.AGENCY)],
    status_code=201,
    response_model=FiledAnswer,
    responses=acting(*_FILING),
)
async def file(form: RequestForm, post: PostDep, starts: StartsDep, settings: SettingsDep) -> JSONResponse:
    """Подать запрос. Неполный запрос регистрируется и отклоняется письмом (п. 4.2)."""
    received_on = local_date(datetime.now(UTC))
    incoming = Incoming(form, post.caller.organisation, received_on, is_paper=False)
    return await Intake(starts, settings).register(post, incoming)


@router.post(
    "/paper",
    dependencies=[allow(*AUTHORITY)],
    status_code=201,
    response_model=FiledAnswer,
    responses=acting(*_FILING),
)
async def file_paper(
    form: PaperForm, post: PostDep, starts: StartsDep, settings: SettingsDep
) -> JSONResponse:
    """Зарегистрировать бумажное письмо с его датой поступления, хотя бы и просроченное."""
    incoming = Incoming(form, form.agency, form.received_on, is_paper=True)
    return await Intake(starts, settings).register(post, incoming)


@router.get("", dependencies=[allow(*EVERYBODY)], responses=reading("invalid"))
async def list_requests(
    caller: CallerDep,
    sessions: SessionsDep,
    settings: SettingsDep,
    stage: Annotated[list[Stage], Query(max_length=len(Stage))] = [],  # noqa: B006 - never changed
    overdue: bool | None = None,
    agency: Annotated[Line | None, Query(description="Код организации.")] = None,
    order: listing.Order = listing.Order.URGENT,
    cursor: Annotated[str | None, Query(max_length=200, description="`next` прежней страницы.")] = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> RequestPage:
    """Запросы, самые срочные первыми (открытые) или самые новые первыми (все)."""
    asked = listing.Asked(
        stages=tuple(stage), overdue=overdue, agency=agency, order=order, cursor=cursor, limit=limit
    )
    async with sessions() as session:
        return await listing.page(session, caller, asked, settings.confirmed_years)


@router.get("/{number}", dependencies=[allow(*EVERYBODY)], responses=reading("not-found", "invalid"))
async def read(request: RequestDep, sessions: SessionsDep, settings: SettingsDep) -> RequestShown:
    """Запрос целиком: что просили, где дело, срок, решение."""
    async with sessions() as session:
        return await showing.shown(session, request, settings.confirmed_years)


@router.get("/{number}/analogues", dependencies=[allow(*STAFF)], responses=reading("not-found", "invalid"))
async def analogues(request: RequestDep, sessions: SessionsDep) -> list[CandidateShown]:
    """Похожие категории, курсы и открытые запросы, как их видит рассматривающий."""
    query = select(CandidateRow).where(col(CandidateRow.number) == request.number)
    async with sessions() as session:
        rows = (await session.scalars(query.order_by(col(CandidateRow.score).desc()))).all()
    return [CandidateShown(**row.model_dump(exclude={"number"})) for row in rows]

"""What has been filed (clause 4.1): the list of requests, and the receipt of one."""

from datetime import date
from typing import Annotated, NamedTuple

from fastapi import Query, Request, Response
from sqlalchemy.ext.asyncio import AsyncSession

from api import listing, showing
from api.auth import CallerDep, Role
from api.cases import CaseDep, RequestDep
from api.deps import SessionsDep, SettingsDep
from api.listing import Order
from api.pages.frame import pages_router, show
from api.routes import records
from models import completeness, deadlines, store
from models.attachments import Attached
from models.explanations import Explanation, explain
from models.regulation import REVIEW_TERM
from models.requests import Stage
from models.settings import Settings
from models.tables import ClauseRow, Subsystem
from models.tables import Request as RequestRow
from models.terms import Clause

router = pages_router()


class Term(NamedTuple):
    """Until when the decision is due, and why."""

    last_day: date
    why: Explanation


@router.get("/requests")
async def all_requests(
    http: Request,
    caller: CallerDep,
    sessions: SessionsDep,
    settings: SettingsDep,
    stage: Annotated[str, Query(max_length=20)] = "",
    cursor: Annotated[str, Query(max_length=200)] = "",
) -> Response:
    """All requests of the reader, the newest first, closed ones too."""
    stages = (Stage(stage),) if stage in set(Stage) else ()
    asked = listing.Asked(stages=stages, order=Order.NEWEST, cursor=cursor or None)
    async with sessions() as session:
        page = await listing.page(session, caller, asked, settings.confirmed_years)
    return show(
        http,
        "requests.html",
        title="Запросы",
        page=page,
        stages=[(one.value, one.russian) for one in Stage],
        stage=stage,
        cursor=cursor,
        files=caller.role is Role.AGENCY,
    )


@router.get("/cases/{number}/receipt")
async def receipt(
    http: Request,
    request: RequestDep,
    case: CaseDep,
    caller: CallerDep,
    sessions: SessionsDep,
    settings: SettingsDep,
) -> Response:
    """That the request is registered, with its term and all that was filed, to print."""
    async with sessions() as session:
        shown = await showing.shown(session, request, settings.confirmed_years)
        subsystem = await session.get_one(Subsystem, request.subsystem)
        term = await _term(session, request, settings)
    documents = await records.documents(case, caller, sessions)
    return show(
        http,
        "receipt.html",
        title=f"Запрос № {request.number} зарегистрирован",
        request=shown,
        subsystem=subsystem.name,
        term=term,
        attached=[one.title for one in documents if one.kind in set(Attached)],
        missing=completeness.missing_items(request.contents()),
        asked_for=completeness.missing_contacts(request.contents()),
        status_code=settings.status_code(request.number),
        status_page=f"{settings.public_url}/status",
    )


async def _term(session: AsyncSession, request: RequestRow, settings: Settings) -> Term:
    """By the clause on record; by the rule where the review has not begun yet, a moment after filing."""
    clause = await session.get(ClauseRow, (request.number, Clause.REVIEW.value))
    if clause is not None:
        return Term(clause.last_day, Explanation.model_validate(clause.explanation))
    calendar = await store.load_calendar(session, settings.confirmed_years)
    last_day = deadlines.find_last_day(REVIEW_TERM, request.received_on, calendar)
    return Term(last_day, explain(REVIEW_TERM, request.received_on, calendar))

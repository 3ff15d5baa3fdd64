"""What is under way, the most urgent first: the first page of everybody."""

from typing import Annotated
from urllib.parse import urlencode

from fastapi import Query, Request, Response

from api import agenda
from api.auth import AUTHORITY, CallerDep, Role
from api.deps import SessionsDep, SettingsDep
from api.pages.asking import ApiDep
from api.pages.frame import done, own_path, pages_router, show
from api.pages.visitors import FormDep
from api.schemas.deadlines import Pressure
from api.schemas.fields import CaseNumber
from models.regulation import PROVISIONS
from models.terms import Clause, Recipient

router = pages_router()

_ON_A_PAGE = 50
_WAITED_FOR = (
    Recipient.REVIEWER,
    Recipient.OPERATOR,
    Recipient.OWNER,
    Recipient.AGENCY,
    Recipient.RESPONSIBLE,
)


@router.get("/")
async def work_list(
    http: Request,
    caller: CallerDep,
    sessions: SessionsDep,
    settings: SettingsDep,
    pressure: Annotated[str, Query(max_length=20)] = "",
    clause: Annotated[str, Query(max_length=20)] = "",
    waits_for: Annotated[str, Query(max_length=20)] = "",
    search: Annotated[str, Query(max_length=254)] = "",
    cursor: Annotated[str, Query(max_length=200)] = "",
) -> Response:
    """Terms that run in everybody's own cases. A filter that is none filters nothing."""
    asked = agenda.Asked(
        pressure=Pressure(pressure) if pressure in set(Pressure) else None,
        clause=Clause(clause) if clause in set(Clause) else None,
        waits_for=waits_for if waits_for in set(Recipient) else None,
        search=search.replace("\0", ""),
        cursor=cursor or None,
        limit=_ON_A_PAGE,
    )
    async with sessions() as session:
        page = await agenda.page(session, caller, asked, settings)
        totals = await agenda.totals(session, caller, asked)
    filters = {"clause": asked.clause or "", "waits_for": asked.waits_for or "", "search": asked.search}
    return show(
        http,
        "work_list.html",
        title="В работе",
        page=page,
        totals=totals.model_dump(),
        pressures=list(Pressure),
        asked=asked,
        clauses=[
            (one.value, f"п. {one.value} {PROVISIONS[one].title}") for one in Clause if one in PROVISIONS
        ],
        waited_for=[(one.value, one.russian) for one in _WAITED_FOR],
        address=lambda **more: (
            "/?" + urlencode({name: str(value) for name, value in {**filters, **more}.items() if value})
        ),
        claims=caller.role in AUTHORITY,
        files=caller.role is Role.AGENCY,
        here=http.url.path + (f"?{http.url.query}" if http.url.query else ""),
    )


@router.post("/cases/{number}/claim")
async def claim(http: Request, number: CaseNumber, form: FormDep, api: ApiDep) -> Response:
    """Take a request, from the list or from its page."""
    await api.post(f"/requests/{number}/claim", form)
    return done(
        http, own_path(form.text("next"), f"/cases/{number}"), f"Запрос № {number} взят вами в работу."
    )


@router.post("/cases/{number}/release")
async def release(http: Request, number: CaseNumber, form: FormDep, api: ApiDep) -> Response:
    await api.post(f"/requests/{number}/release", form)
    return done(http, own_path(form.text("next"), f"/cases/{number}"), f"Запрос № {number} снят с вас.")

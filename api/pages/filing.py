"""Filing a request (clause 4.1): the form, its check before filing, the paper letter, the receipt."""

from collections import defaultdict
from typing import Annotated, Any

from fastapi import Query, Request, Response
from sqlmodel import col, select

from api import listing, showing
from api.auth import AUTHORITY, CallerDep, Role, allow
from api.cases import RequestDep
from api.deps import SessionsDep, SettingsDep
from api.errors import Problem
from api.listing import Order
from api.pages.asking import Api, ApiDep
from api.pages.frame import done, pages_router, show
from api.pages.visitors import Form, FormDep
from models import completeness
from models.requests import Access, Stage, Wanted
from models.tables import Organisation

router = pages_router()

_WANTED = [
    (Wanted.COURSE.value, "учебный курс в категории, которая уже есть"),
    (Wanted.CATEGORY_AND_COURSE.value, "новую категорию и учебный курс в ней"),
    (Wanted.CATEGORY.value, "только новую категорию"),
]
_ACCESS = [
    (Access.BY_RESPONSIBLE.value, "Пользователей регистрирует ответственное лицо"),
    (Access.SELF_REGISTRATION.value, "Пользователи регистрируются сами"),
    (Access.PER_COURSE.value, "у каждого курса категории свой"),
]
_LINES = ("subsystem", "category_name", "course_name", "goal", "previous", "outgoing_number", "outgoing_on")
_RESPONSIBLE = ("name", "post", "email", "phone")


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


@router.get("/requests/new", dependencies=[allow(Role.AGENCY)])
async def new(http: Request, api: ApiDep, previous: Annotated[str, Query(max_length=20)] = "") -> Response:
    """The blank form; by `previous` it follows a refused request."""
    return await _ask(http, api, previous=previous)


@router.post("/requests/new", dependencies=[allow(Role.AGENCY)])
async def file(http: Request, form: FormDep, api: ApiDep) -> Response:
    """Check, or file: the button that was pressed tells."""
    return await _take(http, form, api, "/requests")


@router.get("/requests/paper", dependencies=[allow(*AUTHORITY)])
async def paper(http: Request, api: ApiDep, sessions: SessionsDep) -> Response:
    """The authority's form for a letter on paper."""
    return await _ask(http, api, organisations=await _organisations(sessions))


@router.post("/requests/paper", dependencies=[allow(*AUTHORITY)])
async def file_paper(http: Request, form: FormDep, api: ApiDep, sessions: SessionsDep) -> Response:
    return await _take(http, form, api, "/requests/paper", await _organisations(sessions))


@router.get("/cases/{number}/receipt")
async def receipt(
    http: Request, request: RequestDep, sessions: SessionsDep, settings: SettingsDep
) -> Response:
    """That the request is registered, to print."""
    async with sessions() as session:
        shown = await showing.shown(session, request, settings.confirmed_years)
    return show(
        http,
        "receipt.html",
        title=f"Запрос № {request.number} зарегистрирован",
        request=shown,
        missing=completeness.missing_items(request.contents()),
        asked_for=completeness.missing_contacts(request.contents()),
    )


async def _take(
    http: Request,
    form: Form,
    api: Api,
    path: str,
    organisations: list[tuple[str, str]] | None = None,
) -> Response:
    """What was typed is there again, whatever the answer is."""
    body = _body(form)
    try:
        if form.text("act") == "check":
            checked = await api.ask("/requests/check", body)
            return await _ask(http, api, typed=form, organisations=organisations, checked=checked)
        if organisations is not None:
            body |= form.filled("agency", "received_on")
        filed = await api.post(path, form, body)
    except Problem as problem:
        return await _ask(http, api, typed=form, organisations=organisations, problem=problem)
    return done(http, f"/cases/{filed['number']}/receipt", "Запрос зарегистрирован.")


def _body(form: Form) -> dict[str, Any]:
    """A request as the API takes it."""
    people = [{"name": line.strip()} for line in form.text("learners.people").splitlines() if line.strip()]
    return {
        **form.filled("wanted", "access", *_LINES),
        **({"category": form.number("category")} if form.text("category") else {}),
        "learners": {"description": form.text("learners.description"), "people": people},
        "responsible": {name: form.text(f"responsible.{name}") for name in _RESPONSIBLE},
    }


async def _ask(
    http: Request,
    api: Api,
    *,
    typed: Form | None = None,
    organisations: list[tuple[str, str]] | None = None,
    checked: Any = None,
    problem: Problem | None = None,
    previous: str = "",
) -> Response:
    shelves = [one for one in await api.get("/register") if one["parent"] is None]
    return show(
        http,
        "filing.html",
        status=problem.kind.status if problem else 200,
        title="Бумажное письмо" if organisations is not None else "Новый запрос",
        typed=typed,
        previous=typed.text("previous") if typed else previous,
        subsystems=[(one["code"], one["name"]) for one in shelves],
        categories=[
            (category["id"], f"{category['name']} — {one['name']}")
            for one in shelves
            for category in one["categories"]
        ],
        organisations=organisations,
        wanted=_WANTED,
        access=_ACCESS,
        checked=checked,
        problem=problem,
        wrong=defaultdict(str, {one.field: one.detail for one in problem.fields} if problem else {}),
    )


async def _organisations(sessions: SessionsDep) -> list[tuple[str, str]]:
    async with sessions() as session:
        rows = (await session.scalars(select(Organisation).order_by(col(Organisation.name)))).all()
    return [(one.code, one.name) for one in rows]

"""What is under way, the most urgent first: the first page of everybody."""

from collections.abc import Mapping
from typing import Any, NamedTuple
from urllib.parse import quote, urlencode

from fastapi import Request, Response

from api import agenda, awaited, claims, saved_filters
from api.auth import AUTHORITY, Caller, CallerDep, Role, allow
from api.awaited import Awaited
from api.deps import SessionsDep, SettingsDep
from api.errors import Problem
from api.invalid import FieldProblem
from api.pages.asking import Api, ApiDep
from api.pages.frame import done, own_path, pages_router, show
from api.pages.visitors import Form, FormDep
from api.schemas.deadlines import Pressure, WaitedFor
from api.schemas.fields import CaseNumber
from models import store
from models.regulation import PROVISIONS
from models.settings import Settings
from models.terms import Clause, Recipient

router = pages_router()

_ON_A_PAGE = 50
_LONGEST_SEARCH = 254
_WAITED_FOR = (
    Recipient.REVIEWER,
    Recipient.OPERATOR,
    Recipient.OWNER,
    Recipient.AGENCY,
    Recipient.RESPONSIBLE,
)
_CHOICES = {
    "clauses": [(one.value, f"п. {one.value} {told.title}") for one, told in PROVISIONS.items()],
    "waited_for": [
        (WaitedFor.ME.value, "меня: только мои"),
        *((one.value, one.russian) for one in _WAITED_FOR),
    ],
    "pressures": list(Pressure),
}


def address(filters: Mapping[str, str]) -> str:
    """The list as it is filtered; what is blank filters nothing."""
    said = {name: value for name, value in filters.items() if value}
    return f"/?{urlencode(said)}" if said else "/"


@router.get("/")
async def work_list(
    http: Request, caller: CallerDep, sessions: SessionsDep, settings: SettingsDep
) -> Response:
    """Terms that run in everybody's own cases. A filter that is none filters nothing."""
    return await _show(http, caller, sessions, settings)


@router.post("/", dependencies=[allow(*AUTHORITY)])
async def assign(
    http: Request,
    caller: CallerDep,
    sessions: SessionsDep,
    settings: SettingsDep,
    form: FormDep,
    api: ApiDep,
) -> Response:
    """Assign the requests whose boxes are ticked; those that could not be are told one by one."""
    numbers = list(dict.fromkeys(form.texts("number")))[:_ON_A_PAGE]
    refused = await _assign(api, form, numbers)
    if numbers and not refused:
        here = own_path(form.text("next"))
        return done(http, here, f"Назначено запросов: {len(numbers)}.")
    detail = f"Назначено запросов: {len(numbers) - len(refused)} из {len(numbers)}. Не назначены:"
    if not numbers:
        detail = "Отметьте запросы, которые нужно назначить."
    return await _show(http, caller, sessions, settings, problem=Problem("not-all-assigned", detail, refused))


async def _assign(api: Api, form: Form, numbers: list[str]) -> list[FieldProblem]:
    """Each for itself: what keeps one from being assigned keeps none of the others."""
    refused: list[FieldProblem] = []
    for number in numbers:
        path = f"/requests/{quote(number, safe='')}/assignment"
        try:
            await api.post(path, form, {"to": form.number("to")}, part=number)
        except Problem as problem:
            refused.append(FieldProblem(field="", detail=f"Запрос № {number}: {problem.detail}"))
    return refused


@router.post("/cases/{number}/claim")
async def claim(http: Request, number: CaseNumber, form: FormDep, api: ApiDep) -> Response:
    """Take a request, from the list or from its page."""
    await api.post(f"/requests/{number}/claim", form, part=number)
    return done(
        http, own_path(form.text("next"), f"/cases/{number}"), f"Запрос № {number} взят вами в работу."
    )


@router.post("/cases/{number}/release")
async def release(http: Request, number: CaseNumber, form: FormDep, api: ApiDep) -> Response:
    await api.post(f"/requests/{number}/release", form)
    return done(http, own_path(form.text("next"), f"/cases/{number}"), f"Запрос № {number} снят с вас.")


async def _show(
    http: Request,
    caller: Caller,
    sessions: store.Sessions,
    settings: Settings,
    *,
    problem: Problem | None = None,
) -> Response:
    asked = _asked(http.query_params)
    assigns = caller.role in AUTHORITY
    async with store.looking(sessions) as session:
        facts: dict[str, Any] = {
            "page": await agenda.page(session, caller, asked, settings),
            "totals": (await agenda.totals(session, caller, asked)).model_dump(),
            "saved": await saved_filters.listed(session, caller),
            "waiting": [_told(one) for one in await awaited.for_caller(session, caller)],
            "colleagues": await claims.colleagues(session, caller) if assigns else [],
        }
    filters = {
        "pressure": asked.pressure or "",
        "clause": asked.clause or "",
        "waits_for": asked.waits_for or "",
        "search": asked.search,
    }
    here = {**filters, "cursor": asked.cursor or ""}
    return show(
        http,
        "work_list.html",
        title="В работе",
        problem=problem,
        filters=filters,
        here=address(here),
        address=address,
        asked=asked,
        assigns=assigns,
        reassigns=caller.role is Role.SUPERVISOR,
        files=caller.role is Role.AGENCY,
        **_CHOICES,
        **facts,
    )


class Line(NamedTuple):
    """What waits, in words, and where something can be done about it."""

    what: str
    path: str
    name: str
    more: str
    """The page that has the others, where there are more than are named."""


def _told(one: awaited.Waiting) -> Line:
    what, path, name, others = _LINES[one.kind]
    facts = {"key": one.key, "name": one.name, "count": one.how_many}
    return Line(what, path.format(**facts), name.format(**facts), others if one.is_last_of_many else "")


_LINES = {
    Awaited.TASKS: ("Открытые задачи", "/tasks", "{count}", "/tasks"),
    Awaited.APPLICATIONS: (
        "Заявки на обучение ждут решения",
        "/trainings/{key}/sign-ups?standing=applied",
        "{name}: {count}",
        "/trainings",
    ),
    Awaited.ACCEPTANCE: (
        "Вас просят принять учебные курсы",
        "/replacements/{key}",
        "{name}",
        "/replacements",
    ),
    Awaited.READINESS_DAY: ("Курсу не назначен день готовности", "/courses/{key}", "{name}", "/courses"),
}


def _asked(query: Mapping[str, str]) -> agenda.Asked:
    pressure, clause, waits_for = (query.get(name, "") for name in ("pressure", "clause", "waits_for"))
    return agenda.Asked(
        pressure=Pressure(pressure) if pressure in set(Pressure) else None,
        clause=Clause(clause) if clause in set(Clause) else None,
        waits_for=waits_for if waits_for in set(WaitedFor) else None,
        search=query.get("search", "")[:_LONGEST_SEARCH].replace("\0", ""),
        cursor=query.get("cursor") or None,
        limit=_ON_A_PAGE,
    )

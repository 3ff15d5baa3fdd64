"""A case: where it stands, who acts next and until when, what this person may do, and all that happened."""

from typing import Any

from fastapi import Request, Response
from fastapi.responses import PlainTextResponse
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, func, select

from api import agenda, progress, showing
from api.auth import STAFF, Caller, CallerDep
from api.cases import CaseDep
from api.deps import SessionsDep, SettingsDep
from api.errors import Problem
from api.invalid import FieldProblem
from api.pages.asking import ApiDep
from api.pages.course_panel import course_panel
from api.pages.frame import done, pages_router, show
from api.pages.panel import panel
from api.pages.visitors import Form, FormDep
from api.routes import records, requests
from api.schemas.deadlines import DeadlineItem
from api.schemas.fields import Number, RowId
from models import cases, store
from models.analogues import Candidate, Source
from models.cases import Kind
from models.decisions import Ground, Outcome
from models.requests import Item
from models.settings import Settings
from models.setup import Check
from models.tables import CaseRow, JournalEntry, Organisation, Subsystem, Task, TextRow
from models.tables import Request as RequestRow
from models.terms import Clause

router = pages_router()

_REQUEST = "/requests/{number}"
_PAGE = "/cases/{number}"
_NO_ADDRESS = "не указан: ссылки на созданное не будет ни в письме, ни в реестре"


@router.get(_PAGE)
async def case_page(
    http: Request,
    case: CaseDep,
    caller: CallerDep,
    sessions: SessionsDep,
    settings: SettingsDep,
    api: ApiDep,
    next: bool = False,
) -> Response:
    """The page of a case of any kind; whoever has asked is told in plain words where it stands.

    Args:
        next: Whether to lead on to the most urgent request that waits for a decision.
    """
    return await _show(
        http,
        case,
        caller,
        sessions,
        settings,
        following=await _following(case, caller, sessions, settings) if next else None,
        about_course=await course_panel(api, caller, case, sessions, settings),
    )


@router.get(f"{_PAGE}/state", response_class=PlainTextResponse)
async def state(case: CaseDep, sessions: SessionsDep) -> PlainTextResponse:
    """A word that changes when the case does: what the script asks for."""
    async with store.looking(sessions) as session:
        return PlainTextResponse(await _stand(session, case))


async def _stand(session: AsyncSession, case: CaseRow) -> str:
    query = select(func.max(JournalEntry.id)).where(col(JournalEntry.number) == case.number)
    return f"{await session.scalar(query)} {case.closed_at}"


@router.get(f"{_PAGE}/documents/{{document}}")
async def document(
    case: CaseDep,
    document: RowId,
    caller: CallerDep,
    sessions: SessionsDep,
) -> Response:
    """A document of the case, as an attachment."""
    return await records.document(case, document, caller, sessions)


@router.post(f"{_PAGE}/decision")
async def decide(
    http: Request,
    case: CaseDep,
    caller: CallerDep,
    sessions: SessionsDep,
    settings: SettingsDep,
    form: FormDep,
    api: ApiDep,
) -> Response:
    """Approve, or refuse with ground and reason; what was typed is there again when it is not accepted."""
    body: dict[str, Any] = form.filled("outcome", "reason")
    if form.text("outcome") == Outcome.REFUSED:
        body |= form.filled("ground", "analogue")
        body["missing"] = form.texts("missing")
    try:
        await api.post(f"/requests/{case.number}/decision", form, body)
    except Problem as problem:
        return await _show(http, case, caller, sessions, settings, problem=problem, typed=form)
    said = "Принято решение создать." if form.text("outcome") == Outcome.APPROVED else "Запросу отказано."
    return done(http, f"/cases/{case.number}?next=1", said)


@router.post(f"{_PAGE}/withdrawal")
async def withdraw(http: Request, number: Number, form: FormDep, api: ApiDep) -> Response:
    await api.post(f"/requests/{number}/withdrawal", form, form.filled("reason"))
    return done(http, f"/cases/{number}", "Запрос отозван.")


@router.post(f"{_PAGE}/confirmation")
async def confirm(
    http: Request, number: Number, caller: CallerDep, sessions: SessionsDep, form: FormDep, api: ApiDep
) -> Response:
    """Tick off what has been done by hand; the last tick without any address is to be said twice.

    Raises:
        Problem: `invalid`: nobody has told the address.
    """
    if form.text("act") != "anyway" and await _lacks_address(caller, sessions, number, form):
        raise Problem("invalid", fields=[FieldProblem(field="url", detail=_NO_ADDRESS)])
    body = {"done": form.texts("done"), **form.filled("url")}
    answer = await api.post(f"/requests/{number}/setup/confirmation", form, body)
    left = ", ".join(one["name"] for one in answer["left"])
    return done(http, f"/cases/{number}", f"Отмечено. Осталось: {left}." if left else "Исполнение завершено.")


async def _lacks_address(caller: Caller, sessions: store.Sessions, number: str, form: Form) -> bool:
    """Whether these ticks end the work, and no address of what was made has come with any of them."""
    if form.text("url"):
        return False
    # Of what operators type only an address begins so.
    given = col(TextRow.body).regexp_match("^https?://")
    async with store.looking(sessions) as session:
        row = await session.get(RequestRow, number)
        left = (await panel(session, caller, row)).confirm if row else ()
        query = select(TextRow.id).where(col(TextRow.number) == number, given).limit(1)
        return bool(left) and set(left) <= set(form.texts("done")) and not await session.scalar(query)


@router.post(f"{_PAGE}/retry")
async def retry(http: Request, number: Number, form: FormDep, api: ApiDep) -> Response:
    await api.post(f"/requests/{number}/setup/retry", form)
    return done(http, f"/cases/{number}", "Система пробует ещё раз.")


@router.post(f"{_PAGE}/obstacle")
async def obstacle(http: Request, number: Number, form: FormDep, api: ApiDep) -> Response:
    await api.post(f"/requests/{number}/setup/obstacle", form, {"text": form.text("text")})
    return done(http, f"/cases/{number}", "О препятствии сообщено Уполномоченному органу; срок идёт.")


@router.post(f"{_PAGE}/order")
async def order(http: Request, number: Number, form: FormDep, api: ApiDep) -> Response:
    await api.post(f"/requests/{number}/setup/order", form, form.filled("order_received_on"))
    return done(http, f"/cases/{number}", "Дата поступления внесена, срок идёт от неё.")


@router.post(f"{_PAGE}/responsible")
async def contacts(http: Request, number: Number, form: FormDep, api: ApiDep) -> Response:
    await api.post(f"/requests/{number}/responsible", form, form.filled("post", "email", "phone"))
    return done(http, f"/cases/{number}", "Сведения об ответственном лице внесены.")


async def _show(
    http: Request,
    case: CaseRow,
    caller: Caller,
    sessions: store.Sessions,
    settings: Settings,
    *,
    problem: Problem | None = None,
    typed: Form | None = None,
    following: DeadlineItem | None = None,
    about_course: dict[str, Any] | None = None,
) -> Response:
    async with sessions() as session:
        facts = {
            "organisation": (await session.get_one(Organisation, case.organisation)).name,
            **(await _request_facts(session, caller, case, sessions, settings)),
            "live": "" if case.closed_at else f"/cases/{case.number}/state",
            "known": await _stand(session, case),
            **(about_course or {"course_panel": None}),
        }
    terms = await records.terms(case, sessions, settings)
    return show(
        http,
        "case.html",
        title=f"{cases.label(case.number)}",
        case=case,
        running=[term for term in terms if term.finished_at is None],
        terms=terms,
        journal=await records.journal(case, caller, sessions),
        letters=await records.letters(case, caller, sessions),
        documents=await records.documents(case, caller, sessions),
        problem=problem,
        typed=typed,
        following=following,
        grounds=_grounds(settings),
        items=list(Item),
        **facts,
    )


async def _following(
    case: CaseRow, caller: Caller, sessions: store.Sessions, settings: Settings
) -> DeadlineItem | None:
    """The most urgent review but this one; None when nothing waits."""
    async with sessions() as session:
        page = await agenda.page(session, caller, agenda.Asked(clause=Clause.REVIEW, limit=2), settings)
    return next((one for one in page.items if one.number != case.number), None)


async def _request_facts(
    session: AsyncSession, caller: Caller, case: CaseRow, sessions: store.Sessions, settings: Settings
) -> dict[str, Any]:
    """What only a request has; of cases of other kinds nothing."""
    if case.kind != Kind.REQUEST:
        nothing = dict.fromkeys(("request", "panel", "progress"))
        return {**nothing, "subsystem": "", "analogues": [], "checklist": []}
    row = await session.get_one(RequestRow, case.number)
    analogues = await requests.analogues(row, sessions) if caller.role in STAFF else []
    return {
        "request": await showing.shown(session, row, settings.confirmed_years),
        "subsystem": (await session.get_one(Subsystem, row.subsystem)).name,
        "panel": await panel(session, caller, row),
        "analogues": [
            (one, Candidate.model_validate(one.model_dump()).needs_reason, one.source != Source.OPEN_REQUEST)
            for one in analogues
        ],
        "checklist": await _checklist(session, case.number) if caller.role in STAFF else [],
        "progress": None
        if caller.role in STAFF
        else await progress.of(session, row, settings.confirmed_years),
    }


async def _checklist(session: AsyncSession, number: str) -> list[tuple[str, bool]]:
    """What is set up by hand, and whether it is done."""
    query = select(Task).where(col(Task.number) == number).order_by(col(Task.id))
    tasks = (await session.scalars(query)).all()
    checks: dict[str, bool] = {}
    for task in tasks:
        checks |= {check: check in task.done or checks.get(check, False) for check in task.checklist}
    return [(Check(check).russian, is_done) for check, is_done in checks.items()]


def _grounds(settings: Settings) -> list[tuple[str, str]]:
    grounds = [
        (Ground.INCOMPLETE.value, "в запросе не хватает информации (п. 4.1)"),
        (Ground.ANALOGUE.value, "такая категория или такой курс уже созданы"),
    ]
    if settings.other_ground_allowed:
        grounds.append((Ground.OTHER.value, "вне оснований п. 4.2 (узнает руководитель)"))
    return grounds

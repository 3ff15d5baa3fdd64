"""The end of a responsible's powers (clause 4.8): told, a successor named, the proof of what was taken."""

from collections import defaultdict
from datetime import UTC, datetime
from typing import Annotated, Any

from fastapi import Query, Request, Response
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select

from api import awaited, lists
from api.auth import OPERATORS, Caller, CallerDep, Role, allow
from api.deps import SessionsDep
from api.errors import Problem
from api.pages.asking import Api, ApiDep
from api.pages.frame import done, pages_router, show
from api.pages.removals import ids, proven
from api.pages.visitors import Form, FormDep
from api.replacements import SeenDep
from api.schemas.fields import CaseNumber
from models import holdings, store
from models.deadlines import local_date
from models.holdings import Held
from models.replacement import Work
from models.tables import Category, Course, Organisation, ReplacementRow, Subsystem, Task

router = pages_router()

_REPORTING = [allow(Role.AGENCY, *OPERATORS)]
_CONCERNED = [allow(Role.AGENCY, Role.RESPONSIBLE, *OPERATORS)]
_PAGE = "/replacements/{number}"
_NAMED = 5
"""Of what a person is responsible for, so many are named; the others are counted."""
_SUCCESSOR = ("name", "post", "email", "phone")


@router.get("/replacements", dependencies=_CONCERNED)
async def all_replacements(
    http: Request,
    caller: CallerDep,
    sessions: SessionsDep,
    cursor: Annotated[str, Query(max_length=200)] = "",
) -> Response:
    """Those that the reader has to do with, the newest first."""
    async with store.looking(sessions) as session:
        page = await lists.replacement_page(session, caller, lists.Asked(cursor=cursor or None))
    return show(
        http,
        "replacements.html",
        title="Смена ответственных",
        page=page.model_dump(),
        cursor=cursor,
        reports=_reports(caller),
    )


@router.get("/replacements/new", dependencies=_REPORTING)
async def new(http: Request, api: ApiDep, caller: CallerDep, sessions: SessionsDep) -> Response:
    """Who leaves, until when, and who comes: one form."""
    return await _ask(http, api, caller, sessions)


@router.post("/replacements/new", dependencies=_REPORTING)
async def report(
    http: Request, form: FormDep, api: ApiDep, caller: CallerDep, sessions: SessionsDep
) -> Response:
    """What was typed is there again when it is not accepted; the successor may be named later."""
    body: dict[str, Any] = form.filled("powers_ended_on", "owner")
    if (person := form.number("person")) is not None:
        body["person"] = person
    successor = _successor(form)
    if any(successor.values()):
        body["successor"] = successor
    try:
        if person is None:
            raise Problem("invalid", "Выберите, чьи полномочия прекращаются.")
        made = await api.post("/replacements", form, body)
    except Problem as problem:
        return await _ask(http, api, caller, sessions, typed=form, problem=problem)
    return done(http, f"/replacements/{made['number']}", "Сообщение о прекращении полномочий принято.")


@router.get(_PAGE, dependencies=_CONCERNED)
async def replacement_page(
    http: Request, row: SeenDep, api: ApiDep, caller: CallerDep, sessions: SessionsDep
) -> Response:
    """How it goes, what was taken and read back, and what the reader may do now."""
    return await _show(http, row, api, caller, sessions)


@router.post(_PAGE + "/report", dependencies=[allow(Role.AGENCY)])
async def confirm(http: Request, number: CaseNumber, form: FormDep, api: ApiDep) -> Response:
    await api.post(f"/replacements/{number}/report", form)
    return done(http, f"/replacements/{number}", "Прекращение полномочий подтверждено.")


@router.post(_PAGE + "/successor", dependencies=_REPORTING)
async def appoint(
    http: Request, row: SeenDep, form: FormDep, api: ApiDep, caller: CallerDep, sessions: SessionsDep
) -> Response:
    try:
        await api.post(f"/replacements/{row.number}/successor", form, _successor(form))
    except Problem as problem:
        return await _show(http, row, api, caller, sessions, typed=form, problem=problem)
    return done(http, f"/replacements/{row.number}", "Новое ответственное лицо назначено.")


@router.post(_PAGE + "/withdrawal", dependencies=_REPORTING)
async def withdraw(
    http: Request, row: SeenDep, form: FormDep, api: ApiDep, caller: CallerDep, sessions: SessionsDep
) -> Response:
    try:
        await api.post(f"/replacements/{row.number}/withdrawal", form, form.filled("reason"))
    except Problem as problem:
        return await _show(http, row, api, caller, sessions, problem=problem)
    return done(http, f"/replacements/{row.number}", "Сообщение отозвано: ответственное лицо остаётся.")


@router.post(_PAGE + "/acceptance", dependencies=[allow(Role.RESPONSIBLE)])
async def accept(http: Request, number: CaseNumber, form: FormDep, api: ApiDep) -> Response:
    await api.post(f"/replacements/{number}/accept", form)
    return done(http, f"/replacements/{number}", "Вы приняли учебные курсы.")


@router.post(_PAGE + "/by-hand", dependencies=[allow(*OPERATORS)])
async def by_hand(http: Request, number: CaseNumber, form: FormDep, api: ApiDep) -> Response:
    """The operator has done in a subsystem what the engine could not."""
    await api.post(f"/replacements/{number}/by-hand", form, form.filled("work", "subsystem"))
    return done(http, f"/replacements/{number}", "Отмечено: выполнено вручную.")


def _successor(form: Form) -> dict[str, str]:
    return {name: form.text(f"successor.{name}") for name in _SUCCESSOR}


def _reports(caller: Caller) -> bool:
    return caller.role in (Role.AGENCY, *OPERATORS)


async def _ask(
    http: Request,
    api: Api,
    caller: Caller,
    sessions: SessionsDep,
    *,
    typed: Form | None = None,
    problem: Problem | None = None,
) -> Response:
    organisations: list[tuple[str, str]] = []
    if caller.role in OPERATORS:
        async with store.looking(sessions) as session:
            query = select(col(Organisation.code), col(Organisation.name)).order_by(col(Organisation.name))
            organisations = [(code, name) for code, name in (await session.execute(query)).all()]
    return show(
        http,
        "replacement_new.html",
        title="Смена ответственного лица",
        people=_people(await api.get("/register")),
        organisations=organisations,
        typed=typed,
        problem=problem,
        wrong=_wrong(problem),
    )


def _people(register: Any) -> list[tuple[int, str]]:
    """Whom the reader may name, with what each is responsible for."""
    held: defaultdict[tuple[int, str], list[str]] = defaultdict(list)
    for one in _things(register):
        if one["responsible_id"] is not None:
            held[one["responsible_id"], one["responsible"]].append(f"«{one['name']}»")
    return sorted(
        ((id, f"{name} — {_listed(things)}") for (id, name), things in held.items()),
        key=lambda one: one[1],
    )


def _things(register: Any) -> list[Any]:
    """Every category and course, those of no category too."""
    shelves = [*register, *(category for one in register for category in one["categories"])]
    return [thing for one in shelves for thing in [*one.get("categories", []), *one["courses"]]]


def _listed(things: list[str]) -> str:
    more = len(things) - _NAMED
    named = ", ".join(things[:_NAMED]) + (f" и ещё {more}" if more > 0 else "")
    return f"курсов и категорий {len(things)}: {named}" if len(things) > 1 else named


async def _show(
    http: Request,
    row: ReplacementRow,
    api: Api,
    caller: Caller,
    sessions: SessionsDep,
    *,
    typed: Form | None = None,
    problem: Problem | None = None,
) -> Response:
    shown = await api.get(f"/replacements/{row.number}")
    is_open = shown["closed_at"] is None and shown["withdrawn_at"] is None
    reports = is_open and _reports(caller)
    async with store.looking(sessions) as session:
        names = {one.code: one.name for one in (await session.scalars(select(Subsystem))).all()}
        titles = await _titles(session, row)
        works = await _by_hand(session, row.number) if caller.role in OPERATORS else []
        held = await holdings.of(session, row.number) if works else []
        is_asked = await awaited.is_asked_to_accept(session, row.number)
    comes = is_open and caller.role is Role.RESPONSIBLE and shown["accepted_at"] is None
    return show(
        http,
        "replacement.html",
        title=f"Смена ответственного лица: {shown['person']['name']}",
        replacement=shown,
        proof=proven(shown["proof"], names, titles),
        works=[(work, names.get(code, code), code, _of(held, code)) for work, code in works],
        reports=is_open and caller.role is Role.AGENCY and shown["informed_at"] is None,
        appoints=reports and shown["accepted_at"] is None,
        withdraws=reports and not shown["proof"],
        accepts=comes and is_asked,
        awaits_rights=comes and not is_asked,
        have_powers_ended=local_date(datetime.now(UTC)) > row.powers_ended_on,
        typed=typed,
        problem=problem,
        wrong=_wrong(problem),
    )


def _of(held: list[Held], subsystem: str) -> str:
    """What was taken from the predecessor in a subsystem."""
    return _listed([one.called for one in held if one.subsystem == subsystem])


async def _titles(session: AsyncSession, row: ReplacementRow) -> dict[str, str]:
    """Names of what the proof tells of."""
    found: dict[str, str] = {}
    for kind, table in (("course", Course), ("category", Category)):
        query = select(col(table.id), col(table.name)).where(col(table.id).in_(ids(row.proof, kind)))
        found |= {f"{kind}-{id}": name for id, name in (await session.execute(query)).all()}
    return found


async def _by_hand(session: AsyncSession, number: str) -> list[tuple[Work, str]]:
    """What waits for the operator's hands: the work and the subsystem's code."""
    query = select(col(Task.step)).where(
        col(Task.number) == number, col(Task.closed_at).is_(None), col(Task.step).startswith("replacement/")
    )
    # A step is called `replacement/removal-local/failed-…`.
    steps = [step.split("/")[1].partition("-") for step in (await session.scalars(query)).all()]
    return [(Work(work), code) for work, _, code in steps if work in set(Work)]


def _wrong(problem: Problem | None) -> defaultdict[str, str]:
    return defaultdict(str, {one.field: one.detail for one in problem.fields} if problem else {})

"""Trainings of the owner and of the responsible (clause 4.6): the list, setting one up, its page."""

from collections import defaultdict
from typing import Annotated, Any

from fastapi import Query, Request, Response
from fastapi.responses import PlainTextResponse
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select

from api import authoring, courses, enrolments, lists
from api.auth import Caller, CallerDep, Role, allow
from api.deps import SessionsDep
from api.errors import Problem
from api.pages.asking import Api, ApiDep
from api.pages.frame import done, pages_router, show
from api.pages.live import word
from api.pages.visitors import Form, FormDep
from api.schemas.fields import CaseNumber
from api.trainings import TrainingDep
from models import store
from models.authoring import AuthoringStage
from models.results import Origin
from models.tables import Course, TrainingRow
from models.trainings import Stage

router = pages_router()

OWNERS = [allow(Role.AGENCY, Role.RESPONSIBLE)]
_PAGE = "/trainings/{number}"
_LISTS = 100
"""As many as a training takes."""
_UNREADY = " — ещё не объявлен готовым"


@router.get("/trainings", dependencies=OWNERS)
async def all_trainings(
    http: Request,
    caller: CallerDep,
    sessions: SessionsDep,
    cursor: Annotated[str, Query(max_length=200)] = "",
) -> Response:
    """Trainings of every course of the caller, the newest first; the form of a new one below."""
    return await _list(http, caller, sessions, cursor)


@router.post("/trainings", dependencies=OWNERS)
async def set_up(
    http: Request, form: FormDep, api: ApiDep, caller: CallerDep, sessions: SessionsDep
) -> Response:
    """What was typed is there again when it is not accepted."""
    body: dict[str, Any] = form.filled("title", "starts_on", "ends_on")
    body["lists"] = form.texts("lists")
    if form.text("sign_up"):
        body["sign_up"] = _sign_up(form)
    try:
        course = form.number("course")
        if course is None:
            raise Problem("invalid", "Выберите учебный курс.")
        opened = await api.post(f"/courses/{course}/trainings", form, body)
    except Problem as problem:
        return await _list(http, caller, sessions, typed=form, problem=problem)
    return done(http, f"/trainings/{opened['number']}", "Обучение назначено.")


@router.get(_PAGE, dependencies=OWNERS)
async def training_page(http: Request, training: TrainingDep, api: ApiDep, sessions: SessionsDep) -> Response:
    """How a training stands, and what may be done with it now."""
    return await _show(http, training, api, sessions)


@router.get(_PAGE + "/state", dependencies=OWNERS, response_class=PlainTextResponse)
async def state(training: TrainingDep, api: ApiDep) -> PlainTextResponse:
    """A word that changes when results are read, a letter has gone, somebody takes part."""
    return PlainTextResponse(word(await api.get(f"/trainings/{training.number}")))


@router.post(_PAGE + "/prolongation", dependencies=OWNERS)
async def prolong(
    http: Request, training: TrainingDep, form: FormDep, api: ApiDep, sessions: SessionsDep
) -> Response:
    try:
        await api.post(f"/trainings/{training.number}/prolongation", form, form.filled("ends_on"))
    except Problem as problem:
        return await _show(http, training, api, sessions, problem=problem)
    return done(http, f"/trainings/{training.number}", "Обучение продлено.")


@router.post(_PAGE + "/closing", dependencies=OWNERS)
async def close(
    http: Request, training: TrainingDep, form: FormDep, api: ApiDep, sessions: SessionsDep
) -> Response:
    """Close early, or cancel what has not begun."""
    try:
        answer = await api.post(f"/trainings/{training.number}/closing", form, form.filled("reason"))
    except Problem as problem:
        return await _show(http, training, api, sessions, problem=problem)
    is_cancelled = answer["state"]["code"] == Stage.CANCELLED
    said = "Обучение отменено." if is_cancelled else "Обучение закрыто; результаты сохраняются."
    return done(http, f"/trainings/{training.number}", said)


@router.post(_PAGE + "/refresh", dependencies=OWNERS)
async def refresh(http: Request, number: CaseNumber, form: FormDep, api: ApiDep) -> Response:
    await api.post(f"/trainings/{number}/refresh", form)
    return done(
        http, f"/trainings/{number}", "Результаты читаются из Moodle; страница покажет их, когда они придут."
    )


@router.post(_PAGE + "/sign-up", dependencies=OWNERS)
async def open_sign_up(
    http: Request, training: TrainingDep, form: FormDep, api: ApiDep, sessions: SessionsDep
) -> Response:
    try:
        await api.post(f"/trainings/{training.number}/sign-up", form, _sign_up(form))
    except Problem as problem:
        return await _show(http, training, api, sessions, problem=problem)
    return done(http, f"/trainings/{training.number}", "Запись открыта на этих условиях.")


def _sign_up(form: Form) -> dict[str, Any]:
    """As the API takes it; a number that is none is told by the API."""
    places = form.number("places")
    return {**form.filled("places", "until"), **({"places": places} if places is not None else {})}


async def _show(
    http: Request, training: TrainingRow, api: Api, sessions: SessionsDep, problem: Problem | None = None
) -> Response:
    async with store.looking(sessions) as session:
        course = await session.get_one(Course, training.course)
        unready = await _unready(session, [course])
    shown = await api.get(f"/trainings/{training.number}")
    is_open = Stage(shown["state"]["code"]).is_open
    return show(
        http,
        "training.html",
        title=f"Обучение «{training.title}»",
        training=shown,
        course=course,
        is_open=is_open,
        unready=is_open and bool(unready),
        live="" if shown["closed_at"] else f"/trainings/{training.number}/state",
        known=word(shown),
        is_planned=shown["state"]["code"] == Stage.PLANNED,
        reads=training.origin == Origin.READ,
        problem=problem,
        wrong=_wrong(problem),
    )


async def _list(
    http: Request,
    caller: Caller,
    sessions: SessionsDep,
    cursor: str = "",
    *,
    typed: Form | None = None,
    problem: Problem | None = None,
) -> Response:
    async with store.looking(sessions) as session:
        page = await lists.training_page(session, caller, lists.Asked(cursor=cursor or None))
        own = await own_courses(session, caller)
        unready = await _unready(session, own)
        confirmed = await enrolments.confirmed(session, caller, _LISTS)
    return show(
        http,
        "trainings.html",
        title="Обучения",
        page=page.model_dump(),
        cursor=cursor,
        courses=[(one.id, f"{one.name}{_UNREADY if one.id in unready else ''}") for one in own],
        unready=unready,
        lists=confirmed,
        ticked=typed.texts("lists") if typed else [],
        typed=typed,
        problem=problem,
        wrong=_wrong(problem),
    )


async def _unready(session: AsyncSession, own: list[Course]) -> set[int]:
    """Those whose building has not come to «готов»."""
    standings = await authoring.standings(session, [one.id or 0 for one in own])
    return {id for id, one in standings.items() if one.state is not AuthoringStage.READY}


def _wrong(problem: Problem | None) -> defaultdict[str, str]:
    return defaultdict(str, {one.field: one.detail for one in problem.fields} if problem else {})


async def own_courses(session: AsyncSession, caller: Caller) -> list[Course]:
    """Those that `courses.sees` lets the owner or the responsible see, by name."""
    query = select(Course).where(courses.visible(caller)).order_by(col(Course.name))
    return list((await session.scalars(query)).all())

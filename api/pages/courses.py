"""Courses of the responsible and of their owner: readiness (4.4), questions, learners (4.5)."""

from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import Query, Request, Response

from api import lists
from api.auth import Caller, CallerDep, Role, allow
from api.courses import CourseDep
from api.deps import SessionsDep
from api.enrolments import has_services
from api.errors import Problem
from api.pages.asking import Api, ApiDep
from api.pages.frame import done, pages_router, show
from api.pages.visitors import Form, FormDep
from models.authoring import AuthoringStage
from models.tables import Course

router = pages_router()

OWNERS = (Role.AGENCY, Role.RESPONSIBLE)
_PAGE = "/courses/{course}"


@router.get("/courses", dependencies=[allow(*OWNERS)])
async def my_courses(
    http: Request,
    caller: CallerDep,
    sessions: SessionsDep,
    cursor: Annotated[str, Query(max_length=200)] = "",
) -> Response:
    """Courses that the caller owns or is responsible for now, the newest first."""
    async with sessions() as session:
        page = await lists.course_page(session, caller, lists.Asked(cursor=cursor or None))
    return show(http, "courses.html", title="Мои курсы", page=page.model_dump(), cursor=cursor)


@router.get(_PAGE)
async def course_page(http: Request, course: CourseDep, caller: CallerDep, api: ApiDep) -> Response:
    return await _show(http, course, caller, api)


@router.post(f"{_PAGE}/plan")
async def plan(http: Request, course: CourseDep, form: FormDep, api: ApiDep) -> Response:
    """Name the day on which the course is to be ready."""
    await api.post(f"/courses/{course.id}/authoring/plan", form, form.filled("planned_on"))
    return done(http, f"/courses/{course.id}", "День готовности назначен.")


@router.post(f"{_PAGE}/readiness")
async def readiness(http: Request, course: CourseDep, form: FormDep, api: ApiDep) -> Response:
    """Declare the course ready; the page tells what the check has found."""
    answer = await api.post(f"/courses/{course.id}/authoring/readiness", form)
    is_ready = answer["declared"] and answer["declared"]["ready"]
    if not has_services(course, http.app.state.settings):
        said = "Курс объявлен готовым. Система его не видит: проверяет Оператор, он узнаёт об этом из письма."
    elif is_ready:
        said = "Курс проверен: он готов."
    else:
        said = "Курс проверен: он ещё не готов, чего не хватает — ниже."
    return done(http, f"/courses/{course.id}", said)


@router.post(f"{_PAGE}/questions")
async def ask(http: Request, course: CourseDep, caller: CallerDep, form: FormDep, api: ApiDep) -> Response:
    """Ask the operator; what was typed is there again when it is not taken."""
    try:
        asked = await api.post(f"/courses/{course.id}/consultations", form, form.filled("text"))
    except Problem as problem:
        return await _show(http, course, caller, api, problem=problem, typed=form)
    return done(http, f"/cases/{asked['number']}", "Вопрос отправлен Оператору.")


@router.post(f"{_PAGE}/learners/file")
async def upload(http: Request, course: CourseDep, caller: CallerDep, form: FormDep, api: ApiDep) -> Response:
    """A list of learners: its plan is made, nothing else."""
    file = form.file("list")
    try:
        if file is None or not file.size:
            raise Problem("invalid", "Выберите файл со списком: он не выбран или пуст.")
        query = {"filename": file.filename, **form.filled("training")}
        path, content = f"/courses/{course.id}/enrolments?{urlencode(query)}", await file.read()
        taken = await api.upload(path, form, content, **{"Content-Type": "application/octet-stream"})
    except Problem as problem:
        return await _show(http, course, caller, api, problem=problem)
    said = "Список принят. Пока вы не подтвердите план, в Moodle ничего не меняется."
    return done(http, f"/cases/{taken['number']}", said)


@router.post(f"{_PAGE}/self-registration")
async def choose_self_registration(http: Request, course: CourseDep, form: FormDep, api: ApiDep) -> Response:
    """Way one: learners sign up by themselves."""
    opened = await api.post(f"/courses/{course.id}/self-registration", form)
    return done(http, f"/cases/{opened['number']}", "Выбрана самостоятельная запись.")


async def authoring_of(api: Api, course: int | None) -> Any:
    """How far the building is; None for a course that no request has asked for."""
    try:
        return await api.get(f"/courses/{course}/authoring")
    except Problem as problem:
        if problem.type != "not-found":
            raise
        return None


async def is_unready(api: Api, course: int | None) -> bool:
    """Whether the building of a course has not come to «готов» yet."""
    authoring = await authoring_of(api, course)
    return authoring is not None and authoring["state"]["code"] != AuthoringStage.READY


async def _show(
    http: Request,
    course: Course,
    caller: Caller,
    api: Api,
    *,
    problem: Problem | None = None,
    typed: Form | None = None,
) -> Response:
    path = f"/courses/{course.id}"
    return show(
        http,
        "course.html",
        title=course.name,
        course=course,
        authoring=await authoring_of(api, course.id),
        consultations=await api.get(f"{path}/consultations"),
        lists=await api.get(f"{path}/enrolments"),
        trainings=[
            (one["number"], one["title"])
            for one in await api.get(f"{path}/trainings")
            if not one["closed_at"]
        ],
        owns=caller.role in OWNERS,
        takes_lists=has_services(course, http.app.state.settings),
        asks=caller.role is Role.RESPONSIBLE,
        problem=problem,
        question=typed.text("text") if typed else "",
    )

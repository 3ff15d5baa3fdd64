"""The production calendar: what an amended day would move, amending it, and taking an amendment back."""

from typing import Any

from fastapi import Request, Response

from api.auth import Role, allow
from api.errors import Problem
from api.pages.asking import Api, ApiDep
from api.pages.frame import done, pages_router, show
from api.pages.visitors import Form, FormDep
from api.schemas.fields import RowId
from models import cases

router = pages_router()

_ALLOWED = [allow(Role.ADMIN, Role.SUPERVISOR)]
_PREVIEW = "preview"
_DONE, _SUPPOSED = ("Сдвинуто", "сдвинуты"), ("Сдвинется", "сдвинутся")


@router.get("/calendar", dependencies=_ALLOWED)
async def calendar_page(http: Request, api: ApiDep, day: str = "", working: str = "") -> Response:
    """What was amended; with a day, which open cases would move were it working or off."""
    if not day:
        return await _show(http, api)
    typed = {"day": day, "working": working, "decree": ""}
    try:
        supposed = await api.get("/calendar/what-if", day=day, is_working=_is_working(working))
    except Problem as problem:
        return await _show(http, api, typed=typed, problem=problem)
    return await _show(http, api, typed=typed, supposed=supposed)


@router.post("/calendar", dependencies=_ALLOWED)
async def amend(http: Request, form: FormDep, api: ApiDep) -> Response:
    """Look at what would move, or amend: by the button that was pressed."""
    body = {**form.filled("day", "decree"), "working": _is_working(form.text("working"))}
    try:
        if form.text("act") == _PREVIEW:
            answer = await api.ask("/calendar/amendments/preview", body)
            return await _show(http, api, typed=_typed(form), preview=_named(answer))
        answer = await api.post("/calendar/amendments", form, body)
    except Problem as problem:
        return await _show(http, api, typed=_typed(form), problem=problem)
    return done(http, "/calendar", f"Календарь изменён. {_counted(answer['moved'], *_DONE)}")


@router.post("/calendar/{amendment}/withdrawal", dependencies=_ALLOWED)
async def withdraw(http: Request, amendment: RowId, form: FormDep, api: ApiDep) -> Response:
    """The day is as the production calendar has it."""
    path = f"/calendar/amendments/{amendment}/withdrawal"
    try:
        answer = await api.post(path, form, form.filled("decree"))
    except Problem as problem:
        return await _show(http, api, problem=problem)
    return done(http, "/calendar", f"Изменение отменено. {_counted(answer['moved'], *_DONE)}")


def _counted(moved: list[dict[str, str]], move: str, go: str) -> str:
    """Of how many the last day moves, and of how many the reminders alone."""
    days = sum(one["last_day"] != one["new_last_day"] for one in moved)
    alone = len(moved) - days
    only = f" Последний день тот же, {go} только напоминания: {alone}." if alone else ""
    return f"{move} сроков: {days}.{only}"


def _is_working(text: str) -> bool:
    return text == "yes"


def _typed(form: Form) -> dict[str, str]:
    return {name: form.text(name) for name in ("day", "working", "decree")}


def _named(preview: Any) -> Any:
    """What moves, with the name of its case."""
    for one in preview["moved"]:
        one["case_name"] = cases.label(one["number"])
    return preview


async def _show(
    http: Request,
    api: Api,
    *,
    typed: dict[str, str] | None = None,
    preview: Any = None,
    supposed: Any = None,
    problem: Problem | None = None,
) -> Response:
    return show(
        http,
        "calendar.html",
        title="Календарь",
        amendments=(await api.get("/calendar/amendments"))[::-1],
        typed=typed or {"day": "", "working": "no", "decree": ""},
        preview=preview,
        supposed=supposed,
        counted=_counted((preview or supposed or {"moved": []})["moved"], *_SUPPOSED),
        problem=problem,
    )

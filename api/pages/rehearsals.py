"""Rehearsal of changed terms: the file is made and checked here, tried elsewhere, its report shown here."""

from typing import Any

from fastapi import Request, Response

from api.auth import Role, allow
from api.errors import Problem
from api.pages.asking import Api, ApiDep
from api.pages.frame import done, headers, pages_router, show
from api.pages.visitors import FormDep
from api.schemas.fields import RowId

router = pages_router()

_ALLOWED = [allow(Role.SUPERVISOR, Role.ADMIN)]
_PAGE = "/rehearsals"
_DOWNLOAD = "download"


@router.get(_PAGE, dependencies=_ALLOWED)
async def rehearsals_page(http: Request, api: ApiDep) -> Response:
    """The terms in force as a file to change, and the reports that there are."""
    return await _show(http, api)


@router.post(_PAGE, dependencies=_ALLOWED)
async def compose(http: Request, form: FormDep, api: ApiDep) -> Response:
    """Check the file, or have it: by the button that was pressed."""
    typed = form.text("file")
    try:
        checked = await api.ask(f"{_PAGE}/terms", {"file": typed})
    except Problem as problem:
        return await _show(http, api, typed=typed, problem=problem)
    if form.text("act") != _DOWNLOAD:
        return await _show(http, api, typed=typed, checked=checked)
    sent = {**headers(http), "Content-Disposition": 'attachment; filename="sroki.toml"'}
    return Response(checked["file"] + "\n", media_type="application/toml", headers=sent)


@router.post(f"{_PAGE}/file", dependencies=_ALLOWED)
async def bring(http: Request, form: FormDep, api: ApiDep) -> Response:
    """Keep the `report.json` of a rehearsal."""
    file = form.file("report")
    content = await file.read() if file else b""
    try:
        kept = await api.upload(_PAGE, form, content, **{"Content-Type": "application/json"})
    except Problem as problem:
        if problem.type == "invalid":
            problem = Problem("invalid", "Это не report.json репетиции.", problem.fields)
        return await _show(http, api, problem=problem)
    return done(http, f"{_PAGE}/{kept['id']}", "Отчёт сохранён.")


@router.get(f"{_PAGE}/{{rehearsal}}", dependencies=_ALLOWED)
async def report_page(http: Request, rehearsal: RowId, api: ApiDep) -> Response:
    """One report."""
    report = await api.get(f"{_PAGE}/{rehearsal}")
    return show(http, "rehearsal.html", title=f"Репетиция: {report['title']}", report=report)


async def _show(
    http: Request, api: Api, *, typed: str | None = None, checked: Any = None, problem: Problem | None = None
) -> Response:
    return show(
        http,
        "rehearsals.html",
        title="Репетиция изменённых сроков",
        file=(await api.get(f"{_PAGE}/terms"))["file"] if typed is None else typed,
        checked=checked,
        reports=await api.get(_PAGE),
        problem=problem,
    )

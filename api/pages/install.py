"""Puts the pages into the application."""

from pathlib import Path

from fastapi import FastAPI, Request, Response
from fastapi.staticfiles import StaticFiles
from starlette.exceptions import HTTPException

from api import errors
from api.errors import Problem
from api.pages import (
    administration,
    calendar,
    case,
    certificates,
    clauses,
    courses,
    downloads,
    filed,
    filing,
    ladders,
    learners,
    letters,
    oidc,
    operator_tasks,
    rehearsals,
    replacements,
    results,
    saved_filters,
    sign_in,
    sign_up,
    sign_ups,
    talks,
    trainings,
    work_list,
)
from api.pages.frame import tell

_ROUTERS = (
    sign_in.router,
    work_list.router,
    saved_filters.router,
    case.router,
    filed.router,
    filing.router,
    courses.router,
    learners.router,
    talks.router,
    downloads.router,
    operator_tasks.router,
    clauses.router,
    ladders.router,
    calendar.router,
    administration.router,
    letters.router,
    rehearsals.router,
    trainings.router,
    sign_ups.router,
    sign_up.router,
    results.router,
    certificates.router,
    replacements.router,
)


def install(app: FastAPI) -> None:
    """All cabinets, and what they look like."""
    app.state.provider = oidc.provider(app.state.settings)
    for router in _ROUTERS:
        app.include_router(router)
    app.add_exception_handler(HTTPException, _on_http)
    app.mount("/static", StaticFiles(directory=Path(__file__).parents[2] / "static"), name="static")


async def _on_http(http: Request, error: Exception) -> Response:
    """A wrong address: a page for whoever reads pages, a problem for programs."""
    assert isinstance(error, HTTPException)
    reads_pages = "text/html" in http.headers.get("accept", "") and not http.url.path.startswith("/api/")
    if reads_pages and error.status_code == 404:
        return tell(http, Problem("not-found"))
    return await errors.on_http(http, error)

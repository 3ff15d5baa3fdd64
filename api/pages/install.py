"""Puts the pages into the application."""

from pathlib import Path

from fastapi import FastAPI
from fastapi.staticfiles import StaticFiles

from api.pages import case, filing, oidc, sign_in, work_list

_ROUTERS = (
    sign_in.router,
    work_list.router,
    case.router,
    filing.router,
)


def install(app: FastAPI) -> None:
    """All cabinets, and what they look like."""
    app.state.provider = oidc.provider(app.state.settings)
    for router in _ROUTERS:
        app.include_router(router)
    app.mount("/static", StaticFiles(directory=Path(__file__).parents[2] / "static"), name="static")

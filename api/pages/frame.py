"""What all pages have in common: the frame around them, their headers, and how a problem is told.

A cabinet is a module with `router = pages_router()`, templates in `templates/pages/` that extend `base.html`,
and its line in `menu.py`.
"""

from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote, urlsplit

import structlog
from fastapi import APIRouter, Depends, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse, RedirectResponse
from fastapi.routing import APIRoute
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from api.errors import Problem
from api.pages import words
from api.pages.again import Failed, Typed, keys, shown_again
from api.pages.menu import entries
from api.pages.visitors import COOKIE, Form, SignInFirst, Visitor, known_visitor
from models.settings import Settings

log = structlog.get_logger()

_SAID = "seo_said"
_POSTGRES_AWAY = (OperationalError, InterfaceError, PoolTimeoutError)
_SOME_TIME = 60
_AHEAD = "Если на странице ещё прежнее состояние, откройте её снова через несколько секунд."

_TEMPLATES = Environment(
    loader=FileSystemLoader(Path(__file__).parents[2] / "templates" / "pages"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
_TEMPLATES.filters.update(words.FILTERS)


class PageRoute(APIRoute):
    """A route that tells its problems as a page."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        answer = super().get_route_handler()

        async def answered(http: Request) -> Response:
            try:
                return await answer(http)
            except SignInFirst as first:
                return RedirectResponse(first.location, 303, headers=headers(http))
            except Problem as problem:
                return await shown_again(http, problem) or tell(http, problem)
            except RequestValidationError:
                return tell(http, Problem("not-found"))
            except _POSTGRES_AWAY as error:
                log.warning("database unavailable", path=http.url.path, error=type(error).__name__)
                return tell(http, Problem("unavailable"))

        return answered


def pages_router() -> APIRouter:
    """For pages of those who are signed in."""
    return APIRouter(route_class=PageRoute, include_in_schema=False, dependencies=[Depends(known_visitor)])


def public_router() -> APIRouter:
    """For pages that need nobody."""
    return APIRouter(route_class=PageRoute, include_in_schema=False)


def show(http: Request, template: str, *, problem: Problem | None = None, **facts: Any) -> HTMLResponse:
    """A page for whoever asked.

    Args:
        http: The request.
        template: Its name in `templates/pages/`.
        problem: What went wrong; its status is the answer's.
        facts: What the template shows; `title` is the page's name.
    """
    visitor: Visitor = getattr(http.state, "visitor", None) or Visitor(None, "")
    failed: Failed | None = getattr(http.state, "failed", None)
    if failed is not None and problem is None:
        problem, failed.is_shown = failed.problem, True
    said = "" if problem else unquote(http.cookies.get(_SAID, ""))
    shown = {
        "visitor": visitor,
        "menu": entries(visitor.caller, http.url.path),
        "once": keys(failed or _caught(http, problem)),
        "said": said,
        "problem": problem,
        "live": "",
        "known": "",
        "typed_in": Typed(failed),
        **facts,
    }
    status = problem.kind.status if problem else 200
    page = HTMLResponse(_TEMPLATES.get_template(template).render(shown), status, headers(http))
    if said:
        page.delete_cookie(_SAID)
    if visitor.is_new:
        give_cookie(http, page, visitor.secret)
    return page


def _caught(http: Request, problem: Problem | None) -> Failed | None:
    """The form that was sent, where its page tells by itself why it was not accepted."""
    form: Form | None = getattr(http.state, "form", None)
    return Failed(http.url.path, form, problem) if form is not None and problem is not None else None


def tell(http: Request, problem: Problem) -> Response:
    """A problem in plain words."""
    page = show(
        http,
        "problem.html",
        title=_TITLES.get(problem.kind.status, "Не получилось"),
        problem=problem,
    )
    if problem.retry_after:
        page.headers["Retry-After"] = str(problem.retry_after)
    return page


_TITLES = {
    403: "Нет доступа",
    404: "Страница не найдена",
    413: "Отправлено слишком много",
    429: "Подождите немного",
    503: "Сервис временно недоступен",
}


def done(http: Request, location: str, said: str = "") -> RedirectResponse:
    """After a form: on to a page that says what was done, and when it may not show it yet."""
    if said and getattr(getattr(http.state, "api", None), "is_ahead", False):
        said = f"{said} {_AHEAD}"
    response = RedirectResponse(location, 303, headers=headers(http))
    if said:
        response.set_cookie(
            _SAID,
            quote(said[:500]),
            max_age=_SOME_TIME,
            httponly=True,
            samesite="lax",
            secure=_is_https(http),
        )
    return response


def give_cookie(http: Request, response: Response, secret: str) -> None:
    """Until the browser is closed; Postgres knows when it ends by idleness."""
    response.set_cookie(COOKIE, secret, httponly=True, samesite="lax", secure=_is_https(http))


def headers(http: Request) -> dict[str, str]:
    """Nothing inline, nothing from elsewhere, in nobody's frame, in no cache."""
    settings: Settings = http.app.state.settings
    forms_go_to = " ".join(["'self'", *settings.sign_in_origins])
    return {
        "Content-Security-Policy": (
            "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self';"
            f" form-action {forms_go_to}; base-uri 'none'; frame-ancestors 'none'"
        ),
        "Referrer-Policy": "same-origin",
        "X-Frame-Options": "DENY",
        "X-Robots-Tag": "noindex",
        "X-Content-Type-Options": "nosniff",
        "Cache-Control": "no-store",
    }


def own_path(text: str, otherwise: str = "/") -> str:
    """Where to go next, when it is a page of ours: never another site."""
    parts = urlsplit(text)
    is_ours = text.startswith("/") and not parts.scheme and not parts.netloc and "\\" not in text
    return text if is_ours and text.isprintable() and not text.startswith("//") else otherwise


def _is_https(http: Request) -> bool:
    settings: Settings = http.app.state.settings
    return settings.public_url.startswith("https://")

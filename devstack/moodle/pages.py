"""What a browser gets, and the two endpoints beside the web services: sign-in for a token, and AJAX."""

from html import escape
from typing import Any

from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response

from .forms import parse_form
from .passwords import matches
from .releases import MOODLE_3_3
from .rest import base_url, sent_form
from .site import Site
from .siteinfo import public_config

_JSON = {"content-type": "application/json; charset=utf-8"}
_AJAX_WITHOUT_LOGIN = "tool_mobile_get_public_config"


def page(title: str, body: str) -> Response:
    return HTMLResponse(
        f'<!DOCTYPE html><html lang="ru"><head><meta charset="utf-8"><title>{escape(title)}</title></head>'
        f"<body><h1>{escape(title)}</h1>{body}</body></html>"
    )


def front_page(request: Request, site: Site) -> Response:
    to_course = f"{base_url(request, site)}/course/view.php?id="
    courses = "".join(
        f'<li><a href="{to_course}{course.id}">{escape(course.fullname)}</a></li>'
        for course in site.db.courses
        if course.id != 1 and course.visible
    )
    return page(site.settings.sitename, f"<p>Moodle {site.release.label}, стенд</p><ul>{courses}</ul>")


def forgot_password_page(request: Request, site: Site) -> Response:
    form = '<form><label>Логин или e-mail <input name="username"></label> <button>Найти</button></form>'
    return page("Забыли пароль?", form)


async def sign_in_for_token(request: Request, site: Site) -> Response:
    """/login/token.php: the token of the service for who knows the password."""
    form = parse_form(await sent_form(request), 1000)
    user = site.db.users.first(username=form.get("username", ""))
    tokens = site.db.tokens.where(user_id=user.id, service=form.get("service", "")) if user else []
    if user is None or not matches(form.get("password", ""), user.password) or not tokens:
        return JSONResponse(_refused(site), headers=_JSON)
    answer: dict[str, Any] = {"token": tokens[0].value}
    # The private token is given over https only.
    return JSONResponse(
        answer | ({"privatetoken": None} if site.release >= MOODLE_3_3 else {}), headers=_JSON
    )


def _refused(site: Site) -> dict[str, Any]:
    nothing = {"stacktrace": None, "debuginfo": None, "reproductionlink": None}
    if site.release >= MOODLE_3_3:
        return {"error": "Invalid login, please try again", "errorcode": "invalidlogin"} | nothing
    return {"error": "The username was not found in the database"} | nothing


async def serve_ajax(request: Request, site: Site) -> Response:
    """Public settings without an account; 2.8 has no such page."""
    if not site.release >= MOODLE_3_3:
        return Response(
            "File not found.\n", status_code=404, headers={"content-type": "text/html; charset=UTF-8"}
        )
    asked = await request.json()
    return JSONResponse([_ajax(request, site, item) for item in asked], headers=_JSON)


def _ajax(request: Request, site: Site, item: dict[str, Any]) -> dict[str, Any]:
    if item.get("methodname") != _AJAX_WITHOUT_LOGIN:
        exception = {"message": "You are not logged in", "errorcode": "servicerequireslogin"}
        return {"error": True, "exception": exception}
    return {"error": False, "data": public_config(site.settings, site.release, base_url(request, site))}

"""The public page of Appendix 1 as it lives: subsystems, categories, courses and their owners.

HTML without JavaScript, for everybody: organisations alone, never persons.
"""

import base64
import hashlib
from datetime import UTC, date, datetime
from pathlib import Path
from typing import cast

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from api import appendix
from api.deps import SessionsDep
from api.rates import Rate
from models import russian
from models.deadlines import local_date
from reports.register_pdf import Part

router = APIRouter(include_in_schema=False)

_STYLE = """
body{margin:0;font:16px/1.5 system-ui,sans-serif;color:#1b1f24;background:#f3f5f7}
main{max-width:70rem;margin:1rem auto;padding:1.2rem;background:#fff;border-radius:.6rem}
.system,.small{color:#57606a;font-size:.9rem;margin:0}
h1{font-size:1.5rem;line-height:1.25;margin:.3rem 0 1rem}
h2{font-size:1.2rem;margin:2rem 0 .6rem}
.wide{overflow-x:auto}
table{border-collapse:collapse;width:100%}
th,td{border:1px solid #afb8c1;padding:.5rem;text-align:left;vertical-align:top;overflow-wrap:anywhere}
th{background:#f3f5f7}
ul{margin:0;padding-left:1.2rem}
label{font-weight:600}
input,button{padding:.4rem .6rem;font:inherit;border:1px solid #6e7781;border-radius:.4rem}
button{color:#fff;background:#0b57a4;border-color:#0b57a4}
.bad{padding:.7rem;border-left:4px solid #b3261e;background:#fdecea;font-weight:600}
@media print{form{display:none}main{margin:0;padding:0}}
"""
_STYLE_HASH = base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()
_HEADERS = {
    "Content-Security-Policy": (
        f"default-src 'none'; style-src 'sha256-{_STYLE_HASH}'; form-action 'self'; base-uri 'none';"
        " frame-ancestors 'none'"
    ),
    "Referrer-Policy": "no-referrer",
}
_PAGE = Environment(
    loader=FileSystemLoader(Path(__file__).parent.parent / "templates" / "pages"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
).get_template("register.html")
_POSTGRES_AWAY = (OperationalError, InterfaceError, PoolTimeoutError)
_TITLE = "Состав СЭО ТО (Приложение № 1)"


@router.get("/register")
async def register_page(
    request: Request, sessions: SessionsDep, on: str = Query(default="", max_length=100)
) -> Response:
    """The register now, or at the end of a day."""
    rate = cast(Rate, request.app.state.certificate_rate)
    if wait := rate.wait(request.client.host if request.client else ""):
        response = _html(429, message="Слишком много обращений с вашего адреса: повторите позже.")
        response.headers["Retry-After"] = str(int(wait) + 1)
        return response
    try:
        day = date.fromisoformat(on) if on else None
    except ValueError:
        return _html(422, message="Дата не распознана: укажите её в виде ГГГГ-ММ-ДД.")
    try:
        parts = await appendix.read(sessions, day)
    except _POSTGRES_AWAY:
        return _html(503, message="Реестр сейчас недоступен, повторите через несколько минут.")
    return _html(200, day=day, parts=parts)


def _html(
    status: int, *, message: str = "", day: date | None = None, parts: list[Part] | None = None
) -> HTMLResponse:
    page = _PAGE.render(
        title=_TITLE,
        style=_STYLE,
        message=message,
        day=day.isoformat() if day else "",
        on=russian.date_words(day or local_date(datetime.now(UTC))),
        parts=parts or [],
    )
    return HTMLResponse(page, status_code=status, headers=_HEADERS)

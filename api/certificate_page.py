"""The public page that says what a certificate was given for and whether it holds (clause 4.9).

HTML without JavaScript. Whoever has the code has the document in hand: the page shows what stands on it,
never why it was revoked. A guessed code, a wrong one and nonsense get the same page.
"""

import base64
import hashlib
from pathlib import Path
from typing import cast

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from api.deps import SessionsDep
from api.rates import Rate
from models import certifying, russian, store
from models.certificates import Award, Standing
from models.certifying import Found
from models.deadlines import local_date

router = APIRouter(include_in_schema=False)

_STYLE = """
body{margin:0;font:17px/1.5 system-ui,sans-serif;color:#1b1f24;background:#f3f5f7}
main{max-width:34rem;margin:2rem auto;padding:1.5rem;background:#fff;border-radius:.6rem}
.system,.small,dt{color:#57606a;font-size:.9rem;margin:0}
h1{font-size:1.4rem;line-height:1.25;margin:.3rem 0 1rem}
dl{margin:1.2rem 0}
dd{margin:0 0 .8rem;overflow-wrap:anywhere}
label{display:block;margin-top:1rem;font-weight:600}
input{box-sizing:border-box;width:100%;padding:.6rem;font:inherit;
border:1px solid #6e7781;border-radius:.4rem}
button{margin:1.2rem 0 0;width:100%;padding:.7rem;font:inherit;font-weight:600;color:#fff;background:#0b57a4;
border:0;border-radius:.4rem}
.holds,.fails{padding:.7rem;border-left:4px solid #1a7f37;background:#e8f5ec;font-weight:600}
.fails{border-color:#b3261e;background:#fdecea}
"""
_STYLE_HASH = base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()
_HEADERS = {
    "Content-Security-Policy": (
        f"default-src 'none'; style-src 'sha256-{_STYLE_HASH}'; form-action 'self'; base-uri 'none';"
        " frame-ancestors 'none'"
    ),
    "Referrer-Policy": "no-referrer",
    "X-Robots-Tag": "noindex",
}
_PAGE = Environment(
    loader=FileSystemLoader(Path(__file__).parent.parent / "templates" / "pages"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
).get_template("certificate.html")
_POSTGRES_AWAY = (OperationalError, InterfaceError, PoolTimeoutError)


@router.get("/certificates")
async def ask_code(request: Request, sessions: SessionsDep, code: str = Query(default="")) -> Response:
    """Where a code is typed by hand."""
    return await _check(request, sessions, code) if code else _html(200, "Проверка документа", asks_code=True)


@router.get("/certificates/{code}")
async def check(code: str, request: Request, sessions: SessionsDep) -> Response:
    """Where the QR leads."""
    return await _check(request, sessions, code)


async def _check(request: Request, sessions: store.Sessions, code: str) -> Response:
    # Before it is looked up: else a guesser would be told at any speed what is there.
    rate = cast(Rate, request.app.state.certificate_rate)
    if wait := rate.wait(request.client.host if request.client else ""):
        response = _html(429, "Подождите немного", "Слишком много проверок с вашего адреса: повторите позже.")
        response.headers["Retry-After"] = str(int(wait) + 1)
        return response
    try:
        async with store.looking(sessions) as session:
            found = await certifying.look_up(session, code)
    except _POSTGRES_AWAY:
        return _html(503, "Проверка сейчас недоступна", "Повторите через несколько минут.")
    if found is None:
        words = "Документа с таким кодом система не выдавала. Проверьте, верно ли он введён."
        return _html(404, "Документ не найден", words, asks_code=True)
    title = f"{Award.model_validate(found.certification.award).document} № {found.row.number}"
    return _html(200, title, _message(found), _facts(found), holds=found.standing is Standing.VALID)


def _message(found: Found) -> str:
    match found.standing, found.replaced_by, found.row.revoked_at:
        case Standing.REVOKED, _, at if at:
            return f"Документ аннулирован {russian.date_words(local_date(at))} и не действует."
        case Standing.REPLACED, later, _ if later:
            issued_on = russian.date_words(later.issued_on)
            return f"Документ не действует: {issued_on} вместо него выдан документ № {later.number}."
        case _:
            return "Документ выдан и действует."


def _facts(found: Found) -> list[tuple[str, str]]:
    row, certification = found.row, found.certification
    award = Award.model_validate(certification.award)
    facts = [
        ("Кому выдан", row.name),
        ("Учебный курс", certification.course),
        ("Объём", russian.academic_hours(award.hours) if award.hours else ""),
        ("Обучение", russian.period(certification.starts_on, certification.ends_on)),
        ("Результат", row.grade if award.shows_grade else ""),
        ("Кем выдан", certification.owner),
        ("Дата выдачи", russian.date_words(row.issued_on)),
        ("Взамен документа", f"№ {row.supersedes}" if row.supersedes else ""),
    ]
    return [(label, value) for label, value in facts if value]


def _html(
    status: int,
    title: str,
    message: str = "",
    facts: list[tuple[str, str]] | None = None,
    *,
    holds: bool = False,
    asks_code: bool = False,
) -> HTMLResponse:
    page = _PAGE.render(
        title=title,
        style=_STYLE,
        message=message,
        kind="holds" if holds else "fails",
        facts=facts or [],
        asks_code=asks_code,
    )
    return HTMLResponse(page, status_code=status, headers=_HEADERS)

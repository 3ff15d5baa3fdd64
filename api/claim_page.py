"""The public page on which a learner chooses a password by a claim code (clause 4.5).

HTML without JavaScript; the code never gets into a log (`models/logs.py`), a cache or a Referer.
"""

import base64
import hashlib
from pathlib import Path
from typing import cast
from urllib.parse import parse_qs

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from api.claiming import Answer, Claiming, Outcome
from api.rates import Rate
from models import claims

router = APIRouter(include_in_schema=False)

_LARGEST_FORM = 4096
_FIELDS = ("code", "password", "again")
_POSTGRES_AWAY = (OperationalError, InterfaceError, PoolTimeoutError)

_STYLE = """
body{margin:0;font:17px/1.5 system-ui,sans-serif;color:#1b1f24;background:#f3f5f7}
main{max-width:26rem;margin:2rem auto;padding:1.5rem;background:#fff;border-radius:.6rem}
.system,.small{color:#57606a;font-size:.9rem;margin-top:0}
h1{font-size:1.4rem;line-height:1.25}
label{display:block;margin-top:1rem;font-weight:600}
input{box-sizing:border-box;width:100%;
padding:.6rem;font:inherit;border:1px solid #6e7781;border-radius:.4rem}
button{margin:1.2rem 0;width:100%;padding:.7rem;font:inherit;font-weight:600;color:#fff;background:#0b57a4;
border:0;border-radius:.4rem}
.login{overflow-wrap:anywhere}
.error{padding:.7rem;border-left:4px solid #b3261e;background:#fdecea}
.note{padding:.7rem;border-left:4px solid #0b57a4;background:#eaf2fb}
"""
_STYLE_HASH = base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()

HEADERS = {
    "Content-Security-Policy": (
        f"default-src 'none'; style-src 'sha256-{_STYLE_HASH}'; form-action 'self'; base-uri 'none';"
        " frame-ancestors 'none'"
    ),
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
    "X-Frame-Options": "DENY",
    "X-Robots-Tag": "noindex",
}

_PAGE = Environment(
    loader=FileSystemLoader(Path(__file__).parent.parent / "templates" / "pages"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
).get_template("claim.html")

_SHOWN: dict[Outcome, tuple[int, str, str]] = {
    Outcome.READY: (200, "Выберите пароль", ""),
    Outcome.BAD_PASSWORD: (422, "Выберите пароль", ""),
    Outcome.DONE: (200, "Пароль сохранён", "Теперь можно войти на сайт. Код больше не понадобится."),
    Outcome.NO_SUCH_CODE: (
        404,
        "Код не подошёл",
        "Такого кода нет, либо он уже использован, либо вместо него выдан другой. Проверьте, верно ли он"
        " введён. Если вы уже выбирали пароль, войдите с ним; новый код выдаёт ответственное лицо курса.",
    ),
    Outcome.EXPIRED: (410, "Срок действия кода истёк", ""),
    Outcome.NO_WAY: (409, "Пароль по коду не меняется", ""),
    Outcome.AWAY: (
        503,
        "Сайт курса сейчас не отвечает",
        "Код остаётся действующим. Повторите через несколько минут: неизвестно, сохранён ли пароль.",
    ),
}
"""What each outcome is answered: status, heading, and words where the outcome has none of its own."""

_ERRORS = set(Outcome) - {Outcome.READY, Outcome.DONE}


@router.get("/claim")
async def ask_code(request: Request) -> Response:
    """Where a code is typed by hand."""
    return _too_often(request) or _html(200, "Первый вход", asks_code=True)


@router.get("/claim/{code}")
async def open_claim(code: str, request: Request) -> Response:
    """Where a letter's link and a slip's QR lead; opening it uses nothing up."""
    if late := _too_often(request):
        return late
    try:
        answer = await _claiming(request).look(code)
    except _POSTGRES_AWAY:
        answer = Answer(Outcome.AWAY)
    return _answer(answer, code)


@router.post("/claim")
async def claim(request: Request) -> Response:
    """A code by hand, or the password that was chosen."""
    if late := _too_often(request):
        return late
    form = _read(await request.body())
    code = form["code"]
    try:
        if form["password"] or form["again"]:
            answer = await _claiming(request).claim(code, form["password"], form["again"])
        else:
            answer = await _claiming(request).look(code)
    except _POSTGRES_AWAY:
        answer = Answer(Outcome.AWAY)
    return _answer(answer, code)


def _claiming(request: Request) -> Claiming:
    return cast(Claiming, request.app.state.claiming)


def _too_often(request: Request) -> Response | None:
    """429 for an address that comes too often."""
    rate = cast(Rate, request.app.state.claim_rate)
    wait = rate.wait(request.client.host if request.client else "")
    if not wait:
        return None
    message = "Слишком много обращений с вашего адреса. Повторите через минуту, код остаётся действующим."
    response = _html(429, "Подождите немного", message=message, is_error=True)
    response.headers["Retry-After"] = str(int(wait) + 1)
    return response


def _read(body: bytes) -> dict[str, str]:
    """The form's fields; one that was not sent, or can't be read, is blank."""
    try:
        sent = parse_qs(
            body[:_LARGEST_FORM].decode("ascii"), keep_blank_values=True, max_num_fields=10, errors="strict"
        )
    except ValueError:
        sent = {}
    return {name: sent.get(name, [""])[0] for name in _FIELDS}


def _answer(answer: Answer, code: str) -> Response:
    status, title, words = _SHOWN[answer.outcome]
    return _html(
        status,
        title,
        message=answer.why or words,
        is_error=answer.outcome in _ERRORS,
        asks_password=answer.outcome in (Outcome.READY, Outcome.BAD_PASSWORD),
        asks_code=answer.outcome is Outcome.NO_SUCH_CODE,
        is_done=answer.outcome is Outcome.DONE,
        answer=answer,
        # As it is kept, not as it was typed.
        code=claims.grouped(claims.normalise(code)),
    )


def _html(status: int, title: str, **shown: object) -> Response:
    facts: dict[str, object] = {
        "message": "",
        "is_error": False,
        "asks_code": False,
        "asks_password": False,
        "is_done": False,
        "answer": None,
        "code": "",
    }
    page = _PAGE.render(title=title, style=_STYLE, action="/claim", **{**facts, **shown})
    return HTMLResponse(page, status_code=status, headers=HEADERS)

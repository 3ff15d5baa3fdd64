"""The public page on which a learner chooses a password by a claim code (clause 4.5).

HTML without JavaScript; the code never gets into a log (`models/logs.py`), a cache or a Referer.
"""

from typing import Any, cast
from urllib.parse import parse_qs

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse

from api import public_pages
from api.claiming import Answer, Claiming, Outcome
from api.public_pages import Kind
from api.rates import Rate
from models import claims

router = APIRouter(include_in_schema=False)

_LARGEST_FORM = 4096
_FIELDS = ("code", "password", "again")
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
    except public_pages.POSTGRES_AWAY:
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
    except public_pages.POSTGRES_AWAY:
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
    return public_pages.too_many(_html(429, "Подождите немного", message, is_error=True), wait)


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
        answer.why or words,
        is_error=answer.outcome in _ERRORS,
        asks_password=answer.outcome in (Outcome.READY, Outcome.BAD_PASSWORD),
        asks_code=answer.outcome is Outcome.NO_SUCH_CODE,
        is_done=answer.outcome is Outcome.DONE,
        answer=answer,
        # As it is kept, not as it was typed.
        code=claims.grouped(claims.normalise(code)),
    )


def _html(
    status: int, title: str, message: str = "", *, is_error: bool = False, **shown: object
) -> HTMLResponse:
    facts: dict[str, Any] = {
        "asks_code": False,
        "asks_password": False,
        "is_done": False,
        "answer": None,
        "code": "",
        "action": "/claim",
    }
    kind: Kind = "bad" if is_error else "note"
    return public_pages.html("claim.html", status, title, message, kind, **{**facts, **shown})

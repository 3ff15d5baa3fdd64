"""The public page that says where a request stands, by its number and the code from its letter.

HTML without JavaScript and without persons. A wrong number, a wrong code and nonsense get the same page.
"""

from typing import Annotated, cast

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import HTMLResponse

from api import public_pages
from api.deps import SessionsDep, SettingsDep
from api.errors import Problem
from api.public_pages import Kind
from api.rates import Rate
from api.routes.status import look_up
from api.schemas.progress import Progress
from models import russian

router = APIRouter(include_in_schema=False)


@router.get("/status")
async def status(
    request: Request,
    sessions: SessionsDep,
    settings: SettingsDep,
    number: Annotated[str, Query()] = "",
    code: Annotated[str, Query()] = "",
) -> Response:
    """Where the letter's link leads; without a code it is asked for."""
    if not code:
        return _html(200, "Где мой запрос", number=number)
    # Before it is looked up: else a guesser would be told at any speed what is there.
    rate = cast(Rate, request.app.state.status_rate)
    if wait := rate.wait(request.client.host if request.client else ""):
        late = _html(429, "Подождите немного", "Слишком много обращений с вашего адреса: повторите позже.")
        return public_pages.too_many(late, wait)
    try:
        found = await look_up(sessions, settings, number.strip(), code)
    except Problem:
        words = "Запроса с таким номером и кодом нет. Проверьте, верно ли они введены: оба есть в письме."
        return _html(404, "Запрос не найден", words, number=number)
    except public_pages.POSTGRES_AWAY:
        return _html(503, "Сведения сейчас недоступны", "Повторите через несколько минут.")
    return _html(200, f"Запрос № {found.number}", found.state.name, "note", found=found)


def _html(
    status: int,
    title: str,
    message: str = "",
    kind: Kind = "bad",
    *,
    number: str = "",
    found: Progress | None = None,
) -> HTMLResponse:
    last_day = russian.date_words(found.last_day) if found and found.last_day else ""
    return public_pages.html(
        "status.html", status, title, message, kind, found=found, last_day=last_day, number=number
    )

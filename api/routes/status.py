"""Where a request stands: to those who see it, and to anybody with its number and its code."""

from typing import Annotated

from fastapi import APIRouter, Query

from api import progress
from api.auth import EVERYBODY, allow
from api.cases import RequestDep
from api.deps import SessionsDep, SettingsDep
from api.documentation import problems, reading
from api.errors import Problem
from api.schemas.fields import Number
from api.schemas.progress import Progress
from models import status_codes, store
from models.settings import Settings
from models.tables import Request

router = APIRouter(tags=["Запросы (п. 4.1)"])
public = APIRouter(tags=["Запросы (п. 4.1)"])
"""Without a key: the code of the request is the key."""


@router.get(
    "/requests/{number}/progress",
    dependencies=[allow(*EVERYBODY)],
    responses=reading("not-found", "invalid"),
)
async def request_progress(request: RequestDep, sessions: SessionsDep, settings: SettingsDep) -> Progress:
    """Где запрос, простыми словами: что дальше, до какого дня, сколько это занимает обычно."""
    async with sessions() as session:
        return await progress.of(session, request, settings.confirmed_years)


@public.get(
    "/status/{number}",
    responses=problems("not-found", "invalid", "rate-limited", "unavailable", "internal"),
)
async def request_status(
    number: Number,
    code: Annotated[str, Query(max_length=60, description="Код из письма о регистрации.")],
    sessions: SessionsDep,
    settings: SettingsDep,
) -> Progress:
    """Где запрос — по номеру и коду из письма, без ключа и без персональных данных.

    Неверный номер и неверный код неотличимы.
    """
    return await look_up(sessions, settings, number, code)


async def look_up(sessions: store.Sessions, settings: Settings, number: str, code: str) -> Progress:
    """
    Raises:
        Problem: `not-found`: no such request, or another code; Postgres is asked for right codes alone.
    """
    secret = settings.signing_key.get_secret_value()
    if not secret or not status_codes.is_code(code, secret, number):
        raise Problem("not-found")
    async with store.looking(sessions) as session:
        request = await session.get(Request, number)
        if request is None:
            raise Problem("not-found")
        return await progress.of(session, request, settings.confirmed_years)

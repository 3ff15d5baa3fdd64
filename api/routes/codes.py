"""Clause 4.5: codes for the first sign-in, for the responsible and the owner alone."""

from typing import Annotated, Any

from fastapi import APIRouter, Query, Response
from fastapi.responses import JSONResponse

from api import codes
from api.auth import Role, allow
from api.codes import GivingDep, ListDep
from api.deps import SessionsDep, TemporalDep
from api.documentation import acting, reading
from api.schemas.codes import CodesForm, CodesSent, SlipsForm, UnclaimedPage

router = APIRouter(prefix="/enrolments/{number}", tags=["Доступ Пользователей (п. 4.5)"])

_OWNERS = [allow(Role.AGENCY, Role.RESPONSIBLE)]
_PDF: dict[int | str, Any] = {
    200: {
        "content": {"application/pdf": {"schema": {"type": "string", "format": "binary"}}},
        "headers": {
            name: {"description": what, "schema": {"type": "integer"}}
            for name, what in (
                ("X-Slips", "Сколько листков в файле."),
                ("X-Last-Row", "Строка последнего: с неё (after) печатать дальше."),
                ("X-Left", "Сколько листков осталось."),
            )
        },
    }
}


@router.get("/unclaimed", dependencies=_OWNERS, responses=reading("not-found", "invalid"))
async def list_unclaimed(
    case: ListDep,
    sessions: SessionsDep,
    after: Annotated[int, Query(ge=0, le=2**31 - 1, description="Строка последнего из прочитанных.")] = 0,
    limit: Annotated[int, Query(ge=1, le=500)] = 200,
) -> UnclaimedPage:
    """Кто ещё не выбрал пароль: по строкам списка, с судьбой письма и сроком кода."""
    async with sessions() as session:
        return await codes.page(session, case.number, after=after, limit=limit)


@router.post(
    "/codes",
    dependencies=_OWNERS,
    response_model=CodesSent,
    responses=acting("not-found", "nobody-to-give-codes"),
)
async def send_codes(form: CodesForm, giving: GivingDep, temporal: TemporalDep) -> JSONResponse:
    """Выслать коды заново; прежние перестают действовать."""
    return await giving.send(form, temporal)


@router.post(
    "/slips",
    dependencies=_OWNERS,
    response_class=Response,
    responses={**acting("not-found", "nobody-to-give-codes", "slips-given"), **_PDF},
)
async def print_slips(form: SlipsForm, giving: GivingDep) -> Response:
    """Листки с кодами для тех, у кого нет почты: PDF; прежние коды этих людей перестают действовать."""
    return await giving.print(form)

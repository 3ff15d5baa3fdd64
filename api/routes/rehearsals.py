"""Changed terms tried before they are in force: the file, and what came of it where it was tried."""

from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.responses import JSONResponse

from api import rehearsals
from api.auth import Role, allow
from api.deps import SessionsDep
from api.documentation import acting, asking, reading
from api.errors import Problem
from api.idempotency import PostDep
from api.schemas.fields import RowId
from api.schemas.rehearsals import RehearsalItem, RehearsalShown, ReportForm, TermsChecked, TermsForm
from models.tables import RehearsalRow

router = APIRouter(prefix="/rehearsals", tags=["Репетиция сроков"])

_ALLOWED = [allow(Role.SUPERVISOR, Role.ADMIN)]


@router.get("/terms", dependencies=_ALLOWED, responses=reading())
async def terms_in_force() -> TermsChecked:
    """Действующие сроки файлом, с которого начинают."""
    return rehearsals.begun()


@router.post("/terms", dependencies=_ALLOWED, responses=asking())
async def check_terms(form: TermsForm) -> TermsChecked:
    """Проверить файл изменённых сроков: что в них станет другим. Действующие сроки не меняются."""
    return rehearsals.checked(form.file)


@router.get("", dependencies=_ALLOWED, responses=reading("invalid"))
async def list_rehearsals(
    sessions: SessionsDep, limit: Annotated[int, Query(ge=1, le=200)] = 50
) -> list[RehearsalItem]:
    """Отчёты репетиций, новые первыми."""
    async with sessions() as session:
        return await rehearsals.listed(session, limit)


@router.post("", dependencies=_ALLOWED, status_code=201, response_model=RehearsalShown, responses=acting())
async def keep_report(form: ReportForm, post: PostDep) -> JSONResponse:
    """Сохранить отчёт: тело — `report.json` репетиции."""
    return await post.at_once(lambda session: rehearsals.keep(session, post.caller, form), status=201)


@router.get("/{rehearsal}", dependencies=_ALLOWED, responses=reading("not-found", "invalid"))
async def show_rehearsal(rehearsal: RowId, sessions: SessionsDep) -> RehearsalShown:
    """Отчёт целиком: тот же год по действующим и по изменённым срокам."""
    async with sessions() as session:
        row = await session.get(RehearsalRow, rehearsal)
    if row is None:
        raise Problem("not-found")
    return rehearsals.shown(row)

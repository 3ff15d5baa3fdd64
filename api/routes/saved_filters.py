"""Filters of the work list that people keep."""

from fastapi import APIRouter
from fastapi.responses import JSONResponse

from api import saved_filters
from api.auth import EVERYBODY, CallerDep, allow
from api.deps import SessionsDep
from api.documentation import acting, reading
from api.idempotency import PostDep
from api.schemas.fields import RowId
from api.schemas.saved_filters import SavedFilterForm, SavedFilterShown
from models import store

router = APIRouter(prefix="/saved-filters", tags=["Сроки"])

_ANYBODY = [allow(*EVERYBODY)]


@router.get("", dependencies=_ANYBODY, responses=reading())
async def list_saved_filters(caller: CallerDep, sessions: SessionsDep) -> list[SavedFilterShown]:
    """Свои сохранённые отборы списка «В работе»."""
    async with store.looking(sessions) as session:
        return await saved_filters.listed(session, caller)


@router.post(
    "",
    dependencies=_ANYBODY,
    status_code=201,
    response_model=SavedFilterShown,
    responses=acting("too-many-filters"),
)
async def keep_filter(form: SavedFilterForm, post: PostDep) -> JSONResponse:
    """Сохранить отбор под именем; прежний с тем же именем заменяется."""
    return await post.at_once(lambda session: saved_filters.keep(session, post.caller, form), status=201)


@router.delete("/{saved}", dependencies=_ANYBODY, status_code=204, responses=reading("not-found", "invalid"))
async def forget_filter(saved: RowId, caller: CallerDep, sessions: SessionsDep) -> None:
    """Удалить свой сохранённый отбор."""
    async with sessions.begin() as session:
        await saved_filters.forget(session, caller, saved)

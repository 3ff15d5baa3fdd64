"""Drafts of requests (clause 4.1): nothing of them is in the register until they are filed."""

from typing import Annotated

from fastapi import APIRouter, Body, Query
from fastapi.responses import JSONResponse
from pydantic import StringConstraints

from api import drafts
from api.auth import AUTHORITY, CallerDep, Role, allow
from api.deps import SessionsDep
from api.documentation import acting, reading
from api.idempotency import PostDep
from api.schemas.drafts import DraftFileShown, DraftForm, DraftItem, DraftSaved, DraftShown
from api.schemas.fields import Line, RowId
from models.attachments import Attached

router = APIRouter(prefix="/drafts", tags=["Запросы (п. 4.1)"])

_AUTHORS = [allow(Role.AGENCY, *AUTHORITY)]
_READING = reading("not-found", "invalid")
_FILES = "/{draft}/files/{kind}"


@router.get("", dependencies=_AUTHORS, responses=reading())
async def list_drafts(caller: CallerDep, sessions: SessionsDep) -> list[DraftItem]:
    """Свои черновики: они не поданы и в реестре их нет."""
    async with sessions() as session:
        return await drafts.listed(session, caller)


@router.post(
    "",
    dependencies=_AUTHORS,
    status_code=201,
    response_model=DraftSaved,
    responses=acting("too-many-drafts"),
)
async def save_draft(form: DraftForm, post: PostDep) -> JSONResponse:
    """Сохранить черновик запроса: незаполненное и неверное не мешает."""
    return await post.at_once(lambda session: drafts.save(session, post.caller, form), status=201)


@router.get("/{draft}", dependencies=_AUTHORS, responses=_READING)
async def show_draft(draft: RowId, caller: CallerDep, sessions: SessionsDep) -> DraftShown:
    """Черновик целиком; чужого нет."""
    async with sessions() as session:
        return await drafts.shown(session, caller, draft)


@router.post("/{draft}", dependencies=_AUTHORS, response_model=DraftSaved, responses=acting("not-found"))
async def change_draft(draft: RowId, form: DraftForm, post: PostDep) -> JSONResponse:
    """Изменить черновик: он становится таким, как прислан."""
    return await post.at_once(lambda session: drafts.save(session, post.caller, form, draft))


@router.delete("/{draft}", dependencies=_AUTHORS, status_code=204, responses=_READING)
async def delete_draft(draft: RowId, caller: CallerDep, sessions: SessionsDep) -> None:
    """Удалить черновик вместе с его файлами."""
    async with sessions.begin() as session:
        await drafts.remove(session, caller, draft)


@router.post(
    _FILES,
    dependencies=_AUTHORS,
    status_code=201,
    response_model=DraftFileShown,
    responses=acting("not-found", "file-unreadable"),
)
async def attach_file(
    draft: RowId,
    kind: Attached,
    post: PostDep,
    content: Annotated[bytes, Body(media_type="application/octet-stream", examples=["%PDF-1.7"])],
    filename: Annotated[
        Line, StringConstraints(min_length=1), Query(description="Имя файла.", examples=["pismo.pdf"])
    ],
) -> JSONResponse:
    """Приложить перечень Пользователей (CSV, XLSX) или скан письма (PDF, JPEG, PNG, TIFF), до 16 МБ.

    Тело запроса — файл как есть; вид узнаётся по содержимому. При подаче черновика файлы становятся
    документами дела.
    """
    if (answered := await post.first_answer()) is not None:
        return answered
    read = await drafts.look_into(post.sessions, post.caller, draft, kind, content)
    return await post.at_once(
        lambda session: drafts.attach(
            session, post.caller, draft, kind, filename, content=content, read=read
        ),
        status=201,
    )


@router.delete(_FILES, dependencies=_AUTHORS, status_code=204, responses=_READING)
async def detach_file(draft: RowId, kind: Attached, caller: CallerDep, sessions: SessionsDep) -> None:
    """Убрать файл из черновика."""
    async with sessions.begin() as session:
        await drafts.detach(session, caller, draft, kind)

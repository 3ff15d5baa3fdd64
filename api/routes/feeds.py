"""Calendar feeds: issued and revoked under a key, read by calendar programs without one."""

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse

from api import feeds
from api.auth import EVERYBODY, CallerDep, SecretDep, allow, count_bad, count_good
from api.deps import SessionsDep, SettingsDep
from api.documentation import acting, problems, reading
from api.errors import Problem
from api.idempotency import PostDep
from api.schemas.feeds import FeedForm, FeedIssued, FeedShown
from api.schemas.fields import RowId
from models import store
from reports import deadlines_ics

router = APIRouter(prefix="/calendar-feeds", tags=["Сроки"])
links = APIRouter(prefix="/calendar-feeds", tags=["Сроки"])
"""Without a key: a calendar program has only the address."""

_ANYBODY = [allow(*EVERYBODY)]


@router.get("", dependencies=_ANYBODY, responses=reading())
async def list_feeds(caller: CallerDep, sessions: SessionsDep) -> list[FeedShown]:
    """Действующие подписки на свои сроки, без адресов."""
    async with sessions() as session:
        return await feeds.listed(session, caller)


@router.post("", dependencies=_ANYBODY, status_code=201, response_model=FeedIssued, responses=acting())
async def issue_feed(form: FeedForm, post: PostDep, secret: SecretDep, settings: SettingsDep) -> JSONResponse:
    """Выдать личный адрес подписки (.ics) на свои открытые сроки; он показывается один раз."""
    token = feeds.token_of(secret, post)

    # What is kept for a repetition has no token in it.
    kept = await post.at_once(lambda session: feeds.issue(session, post, form, token), status=201)
    shown = FeedShown.model_validate_json(bytes(kept.body))
    issued = FeedIssued(**shown.model_dump(), token=token, url=feeds.url_of(settings, token))
    return JSONResponse(issued.model_dump(mode="json"), status_code=kept.status_code)


@router.delete("/{feed}", dependencies=_ANYBODY, status_code=204, responses=reading("not-found", "invalid"))
async def revoke_feed(feed: RowId, caller: CallerDep, sessions: SessionsDep) -> None:
    """Отозвать подписку: её адрес сразу перестаёт открываться."""
    async with sessions.begin() as session:
        await feeds.revoke(session, caller, feed)


@links.get(
    "/{token}.ics",
    response_class=Response,
    responses={
        **problems("not-found", "invalid", "rate-limited", "unavailable", "internal"),
        200: {"content": {deadlines_ics.MEDIA_TYPE: {"schema": {"type": "string"}}}},
    },
)
async def read_feed(token: str, http: Request, sessions: SessionsDep, settings: SettingsDep) -> Response:
    """Открытые сроки владельца подписки в виде iCalendar; ключ не нужен, адрес и есть ключ."""
    async with store.looking(sessions) as session:
        holder = await feeds.holder(session, token)
        if holder is None:
            count_bad(http)
            raise Problem("not-found")
        count_good(http, f"feed-{holder.feed}")
        content = await feeds.calendar(session, holder, settings)
    return Response(content, media_type=deadlines_ics.MEDIA_TYPE)

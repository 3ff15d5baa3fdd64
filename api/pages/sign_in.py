"""Signing in and out. In the devstack anybody may be anybody, where all listens on loopback."""

import ipaddress
from typing import Annotated, Any
from urllib.parse import urlsplit

from fastapi import Query, Request, Response
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, func, select

from api.deps import SessionsDep, SettingsDep
from api.errors import Problem
from api.pages import oidc
from api.pages import sessions as signed_in
from api.pages.frame import done, give_cookie, own_path, public_router, show
from api.pages.visitors import COOKIE, AnybodyDep, FormDep
from models.settings import Settings
from models.tables import ApiKey, Organisation

router = public_router()

_AT_MOST = 200


@router.get("/sign-in")
async def ask(
    http: Request,
    visitor: AnybodyDep,
    sessions: SessionsDep,
    settings: SettingsDep,
    next: Annotated[str, Query(max_length=2000)] = "/",
) -> Response:
    """Who is there."""
    persons = []
    if _is_demonstration(http, settings):
        async with sessions() as session:
            persons = await _persons(session)
    return show(
        http,
        "sign_in.html",
        title="Вход",
        next=own_path(next),
        persons=persons,
        provider=settings.oidc_name if settings.oidc_issuer else "",
    )


@router.post("/sign-in")
async def be(http: Request, form: FormDep, sessions: SessionsDep, settings: SettingsDep) -> Response:
    """One of the demonstration's persons."""
    if not _is_demonstration(http, settings):
        raise Problem("not-found")
    async with sessions.begin() as session:
        key = await session.get(ApiKey, form.number("person") or 0)
        if key is None or key.revoked_at is not None:
            raise Problem("not-found")
        secret = await signed_in.begin(session, key, settings.session_idle)
    response = done(http, own_path(form.text("next")))
    give_cookie(http, response, secret)
    return response


@router.post("/sign-out")
async def leave(http: Request, form: FormDep, visitor: AnybodyDep, sessions: SessionsDep) -> Response:
    """Nobody is signed in with this cookie any more; a provider is told too."""
    async with sessions.begin() as session:
        id_token = await signed_in.end(session, visitor.secret)
    response = done(http, await oidc.sign_out_address(http, id_token) or "/sign-in", "Вы вышли.")
    response.delete_cookie(COOKIE)
    return response


@router.get("/sign-in/start")
async def start(
    http: Request,
    visitor: AnybodyDep,
    sessions: SessionsDep,
    next: Annotated[str, Query(max_length=2000)] = "/",
) -> Response:
    """To the provider of identities."""
    response = await oidc.start(http, sessions, visitor.secret, own_path(next))
    if visitor.is_new:
        give_cookie(http, response, visitor.secret)
    return response


@router.get("/sign-in/back")
async def come_back(http: Request, visitor: AnybodyDep, sessions: SessionsDep) -> Response:
    """From the provider, with what it says of the person."""
    secret, back_to = await oidc.finish(http, sessions, visitor.secret)
    response = done(http, back_to)
    give_cookie(http, response, secret)
    return response


def _is_demonstration(http: Request, settings: Settings) -> bool:
    """Only by the setting, and only where nobody else reaches the server or its public address."""
    server = http.scope.get("server") or ("", None)
    return (
        settings.demo_sign_in
        and _is_loopback(server[0])
        and _is_loopback(urlsplit(settings.public_url).hostname)
    )


def _is_loopback(host: str | None) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host or "").is_loopback
    except ValueError:
        return False


async def _persons(session: AsyncSession) -> list[dict[str, Any]]:
    """Everybody who has a key in force; of several keys of one person the newest."""
    newest = (
        select(func.max(ApiKey.id))
        .where(col(ApiKey.revoked_at).is_(None))
        .group_by(ApiKey.role, ApiKey.organisation, ApiKey.holder, ApiKey.email)
    )
    query = (
        select(ApiKey, Organisation.name)
        .join(Organisation, col(Organisation.code) == col(ApiKey.organisation))
        .where(col(ApiKey.id).in_(newest))
        .order_by(col(ApiKey.id))
        .limit(_AT_MOST)
    )
    rows = (await session.execute(query)).all()
    return [
        {
            "id": key.id,
            "holder": key.holder,
            "role": key.role,
            "organisation_name": name,
            "email": key.email,
        }
        for key, name in rows
    ]

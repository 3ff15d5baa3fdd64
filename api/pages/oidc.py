"""Signing in by OpenID Connect: discovery, PKCE and the ID token's checks are Authlib's.

Who a person is stands in the token; that they may do anything here is a row of `api_keys` that nobody has the
key of, found by issuer and subject, whose role and organisation follow the token at every sign-in.
"""

from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

import httpx2
import structlog
from authlib.common.errors import AuthlibBaseError
from authlib.integrations.starlette_client import OAuth
from fastapi import Request, Response
from joserfc.errors import JoseError
from sqlalchemy import delete
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select

from api.auth import Role, digest, new_secret
from api.errors import Problem
from api.pages import sessions as signed_in
from api.pages.menu import ROLE_NAMES
from models import store
from models.settings import Settings
from models.tables import ApiKey, Organisation, SignInAttempt

log = structlog.get_logger()

_FORGOTTEN_AFTER = timedelta(hours=1)
_AWAY = (httpx2.HTTPError, RuntimeError, ValueError)
"""The provider does not answer, or not as one does."""


class Identity(NamedTuple):
    """Who a token stands for."""

    subject: str
    role: Role
    organisation: str
    name: str
    email: str
    """Of a responsible alone: it tells which cases are theirs."""


def provider(settings: Settings) -> Any:
    """The client of the provider that the settings name; None where they name none."""
    if not settings.oidc_issuer:
        return None
    return OAuth().register(
        "oidc",
        server_metadata_url=f"{settings.oidc_issuer.rstrip('/')}/.well-known/openid-configuration",
        client_id=settings.oidc_client_id,
        client_secret=settings.oidc_client_secret.get_secret_value(),
        client_kwargs={"scope": settings.oidc_scope, "code_challenge_method": "S256"},
    )


async def start(http: Request, sessions: store.Sessions, cookie: str, back_to: str) -> Response:
    """Send the browser to the provider, and keep what its answer is checked by.

    Raises:
        Problem: There is no provider, or it does not answer.
    """
    client, settings = _client(http)
    http.scope["session"] = {}
    try:
        response: Response = await client.authorize_redirect(http, f"{settings.public_url}/sign-in/back")
    except _AWAY as error:
        raise _away(error) from None
    now = datetime.now(UTC)
    attempt = SignInAttempt(sha256=digest(cookie), began_at=now, back_to=back_to, state=http.scope["session"])
    async with sessions.begin() as session:
        await session.execute(
            delete(SignInAttempt).where(col(SignInAttempt.began_at) < now - _FORGOTTEN_AFTER)
        )
        await session.merge(attempt)
    return response


async def finish(http: Request, sessions: store.Sessions, cookie: str) -> tuple[str, str]:
    """Check what the provider says, and sign the person in.

    Returns:
        The new cookie, and the page that was asked for.

    Raises:
        Problem: Nobody went to the provider from here, it does not confirm the person, or they have no role.
    """
    client, settings = _client(http)
    async with sessions.begin() as session:
        # Once: an answer that was used, or comes late, opens nothing.
        attempt = await session.get(SignInAttempt, digest(cookie))
        if attempt is None or datetime.now(UTC) - attempt.began_at > _FORGOTTEN_AFTER:
            raise Problem("sign-in-failed")
        await session.delete(attempt)
    http.scope["session"] = dict(attempt.state)
    try:
        token = await client.authorize_access_token(http)
    except (AuthlibBaseError, JoseError) as error:
        log.warning("sign-in refused", error=type(error).__name__)
        raise Problem("sign-in-failed") from None
    except _AWAY as error:
        raise _away(error) from None
    if "userinfo" not in token:
        raise Problem("sign-in-failed")
    who = identity(token["userinfo"], settings)
    async with sessions.begin() as session:
        key = await _key(session, who)
        secret = await signed_in.begin(session, key, settings.session_idle, id_token=token["id_token"])
    return secret, attempt.back_to


async def sign_out_address(http: Request, id_token: str) -> str:
    """Where the provider signs the person out; empty when it has no such page, or was not asked."""
    client = http.app.state.provider
    if client is None or not id_token:
        return ""
    settings: Settings = http.app.state.settings
    try:
        address = await client.create_logout_url(
            post_logout_redirect_uri=f"{settings.public_url}/sign-in", id_token_hint=id_token
        )
    except _AWAY as error:
        # Signed out here all the same.
        log.warning("provider not told of signing out", error=type(error).__name__)
        return ""
    return str(address["url"])


def identity(claims: dict[str, Any], settings: Settings) -> Identity:
    """What the token's claims come to by the settings.

    Raises:
        Problem: No role of ours, no organisation, or a responsible whose address nobody has verified.
    """
    said = _at(claims, settings.oidc_role_claim)
    words = {said} if isinstance(said, str) else {one for one in said or () if isinstance(one, str)}
    known = settings.oidc_roles or {role.value: role.value for role in Role}
    role = next((Role(ours) for theirs, ours in known.items() if theirs in words), None)
    organisation = _at(claims, settings.oidc_organisation_claim)
    email = str(claims.get("email") or "").lower()
    if role is None or not isinstance(organisation, str):
        raise Problem("no-role")
    if role is Role.RESPONSIBLE and not (email and claims.get("email_verified") is True):
        raise Problem("no-role", "Поставщик входа не подтвердил ваш адрес электронной почты.")
    return Identity(
        subject=f"{claims['iss']} {claims['sub']}",
        role=role,
        organisation=organisation,
        name=str(claims.get("name") or claims["sub"])[:254],
        email=email if role is Role.RESPONSIBLE else "",
    )


def _at(claims: Any, path: str) -> Any:
    for part in path.split("."):
        claims = claims.get(part) if isinstance(claims, dict) else None
    return claims


async def _key(session: AsyncSession, who: Identity) -> ApiKey:
    """The row of this person, as the token has them now; a change of role is journaled.

    Raises:
        Problem: An administrator has shut them out, or the organisation is none of ours.
    """
    if await session.get(Organisation, who.organisation) is None:
        raise Problem("no-role")
    query = select(ApiKey).where(col(ApiKey.subject) == who.subject).with_for_update()
    key = (await session.scalars(query)).first()
    if key is None:
        key = ApiKey(
            # Of a secret that nobody is told: no key opens this row.
            sha256=digest(new_secret()),
            role=who.role.value,
            organisation=who.organisation,
            holder=who.name,
            email=who.email,
            issued_at=datetime.now(UTC),
            subject=who.subject,
        )
        session.add(key)
        await session.flush()
    if key.revoked_at is not None:
        raise Problem("no-role")
    if (key.role, key.organisation) != (who.role.value, who.organisation):
        was, now = (f"{ROLE_NAMES[Role(one)]} ({of})" for one, of in ((key.role, key.organisation), who[1:3]))
        signed_in.note(session, key, f"Смена роли: {was} → {now}")
    key.role, key.organisation, key.holder, key.email = who[1:]
    return key


def _client(http: Request) -> tuple[Any, Settings]:
    if http.app.state.provider is None:
        raise Problem("not-found")
    return http.app.state.provider, http.app.state.settings


def _away(error: Exception) -> Problem:
    log.warning("provider of identities away", error=type(error).__name__)
    return Problem("unavailable", "Поставщик входа сейчас не отвечает. Повторите через несколько минут.")

"""Who is signed in: a random cookie, whose hash and person stand in Postgres."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import delete, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select

from api.auth import Caller, digest, new_secret
from models import store
from models.tables import AccessEntry, ApiKey, SignedIn

_SEEN_EVERY = timedelta(minutes=1)
"""A page writes that somebody is there at most so often."""


async def begin(session: AsyncSession, key: ApiKey, idle: timedelta, *, id_token: str = "") -> str:
    """Sign a person in, in the caller's transaction; the cookie's value, kept nowhere."""
    now = datetime.now(UTC)
    await session.execute(delete(SignedIn).where(col(SignedIn.seen_at) < now - idle))
    secret = new_secret()
    session.add(
        SignedIn(sha256=digest(secret), api_key=key.id or 0, began_at=now, seen_at=now, id_token=id_token)
    )
    note(session, key, "Вход")
    return secret


async def find(sessions: store.Sessions, secret: str, idle: timedelta) -> Caller | None:
    """Whom a cookie stands for; None when it stands for nobody, or they were idle too long."""
    now = datetime.now(UTC)
    query = (
        select(SignedIn, ApiKey)
        .join(ApiKey, col(ApiKey.id) == col(SignedIn.api_key))
        .where(
            col(SignedIn.sha256) == digest(secret),
            col(SignedIn.seen_at) > now - idle,
            col(ApiKey.revoked_at).is_(None),
        )
    )
    async with store.looking(sessions) as session:
        found = (await session.execute(query)).first()
        if found is None:
            return None
        signed_in, key = found
        if now - signed_in.seen_at > min(_SEEN_EVERY, idle / 10):
            seen = update(SignedIn).where(col(SignedIn.sha256) == signed_in.sha256)
            await session.execute(seen.values(seen_at=now))
    return Caller.of(key)


async def end(session: AsyncSession, secret: str) -> str:
    """Sign a person out; the token by which their provider is told, if any."""
    row = await session.get(SignedIn, digest(secret))
    if row is None:
        return ""
    note(session, await session.get_one(ApiKey, row.api_key), "Выход")
    await session.delete(row)
    return row.id_token


def note(session: AsyncSession, key: ApiKey, what: str) -> None:
    """A line of the journal of access."""
    session.add(AccessEntry(api_key=key.id or 0, at=datetime.now(UTC), what=what))

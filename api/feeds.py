"""Calendar feeds: a token opens the deadlines of its holder's key to a calendar program, and nothing else."""

import base64
import hmac
from datetime import UTC, datetime
from typing import NamedTuple
from urllib.parse import urlsplit

from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select

from api import agenda, listing
from api.agenda import Open
from api.auth import Caller, digest
from api.errors import Problem
from api.idempotency import Post
from api.schemas.feeds import FeedForm, FeedShown
from models import cases
from models.deadlines import local_date
from models.regulation import PROVISIONS
from models.settings import Settings
from models.tables import ApiKey, CalendarFeed
from models.terms import Clause
from reports import deadlines_ics
from reports.deadlines_ics import Due


class Holder(NamedTuple):
    """Whose a feed is, and what it shows of their deadlines."""

    feed: int
    caller: Caller
    waits_for: str | None


def token_of(secret: str, post: Post) -> str:
    """The token of the feed that a POST issues: 256 bits that only the holder of the API key can make.

    It is made and not drawn, so that a repeated POST is answered the same though nobody keeps the token.
    """
    made = hmac.digest(secret.encode(), post.id.bytes, "sha256")
    return base64.urlsafe_b64encode(made).decode().rstrip("=")


def url_of(settings: Settings, token: str) -> str:
    """What is entered into a calendar program."""
    return f"{settings.public_url}/api/v1/calendar-feeds/{token}.ics"


async def issue(session: AsyncSession, post: Post, form: FeedForm, token: str) -> FeedShown:
    """A new feed of the caller."""
    row = CalendarFeed(
        api_key=post.caller.key_id,
        sha256=digest(token),
        waits_for=form.waits_for,
        issued_at=datetime.now(UTC),
    )
    session.add(row)
    await session.flush()
    return _shown(row)


async def listed(session: AsyncSession, caller: Caller) -> list[FeedShown]:
    """The caller's feeds that are in force."""
    query = select(CalendarFeed).where(
        col(CalendarFeed.api_key) == caller.key_id, col(CalendarFeed.revoked_at).is_(None)
    )
    return [_shown(row) for row in (await session.scalars(query.order_by(col(CalendarFeed.id)))).all()]


async def revoke(session: AsyncSession, caller: Caller, feed: int) -> None:
    """End a feed of the caller at once; again: it stays ended.

    Raises:
        Problem: The caller has no such feed.
    """
    row = await session.get(CalendarFeed, feed, with_for_update=True)
    if row is None or row.api_key != caller.key_id:
        raise Problem("not-found")
    row.revoked_at = row.revoked_at or datetime.now(UTC)


async def holder(session: AsyncSession, token: str) -> Holder | None:
    """Whose feed this token opens; None when it, or the key that it was issued to, is revoked or unknown."""
    query = (
        select(CalendarFeed, ApiKey)
        .join(ApiKey, col(ApiKey.id) == col(CalendarFeed.api_key))
        .where(
            col(CalendarFeed.sha256) == digest(token),
            col(CalendarFeed.revoked_at).is_(None),
            col(ApiKey.revoked_at).is_(None),
        )
    )
    found = (await session.execute(query)).first()
    return Holder(found[0].id or 0, Caller.of(found[1]), found[0].waits_for) if found else None


async def calendar(session: AsyncSession, holder: Holder, settings: Settings) -> bytes:
    """The holder's open deadlines."""
    rows = await agenda.running(session, holder.caller, holder.waits_for)
    now = datetime.now(UTC)
    dues = [_due(row, settings) for row in rows]
    return deadlines_ics.calendar("Сроки СЭО ТО", dues, now, local_date(now))


def _due(row: Open, settings: Settings) -> Due:
    clause, case, organisation_name = row
    which = Clause(clause.clause)
    url = agenda.explanation_url(settings, clause.number)
    waited_for = listing.waiting_name(clause.waits_for)
    return Due(
        uid=f"{clause.number}-{which.name.lower()}@{urlsplit(settings.public_url).hostname or 'localhost'}",
        last_day=clause.last_day,
        title=f"Срок по п. {which.value}: {cases.label(clause.number)}, «{case.title}»",
        description="\n".join(
            [
                PROVISIONS[which].title,
                f"Организация: {organisation_name}",
                *([f"Кого ждём: {waited_for}"] if waited_for else []),
                clause.explanation["sentence"],
                f"Подробно: {url}",
            ]
        ),
        url=url,
        is_overdue=clause.is_overdue,
        is_provisional=clause.is_provisional,
        version=clause.calendar_version,
    )


def _shown(row: CalendarFeed) -> FeedShown:
    return FeedShown(id=row.id or 0, waits_for=row.waits_for, issued_at=row.issued_at)

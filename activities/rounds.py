"""How upkeep sees to many things in a round: page by page, a few at the same time."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from typing import Any, TypeVar

import structlog
from sqlmodel import col
from sqlmodel.sql.expression import SelectOfScalar

from models import store

T = TypeVar("T")

log = structlog.get_logger()

AT_ONCE = 10
"""As many as the connections to Postgres that the worker keeps for upkeep."""


async def each(found: Iterable[T], work: Callable[[T], Awaitable[None]]) -> None:
    """All at the same time; one that fails is logged and keeps none of the others from theirs."""
    outcomes = await asyncio.gather(*map(work, found), return_exceptions=True)
    for outcome in outcomes:
        if isinstance(outcome, Exception):
            log.warning("upkeep failed", of=work.__name__, error=type(outcome).__name__)


async def every(
    sessions: store.Sessions, query: SelectOfScalar[T], key: Any, work: Callable[[T], Awaitable[None]]
) -> None:
    """Whatever a query finds, however much; what fails is passed over until the next round.

    Args:
        sessions: Of Postgres.
        query: Finds rows.
        key: The column of text that tells them apart, such as `Request.number`.
        work: What to do with a row.
    """
    after = ""
    while rows := await page(sessions, query, key, after=after):
        await each(rows, work)
        after = getattr(rows[-1], key.key)


async def page(sessions: store.Sessions, query: SelectOfScalar[T], key: Any, *, after: str) -> list[T]:
    """The next rows of a query behind a key."""
    async with store.looking(sessions) as session:
        found = await session.scalars(query.where(col(key) > after).order_by(col(key)).limit(AT_ONCE))
        return list(found.all())

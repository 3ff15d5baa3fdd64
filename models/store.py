"""What the API and the activities share of Postgres: sessions, the journal, the calendar."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker, create_async_engine
from sqlmodel import col, select

from models.calendar import Amendment, WorkCalendar
from models.decisions import ENGINE, SIGNAL
from models.step import Step
from models.tables import AmendmentRow, ApiKey, JournalEntry
from models.terms import Clause

Sessions = async_sessionmaker[AsyncSession]

_ACTORS = {ENGINE: "система", SIGNAL: "по сигналу, не проверен"}


def connect(url: str) -> AsyncEngine:
    """An engine for Postgres; the caller disposes of it. Times out rather than waits for ever."""
    return create_async_engine(url, pool_size=10, max_overflow=20, connect_args={"connect_timeout": 10})


def sessions(engine: AsyncEngine) -> Sessions:
    """Sessions whose objects stay readable after the commit."""
    return async_sessionmaker(engine, expire_on_commit=False)


@asynccontextmanager
async def looking(sessions: Sessions) -> AsyncIterator[AsyncSession]:
    """A session without a transaction: each statement for itself, with no BEGIN and ROLLBACK around it."""
    async with sessions() as session:
        await session.connection(execution_options={"isolation_level": "AUTOCOMMIT"})
        yield session


async def write_once(
    session: AsyncSession,
    step: Step,
    clause: Clause,
    what: str,
    *,
    by: str = ENGINE,
    evidence: dict[str, Any] | None = None,
) -> bool:
    """Enter a step into the journal; False when it is there already, so that a retry writes once.

    Args:
        session: The transaction that does the whole step.
        step: The case, the step's name and its instant.
        clause: The clause that the step belongs to.
        what: One plain Russian sentence.
        by: The actor: `key-12`, `engine`, `signal`.
        evidence: What shows that it is so.
    """
    entry = {
        "number": step.number,
        "step": step.step,
        "at": step.at,
        "actor": by,
        "actor_name": await actor_name(session, by),
        "clause": clause.value,
        "what": what,
        "evidence": evidence,
    }
    statement = insert(JournalEntry).values(entry).on_conflict_do_nothing()
    written = await session.execute(statement.returning(col(JournalEntry.id)))
    return written.scalar() is not None


async def actor_name(session: AsyncSession, actor: str) -> str:
    """Who an actor is, for people to read."""
    if actor in _ACTORS:
        return _ACTORS[actor]
    number = actor.removeprefix("key-")
    key = await session.get(ApiKey, int(number)) if number.isdecimal() else None
    return key.holder if key else actor


async def load_calendar(session: AsyncSession, confirmed_years: frozenset[int]) -> WorkCalendar:
    """The production calendar with the amendments entered so far; the last one of a day counts."""
    rows = (await session.scalars(select(AmendmentRow).order_by(col(AmendmentRow.id)))).all()
    by_day = {row.day: Amendment(day=row.day, working=row.is_working, decree=row.decree) for row in rows}
    return WorkCalendar(amendments=tuple(by_day.values()), confirmed_years=confirmed_years)

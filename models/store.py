"""What the API and the activities share of Postgres: sessions, the journal, the calendar."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any

from sqlalchemy import func, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker, create_async_engine
from sqlmodel import col, select

from models.calendar import Amendment, WorkCalendar
from models.decisions import ENGINE, SIGNAL
from models.step import Step
from models.tables import AmendmentRow, ApiKey, JournalEntry
from models.terms import Clause

Sessions = async_sessionmaker[AsyncSession]

_ACTORS = {ENGINE: "система", SIGNAL: "по сигналу, не проверен", "learner": "Пользователь"}


def connect(url: str, *, connections: int = 30) -> AsyncEngine:
    """An engine for Postgres; the caller disposes of it. Times out rather than waits for ever.

    Args:
        url: SQLAlchemy address.
        connections: How many at most; each is opened when it is first needed.
    """
    return create_async_engine(
        url,
        pool_size=connections,
        max_overflow=0,
        pool_timeout=5,
        pool_use_lifo=True,
        connect_args={"connect_timeout": 5},
    )


def sessions(engine: AsyncEngine) -> Sessions:
    """Sessions whose objects stay readable after the commit."""
    return async_sessionmaker(engine, expire_on_commit=False)


def in_schema(sessions: Sessions, schema: str) -> Sessions:
    """Sessions over the same connections whose tables are those of another schema."""
    engine: AsyncEngine = sessions.kw["bind"]
    return async_sessionmaker(
        engine.execution_options(schema_translate_map={None: schema}), expire_on_commit=False
    )


async def now(session: AsyncSession) -> datetime:
    """Postgres' clock: whatever is decided by it does not depend on the machine of a worker."""
    moment: datetime = (await session.scalars(select(func.clock_timestamp()))).one()
    return moment


@asynccontextmanager
async def looking(sessions: Sessions) -> AsyncIterator[AsyncSession]:
    """A session without a transaction: each statement for itself, with no BEGIN and ROLLBACK around it."""
    async with sessions() as session:
        await session.connection(execution_options={"isolation_level": "AUTOCOMMIT"})
        yield session


@asynccontextmanager
async def snapshot(sessions: Sessions) -> AsyncIterator[AsyncSession]:
    """A session in which every statement sees Postgres as the first one did; it is for reading."""
    async with sessions() as session:
        await session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
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
    line = entry(step, clause, what) | {
        "actor": by,
        "actor_name": await actor_name(session, by),
        "evidence": evidence,
    }
    statement = insert(JournalEntry).values(line).on_conflict_do_nothing()
    written = await session.execute(statement.returning(col(JournalEntry.id)))
    return written.scalar() is not None


def entry(step: Step, clause: Clause, what: str) -> dict[str, Any]:
    """The journal's line on what the engine did by itself."""
    return {
        "number": step.number,
        "step": step.step,
        "at": step.at,
        "actor": ENGINE,
        "actor_name": _ACTORS[ENGINE],
        "clause": clause.value,
        "what": what,
    }


async def actor_name(session: AsyncSession, actor: str) -> str:
    """Who an actor is, for people to read."""
    if actor in _ACTORS:
        return _ACTORS[actor]
    number = actor.removeprefix("key-")
    key = await session.get(ApiKey, int(number)) if number.isdecimal() else None
    return key.holder if key else actor


async def load_calendar(
    session: AsyncSession, confirmed_years: frozenset[int], *, until: int | None = None
) -> WorkCalendar:
    """The production calendar with the amendments entered so far; the last one of a day counts.

    Args:
        session: Where to read.
        confirmed_years: See `WorkCalendar`.
        until: As it was when the amendment of this id was the newest.
    """
    query = select(AmendmentRow).order_by(col(AmendmentRow.id))
    if until is not None:
        query = query.where(col(AmendmentRow.id) <= until)
    rows = (await session.scalars(query)).all()
    by_day = {row.day: row for row in rows}
    amendments = tuple(
        Amendment(day=row.day, working=row.is_working, decree=row.decree)
        for row in by_day.values()
        if row.is_working is not None
    )
    return WorkCalendar(amendments, confirmed_years, version=rows[-1].id or 0 if rows else 0)


async def hold_calendar(session: AsyncSession) -> None:
    """Let nobody amend the calendar until this transaction ends.

    What is computed by it is committed before the next amendment, whose moving will find it.
    """
    await session.execute(text("LOCK TABLE calendar_amendments IN SHARE MODE"))


async def hold_amendments(session: AsyncSession) -> None:
    """Let nobody else amend the calendar, or compute by it what is to last, until this transaction ends."""
    await session.execute(text("LOCK TABLE calendar_amendments IN SHARE ROW EXCLUSIVE MODE"))

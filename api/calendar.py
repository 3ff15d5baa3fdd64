"""Section 3 of the design - a day is amended by decree, and open cases move."""

import asyncio
from datetime import UTC, datetime

import structlog
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select
from temporalio.client import Client
from temporalio.service import RPCError

from api.idempotency import Post
from api.schemas.actions import AmendmentAnswer, AmendmentForm, MovedShown
from models import amendments, store
from models.calendar import Amendment, WorkCalendar
from models.settings import Settings
from models.starting import start_amendment
from models.tables import AmendmentRow, ClauseRow

log = structlog.get_logger()

_STARTS_WITHIN_SECONDS = 5


async def preview(session: AsyncSession, form: AmendmentForm, settings: Settings) -> list[MovedShown]:
    """Which open cases would move, were this day amended."""
    calendar = await store.load_calendar(session, settings.confirmed_years)
    others = tuple(one for one in calendar.amendments if one.day != form.day)
    asked = Amendment(day=form.day, working=form.working, decree=form.decree)
    amended = WorkCalendar(amendments=(*others, asked), confirmed_years=settings.confirmed_years)
    rows = (await session.scalars(select(ClauseRow).where(col(ClauseRow.finished_at).is_(None)))).all()
    return [
        MovedShown(
            number=row.number,
            clause=row.clause,
            last_day=row.last_day,
            new_last_day=amendments.recomputed(row, amended).last_day,
        )
        for row in rows
        if amendments.is_moved(row, amended)
    ]


async def amend(post: Post, form: AmendmentForm, client: Client, settings: Settings) -> AmendmentAnswer:
    """Put an amendment in force and have open cases moved; again: the same amendment."""
    async with post.sessions.begin() as session:
        moved = await preview(session, form, settings)
        row = await _enter(session, post, form)
    await _move_open_cases(client, settings.task_queue, row)
    return AmendmentAnswer(
        id=row.id or 0, day=form.day, working=form.working, decree=form.decree, moved=moved
    )


async def _move_open_cases(client: Client, task_queue: str, row: AmendmentRow) -> None:
    """The amendment is in force already: when Temporal is away, upkeep starts the moving later."""
    try:
        async with asyncio.timeout(_STARTS_WITHIN_SECONDS):
            await start_amendment(client, task_queue, row.id or 0, row.day)
    except (RPCError, RuntimeError, TimeoutError) as error:
        log.warning("amendment not started yet", amendment=row.id, error=type(error).__name__)


async def _enter(session: AsyncSession, post: Post, form: AmendmentForm) -> AmendmentRow:
    """Under the POST's own id, so that a repetition finds what it entered."""
    found = await session.scalars(select(AmendmentRow).where(col(AmendmentRow.post_id) == post.id))
    row = found.first()
    if row is None:
        row = AmendmentRow(
            post_id=post.id,
            day=form.day,
            is_working=form.working,
            decree=form.decree,
            entered_by=post.caller.actor,
            entered_at=datetime.now(UTC),
        )
        session.add(row)
        await session.flush()
    return row

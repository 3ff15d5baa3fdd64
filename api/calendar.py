"""Section 3 of the design - a day is amended by decree, and open cases move."""

import contextlib
from datetime import UTC, datetime

from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select
from temporalio.client import Client
from temporalio.exceptions import WorkflowAlreadyStartedError

from api.idempotency import Post
from api.schemas.actions import AmendmentAnswer, AmendmentForm, MovedShown
from models import amendments, ids, store
from models.calendar import Amendment, WorkCalendar
from models.settings import Settings
from models.steps import Amend
from models.tables import AmendmentRow, ClauseRow
from workflows.amendment import AmendmentWorkflow


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
    # A repetition of the same POST finds the workflow started already.
    with contextlib.suppress(WorkflowAlreadyStartedError):
        await client.start_workflow(
            AmendmentWorkflow.run,
            Amend(amendment=row.id or 0),
            id=ids.amendment_id(row.id or 0),
            task_queue=settings.task_queue,
            static_summary=f"Изменение календаря: {form.day:%d.%m.%Y}",
        )
    return AmendmentAnswer(
        id=row.id or 0, day=form.day, working=form.working, decree=form.decree, moved=moved
    )


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

"""The production calendar: asked in activities, so that an upgrade never changes a running case."""

from datetime import datetime

from sqlmodel import col, select
from temporalio import activity
from temporalio.client import Client
from temporalio.service import RPCError, RPCStatusCode

from models import amendments, deadlines, store
from models.steps import MoveClauses, MovedClause, MoveDeadline, NextRepeat
from models.tables import ClauseRow
from models.terms import Clause


class CalendarActivities:
    """Activities on working days."""

    def __init__(self, sessions: store.Sessions, client: Client, confirmed_years: frozenset[int]) -> None:
        self._sessions = sessions
        self._client = client
        self._confirmed_years = confirmed_years

    @activity.defn
    async def next_repeat(self, ask: NextRepeat) -> datetime:
        """When the last escalation goes out again: 09:00 local, so many working days later."""
        async with self._sessions() as session:
            calendar = await store.load_calendar(session, self._confirmed_years)
        return deadlines.next_repeat(ask.at, ask.every, calendar)

    @activity.defn
    async def moved_clauses(self, ask: MoveClauses) -> list[MovedClause]:
        """Open clauses whose deadline today's calendar puts on another day."""
        async with self._sessions() as session:
            calendar = await store.load_calendar(session, self._confirmed_years)
            rows = (
                await session.scalars(select(ClauseRow).where(col(ClauseRow.finished_at).is_(None)))
            ).all()
        return [
            MovedClause(
                number=row.number,
                step=f"{Clause(row.clause).name.lower()}/moved-{ask.amendment}",
                at=ask.at,
                clause=Clause(row.clause),
                workflow_id=row.workflow_id,
                amendment=ask.amendment,
            )
            for row in rows
            if amendments.is_moved(row, calendar)
        ]

    @activity.defn
    async def move_clause(self, moved: MovedClause) -> None:
        """Give a clause the deadline of today's calendar; one that has ended meanwhile needs none."""
        async with self._sessions() as session:
            row = await session.get_one(ClauseRow, (moved.number, moved.clause.value))
            calendar = await store.load_calendar(session, self._confirmed_years)
        command = MoveDeadline(
            number=moved.number,
            step=moved.step,
            at=moved.at,
            deadline=amendments.recomputed(row, calendar),
            amendment=moved.amendment,
        )
        handle = self._client.get_workflow_handle(moved.workflow_id)
        try:
            await handle.execute_update("move_deadline", command, id=moved.step)
        except RPCError as error:
            if error.status is not RPCStatusCode.NOT_FOUND:
                raise

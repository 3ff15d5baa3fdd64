"""The production calendar: asked in activities, so that an upgrade never changes a running case."""

from datetime import datetime

from sqlalchemy import tuple_
from sqlmodel import col, select
from temporalio import activity
from temporalio.client import Client
from temporalio.service import RPCError, RPCStatusCode

from activities import terms
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
        if ask.pace is not None:
            return ask.at + ask.pace
        async with self._sessions() as session:
            calendar = await store.load_calendar(session, self._confirmed_years)
        return deadlines.next_repeat(ask.at, ask.every, calendar)

    @activity.defn
    async def moved_clauses(self, ask: MoveClauses) -> list[MovedClause]:
        """Open clauses whose deadline the amendment puts on another day, by number and clause: a page.

        Whatever was computed without it is committed: see `store.hold_calendar`.
        """
        async with self._sessions() as session:
            years, newest = self._confirmed_years, ask.amendment
            before = await store.load_calendar(session, years, until=newest - 1)
            after = await store.load_calendar(session, years, until=newest)
            is_open = col(ClauseRow.finished_at).is_(None)
            counts_without = col(ClauseRow.calendar_version) < ask.amendment
            key = tuple_(col(ClauseRow.number), col(ClauseRow.clause))
            is_behind = key > tuple_(*ask.after)
            query = select(ClauseRow).where(is_open, counts_without, is_behind).order_by(key)
            moved: list[MovedClause] = []
            async for row in await session.stream_scalars(query):
                if amendments.is_moved(row, before, after):
                    moved.append(_moved(row, ask))
                if len(moved) == ask.page:
                    break
        return moved

    @activity.defn
    async def move_clause(self, moved: MovedClause) -> None:
        """Give a clause the deadline of the amended calendar; one that has ended meanwhile needs none."""
        async with self._sessions() as session:
            row = await session.get_one(ClauseRow, (moved.number, moved.clause.value))
            calendar = await store.load_calendar(session, self._confirmed_years, until=moved.amendment)
        move = MoveDeadline(
            number=moved.number,
            step=moved.step,
            at=moved.at,
            deadline=amendments.recomputed(row, calendar),
            amendment=moved.amendment,
        )
        handle = self._client.get_workflow_handle(moved.workflow_id)
        try:
            await handle.execute_update("move_deadline", move, id=moved.step)
        except RPCError as error:
            if error.status is not RPCStatusCode.NOT_FOUND:
                raise
            await self._put_on_record(move)

    async def _put_on_record(self, move: MoveDeadline) -> None:
        """Where somebody stopped the clause's process: begun anew, it goes on with this deadline."""
        async with self._sessions.begin() as session:
            await terms.take_over(session, move, self._confirmed_years)


def _moved(row: ClauseRow, ask: MoveClauses) -> MovedClause:
    return MovedClause(
        number=row.number,
        step=terms.moving(Clause(row.clause), ask.amendment),
        at=ask.at,
        clause=Clause(row.clause),
        workflow_id=row.workflow_id,
        amendment=ask.amendment,
    )

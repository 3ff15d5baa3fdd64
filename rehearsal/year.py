"""A year at one office: every request lives by the engine's own processes, on skipped time.

Each clause is a process of its own, begun at the moment at which the one before it ended: a child of
`RequestWorkflow` would begin at its parent's time, which nobody can move while it waits for a child.
"""

import asyncio
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from models import ids
from models.calendar import WorkCalendar
from models.changed_terms import Terms
from models.deadlines import Deadline
from models.decisions import Reviewed
from models.requests import Filed, Review, Setup
from models.tables import ClauseRow
from models.terms import Clause
from rehearsal import people
from rehearsal.clock import Clock, together, until
from rehearsal.desk import Desk
from rehearsal.parts import Office
from rehearsal.people import Invented

AT_ONCE = 12
"""Requests that live at the same time."""

_A_MOMENT = timedelta(minutes=5)


class Year:
    """`numbers = await Year(office, terms).live(invent(1, 60, 2027), say=print)`"""

    def __init__(self, office: Office, terms: Terms) -> None:
        self._office = office
        self._desk = Desk(office, terms)
        self._clock = Clock(office.client, office.settings.task_queue)
        self._calendar = WorkCalendar()
        self._gate = asyncio.Semaphore(AT_ONCE)

    async def live(self, requests: Sequence[Invented], *, lived: Callable[[], None]) -> list[list[str]]:
        """All of them, to their ends.

        Args:
            requests: In the order of their arrival.
            lived: Called after each.

        Returns:
            The numbers of each request's cases, its own first.
        """
        filed = [await self._desk.file(one) for one in requests]

        async def one_life(one: Invented, own: Filed) -> list[str]:
            async with self._gate:
                numbers = await self._life(one, own)
            lived()
            return numbers

        return await together(map(one_life, requests, filed))

    async def _life(self, one: Invented, filed: Filed) -> list[str]:
        number = filed.case.number
        reviewed = await self._review(one, filed)
        if reviewed.order_received_on is None:
            return [number]
        setup = Setup.after(filed, reviewed.order_received_on)
        begins_at = reviewed.decision.at + _A_MOMENT
        handle = await self._clock.begin("SetupWorkflow", setup, id=ids.setup_id(number), at=begins_at)
        deadline = await self._deadline(number, Clause.SETUP)
        done_at = people.acts_at(one.setup, begins_at, deadline, self._calendar, on_holiday=True)
        await self._clock.move(handle, done_at)
        await self._desk.confirm_setup(number)
        await handle.result()
        await self._clock.letters_arrive(handle)
        if one.asks_after is None:
            return [number]
        asks_at = people.days_later(done_at, one.asks_after, self._calendar)
        return [number, await self._consult(one, number, asks_at)]

    async def _review(self, one: Invented, filed: Filed) -> Reviewed:
        number, at = filed.case.number, one.arrives_at
        handle = await self._clock.begin("ReviewWorkflow", Review.of(filed), id=ids.review_id(number), at=at)
        if not filed.missing:
            deadline = await self._deadline(number, Clause.REVIEW)
            decides_at = people.acts_at(one.review, at, deadline, self._calendar)
            after = one.withdraws_after
            withdraws_at = None if after is None else people.days_later(at, after, self._calendar)
            if withdraws_at and withdraws_at < decides_at:
                await self._clock.move(handle, withdraws_at)
                await self._desk.withdraw(number)
            else:
                await self._clock.move(handle, decides_at)
                await self._desk.decide(number, is_refused=one.is_refused)
        typed = self._office.client.get_workflow_handle(handle.id, result_type=Reviewed)
        reviewed: Reviewed = await typed.result()
        await self._clock.letters_arrive(handle)
        return reviewed

    async def _consult(self, one: Invented, request: str, at: datetime) -> str:
        asked = await self._desk.ask(request, at)
        number = asked.case.number
        handle = await self._clock.begin("ConsultationWorkflow", asked, id=ids.case_id(number), at=at)
        deadline = await self._deadline(number, Clause.CONSULTATION)
        await self._clock.move(
            handle, people.acts_at(one.answer, at, deadline, self._calendar, on_holiday=True)
        )
        await self._desk.answer(number)
        await until(f"консультация {number} отвечена", lambda: self._has_ended(number, Clause.CONSULTATION))
        await self._clock.letters_arrive(handle)
        return number

    async def _deadline(self, number: str, clause: Clause) -> Deadline:
        row = await until(f"п. {clause} дела {number} начат", lambda: self._clause(number, clause))
        assert row is not None
        return Deadline.model_validate(row.deadline)

    async def _has_ended(self, number: str, clause: Clause) -> bool:
        row = await self._clause(number, clause)
        return row is not None and row.finished_at is not None

    async def _clause(self, number: str, clause: Clause) -> ClauseRow | None:
        async with self._office.sessions() as session:
            return await session.get(ClauseRow, (number, clause.value))

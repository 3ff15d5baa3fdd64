"""Section 3 of the design - the calendar is amended, and open cases move.

A decree makes a day working or off. Every open clause whose deadline the day
touches takes the new deadline, however many there are and however often the
worker is killed meanwhile.
"""

import asyncio
import contextlib
from datetime import timedelta

from temporalio import workflow

from models.steps import Amend, MoveClauses, MovedClause
from workflows import steps
from workflows.mending import Mendable

_PATIENCE = timedelta(minutes=5)
"""A page takes seconds, unless a clause waits to be mended."""


@workflow.defn
class AmendmentWorkflow(Mendable):
    """A page of clauses is a run of its own: no history grows with the number of cases."""

    def __init__(self) -> None:
        self._at_once = asyncio.Semaphore(50)
        self._left = 0

    @workflow.run
    async def run(self, amend: Amend) -> None:
        moving: list[asyncio.Task[None]] = []
        while page := await self._next(amend):
            self._left += len(page)
            moving += [asyncio.create_task(self._move(clause)) for clause in page]
            # One that waits to be mended does not hold up the next page either.
            with contextlib.suppress(TimeoutError):
                await workflow.wait_condition(
                    lambda: not self._left, timeout=_PATIENCE, timeout_summary="Перенос сроков"
                )
            if len(page) < amend.page:
                break
            last = page[-1]
            amend = amend.model_copy(update={"after": (last.number, last.clause.value)})
            if not self._left:
                await asyncio.gather(*moving)
                workflow.continue_as_new(amend)
        await asyncio.gather(*moving)

    async def _next(self, amend: Amend) -> list[MovedClause]:
        # The task of a page that cannot be read is its own: that of an earlier page may be closed.
        behind = "-".join(("", *amend.after)) if any(amend.after) else ""
        return await steps.moved_clauses(
            MoveClauses(
                number="",
                step=f"amendment/{amend.amendment}{behind}",
                at=workflow.now(),
                amendment=amend.amendment,
                after=amend.after,
                page=amend.page,
            )
        )

    async def _move(self, clause: MovedClause) -> None:
        """A few at a time; one that waits to be mended does not hold up the others."""
        try:
            async with self._at_once:
                await steps.move_clause(clause)
        finally:
            self._left -= 1

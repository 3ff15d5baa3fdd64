"""Section 3 of the design - the calendar is amended, and open cases move.

A decree makes a day working or off. Every open clause whose deadline the day
touches takes the new deadline, however many there are and however often the
worker is killed meanwhile.
"""

import asyncio

from temporalio import workflow

from models.steps import Amend, MoveClauses, MovedClause
from workflows import steps
from workflows.mending import Mendable


@workflow.defn
class AmendmentWorkflow(Mendable):
    def __init__(self) -> None:
        self._at_once = asyncio.Semaphore(50)

    @workflow.run
    async def run(self, amend: Amend) -> int:
        step = f"amendment/{amend.amendment}"
        moved = await steps.moved_clauses(
            MoveClauses(number="", step=step, at=workflow.now(), amendment=amend.amendment)
        )
        await asyncio.gather(*(self._move(clause) for clause in moved))
        return len(moved)

    async def _move(self, clause: MovedClause) -> None:
        """A few at a time; one that waits to be mended does not hold up the others."""
        async with self._at_once:
            await steps.move_clause(clause)

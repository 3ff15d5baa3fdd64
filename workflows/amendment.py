"""Section 3 of the design - the calendar is amended, and open cases move.

A decree makes a day working or off. Every open clause whose deadline the day
touches takes the new deadline, however many there are and however often the
worker is killed meanwhile.
"""

from temporalio import workflow

from models.steps import Amend, MoveClauses
from workflows import steps
from workflows.mending import Mendable


@workflow.defn
class AmendmentWorkflow(Mendable):
    @workflow.run
    async def run(self, amend: Amend) -> int:
        step = f"amendment/{amend.amendment}"
        moved = await steps.moved_clauses(
            MoveClauses(number="", step=step, at=workflow.now(), amendment=amend.amendment)
        )
        for clause in moved:
            await steps.move_clause(clause)
        return len(moved)

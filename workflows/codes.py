"""Clause 4.5 - claim codes given out anew, also long after the list's own case has ended."""

from temporalio import workflow

from models.claim_codes import WriteCodes
from workflows import card, claim_steps
from workflows.mending import Mendable


@workflow.defn
class CodesWorkflow(Mendable):
    @workflow.run
    async def run(self, write: WriteCodes) -> int:
        """How many letters went."""
        card.show_work(write.number, "Коды для первого входа высылаются заново")
        count = await claim_steps.send_codes(write)
        await workflow.wait_condition(workflow.all_handlers_finished)
        return count

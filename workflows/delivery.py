"""A letter - written once, then delivered by SMTP with four days of trying.

A letter that can't be delivered is shown as undelivered and becomes a task for the
operator. No clause waits for a letter.
"""

from temporalio import workflow
from temporalio.exceptions import ActivityError

from models.letters import Letter, LetterState, Notice
from workflows import card, steps
from workflows.mending import Mendable


@workflow.defn
class DeliveryWorkflow(Mendable):
    @workflow.run
    async def run(self, letter: Letter) -> LetterState:
        # A letter about a letter about a failure would go on for ever.
        self.tells_of_failures = letter.notice is not Notice.STEP_FAILED
        card.show_letter(letter)
        state = await steps.write_letter(letter)
        if state is LetterState.WRITTEN:
            state = await self._deliver(letter)
        return state

    async def _deliver(self, letter: Letter) -> LetterState:
        try:
            return await steps.send_letter(letter.key)
        except ActivityError:
            return await steps.give_up_letter(letter)

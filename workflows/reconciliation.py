"""Appendix 1 - every night the register is compared with a Moodle; people are told what differs.

The engine makes nothing in Moodle here: what was deleted stays deleted until a person decides.
"""

from temporalio import workflow
from temporalio.exceptions import ActivityError, is_cancelled_exception

from models.reconciliation import LookOn, Night, Outcome, Reconcile, Settle
from workflows import reconciliation_steps, steps
from workflows.mending import Mendable


@workflow.defn
class ReconciliationWorkflow(Mendable):
    def __init__(self) -> None:
        self._looked = 0
        self._unread = 0

    @workflow.run
    async def run(self, ask: Reconcile) -> Outcome:
        workflow.set_current_details(f"**Сверка реестра с Moodle ({ask.subsystem})**")
        await reconciliation_steps.begin(self._step(ask, "begun"))
        outcome, failure = Outcome.UNREAD, ""
        try:
            await reconciliation_steps.read_lists(self._step(ask, "lists"))
            outcome = Outcome.PARTLY
            await self._look_at_courses(ask)
            outcome = Outcome.PARTLY if self._unread else Outcome.WHOLE
        except ActivityError as error:
            if is_cancelled_exception(error):
                raise
            failure = steps.failure_of(error)
        end = self._step(ask, "settled").model_dump()
        await reconciliation_steps.settle(
            Settle(**end, outcome=outcome, looked=self._looked, unread=self._unread, failure=failure)
        )
        return outcome

    async def _look_at_courses(self, ask: Reconcile) -> None:
        """Part by part, until none is left."""
        after: int | None = 0
        while after is not None:
            step = self._step(ask, f"courses-{after}").model_dump()
            looked = await reconciliation_steps.look_on(LookOn(**step, after=after))
            self._looked += looked.looked
            self._unread += looked.unread
            after = looked.last

    def _step(self, ask: Reconcile, name: str) -> Night:
        return Night(
            number="",
            step=f"reconciliation/{name}",
            at=workflow.now(),
            subsystem=ask.subsystem,
            run=workflow.info().run_id,
        )

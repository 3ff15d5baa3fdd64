"""Clause 4.1 - a request for a category or a course.

The request is registered before this workflow starts; here it is reviewed (4.2)
and, when approved, set up by the operator (4.3).
"""

from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

from temporalio import workflow
from temporalio.exceptions import ChildWorkflowError, is_cancelled_exception

from models import ids
from models.decisions import Outcome, Reviewed
from models.requests import Case, Filed, Review, Setup, Stage
from models.setup import SetupResult
from models.step import Step
from models.steps import CloseCase
from models.terms import Clause
from workflows import card, steps
from workflows.mending import Mendable
from workflows.review import ReviewWorkflow
from workflows.setup import SetupWorkflow

A = TypeVar("A")
R = TypeVar("R")

_STAGES = {
    Outcome.APPROVED: Stage.DONE,
    Outcome.REFUSED: Stage.REFUSED,
    Outcome.WITHDRAWN: Stage.WITHDRAWN,
}


@workflow.defn
class RequestWorkflow(Mendable):
    @workflow.run
    async def run(self, filed: Filed) -> Stage:
        case = filed.case
        card.show(case, Clause.REQUEST, Stage.REVIEW, waits_for="review")
        await steps.start_case(Step(number=case.number, step="request/started", at=workflow.now()))
        reviewed = await self._review(filed)
        if reviewed.order_received_on is not None:
            card.show(case, Clause.REQUEST, Stage.SETUP, waits_for="setup")
            await self._set_up(filed, Setup.after(filed, reviewed.order_received_on))
        return await self._close(case, _STAGES[reviewed.decision.outcome])

    async def _review(self, filed: Filed) -> Reviewed:
        return await self._clause(
            filed.case,
            ReviewWorkflow.run,
            Review.of(filed),
            id=ids.review_id(filed.case.number),
            summary=f"Рассмотрение запроса № {filed.case.number}",
        )

    async def _set_up(self, filed: Filed, setup: Setup) -> SetupResult:
        return await self._clause(
            filed.case,
            SetupWorkflow.run,
            setup,
            id=ids.setup_id(filed.case.number),
            summary=f"Исполнение запроса № {filed.case.number}",
        )

    async def _clause(
        self, case: Case, run: Callable[[Any, A], Awaitable[R]], argument: A, *, id: str, summary: str
    ) -> R:
        """Run a clause; one that somebody ended by hand is begun anew when the operator says so."""
        tries = 0
        while True:
            try:
                return await workflow.execute_child_workflow(run, argument, id=id, static_summary=summary)
            except ChildWorkflowError as error:
                if is_cancelled_exception(error):
                    raise
                tries += 1
                await steps.until_mended(case.number, f"request/{id}", error, tries)

    async def _close(self, case: Case, stage: Stage) -> Stage:
        await steps.close_case(
            CloseCase(number=case.number, step="request/closed", at=workflow.now(), stage=stage)
        )
        card.show(case, Clause.REQUEST, stage, waits_for="")
        return stage

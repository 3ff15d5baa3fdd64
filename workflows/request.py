"""Clause 4.1 - a request for a category or a course.

The request is registered before this workflow starts; here it is reviewed (4.2)
and, when approved, set up by the operator (4.3).
"""

from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

from temporalio import workflow
from temporalio.exceptions import ChildWorkflowError, WorkflowAlreadyStartedError

from models import ids
from models.decisions import Outcome, Reviewed
from models.requests import Filed, RequestCase, Review, Setup, Stage
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
_CLOSED = {
    Stage.DONE: "запрос исполнен",
    Stage.REFUSED: "в создании отказано",
    Stage.WITHDRAWN: "запрос отозван инициатором",
}
_IDS = {Clause.REVIEW: ids.review_id, Clause.SETUP: ids.setup_id}
_SUMMARIES = {Clause.REVIEW: "Рассмотрение запроса", Clause.SETUP: "Исполнение запроса"}


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
        return await self._clause(Clause.REVIEW, filed.case, ReviewWorkflow.run, Review.of(filed))

    async def _set_up(self, filed: Filed, setup: Setup) -> SetupResult:
        return await self._clause(Clause.SETUP, filed.case, SetupWorkflow.run, setup)

    async def _clause(
        self, clause: Clause, case: RequestCase, run: Callable[[Any, A], Awaitable[R]], argument: A
    ) -> R:
        """Run a clause; one that somebody ended by hand is begun anew when the operator says so."""
        while True:
            try:
                return await workflow.execute_child_workflow(
                    run,
                    argument,
                    id=_IDS[clause](case.number),
                    static_summary=f"{_SUMMARIES[clause]} № {case.number}",
                )
            except (ChildWorkflowError, WorkflowAlreadyStartedError) as error:
                # A clause cancelled by itself was ended by hand; a cancelled case takes its clause along.
                if workflow.cancellation_reason() is not None:
                    raise
                await steps.until_mended(case.number, f"{clause.name.lower()}/workflow", error)

    async def _close(self, case: RequestCase, stage: Stage) -> Stage:
        await steps.close_case(
            CloseCase(
                number=case.number,
                step="request/closed",
                at=workflow.now(),
                clause=Clause.REQUEST,
                what=f"Дело закрыто: {_CLOSED[stage]}",
            )
        )
        card.show(case, Clause.REQUEST, stage, waits_for="")
        return stage

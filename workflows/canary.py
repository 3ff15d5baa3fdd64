"""The canary - every week an invented request goes through review and setup at short terms.

It lives in workers and a schema of its own, by the workflows of every request, and
proves that each rung of their ladders still fires and reaches a mailbox. One that
fails tells the operator.
"""

import asyncio
import contextlib
from datetime import timedelta
from typing import Any

from temporalio import workflow
from temporalio.exceptions import ActivityError

from models import ids
from models.canary import CLAUSES, BeginCanary, Begun, Judge, Look, RunCanary
from models.cases import label
from models.terms import Clause
from workflows import canary_steps as steps
from workflows.mending import Mendable

_BETWEEN_LOOKS = timedelta(seconds=20)


@workflow.defn
class CanaryWorkflow(Mendable):
    @workflow.run
    async def run(self, asked: RunCanary) -> bool | None:
        """Whether it passed; None where another canary was running."""
        begun = await steps.begin(BeginCanary(number="", step="canary/begun", at=workflow.now(), by=asked.by))
        if begun is None:
            return None
        request = await self._file(begun)
        for clause in CLAUSES:
            await self._go_through(begun, clause)
        await workflow.wait([request], timeout=begun.patience.total_seconds())
        has_passed = await self._judge(begun)
        if not has_passed:
            # Days of trying are over: the task is there all the same.
            with contextlib.suppress(ActivityError):
                await steps.tell(begun.run)
        return has_passed

    async def _file(self, begun: Begun) -> asyncio.Future[Any]:
        case = begun.filed.case
        request = await workflow.start_child_workflow(
            "RequestWorkflow",
            begun.filed,
            id=ids.case_id(case.number),
            task_queue=begun.queue,
            static_summary=f"{label(case.number)}: {case.title}",
        )
        # One that fails is judged by what it has left behind; nobody asks for its error.
        request.add_done_callback(lambda done: done.cancelled() or done.exception())
        return request

    async def _go_through(self, begun: Begun, clause: Clause) -> None:
        """Let nobody act until the ladder is at its end; then act, so that the next clause begins."""
        name = f"canary/{clause.name.lower()}"
        look = Look(number="", step=name, at=workflow.now(), case=begun.filed.case.number, clause=clause)
        limit = workflow.now() + begun.longest(clause)
        while not await steps.look(look) and workflow.now() < limit:
            await workflow.sleep(min(begun.pace, _BETWEEN_LOOKS), summary=f"Ступени по п. {clause.value}")
        # What doesn't answer is seen when the whole is judged.
        with contextlib.suppress(ActivityError):
            await steps.act(look, begun.patience)

    async def _judge(self, begun: Begun) -> bool:
        return await steps.judge(
            Judge(
                number="",
                step="canary/judged",
                at=workflow.now(),
                case=begun.filed.case.number,
                run=begun.run,
                patience=begun.patience,
            )
        )

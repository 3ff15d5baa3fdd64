"""A clause that somebody resets in Temporal after its end: what stands in Postgres stands."""

from typing import Any
from uuid import uuid4

from temporalio.api.common.v1 import WorkflowExecution
from temporalio.api.enums.v1 import EventType, ResetReapplyExcludeType
from temporalio.api.workflowservice.v1 import ResetWorkflowExecutionRequest
from temporalio.client import WorkflowHandle

from models.decisions import Withdraw
from models.terms import Clause
from tests.engine import Engine
from tests.workflows import words

_UPDATE_ACCEPTED = EventType.EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_ACCEPTED
_TASK_COMPLETED = EventType.EVENT_TYPE_WORKFLOW_TASK_COMPLETED
_FIRST_TASK = 4


async def decided(engine: Engine) -> str:
    """A request that was refused; its number."""
    number = await engine.file()
    await words.reviewing(engine, number)
    await words.decide(engine, number)
    await words.closed(engine, number)
    await engine.request(number).result()
    return number


async def reset(engine: Engine, handle: WorkflowHandle[Any, Any], event: int) -> None:
    """The button in the Temporal UI; what people did since is not done again."""
    await engine.client.workflow_service.reset_workflow_execution(
        ResetWorkflowExecutionRequest(
            namespace=engine.client.namespace,
            workflow_execution=WorkflowExecution(workflow_id=handle.id),
            workflow_task_finish_event_id=event,
            request_id=uuid4().hex,
            reason="by mistake",
            reset_reapply_exclude_types=[ResetReapplyExcludeType.RESET_REAPPLY_EXCLUDE_TYPE_UPDATE],
        )
    )


async def test_a_review_begun_anew_after_its_decision_ends_with_that_decision(engine: Engine) -> None:
    number = await decided(engine)
    review = engine.review(number)
    first, journal = await review.result(), await _journal(engine, number)
    letters = await words.delivered(engine, number, of=3)

    await reset(engine, review, _FIRST_TASK)
    again = await engine.review(number).result()

    assert again == first
    assert again["decision"]["outcome"] == "refused"
    assert await _journal(engine, number) == journal
    assert await words.delivered(engine, number) == letters
    row = await engine.clause(number, Clause.REVIEW)
    assert row is not None
    assert (row.finished_at is not None, row.waits_for, row.is_overdue) == (True, "", False)


async def test_another_decision_after_a_reset_does_not_replace_the_one_on_record(engine: Engine) -> None:
    number = await decided(engine)
    review = engine.review(number)
    first = await review.result()
    letters = await words.delivered(engine, number, of=3)

    await reset(engine, review, await _before_the_decision(review))
    again = engine.review(number)
    await again.execute_update("withdraw", Withdraw(by="key-1"))

    assert await again.result() == first
    assert (await words.decision(engine, number)).outcome == "refused"
    assert await words.delivered(engine, number) == letters


async def _journal(engine: Engine, number: str) -> list[str]:
    """Without what becomes of letters, which travel by themselves."""
    return [line for line in await engine.journal(number) if not line.startswith("Письмо")]


async def _before_the_decision(review: WorkflowHandle[Any, Any]) -> int:
    """The last task that was completed before the decision came."""
    events = list((await review.fetch_history()).events)
    decision = next(event.event_id for event in events if event.event_type == _UPDATE_ACCEPTED)
    done = [event.event_id for event in events if event.event_type == _TASK_COMPLETED]
    return max(event for event in done if event < decision - 1)

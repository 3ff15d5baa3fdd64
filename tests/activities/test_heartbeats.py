"""Signs of life: a step that takes long is left alone while its worker lives."""

import asyncio
from datetime import timedelta
from uuid import uuid4

import pytest
from temporalio import activity, workflow
from temporalio.client import WorkflowFailureError
from temporalio.common import RetryPolicy
from temporalio.exceptions import ActivityError, TimeoutError, TimeoutType
from temporalio.worker import Interceptor, Worker

from activities.heartbeats import HeartbeatInterceptor
from tests.engine import Engine
from workflows import steps

WITHIN = timedelta(seconds=1)
LONG_SECONDS = 2.5


@activity.defn
async def take_long() -> str:
    await asyncio.sleep(LONG_SECONDS)
    return "done"


@workflow.defn(sandboxed=False)
class _TakingLong:
    @workflow.run
    async def run(self) -> str:
        return await workflow.execute_activity(
            take_long,
            start_to_close_timeout=timedelta(minutes=1),
            heartbeat_timeout=WITHIN,
            retry_policy=RetryPolicy(maximum_attempts=1),
        )


async def result(engine: Engine, *interceptors: Interceptor) -> str:
    queue = f"taking-long-{uuid4().hex}"
    worker = Worker(
        engine.client,
        task_queue=queue,
        workflows=[_TakingLong],
        activities=[take_long],
        interceptors=interceptors,
    )
    async with worker:
        return await engine.client.execute_workflow(_TakingLong.run, id=queue, task_queue=queue)


async def test_a_step_that_takes_long_gives_signs_of_life(engine: Engine) -> None:
    assert await result(engine, HeartbeatInterceptor()) == "done"


async def test_a_step_that_gives_none_is_taken_for_dead_long_before_its_time_is_up(engine: Engine) -> None:
    with pytest.raises(WorkflowFailureError) as failed:
        await result(engine)

    step = failed.value.cause
    assert isinstance(step, ActivityError)
    assert isinstance(step.cause, TimeoutError)
    assert step.cause.type is TimeoutType.HEARTBEAT


@pytest.mark.parametrize("options", [steps._MOODLE, steps.MAIL, steps.BEYOND_DATABASE])
def test_what_may_take_long_has_to_give_signs_of_life(options: dict[str, timedelta]) -> None:
    assert options["heartbeat_timeout"] <= timedelta(seconds=15)
    assert options["heartbeat_timeout"] < options["start_to_close_timeout"]


def test_what_is_short_has_little_time_instead() -> None:
    assert "heartbeat_timeout" not in steps._DATABASE
    assert steps._DATABASE["start_to_close_timeout"] <= timedelta(seconds=10)

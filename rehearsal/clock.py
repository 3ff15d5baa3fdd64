"""The clock of one process: begun on a future day, and moved on to what happens next."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Coroutine, Iterable
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

from temporalio.client import Client, WorkflowExecutionStatus, WorkflowHandle
from temporalio.testing import TimeSkipper

from models.resting import rests

PATIENCE_SECONDS = 300
"""In real time, for anything that takes a moment on a machine that is not busy."""

Handle = WorkflowHandle[Any, Any]
T = TypeVar("T")


class NotAsRehearsed(Exception):
    """Something did not happen that always does; the text is for people."""


class Clock:
    """Moves processes of one Temporal namespace through time, each by itself."""

    def __init__(self, client: Client, task_queue: str) -> None:
        self._client = client
        self._task_queue = task_queue
        self._skipper = TimeSkipper(client)

    async def begin(self, workflow: str, argument: object, *, id: str, at: datetime) -> Handle:
        """Start a workflow so that its first moment is `at`, and let it do what is due then."""
        ahead = at - datetime.now(UTC)
        handle = await self._client.start_workflow(
            workflow, argument, id=id, task_queue=self._task_queue, start_delay=ahead
        )
        await self._skipper.fast_forward(handle, ahead + timedelta(seconds=1))
        await until(f"процесс {id} ждёт", lambda: self._rests(handle))
        return handle

    async def move(self, handle: Handle, to: datetime) -> None:
        """Everything that is due by `to` happens, each thing at its own time."""
        ahead = to - await self._skipper.get_current_time(handle)
        if ahead > timedelta(0):
            await self._skipper.fast_forward(handle, ahead)
        await until(f"процесс {handle.id} ждёт", lambda: self._rests(handle))

    async def letters_arrive(self, handle: Handle) -> None:
        """Wait for the end of every delivery that a process has begun so far."""
        async for event in handle.fetch_history_events():
            child = event.child_workflow_execution_started_event_attributes
            if child.workflow_type.name == "DeliveryWorkflow":
                await self._client.get_workflow_handle(child.workflow_execution.workflow_id).result()

    async def _rests(self, handle: Handle) -> bool:
        """Whether it waits for people, or is over."""
        described = await handle.describe()
        return described.status is not WorkflowExecutionStatus.RUNNING or rests(described)


async def until(what: str, happened: Callable[[], Awaitable[T]]) -> T:
    """What it came to.

    Raises:
        NotAsRehearsed: It did not happen in time.
    """
    limit, pause = time.monotonic() + PATIENCE_SECONDS, 0.02
    while True:
        if outcome := await happened():
            return outcome
        if time.monotonic() > limit:
            raise NotAsRehearsed(f"За {PATIENCE_SECONDS} с не случилось: {what}.")
        await asyncio.sleep(pause)
        pause = min(2 * pause, 0.5)


async def together(work: Iterable[Coroutine[Any, Any, T]]) -> list[T]:
    """What all of it came to; the first failure ends the rest, and is raised as it is."""
    try:
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(one) for one in work]
    except ExceptionGroup as failed:
        raise failed.exceptions[0] from None
    return [task.result() for task in tasks]

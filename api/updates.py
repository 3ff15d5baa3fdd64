"""People act by Update: validated by the workflow, answered at once."""

import asyncio
import time
from typing import Any

from temporalio.client import Client, WorkflowUpdateFailedError, WorkflowUpdateRPCTimeoutOrCancelledError
from temporalio.exceptions import ApplicationError
from temporalio.service import RPCError, RPCStatusCode

from api.errors import Problem, is_known
from api.idempotency import Post
from models.settings import Settings

_COMES_UP_WITHIN_SECONDS = 5
"""A case just filed has no review to talk to for a moment."""

_PAUSE_SECONDS = 0.1


async def act(
    client: Client, settings: Settings, workflow_id: str, update: Any, command: Any, post: Post
) -> Any:
    """Send an update and wait for its outcome.

    Args:
        client: Temporal.
        settings: How long to wait for the worker.
        workflow_id: The clause that is to act.
        update: Its update method.
        command: The update's argument.
        post: Names the act: a repetition under the same key gets the first outcome.

    Raises:
        Problem: The rule rejected it (nothing happened); `stage-passed`: the clause has ended;
            `outcome-unknown`: no answer in time, and it may still take effect.
    """
    try:
        async with asyncio.timeout(settings.update_timeout.total_seconds()):
            return await _until_it_is_up(client, workflow_id, update, command, str(post.id))
    except (TimeoutError, WorkflowUpdateRPCTimeoutOrCancelledError):
        raise Problem("outcome-unknown") from None


async def _until_it_is_up(client: Client, workflow_id: str, update: Any, command: Any, id: str) -> Any:
    patience = time.monotonic() + _COMES_UP_WITHIN_SECONDS
    while True:
        problem = await _try(client, workflow_id, update, command, id)
        if not isinstance(problem, Problem):
            return problem
        if problem.type not in ("not-ready", "stage-passed") or time.monotonic() > patience:
            raise problem
        await asyncio.sleep(_PAUSE_SECONDS)


async def _try(client: Client, workflow_id: str, update: Any, command: Any, id: str) -> Any:
    """The outcome, or the problem that it ran into."""
    handle = client.get_workflow_handle(workflow_id)
    try:
        return await handle.execute_update(update, command, id=id)
    except WorkflowUpdateFailedError as error:
        return _rejected(error)
    except RPCError as error:
        if error.status is RPCStatusCode.NOT_FOUND:
            return Problem("stage-passed")
        raise Problem("outcome-unknown") from None


def _rejected(error: WorkflowUpdateFailedError) -> Problem:
    cause = error.cause
    if isinstance(cause, ApplicationError) and is_known(cause.type):
        return Problem(str(cause.type), cause.message)
    return Problem("outcome-unknown")

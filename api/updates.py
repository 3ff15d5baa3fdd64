"""People act by Update: validated by the workflow, answered at once."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated, Any
from uuid import UUID

import structlog
from fastapi import Depends
from temporalio.client import Client, WorkflowUpdateFailedError, WorkflowUpdateRPCTimeoutOrCancelledError
from temporalio.exceptions import ApplicationError
from temporalio.service import RPCError, RPCStatusCode

from api.deps import SettingsDep, TemporalDep
from api.errors import Problem, is_known

log = structlog.get_logger()

_PATIENCE_SECONDS = 5
"""A case just filed has no review to talk to for a moment."""

_PASSING = ("not-ready", "outcome-unknown")
"""What a moment may change, an update that met the end of its workflow too; its id does nothing twice."""

_PAUSE_SECONDS = 0.1


async def _never() -> bool:
    return False


@dataclass(frozen=True)
class Updates:
    """The way to the workflows, and how long to wait for the worker."""

    client: Client
    timeout: timedelta

    async def send(
        self,
        workflow_id: str,
        update: Any,
        command: Any,
        id: UUID,
        *,
        until: Callable[[], Awaitable[bool]] = _never,
    ) -> Any:
        """Send an update and wait for its outcome.

        Args:
            workflow_id: Who is to act.
            update: Its update method.
            command: The update's argument.
            id: Names the act: a repetition gets the first outcome.
            until: Whether a workflow that isn't there is about to come up.

        Raises:
            Problem: The rule rejected it (nothing happened); `stage-passed`: the workflow has
                ended; `outcome-unknown`: no answer in time, and it may still take effect.
        """
        try:
            async with asyncio.timeout(self.timeout.total_seconds()):
                return await self._patiently(workflow_id, update, command, str(id), until)
        except (TimeoutError, WorkflowUpdateRPCTimeoutOrCancelledError):
            raise Problem("outcome-unknown") from None

    async def is_accepted(self, workflow_id: str, id: UUID) -> bool:
        """Whether an update of this id has been done, also by a workflow that has ended since.

        Raises:
            Problem: `outcome-unknown`: Temporal is away.
        """
        handle = self.client.get_workflow_handle(workflow_id).get_update_handle(str(id))
        try:
            await handle.result(rpc_timeout=self.timeout)
        except WorkflowUpdateFailedError:
            return False
        except WorkflowUpdateRPCTimeoutOrCancelledError:
            raise Problem("outcome-unknown") from None
        except RPCError as error:
            if error.status is RPCStatusCode.NOT_FOUND:
                return False
            raise Problem("outcome-unknown") from None
        except RuntimeError:
            raise Problem("outcome-unknown") from None
        return True

    async def _patiently(
        self, workflow_id: str, update: Any, command: Any, id: str, until: Callable[[], Awaitable[bool]]
    ) -> Any:
        limit = time.monotonic() + _PATIENCE_SECONDS
        while True:
            try:
                return await self._once(workflow_id, update, command, id)
            except _NoWorkflow:
                if not await until():
                    raise Problem("stage-passed") from None
                problem = Problem("not-ready")
            except Problem as rejected:
                problem = rejected
            if problem.type not in _PASSING or time.monotonic() > limit:
                raise problem
            await asyncio.sleep(_PAUSE_SECONDS)

    async def _once(self, workflow_id: str, update: Any, command: Any, id: str) -> Any:
        handle = self.client.get_workflow_handle(workflow_id)
        try:
            return await handle.execute_update(update, command, id=id)
        except WorkflowUpdateFailedError as error:
            raise _rejection(error) from None
        except RPCError as error:
            if error.status is RPCStatusCode.NOT_FOUND:
                raise _NoWorkflow from None
            raise Problem("outcome-unknown") from None
        except RuntimeError:
            # A lazy client that has never reached the server.
            raise Problem("outcome-unknown") from None


class _NoWorkflow(Exception):
    """No open workflow has this id, and none has heard of this update."""


def _rejection(error: WorkflowUpdateFailedError) -> Problem:
    cause = error.cause
    if isinstance(cause, ApplicationError) and is_known(cause.type):
        return Problem(str(cause.type), cause.message)
    log.error("update failed", error=type(cause).__name__)
    return Problem("internal")


async def _updates(client: TemporalDep, settings: SettingsDep) -> Updates:
    return Updates(client, settings.update_timeout)


UpdatesDep = Annotated[Updates, Depends(_updates)]

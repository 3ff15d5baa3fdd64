"""Signs of life of the steps that may take long, so that a killed worker's step is soon tried again."""

import asyncio
from typing import Any

from temporalio import activity
from temporalio.worker import ActivityInboundInterceptor, ExecuteActivityInput, Interceptor


class HeartbeatInterceptor(Interceptor):
    """Beats for every activity that was started with a heartbeat timeout, three times within it."""

    def intercept_activity(self, next: ActivityInboundInterceptor) -> ActivityInboundInterceptor:
        return _Beating(next)


class _Beating(ActivityInboundInterceptor):
    async def execute_activity(self, input: ExecuteActivityInput) -> Any:
        timeout = activity.info().heartbeat_timeout
        if timeout is None:
            return await super().execute_activity(input)
        beats = _Beats(timeout.total_seconds() / 3)
        try:
            return await super().execute_activity(input)
        finally:
            beats.stop()


class _Beats:
    """A timer, not a task: most activities have ended before the first beat."""

    def __init__(self, every_seconds: float) -> None:
        self._every_seconds = every_seconds
        self._start()

    def _start(self) -> None:
        self._timer = asyncio.get_running_loop().call_later(self._every_seconds, self._beat)

    def _beat(self) -> None:
        activity.heartbeat()
        self._start()

    def stop(self) -> None:
        self._timer.cancel()

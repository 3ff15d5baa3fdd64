"""Registered cases are started behind their answers, once nobody waits for a receipt.

Receipts come first: of a burst of requests all are registered before the work of their cases takes
the machine. A case waits seconds for that at most, and upkeep starts what a crash leaves.
"""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Iterator
from functools import partial
from typing import Annotated, cast

import structlog
from fastapi import Depends, Request
from starlette.background import BackgroundTask
from temporalio.client import Client
from temporalio.service import RPCError

from api.deps import SettingsDep, TemporalDep
from models.cases import Case
from models.message import Message
from models.settings import Settings
from models.starting import start_case, start_certificate_letter
from models.step import Step

log = structlog.get_logger()

_STARTS_WITHIN_SECONDS = 5
"""Nobody waits longer behind an answer that has gone out."""

LONGEST_BURST_SECONDS = 2


class Receipts:
    """How many receipts this process is writing; one object an application."""

    def __init__(self) -> None:
        self._under_way = 0
        self._none = asyncio.Event()
        self._none.set()

    @contextlib.contextmanager
    def one_more(self) -> Iterator[None]:
        self._under_way += 1
        self._none.clear()
        try:
            yield
        finally:
            self._under_way -= 1
            if not self._under_way:
                self._none.set()

    async def lull(self) -> None:
        """Wait until none is under way, or for as long as a burst may hold a case up."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(LONGEST_BURST_SECONDS):
                await self._none.wait()


class Starts:
    """The way from a registered case to its workflow."""

    def __init__(self, client: Client, settings: Settings, receipts: Receipts) -> None:
        self.receipts = receipts
        self._client = client
        self._task_queue = settings.task_queue

    def behind(self, case: Case, argument: Message) -> BackgroundTask:
        """The start of a registered case, to be done when its answer has gone out."""
        start = partial(start_case, self._client, self._task_queue, case.number, case.title, argument)
        return BackgroundTask(self._start, case.number, start)

    def letter_behind(self, mailing: Step) -> BackgroundTask:
        """The same of a letter about a document."""
        start = partial(start_certificate_letter, self._client, self._task_queue, mailing)
        return BackgroundTask(self._start, mailing.number, start)

    async def _start(self, number: str, start: Callable[[], Awaitable[None]]) -> None:
        """It is written down already: when Temporal is away, upkeep starts it later."""
        await self.receipts.lull()
        try:
            async with asyncio.timeout(_STARTS_WITHIN_SECONDS):
                await start()
        except (RPCError, RuntimeError, TimeoutError) as error:
            log.warning("not started yet", number=number, error=type(error).__name__)


async def starts(request: Request, client: TemporalDep, settings: SettingsDep) -> Starts:
    return Starts(client, settings, cast(Receipts, request.app.state.receipts))


StartsDep = Annotated[Starts, Depends(starts)]

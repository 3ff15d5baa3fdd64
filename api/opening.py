"""Cases are registered in one transaction, and started behind the answer."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Annotated, NamedTuple

import structlog
from fastapi import Depends
from fastapi.responses import JSONResponse
from pydantic import BaseModel
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.background import BackgroundTask
from temporalio.client import Client
from temporalio.service import RPCError

from api.deps import SettingsDep, TemporalDep
from api.idempotency import Post, PostDep
from models.cases import Case
from models.message import Message
from models.starting import start_case

log = structlog.get_logger()

_STARTS_WITHIN_SECONDS = 5
"""Nobody waits longer behind an answer that has gone out."""


class Opened(NamedTuple):
    """A case as it was registered."""

    case: Case
    argument: Message
    """The input of its workflow."""
    answer: BaseModel


@dataclass(frozen=True)
class Opening:
    """A POST that opens a case about a course."""

    post: Post
    client: Client
    task_queue: str

    async def once(self, work: Callable[[AsyncSession], Awaitable[Opened]]) -> JSONResponse:
        """Register a case once (201), and start it behind the answer.

        Args:
            work: Registers it in the transaction (`models.opening`); a `Problem` undoes it.
        """
        opened: list[Opened] = []

        async def register(session: AsyncSession) -> BaseModel:
            opened.append(await work(session))
            return opened[0].answer

        response = await self.post.at_once(register, status=201)
        for one in opened:
            response.background = start_behind(self.client, self.task_queue, one.case, one.argument)
        return response


def start_behind(client: Client, task_queue: str, case: Case, argument: Message) -> BackgroundTask:
    """The start of a registered case, to be done when its answer has gone out."""
    return BackgroundTask(_start, client, task_queue, case, argument)


async def _start(client: Client, task_queue: str, case: Case, argument: Message) -> None:
    """The case is registered already: when Temporal is away, upkeep starts it later."""
    try:
        async with asyncio.timeout(_STARTS_WITHIN_SECONDS):
            await start_case(client, task_queue, case.number, case.title, argument)
    except (RPCError, RuntimeError, TimeoutError) as error:
        log.warning("case not started yet", number=case.number, error=type(error).__name__)


async def _opening(post: PostDep, client: TemporalDep, settings: SettingsDep) -> Opening:
    return Opening(post, client, settings.task_queue)


OpeningDep = Annotated[Opening, Depends(_opening)]

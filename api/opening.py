"""Cases are registered in one transaction, and started behind the answer."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Annotated, NamedTuple

from fastapi import Depends
from fastapi.responses import JSONResponse
from pydantic import BaseModel
from sqlalchemy.ext.asyncio import AsyncSession

from api.idempotency import Post, PostDep
from api.starting import Starts, StartsDep
from models.cases import Case
from models.message import Message


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
    starts: Starts

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
            response.background = self.starts.behind(one.case, one.argument)
        return response


async def _opening(post: PostDep, starts: StartsDep) -> Opening:
    return Opening(post, starts)


OpeningDep = Annotated[Opening, Depends(_opening)]

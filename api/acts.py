"""A POST by which a person acts on a case: by Update of the clause that is under way."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import Depends
from fastapi.responses import JSONResponse
from pydantic import BaseModel

from api import texts
from api.cases import RequestDep
from api.idempotency import Post, PostDep
from api.updates import Updates, UpdatesDep
from models import ids
from models.requests import Stage
from models.tables import Request
from models.terms import Clause

_CLAUSES = {
    Clause.REVIEW: (ids.review_id, (Stage.REGISTERED, Stage.REVIEW)),
    Clause.SETUP: (ids.setup_id, (Stage.SETUP,)),
}
"""Workflow of each clause, and the stages in which it runs or is about to."""


@dataclass(frozen=True)
class Act:
    """One POST on a case that the caller may see."""

    number: str
    post: Post
    updates: Updates

    @property
    def by(self) -> str:
        """Who acts, as Temporal and the journal know them."""
        return self.post.caller.actor

    @property
    def text_id(self) -> str:
        """Under which the text of this POST is kept, where it has one."""
        return str(self.post.id)

    async def on(
        self,
        clause: Clause,
        update: Any,
        command: Any,
        answer: Callable[[Any], BaseModel],
        *,
        text: str = "",
    ) -> JSONResponse:
        """Act once, and answer the same to every repetition.

        Args:
            clause: The clause that is to act.
            update: Its update method.
            command: The update's argument.
            answer: From the update's outcome to what is sent.
            text: What was typed, kept under `text_id` before anything else.
        """
        workflow_id, stages = _CLAUSES[clause]

        async def work() -> BaseModel:
            outcome = await self.updates.send(
                workflow_id(self.number), update, command, self.post.id, until=lambda: self._stage_is(stages)
            )
            return answer(outcome)

        first = texts.keeping(self.post, self.number, text) if text else None
        return await self.post.once(work, first=first)

    async def _stage_is(self, stages: tuple[Stage, ...]) -> bool:
        async with self.post.sessions() as session:
            return (await session.get_one(Request, self.number)).stage in stages


async def _act(request: RequestDep, post: PostDep, updates: UpdatesDep) -> Act:
    return Act(request.number, post, updates)


ActDep = Annotated[Act, Depends(_act)]

"""A POST by which a person acts on a case about a course: by Update of its workflow."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from fastapi.responses import JSONResponse
from pydantic import BaseModel
from sqlalchemy.ext.asyncio import AsyncSession

from api import texts
from api.idempotency import Post
from api.updates import Updates
from models import ids
from models.tables import CaseRow


@dataclass(frozen=True)
class CourseAct:
    """One POST on a case that the caller may see."""

    number: str
    post: Post
    updates: Updates

    async def do(
        self,
        update: Any,
        command: Any,
        answer: Callable[[AsyncSession, Any], Awaitable[BaseModel]],
        *,
        text: str = "",
    ) -> JSONResponse:
        """Act once, and answer the same to every repetition.

        Args:
            update: The workflow's update method.
            command: The update's argument.
            answer: From the update's outcome to what is sent; rows lag behind it a moment.
            text: What was typed, kept under the POST's own id before anything else.
        """

        async def work() -> BaseModel:
            outcome = await self.send(update, command)
            async with self.post.sessions() as session:
                return await answer(session, outcome)

        first = texts.keeping(self.post, self.number, text) if text else None
        return await self.post.once(work, first=first)

    async def send(self, update: Any, command: Any, *, id: UUID | None = None) -> Any:
        """The update's outcome, once its workflow is there; a repetition gets the first one.

        Args:
            update: The workflow's update method.
            command: The update's argument.
            id: Of the act; the POST's own where it is not given.
        """
        return await self.updates.send(
            ids.case_id(self.number), update, command, id or self.post.id, until=self._is_open
        )

    async def _is_open(self) -> bool:
        async with self.post.sessions() as session:
            return (await session.get_one(CaseRow, self.number)).closed_at is None

"""`Idempotency-Key`: the same POST sent twice is done once and answered the same.

Work in Postgres alone is one transaction with its record and its answer. Other work takes
its record first and keeps the answer after; what crashed in between may be taken over after
30 s: updates carry an id made from the key, so that the first outcome comes back even then.
"""

import hashlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any
from uuid import NAMESPACE_URL, UUID, uuid5

from fastapi import Depends, Header, Request
from fastapi.encoders import jsonable_encoder
from fastapi.responses import JSONResponse
from pydantic import BaseModel
from sqlalchemy import ColumnElement, delete, update
from sqlalchemy.dialects.postgresql import Insert, insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from api.auth import Caller, CallerDep
from api.deps import SessionsDep
from api.errors import IDEMPOTENCY_KEY, Problem
from models import store
from models.tables import IdempotencyRecord

_TAKEN_OVER_AFTER = timedelta(seconds=30)
_LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)

_MAY_HAVE_HAPPENED = ("outcome-unknown", "unavailable")


@dataclass(frozen=True)
class Post:
    """One POST under its key."""

    caller: Caller
    key: str
    route: str
    body_sha256: str
    sessions: store.Sessions

    @property
    def id(self) -> UUID:
        """The same for a repetition: names updates and texts.

        The body counts: what was rejected may be sent corrected under the same key, and is
        another act with another text.
        """
        return uuid5(NAMESPACE_URL, f"{self.caller.key_id}/{self.route}/{self.body_sha256}/{self.key}")

    def record(self, begun_at: datetime) -> dict[str, Any]:
        """The columns of its record, but for the answer."""
        return {
            "api_key": self.caller.key_id,
            "key": self.key,
            "route": self.route,
            "body_sha256": self.body_sha256,
            "begun_at": begun_at,
        }

    async def first_answer(self) -> JSONResponse | None:
        """The answer that this POST has got already; None when it has none.

        Raises:
            Problem: The key was used for something else, or its work is under way.
        """
        async with self.sessions.begin() as session:
            if await session.get(IdempotencyRecord, (self.caller.key_id, self.key)) is None:
                return None
            return await self._resume(session, datetime.now(UTC))

    async def begin(self, session: AsyncSession) -> JSONResponse | None:
        """Take the key, in the caller's transaction.

        Returns:
            The first answer, when there is one already; None when the work is ours to do.

        Raises:
            Problem: The key was used for something else, or its work is under way.
        """
        now = datetime.now(UTC)
        fresh = await session.execute(
            insert(IdempotencyRecord)
            .values(self.record(now))
            .on_conflict_do_nothing()
            .returning(col(IdempotencyRecord.key))
        )
        if fresh.scalar() is not None:
            return None
        return await self._resume(session, now)

    async def _resume(self, session: AsyncSession, now: datetime) -> JSONResponse | None:
        record = await session.get(
            IdempotencyRecord, (self.caller.key_id, self.key), with_for_update=True, populate_existing=True
        )
        if record is None:
            # It was rejected, and so forgotten, a moment ago.
            raise Problem("in-flight")
        if (record.route, record.body_sha256) != (self.route, self.body_sha256):
            raise Problem("idempotency-key-reused")
        if record.status is not None:
            return JSONResponse(record.answer, status_code=record.status)
        if now - record.begun_at < _TAKEN_OVER_AFTER:
            raise Problem("in-flight")
        record.begun_at = now
        return None

    async def finish(self, session: AsyncSession, answer: BaseModel, status: int) -> JSONResponse:
        """Keep the answer, in the caller's transaction."""
        body = jsonable_encoder(answer)
        await session.execute(update(IdempotencyRecord).where(self._mine).values(status=status, answer=body))
        return JSONResponse(body, status_code=status)

    async def at_once(
        self, work: Callable[[AsyncSession], Awaitable[BaseModel]], *, status: int = 200
    ) -> JSONResponse:
        """Do work that is in Postgres alone: key, work and answer are there together or not at all.

        Args:
            work: What to do in the transaction; a `Problem` undoes it and gives the key back.
            status: Of the answer.
        """
        async with self.sessions.begin() as session:
            if (answered := await self.begin(session)) is not None:
                return answered
            return await self.finish(session, await work(session), status)

    async def once(
        self,
        work: Callable[[], Awaitable[BaseModel]],
        *,
        first: Insert | None = None,
        status: int = 200,
    ) -> JSONResponse:
        """Do work outside Postgres, once.

        Args:
            work: What to do; it must be safe to repeat under `id`.
            first: What to write together with the key.
            status: Of the answer.
        """
        async with self.sessions.begin() as session:
            if (answered := await self.begin(session)) is not None:
                return answered
            if first is not None:
                await session.execute(first)
        try:
            answer = await work()
        except Problem as problem:
            await self._give_back(problem)
            raise
        async with self.sessions.begin() as session:
            return await self.finish(session, answer, status)

    async def _give_back(self, problem: Problem) -> None:
        """What was rejected left no trace; what may have happened must be asked for again."""
        async with self.sessions.begin() as session:
            if problem.type in _MAY_HAVE_HAPPENED:
                await session.execute(update(IdempotencyRecord).where(self._mine).values(begun_at=_LONG_AGO))
            else:
                await session.execute(delete(IdempotencyRecord).where(self._mine))

    @property
    def _mine(self) -> ColumnElement[bool]:
        return (col(IdempotencyRecord.api_key) == self.caller.key_id) & (
            col(IdempotencyRecord.key) == self.key
        )


async def _post(
    request: Request,
    caller: CallerDep,
    sessions: SessionsDep,
    key: Annotated[
        str,
        Header(
            alias=IDEMPOTENCY_KEY,
            pattern=r"^[!-~]{1,200}$",
            description="Один ключ на одно действие; повтор с тем же ключом и телом безопасен.",
        ),
    ],
) -> Post:
    body = await request.body()
    return Post(
        caller=caller,
        key=key,
        route=request.url.path,
        body_sha256=hashlib.sha256(body).hexdigest(),
        sessions=sessions,
    )


PostDep = Annotated[Post, Depends(_post)]

"""Claim and release: one conditional update each, and the journal."""

from datetime import UTC, datetime

from sqlalchemy import update
from sqlmodel import col

from api.cases import visible
from api.errors import Problem
from api.idempotency import Post
from api.schemas.actions import ClaimAnswer
from models import store
from models.requests import Stage
from models.step import Step
from models.tables import Request
from models.terms import Clause

_CLAIMABLE = (Stage.REGISTERED.value, Stage.REVIEW.value)


async def take(post: Post, number: str) -> ClaimAnswer:
    """Mark a request as the caller's work.

    Raises:
        Problem: Somebody else has it, or its review is over.
    """
    caller, now = post.caller, datetime.now(UTC)
    async with post.sessions.begin() as session:
        request = await visible(session, caller, number)
        if request.stage not in _CLAIMABLE:
            raise Problem("stage-passed")
        free = col(Request.claimed_by).is_(None) | (col(Request.claimed_by) == caller.actor)
        taken = await session.execute(
            update(Request)
            .where(col(Request.number) == number, free)
            .values(claimed_by=caller.actor, claimed_by_name=caller.holder, claimed_at=now)
            .returning(col(Request.number))
        )
        if taken.scalar() is None:
            raise Problem("already-claimed")
        step = Step(number=number, step=f"review/claim-{post.id}", at=now)
        await store.write_once(session, step, Clause.REVIEW, "Взято в работу", by=caller.actor)
    return ClaimAnswer(number=number, claimed_by=caller.holder)


async def give_back(post: Post, number: str) -> ClaimAnswer:
    """Release a request that the caller has claimed.

    Raises:
        Problem: It is not claimed by the caller.
    """
    caller = post.caller
    async with post.sessions.begin() as session:
        await visible(session, caller, number)
        released = await session.execute(
            update(Request)
            .where(col(Request.number) == number, col(Request.claimed_by) == caller.actor)
            .values(claimed_by=None, claimed_by_name="", claimed_at=None)
            .returning(col(Request.number))
        )
        if released.scalar() is None:
            raise Problem("not-claimed")
        step = Step(number=number, step=f"review/release-{post.id}", at=datetime.now(UTC))
        await store.write_once(session, step, Clause.REVIEW, "Снято с исполнителя", by=caller.actor)
    return ClaimAnswer(number=number, claimed_by="")

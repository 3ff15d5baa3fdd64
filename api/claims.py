"""Claim and release: one conditional update each, and the journal."""

from datetime import UTC, datetime

from sqlalchemy import ColumnElement, Update, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from api.errors import Problem
from api.idempotency import Post
from api.schemas.actions import ClaimAnswer
from models import store
from models.requests import Stage
from models.step import Step
from models.tables import Request
from models.terms import Clause

_CLAIMABLE = (Stage.REGISTERED, Stage.REVIEW)


async def take(session: AsyncSession, post: Post, request: Request) -> ClaimAnswer:
    """Mark a request as the caller's work.

    Raises:
        Problem: Somebody else has it, or its review is over.
    """
    caller = post.caller
    free = col(Request.claimed_by).is_(None) | (col(Request.claimed_by) == caller.actor)
    claimed = _change(request, free).values(
        claimed_by=caller.actor, claimed_by_name=caller.holder, claimed_at=datetime.now(UTC)
    )
    await _write(session, post, request, claimed, "claim", "Взято в работу", or_else="already-claimed")
    return ClaimAnswer(number=request.number, claimed_by=caller.holder)


async def give_back(session: AsyncSession, post: Post, request: Request) -> ClaimAnswer:
    """Release a request that the caller has claimed.

    Raises:
        Problem: It is not claimed by the caller, or its review is over.
    """
    mine = col(Request.claimed_by) == post.caller.actor
    released = _change(request, mine).values(claimed_by=None, claimed_by_name="", claimed_at=None)
    await _write(session, post, request, released, "release", "Снято с исполнителя", or_else="not-claimed")
    return ClaimAnswer(number=request.number, claimed_by="")


def _change(request: Request, condition: ColumnElement[bool]) -> Update:
    return update(Request).where(
        col(Request.number) == request.number, col(Request.stage).in_(_CLAIMABLE), condition
    )


async def _write(
    session: AsyncSession, post: Post, request: Request, change: Update, act: str, what: str, *, or_else: str
) -> None:
    changed = await session.scalar(change.returning(col(Request.number)))
    if changed is None:
        raise Problem(or_else if request.stage in _CLAIMABLE else "stage-passed")
    step = Step(number=request.number, step=f"review/{act}-{post.id}", at=datetime.now(UTC))
    await store.write_once(session, step, Clause.REVIEW, what, by=post.caller.actor)

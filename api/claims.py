"""Claim, assign and release: one conditional update each, and the journal."""

from datetime import UTC, datetime

from sqlalchemy import ColumnElement, Update, true, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select

from api.auth import Caller, Role, actor_of
from api.errors import Problem
from api.idempotency import Post
from api.schemas.actions import ClaimAnswer, Colleague
from models import store
from models.requests import Stage
from models.step import Step
from models.tables import ApiKey, Request
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


async def assign(session: AsyncSession, post: Post, request: Request, to: int) -> ClaimAnswer:
    """Make a request somebody's work: by a supervisor, whoever had it; by others for themselves, if free.

    Args:
        session: The transaction.
        post: The POST.
        request: The request.
        to: Id of the key of whoever is to have it.

    Raises:
        Problem: The caller may not assign to them, somebody else has it, or its review is over.
    """
    colleague = next((one for one in await colleagues(session, post.caller) if one.id == to), None)
    if colleague is None:
        raise Problem("not-assignable")
    if post.caller.role is not Role.SUPERVISOR:
        return await take(session, post, request)
    assigned = _change(request, true()).values(
        claimed_by=actor_of(to), claimed_by_name=colleague.name, claimed_at=datetime.now(UTC)
    )
    what = f"Назначено: {colleague.name}"
    await _write(session, post, request, assigned, "assign", what, or_else="stage-passed")
    return ClaimAnswer(number=request.number, claimed_by=colleague.name)


async def colleagues(session: AsyncSession, caller: Caller) -> list[Colleague]:
    """To whom the caller may assign requests, themselves first; a supervisor to every reviewer."""
    itself = Colleague(id=caller.key_id, name=caller.holder)
    if caller.role is not Role.SUPERVISOR:
        return [itself]
    query = select(ApiKey.id, ApiKey.holder).where(
        col(ApiKey.role) == Role.REVIEWER.value, col(ApiKey.revoked_at).is_(None)
    )
    rows = (await session.execute(query.order_by(col(ApiKey.holder), col(ApiKey.id)))).all()
    return [itself, *(Colleague(id=row[0], name=row[1]) for row in rows)]


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

"""What Postgres need not hold any longer, deleted in small batches."""

from datetime import datetime, timedelta

from sqlalchemy import Delete, delete, exists, select, tuple_
from sqlmodel import col

from models import store
from models.tables import ApiKey, CaseRow, DecisionRow, DraftRow, IdempotencyRecord, TextRow, ThreadLine

_BATCH = 500

KEYS_KEPT_FOR = timedelta(days=30)
"""Whoever repeats a POST later than this does it anew."""

TEXTS_KEPT_FOR = timedelta(days=1)
"""After the case is closed: until then a signal may name a text, and a step may have it to read."""

DRAFTS_KEPT_FOR = timedelta(days=180)
"""Since they were saved last; those of a revoked key, which nobody can open any more, go at once."""


async def purge(sessions: store.Sessions, now: datetime) -> None:
    """Delete old keys of POSTs, drafts left lying, and what people typed for decisions that never came."""
    for statement in (_old_keys(now), _unused_texts(now), _old_drafts(now)):
        while await _delete(sessions, statement) == _BATCH:
            pass


async def _delete(sessions: store.Sessions, statement: Delete) -> int:
    async with store.looking(sessions) as session:
        return len((await session.execute(statement.returning(1))).all())


def _old_keys(now: datetime) -> Delete:
    own = (col(IdempotencyRecord.api_key), col(IdempotencyRecord.key))
    is_old = col(IdempotencyRecord.begun_at) < now - KEYS_KEPT_FOR
    return delete(IdempotencyRecord).where(tuple_(*own).in_(select(*own).where(is_old).limit(_BATCH)))


def _unused_texts(now: datetime) -> Delete:
    """Journals hold what they quote, and the register its addresses."""
    long_ago = now - TEXTS_KEPT_FOR
    unused = (
        select(col(TextRow.id))
        .join(CaseRow, col(CaseRow.number) == col(TextRow.number))
        .where(
            col(CaseRow.closed_at) < long_ago,
            col(TextRow.at) < long_ago,
            ~exists().where(col(DecisionRow.reason_id) == col(TextRow.id)),
            ~exists().where(col(ThreadLine.text) == col(TextRow.id)),
        )
        .limit(_BATCH)
    )
    return delete(TextRow).where(col(TextRow.id).in_(unused))


def _old_drafts(now: datetime) -> Delete:
    """With their files: they hold lists of people."""
    revoked = select(col(ApiKey.id)).where(col(ApiKey.revoked_at).is_not(None))
    is_old = (col(DraftRow.saved_at) < now - DRAFTS_KEPT_FOR) | col(DraftRow.api_key).in_(revoked)
    return delete(DraftRow).where(col(DraftRow.id).in_(select(col(DraftRow.id)).where(is_old).limit(_BATCH)))

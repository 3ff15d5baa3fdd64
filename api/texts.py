"""Free text goes to Postgres first and travels through Temporal as its id."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from api.idempotency import Post
from models.tables import TextRow


def keep(post: Post, number: str, body: str) -> Callable[[AsyncSession], Awaitable[None]] | None:
    """What keeps a text under the POST's own id, in the transaction that takes its key."""
    if not body:
        return None

    async def write(session: AsyncSession) -> None:
        row = {
            "id": post.id,
            "number": number,
            "body": body,
            "author": post.caller.actor,
            "at": datetime.now(UTC),
        }
        await session.execute(insert(TextRow).values(row).on_conflict_do_nothing())

    return write

"""Free text goes to Postgres first and travels through Temporal as its id."""

from datetime import UTC, datetime

from sqlalchemy.dialects.postgresql import Insert, insert

from api.idempotency import Post
from models.tables import TextRow


def keeping(post: Post, number: str, body: str) -> Insert:
    """What keeps a text under the POST's own id; a repetition keeps it once."""
    row = {
        "id": post.id,
        "number": number,
        "body": body,
        "author": post.caller.actor,
        "at": datetime.now(UTC),
    }
    return insert(TextRow).values(row).on_conflict_do_nothing()

"""Letters to many, as lists of learners, trainings and decisions on certificates show them."""

from sqlalchemy.ext.asyncio import AsyncSession

from api.schemas.fields import Letters, Named
from models import certifying


async def letters(session: AsyncSession, number: str) -> list[Letters]:
    """How many letters of a case's mailings are in which state."""
    counts = await certifying.letter_counts(session, number)
    return [Letters(state=Named.of(state), count=count) for state, count in counts.items()]

"""What letters about a training tell beside the course (clauses 4.6 and 4.7)."""

from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from models import training_results
from models.letters import Letter, Notice
from models.result_summary import summarise
from models.tables import TrainingRow
from models.trainings import Stage

NOTICES = (
    Notice.TRAINING_SUMMARY,
    Notice.COURSE_GONE,
    Notice.TRAINING_START,
    Notice.TRAINING_NOT_BEGUN,
    Notice.TRAINING_NOT_FINISHED,
    Notice.SIGN_UP,
    Notice.SIGN_UP_WAITING,
)


async def read(session: AsyncSession, letter: Letter) -> dict[str, Any]:
    """The dates; of a summary the totals too."""
    row = await session.get_one(TrainingRow, letter.number)
    told: dict[str, Any] = {
        "training": row.title,
        "starts_on": row.starts_on,
        "ends_on": row.ends_on,
        "stage": Stage(row.state).russian,
    }
    if letter.notice is not Notice.TRAINING_SUMMARY:
        return told
    results = await training_results.load(session, letter.number)
    totals = summarise(results).totals
    return {
        **told,
        "learners": totals.learners,
        "begun": totals.begun,
        "completed": totals.completed,
        "shows_completion": results.shows_completion,
        "unseen": list(results.unseen_words),
    }

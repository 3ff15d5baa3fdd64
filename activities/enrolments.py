"""Lists of learners (clause 4.5) as people read them: their stage, their rows, what letters tell."""

from typing import Any

from sqlalchemy import func, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select
from temporalio import activity

from activities import endings
from models import plans, store
from models.enrolment import LEFT, Progress, ShowEnrolment, Stage, State
from models.letters import Letter, Notice
from models.plans import Verdict
from models.tables import CaseRow, Course, EnrolmentRow, LearnerRow
from models.terms import Clause

NOTICES = (Notice.ENROLMENT_PLAN, Notice.ENROLMENT_SUMMARY)

_ROWS_IN_A_LETTER = 20


class EnrolmentActivities:
    """Activities on where a list stands."""

    def __init__(self, sessions: store.Sessions) -> None:
        self._sessions = sessions

    @activity.defn
    async def show_enrolment(self, show: ShowEnrolment) -> None:
        """The stage as people read it; a plan that is decided about has no term any more."""
        values: dict[str, Any] = {"state": show.stage.value}
        if show.stage is Stage.RUNNING:
            values["confirmed_at"] = show.at
        async with self._sessions.begin() as session:
            if show.what:
                await store.write_once(session, show, Clause.ENROLMENT, show.what, by=show.by)
            own = col(EnrolmentRow.number) == show.number
            await session.execute(update(EnrolmentRow).where(own).values(values))
            if show.stage is not Stage.PLANNED:
                await endings.finish(session, show, Clause.ENROLMENT, "")


def of_course(number: str, what: Any) -> Any:
    """Of the course that a case is about."""
    return (
        select(what)
        .select_from(CaseRow)
        .join(Course, col(Course.id) == col(CaseRow.course))
        .where(col(CaseRow.number) == number)
    )


async def progress(session: AsyncSession, number: str) -> Progress:
    """Rows of a list by state."""
    counts = await _counted(session, number, col(LearnerRow.state))
    return Progress(counts=counts, left=sum(counts.get(state, 0) for state in LEFT))


async def verdicts(session: AsyncSession, number: str) -> dict[str, int]:
    """Rows of a list by verdict."""
    return await _counted(session, number, col(LearnerRow.verdict))


async def _counted(session: AsyncSession, number: str, by: Any) -> dict[str, int]:
    query = select(by, func.count()).where(col(LearnerRow.number) == number).group_by(by)
    return {str(name): int(count) for name, count in (await session.execute(query)).all()}


async def _without_mail(session: AsyncSession, number: str) -> int:
    """Learners who get their code on a printed slip."""
    query = select(func.count()).where(
        col(LearnerRow.number) == number,
        col(LearnerRow.state) == State.ENROLLED,
        col(LearnerRow.verdict) == Verdict.NEW,
        col(LearnerRow.email) == "",
    )
    return await session.scalar(query) or 0


async def read(session: AsyncSession, letter: Letter) -> dict[str, Any]:
    """What the letters of clause 4.5 tell: counts, and the first rows that were set aside."""
    row = await session.get_one(EnrolmentRow, letter.number)
    aside = select(LearnerRow).where(
        col(LearnerRow.number) == letter.number, col(LearnerRow.state) == State.SET_ASIDE
    )
    first = (await session.scalars(aside.order_by(col(LearnerRow.row)).limit(_ROWS_IN_A_LETTER))).all()
    by_verdict = await verdicts(session, letter.number)
    done = await progress(session, letter.number)
    return {
        "filename": row.filename,
        "stage": row.state,
        "stage_name": Stage(row.state).russian,
        "why": row.why,
        "plan": plans.in_words({one: by_verdict.get(one, 0) for one in Verdict}),
        "enrolled": done.counts.get(State.ENROLLED, 0),
        "slips": await _without_mail(session, letter.number),
        "set_aside": done.counts.get(State.SET_ASIDE, 0),
        "aside": [f"строка {one.row}: {one.why}" for one in first],
    }

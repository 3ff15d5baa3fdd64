"""A case as its letters need it, read from Postgres in a statement or three."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from sqlalchemy import Select, and_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased
from sqlmodel import col

from models import store
from models.calendar import WorkCalendar
from models.letters import Letter, Notice
from models.rungs import RungKind, RungState
from models.tables import (
    AmendmentRow,
    CandidateRow,
    Category,
    ClauseRow,
    Course,
    DecisionRow,
    JournalEntry,
    Organisation,
    Request,
    RungRow,
    Subsystem,
    Task,
    TextRow,
)
from models.tasks import TaskKind
from models.terms import Clause, Recipient

_REVIEW, _SETUP = aliased(ClauseRow), aliased(ClauseRow)
_MADE_CATEGORY = aliased(Category)
_ROWS: dict[str, Any] = {
    "request": Request,
    "agency": Organisation,
    "subsystem": Subsystem,
    "category": Category,
    "made_category": _MADE_CATEGORY,
    "made_course": Course,
    "review": _REVIEW,
    "setup": _SETUP,
    "decision": DecisionRow,
    "reason": TextRow,
    "analogue": CandidateRow,
    "rung": RungRow,
}
"""What one statement reads into a dossier."""


@dataclass(frozen=True)
class Dossier:
    """The rows of a case; what it has not come to yet is None or empty."""

    request: Request
    agency: Organisation
    subsystem: Subsystem
    category: Category | None
    """The existing one that a course is asked for in."""
    made_category: Category | None
    made_course: Course | None
    review: ClauseRow | None
    setup: ClauseRow | None
    decision: DecisionRow | None
    reason: TextRow | None
    analogue: CandidateRow | None
    """The one that the decision names."""
    rung: RungRow | None
    """The one that the letter is."""
    calendar: WorkCalendar
    candidates: Sequence[CandidateRow] = ()
    task_reason: str = ""
    obstacle: str = ""
    told: tuple[Recipient, ...] = ()
    """Who else has got an escalation of the letter's clause."""
    decree: str = ""


def clause_of(letter: Letter) -> Clause:
    """The clause whose step the letter is."""
    return Clause.SETUP if letter.step.startswith("setup/") else Clause.REVIEW


async def read(session: AsyncSession, letter: Letter, confirmed_years: frozenset[int]) -> Dossier:
    """Everything that a letter may tell of its case, as it stands now.

    Raises:
        sqlalchemy.exc.NoResultFound: There is no such case.
    """
    rows = dict(zip(_ROWS, (await session.execute(_case(letter))).one(), strict=True))
    calendar = await store.load_calendar(session, confirmed_years)
    return Dossier(**rows, calendar=calendar, **await _particulars(session, letter))


def _case(letter: Letter) -> Select[Any]:
    number = col(Request.number)
    return (
        select(*_ROWS.values())
        .join(Organisation, col(Organisation.code) == col(Request.agency))
        .join(Subsystem, col(Subsystem.code) == col(Request.subsystem))
        .outerjoin(Category, col(Category.id) == col(Request.category))
        .outerjoin(_MADE_CATEGORY, col(_MADE_CATEGORY.request) == number)
        .outerjoin(Course, col(Course.request) == number)
        .outerjoin(_REVIEW, and_(col(_REVIEW.number) == number, col(_REVIEW.clause) == Clause.REVIEW.value))
        .outerjoin(_SETUP, and_(col(_SETUP.number) == number, col(_SETUP.clause) == Clause.SETUP.value))
        .outerjoin(DecisionRow, col(DecisionRow.number) == number)
        .outerjoin(TextRow, col(TextRow.id) == col(DecisionRow.reason_id))
        .outerjoin(
            CandidateRow,
            and_(col(CandidateRow.number) == number, col(CandidateRow.ref) == col(DecisionRow.analogue)),
        )
        .outerjoin(
            RungRow,
            and_(
                col(RungRow.number) == number,
                col(RungRow.clause) == clause_of(letter).value,
                col(RungRow.ordinal) == letter.rung,
            ),
        )
        .where(number == letter.number)
    )


async def _particulars(session: AsyncSession, letter: Letter) -> dict[str, Any]:
    """What a single notice tells, and no other."""
    match letter.notice:
        case Notice.REVIEW_REQUESTED:
            return {"candidates": await _candidates(session, letter.number)}
        case Notice.MANUAL_SETUP | Notice.STEP_FAILED:
            return {"task_reason": (await task(session, letter)).why}
        case Notice.OBSTACLE:
            return {"obstacle": await _obstacle(session, letter)}
        case Notice.ESCALATION:
            return {"obstacle": await _obstacle(session, letter), "told": await _told(session, letter)}
        case Notice.DEADLINE_MOVED:
            return {"decree": await decree(session, letter)}
        case _:
            return {}


async def _candidates(session: AsyncSession, number: str) -> Sequence[CandidateRow]:
    query = select(CandidateRow).where(col(CandidateRow.number) == number)
    return (await session.scalars(query.order_by(col(CandidateRow.score).desc()))).all()


class TaskTold(NamedTuple):
    """The operator's task that a letter tells of."""

    why: str = ""
    is_by_hand: bool = False
    """Whether it is the operator's own work, and no failure."""


async def task(session: AsyncSession, letter: Letter) -> TaskTold:
    """What the letter tells of a task; nothing where it is about none."""
    own = (col(Task.number) == letter.number, col(Task.step) == letter.step)
    found = (await session.execute(select(col(Task.why), col(Task.kind)).where(*own))).first()
    return TaskTold(found[0], found[1] == TaskKind.RIGHTS_BY_HAND) if found else TaskTold()


async def _obstacle(session: AsyncSession, letter: Letter) -> str:
    """The obstacle that the letter tells of, else the newest one."""
    query = (
        select(JournalEntry)
        .where(
            col(JournalEntry.number) == letter.number,
            col(JournalEntry.step).startswith("setup/obstacle-"),
        )
        .order_by((col(JournalEntry.step) == letter.step).desc(), col(JournalEntry.id).desc())
        .limit(1)
    )
    chosen = (await session.scalars(query)).first()
    return chosen.what.partition(": ")[2] if chosen else ""


async def _told(session: AsyncSession, letter: Letter) -> tuple[Recipient, ...]:
    """Those of the rungs that really went: an absorbed one told nobody."""
    query = select(col(RungRow.recipients)).where(
        col(RungRow.number) == letter.number,
        col(RungRow.clause) == clause_of(letter).value,
        col(RungRow.kind) == RungKind.ESCALATION,
        col(RungRow.state) == RungState.SENT,
    )
    rungs = (await session.scalars(query.order_by(col(RungRow.ordinal)))).all()
    told = dict.fromkeys(Recipient(one) for recipients in rungs for one in recipients)
    return tuple(one for one in told if one != letter.to)


async def decree(session: AsyncSession, letter: Letter) -> str:
    """Of the amendment that the step is named after: `review/moved-7`."""
    row = await session.get(AmendmentRow, int(letter.step.rpartition("-")[2]))
    return row.decree if row else ""

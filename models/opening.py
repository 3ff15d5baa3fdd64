"""Opening a case about a course: its number, its row and the first line of its journal.

The case is open once this is committed. Whoever opened it starts its workflow then, and
upkeep starts what a crash left unstarted.
"""

from datetime import datetime

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from models import store
from models.cases import Case, CourseCase, Kind, kind_of
from models.message import Message
from models.step import Step
from models.tables import CaseRow, Counter, Course, Organisation
from models.terms import Clause


async def new_case(session: AsyncSession, kind: Kind, course: Course) -> CourseCase:
    """A case about a course, under a number of its own.

    A course has one authoring, which bears the course's own number.
    """
    ordinal = course.id if kind is Kind.AUTHORING else await _next_ordinal(session)
    owner = await session.get_one(Organisation, course.owner)
    return CourseCase(
        number=f"{kind}-{ordinal}",
        agency=owner.code,
        agency_name=owner.name,
        title=course.name,
        subsystem=course.subsystem,
        course=course.id or 0,
    )


async def new_case_of_owner(
    session: AsyncSession, kind: Kind, owner: str, *, title: str, subsystem: str = ""
) -> Case:
    """A case about several courses and categories of one owner, under a number of its own."""
    organisation = await session.get_one(Organisation, owner)
    return Case(
        number=f"{kind}-{await _next_ordinal(session)}",
        agency=organisation.code,
        agency_name=organisation.name,
        title=title,
        subsystem=subsystem,
    )


async def register(
    session: AsyncSession,
    case: Case,
    argument: Message,
    *,
    at: datetime,
    clause: Clause,
    what: str,
    by: str,
) -> None:
    """Write the case down in the caller's transaction.

    Args:
        session: The transaction.
        case: As `new_case` gave it.
        argument: The input of the case's workflow.
        at: When it was opened.
        clause: The clause that it belongs to.
        what: The first line of its journal, in Russian.
        by: Who opened it: `key-12`, `engine`.
    """
    session.add(
        CaseRow(
            number=case.number,
            kind=kind_of(case.number).value,
            organisation=case.agency,
            subsystem=case.subsystem or None,
            course=case.course if isinstance(case, CourseCase) else None,
            title=case.title,
            input=argument.model_dump(mode="json"),
            opened_at=at,
        )
    )
    await session.flush()
    step = Step(number=case.number, step=f"{kind_of(case.number)}/opened", at=at)
    await store.write_once(session, step, clause, what, by=by)


async def _next_ordinal(session: AsyncSession) -> int:
    """One series for all kinds; whoever opens a case waits for who opens another."""
    first = insert(Counter).values(series="cases", last=1)
    nexts = first.on_conflict_do_update(index_elements=["series"], set_={"last": col(Counter.last) + 1})
    return int(await session.scalar(nexts.returning(col(Counter.last))) or 0)

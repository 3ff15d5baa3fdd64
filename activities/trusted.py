"""Whom the register trusts with courses, by their accounts in a Moodle: what a reconciliation compares."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from models.tables import Account, CaseRow, Course, ReplacementRow, Responsibility


@dataclass
class Trusted:
    """Whom the register trusts with one course.

    Attributes:
        known: Moodle's ids of their accounts; also of those between whom the course goes over.
        teachers: Of these, whom the engine itself has made the teacher of the course.
        without_account: How many are trusted whose account nobody has told.
        is_told: The register has ever named somebody, so there is something to compare with.
    """

    known: set[int] = field(default_factory=set)
    teachers: set[int] = field(default_factory=set)
    without_account: int = 0
    is_told: bool = False


async def with_courses(
    session: AsyncSession, subsystem: str, courses: Sequence[Course]
) -> dict[int, Trusted]:
    """By id of the course; those of its category are trusted with it too."""
    trusted: dict[int, Trusted] = defaultdict(Trusted)
    changing = await _changing(session)
    rows = await _responsibilities(session, courses)
    people = {one.person for one in rows}.union(*changing.values())
    accounts = await _accounts(session, subsystem, people)
    of_categories: dict[int, list[Responsibility]] = defaultdict(list)
    of_courses: dict[int, list[Responsibility]] = defaultdict(list)
    for row in rows:
        if row.course is not None:
            of_courses[row.course].append(row)
        else:
            of_categories[row.category or 0].append(row)
    for course in courses:
        mine = trusted[course.id or 0]
        for row in (*of_courses[course.id or 0], *of_categories[course.category or 0]):
            mine.is_told = True
            between = changing.get(row.ended_by or "", set()) | changing.get(row.given_by or "", set())
            mine.known = mine.known.union(*(accounts[one] for one in between))
            if row.until is not None:
                continue
            mine.known |= accounts[row.person]
            mine.without_account += not accounts[row.person]
            if row.course is not None and course.request is not None and not between:
                mine.teachers |= accounts[row.person]
    return trusted


async def _responsibilities(session: AsyncSession, courses: Sequence[Course]) -> Sequence[Responsibility]:
    query = select(Responsibility).where(
        or_(
            col(Responsibility.course).in_([one.id for one in courses]),
            col(Responsibility.category).in_({one.category for one in courses if one.category}),
        )
    )
    return (await session.scalars(query)).all()


async def _changing(session: AsyncSession) -> dict[str, set[int]]:
    """Persons between whom rights are going over at this moment (clause 4.8), by number of the case."""
    query = (
        select(col(ReplacementRow.number), col(ReplacementRow.person), col(ReplacementRow.successor))
        .join(CaseRow, col(CaseRow.number) == col(ReplacementRow.number))
        .where(col(CaseRow.closed_at).is_(None))
    )
    rows = (await session.execute(query)).all()
    return {number: {one for one in people if one} for number, *people in rows}


async def _accounts(session: AsyncSession, subsystem: str, persons: set[int]) -> dict[int, set[int]]:
    query = select(col(Account.person), col(Account.moodle_id)).where(
        col(Account.subsystem) == subsystem, col(Account.person).in_(persons)
    )
    found: dict[int, set[int]] = defaultdict(set)
    for person, moodle_id in (await session.execute(query)).all():
        found[person or 0].add(moodle_id)
    return found

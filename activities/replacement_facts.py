"""What letters about a replacement tell (clause 4.8): whose powers end, of what, and what is open."""

from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from models import cases, holdings
from models.cases import Kind
from models.holdings import Held
from models.letters import Letter, Notice
from models.tables import (
    Account,
    CaseRow,
    ClaimCode,
    EnrolmentRow,
    Person,
    ReplacementRow,
    ThreadLine,
    TrainingRow,
)

NOTICES = (
    Notice.REPLACEMENT_OPENED,
    Notice.SUCCESSOR_APPOINTED,
    Notice.ACCEPTANCE_AWAITED,
    Notice.POWERS_ENDED,
    Notice.REPLACEMENT_WITHDRAWN,
    Notice.REPLACEMENT_DONE,
)


async def responsible(session: AsyncSession, letter: Letter) -> Person | None:
    """Whom letters of the case to the responsible go to: to the one who goes that alone which is theirs."""
    row = await session.get_one(ReplacementRow, letter.number)
    if letter.notice is Notice.POWERS_ENDED:
        return await session.get_one(Person, row.person)
    return await session.get_one(Person, row.successor) if row.successor else None


async def is_told(session: AsyncSession, number: str) -> bool:
    """Whether the owner has told of the end of powers, which is what clause 4.8 sets a term for."""
    return (await session.get_one(ReplacementRow, number)).informed_at is not None


async def read(session: AsyncSession, letter: Letter) -> dict[str, Any]:
    """Whose powers end and when, the courses and categories; at the end all that is open in them."""
    row = await session.get_one(ReplacementRow, letter.number)
    held = await holdings.of(session, letter.number) or await holdings.open_of(
        session, row.person, await holdings.owner_of(session, letter.number)
    )
    told: dict[str, Any] = {
        "predecessor": (await session.get_one(Person, row.person)).name,
        "powers_ended_on": row.powers_ended_on,
        "is_informed": row.informed_at is not None,
        "has_successor": row.successor is not None,
        "things": [_thing(one) for one in held],
    }
    if letter.notice is Notice.POWERS_ENDED:
        successor = await session.get_one(Person, row.successor) if row.successor else None
        return told | {"successor": successor.name if successor else ""}
    if letter.notice is not Notice.REPLACEMENT_DONE:
        return told
    courses = [one.course for one in held if one.course]
    return told | {"open": await still_open(session, courses, letter.at)}


async def still_open(session: AsyncSession, courses: list[int], at: datetime) -> list[str]:
    """What the successor takes over unfinished, in Russian, line by line."""
    return [
        *await _trainings(session, courses),
        *await _codes(session, courses, at),
        *await _questions(session, courses),
    ]


async def _trainings(session: AsyncSession, courses: list[int]) -> list[str]:
    query = (
        select(TrainingRow)
        .where(col(TrainingRow.course).in_(courses), col(TrainingRow.closed_at).is_(None))
        .join(CaseRow, col(CaseRow.number) == col(TrainingRow.number))
        .where(col(CaseRow.closed_at).is_(None))
        .order_by(col(TrainingRow.ends_on))
    )
    return [
        f"{cases.label(one.number)} «{one.title}»: {one.starts_on:%d.%m.%Y} – {one.ends_on:%d.%m.%Y}"
        for one in (await session.scalars(query)).all()
    ]


async def _codes(session: AsyncSession, courses: list[int], at: datetime) -> list[str]:
    """Of each list: how many learners have not chosen their password by a code that is in force."""
    query = (
        select(col(EnrolmentRow.number), func.count())
        .join(CaseRow, col(CaseRow.number) == col(EnrolmentRow.number))
        .join(ClaimCode, col(ClaimCode.number) == col(EnrolmentRow.number))
        .join(
            Account,
            (col(Account.subsystem) == col(ClaimCode.subsystem))
            & (col(Account.moodle_id) == col(ClaimCode.moodle_id)),
        )
        .where(
            col(CaseRow.course).in_(courses),
            col(ClaimCode.used_at).is_(None),
            col(ClaimCode.revoked_at).is_(None),
            col(ClaimCode.expires_at) > at,
            col(Account.claimed_at).is_(None),
        )
        .group_by(col(EnrolmentRow.number))
        .order_by(col(EnrolmentRow.number))
    )
    rows = (await session.execute(query)).all()
    return [f"{cases.label(number)}: коды доступа не использованы — {count}" for number, count in rows]


async def _questions(session: AsyncSession, courses: list[int]) -> list[str]:
    """Open consultations whose last line is a question."""
    last = select(func.max(ThreadLine.id)).group_by(col(ThreadLine.number))
    query = (
        select(col(CaseRow.number))
        .join(ThreadLine, col(ThreadLine.number) == col(CaseRow.number))
        .where(
            col(CaseRow.kind) == Kind.CONSULTATION.value,
            col(CaseRow.course).in_(courses),
            col(CaseRow.closed_at).is_(None),
            col(ThreadLine.id).in_(last),
            ~col(ThreadLine.is_answer),
        )
        .order_by(col(CaseRow.number))
    )
    return [f"{cases.label(number)}: вопрос без ответа" for number in (await session.scalars(query)).all()]


def _thing(one: Held) -> dict[str, str]:
    kind = "учебный курс" if one.course else "категория"
    return {"name": f"{kind} «{one.name}»", "url": one.url}

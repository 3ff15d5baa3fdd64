"""Clause 4.9 in Postgres: numbering, revoking, replacing and looking up, in the caller's transaction.

Numbers have no gaps: whoever takes some holds the year's counter until their transaction ends, and one that
fails gives them back.
"""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import func
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select

from models import certificates
from models.certificates import Standing
from models.letters import LetterState, Notice
from models.step import Step
from models.tables import BulkLetter, CertificateRow, CertificationRow, Counter

DOCUMENTS = "certification/documents"
"""The mailing that brings everybody theirs."""
REVISED = "certification/document-"
"""How steps that revoke or replace a document begin, and the letters about it."""


class Recipient(NamedTuple):
    """Who gets a document. A person: never crosses Temporal."""

    ordinal: int
    """Of the participant in the training."""
    name: str
    email: str = ""
    grade: str = ""


async def give(
    session: AsyncSession, certification: str, people: Sequence[Recipient], issued_on: date
) -> int:
    """Number these people in the order given; who has a number keeps it, so a retry numbers nobody twice.

    Args:
        session: The transaction; it holds the decision, so that two workers number one after the other.
        certification: Number of the decision.
        people: A few hundred at once: in one transaction other decisions of the year wait.
        issued_on: Local date of the decision's clock, the same in every retry.

    Returns:
        How many were numbered now.
    """
    await session.get_one(CertificationRow, certification, with_for_update=True)
    numbered = await session.scalars(
        select(col(CertificateRow.ordinal)).where(
            col(CertificateRow.certification) == certification, col(CertificateRow.supersedes).is_(None)
        )
    )
    known = set(numbered)
    fresh = [one for one in people if one.ordinal not in known]
    if fresh:
        first = await _take(session, issued_on.year, len(fresh))
        session.add_all(
            CertificateRow(
                number=certificates.number(issued_on.year, at),
                code=certificates.new_code(),
                certification=certification,
                issued_on=issued_on,
                **one._asdict(),
            )
            for at, one in enumerate(fresh, start=first)
        )
        await session.flush()
    return len(fresh)


async def revoke(
    session: AsyncSession, number: str, *, by: str, because: str, at: datetime
) -> CertificateRow:
    """Declare that a document does not hold any more.

    Args:
        session: The transaction.
        number: Of the document.
        by: The actor: `key-12`.
        because: Why, in words.
        at: When.

    Raises:
        sqlalchemy.exc.NoResultFound: There is no such document.
        CertificateRejected: It did not hold already.
    """
    row = await session.get_one(CertificateRow, number, with_for_update=True)
    certificates.check_valid((await stand(session, row)).standing)
    row.revoked_at, row.revoked_by, row.revoked_because = at, by, because
    await session.flush()
    return row


async def reissue(session: AsyncSession, number: str, name: str, issued_on: date) -> CertificateRow:
    """Give another document with the corrected name, a number and a code of its own, in place of this one.

    Raises:
        sqlalchemy.exc.NoResultFound: There is no such document.
        CertificateRejected: It does not hold, or the name is the same.
    """
    row = await session.get_one(CertificateRow, number, with_for_update=True)
    certificates.check_reissue((await stand(session, row)).standing, row.name, name)
    new = CertificateRow(
        **row.model_dump(exclude={"number", "code", "name", "issued_on", "supersedes"}),
        number=certificates.number(issued_on.year, await _take(session, issued_on.year, 1)),
        code=certificates.new_code(),
        name=name,
        issued_on=issued_on,
        supersedes=number,
    )
    session.add(new)
    await session.flush()
    return new


class Found(NamedTuple):
    """A document as whoever holds it may see it."""

    row: CertificateRow
    certification: CertificationRow
    standing: Standing
    replaced_by: CertificateRow | None


async def look_up(session: AsyncSession, typed: str) -> Found | None:
    """The document of a check code, however it is typed; None where there is none."""
    code = certificates.normalise(typed)
    if not code:
        return None
    row = (await session.scalars(select(CertificateRow).where(col(CertificateRow.code) == code))).first()
    return await stand(session, row) if row else None


async def load(session: AsyncSession, number: str) -> Found | None:
    """The document of a number; None where there is none."""
    row = await session.get(CertificateRow, number)
    return await stand(session, row) if row else None


async def newest(session: AsyncSession, number: str) -> Found | None:
    """The document in the place of this one, or it itself; None where there is none of the number."""
    found = await load(session, number)
    while found and found.replaced_by:
        found = await stand(session, found.replaced_by)
    return found


async def stand(session: AsyncSession, row: CertificateRow) -> Found:
    """The document with its decision, and whether it holds."""
    certification = await session.get_one(CertificationRow, row.certification)
    later = await session.scalars(select(CertificateRow).where(col(CertificateRow.supersedes) == row.number))
    replaced_by = later.first()
    standing = certificates.standing(
        is_revoked=row.revoked_at is not None, is_replaced=replaced_by is not None
    )
    return Found(row, certification, standing, replaced_by)


async def write_letter(session: AsyncSession, row: CertificateRow, notice: Notice, step: Step) -> bool:
    """Tell the holder what became of their document; whether there is a letter to send.

    Who has not been sent the first letter yet needs no other: it brings what is in force when it goes.
    """
    # Locked: whoever is sending the first letter at this moment sees afterwards what it was overtaken by.
    key = (row.certification, DOCUMENTS, row.ordinal)
    first = await session.get(BulkLetter, key, with_for_update=True)
    if first is None or first.state == LetterState.WRITTEN or not row.email:
        return False
    facts: dict[str, Any] = {"notice": notice.value, "name": row.name, "certificate": row.number}
    if row.supersedes:
        facts["replaces"] = row.supersedes
    session.add(
        BulkLetter(number=row.certification, step=step.step, row=row.ordinal, address=row.email, facts=facts)
    )
    await session.flush()
    return True


async def letter_counts(session: AsyncSession, number: str, step: str = "") -> dict[LetterState, int]:
    """Letters to many of a case, such as a decision, by state; of one mailing alone, where it is named."""
    own = [col(BulkLetter.number) == number, *([col(BulkLetter.step) == step] if step else [])]
    query = (
        select(col(BulkLetter.state), func.count())
        .where(*own)
        .group_by(col(BulkLetter.state))
        .order_by(col(BulkLetter.state))
    )
    return {LetterState(state): count for state, count in await session.execute(query)}


async def _take(session: AsyncSession, year: int, count: int) -> int:
    """The first of so many numbers that follow one another."""
    first = insert(Counter).values(series=certificates.series(year), last=count)
    nexts = first.on_conflict_do_update(index_elements=["series"], set_={"last": col(Counter.last) + count})
    return int(await session.scalar(nexts.returning(col(Counter.last))) or 0) - count + 1

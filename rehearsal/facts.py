"""What came of a year, as its office has it on record: terms, letters. Days are local."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlmodel import col, select

from models import store
from models.changed_terms import SECTIONS
from models.deadlines import local_date
from models.letters import Notice
from models.tables import ClauseRow, LetterRow
from models.terms import Clause, Recipient
from rehearsal.people import Invented


@dataclass(frozen=True, order=True)
class Ended:
    """A clause of a request, from its event to its end."""

    ordinal: int
    clause: Clause
    title: str
    started_on: date
    last_day: date
    ended_on: date
    late_by: str
    """As the register says it: «на 2 рабочих дня»; empty when in time."""

    @property
    def is_late(self) -> bool:
        return bool(self.late_by)


@dataclass(frozen=True, order=True)
class Sent:
    """One letter to one recipient."""

    on: date
    ordinal: int
    clause: Clause
    notice: Notice
    to: Recipient


@dataclass(frozen=True)
class Outcome:
    """A whole year, in order of requests and of days."""

    ended: Sequence[Ended]
    letters: Sequence[Sent]


async def read(
    sessions: store.Sessions, requests: Sequence[Invented], numbers: Sequence[Sequence[str]]
) -> Outcome:
    """What stands in the register of an office at the year's end.

    Args:
        sessions: Of its database.
        requests: Who lived there.
        numbers: Of each one's cases, as `Year.live` gave them.
    """
    lived = {number: one for one, own in zip(requests, numbers, strict=True) for number in own}
    async with sessions() as session:
        clauses = (await session.scalars(select(ClauseRow).where(col(ClauseRow.number).in_(lived)))).all()
        letters = (await session.scalars(select(LetterRow).where(col(LetterRow.number).in_(lived)))).all()
    return Outcome(
        ended=sorted(_ended(lived[row.number], row) for row in clauses),
        letters=sorted(_sent(lived[row.number], row) for row in letters),
    )


def _ended(one: Invented, row: ClauseRow) -> Ended:
    assert row.finished_at is not None, f"{row.number} {row.clause} has not ended"
    return Ended(
        ordinal=one.ordinal,
        clause=Clause(row.clause),
        title=one.title,
        started_on=row.started_on,
        last_day=row.last_day,
        ended_on=local_date(row.finished_at),
        late_by=row.late_by,
    )


def _sent(one: Invented, row: LetterRow) -> Sent:
    """Its clause is named in its key, `2027-000001/review/rung-2/…`; of a consultation, by its number."""
    section = row.key.removeprefix(f"{row.number}/").partition("/")[0]
    return Sent(
        on=local_date(row.written_at),
        ordinal=one.ordinal,
        clause=SECTIONS.get(section, Clause.CONSULTATION),
        notice=Notice(row.notice),
        to=Recipient(row.recipient),
    )

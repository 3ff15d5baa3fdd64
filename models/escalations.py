"""Proof that a ladder works: what became of each rung, from the rows that tell of it. Pure but for `read`.

Nothing here is kept: rungs, letters and the clause's end say it all.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Self

from pydantic import AwareDatetime, BaseModel
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from models import russian
from models.deadlines import local_date
from models.letters import LetterState
from models.rungs import RungState
from models.tables import ClauseRow, LetterRow, RungRow
from models.terms import Clause, Recipient


class Fate(StrEnum):
    """How far a rung has come, from its instant to the last of its letters."""

    PLANNED = "planned"
    DUE = "due"
    """Its instant has come, and not all of its letters are written."""
    WRITTEN = "written"
    DELIVERED = "delivered"
    FAILED = "failed"
    NOT_NEEDED = "not_needed"

    @property
    def russian(self) -> str:
        return _FATES[self]


_FATES = {
    Fate.PLANNED: "запланировано",
    Fate.DUE: "наступило, письма пишутся",
    Fate.WRITTEN: "письма написаны, отправляются",
    Fate.DELIVERED: "письма доставлены почтовому серверу",
    Fate.FAILED: "письмо не доставлено",
    Fate.NOT_NEEDED: "не понадобилось",
}

_IDLE = (LetterState.DELIVERED, LetterState.NOT_NEEDED)


class LetterFate(BaseModel):
    """A letter of a rung to one recipient: the newest, where it was sent anew."""

    to: Recipient
    state: LetterState
    written_at: AwareDatetime
    settled_at: AwareDatetime | None
    attempts: int
    last_error: str
    """Why the last attempt failed, in Russian; empty where none did."""

    @classmethod
    def of(cls, row: LetterRow) -> Self:
        return cls(
            to=Recipient(row.recipient),
            state=LetterState(row.state),
            written_at=row.written_at,
            settled_at=row.settled_at,
            attempts=row.attempts,
            last_error=row.last_error,
        )


class Repetition(BaseModel):
    """The last rung once more, because nobody has acted."""

    at: AwareDatetime
    fate: Fate
    letters: list[LetterFate]


class RungProof(BaseModel):
    """One rung: when due, whether it went, and its letters."""

    ordinal: int
    label: str
    to: list[Recipient]
    due_at: AwareDatetime
    fate: Fate
    why: str
    """Why it was not needed, in Russian; empty otherwise."""
    fired_at: AwareDatetime | None
    letters: list[LetterFate]
    repeated: list[Repetition]


class ClauseProof(BaseModel):
    """The ladder of one clause."""

    clause: Clause
    due_at: AwareDatetime
    finished_at: AwareDatetime | None
    rungs: list[RungProof]


async def read(session: AsyncSession, number: str) -> list[ClauseProof]:
    """The ladders of a case, in order of its clauses."""
    clauses = await session.scalars(
        select(ClauseRow).where(col(ClauseRow.number) == number).order_by(col(ClauseRow.clause))
    )
    rungs = await session.scalars(
        select(RungRow).where(col(RungRow.number) == number).order_by(col(RungRow.ordinal))
    )
    letters = await session.scalars(
        select(LetterRow)
        .where(col(LetterRow.number) == number, col(LetterRow.rung).is_not(None))
        .order_by(col(LetterRow.written_at), col(LetterRow.key))
    )
    every_rung, every_letter = rungs.all(), letters.all()
    return [prove(clause, every_rung, every_letter) for clause in clauses]


def prove(clause: ClauseRow, rungs: Iterable[RungRow], letters: Sequence[LetterRow]) -> ClauseProof:
    """The ladder of a clause, from the rungs and the letters of its case.

    Args:
        clause: The clause.
        rungs: In order; those of other clauses are passed over.
        letters: In order of writing; the same.
    """
    name = Clause(clause.clause).name.lower()
    own = [letter for letter in letters if letter.letter.step.startswith(f"{name}/")]
    return ClauseProof(
        clause=Clause(clause.clause),
        due_at=clause.due_at,
        finished_at=clause.finished_at,
        rungs=[_rung(rung, clause, own) for rung in rungs if rung.clause == clause.clause],
    )


def _rung(rung: RungRow, clause: ClauseRow, letters: Sequence[LetterRow]) -> RungProof:
    own = [letter for letter in letters if letter.rung == rung.ordinal]
    first = [letter for letter in own if not _is_repeated(letter)]
    to = [Recipient(one) for one in rung.recipients]
    fates = _newest(first)
    return RungProof(
        ordinal=rung.ordinal,
        label=rung.label,
        to=to,
        due_at=rung.planned_at,
        fate=_fate(RungState(rung.state), to, fates),
        why=_why(RungState(rung.state), clause.finished_at),
        fired_at=rung.fired_at,
        letters=fates,
        repeated=_repetitions(to, [letter for letter in own if _is_repeated(letter)]),
    )


def _fate(state: RungState, to: Sequence[Recipient], letters: Sequence[LetterFate]) -> Fate:
    match state:
        case RungState.PLANNED:
            return Fate.PLANNED
        case RungState.SENT:
            return _delivery(to, letters)
        case _:
            return Fate.NOT_NEEDED


def _delivery(to: Sequence[Recipient], letters: Sequence[LetterFate]) -> Fate:
    states = {letter.state for letter in letters}
    if states - {*_IDLE, LetterState.WRITTEN}:
        return Fate.FAILED
    if {letter.to for letter in letters} < set(to):
        return Fate.DUE
    return Fate.WRITTEN if LetterState.WRITTEN in states else Fate.DELIVERED


def _why(state: RungState, finished_at: datetime | None) -> str:
    match state:
        case RungState.ABSORBED:
            return "настало вместе с более высокой ступенью, отправлена она одна"
        case RungState.SKIPPED:
            return "время напоминания прошло раньше, чем начался или был перенесён срок"
        case RungState.NOT_NEEDED:
            day = f", {russian.date_words(local_date(finished_at))}" if finished_at else ""
            return f"пункт завершён до этой ступени{day}"
        case _:
            return ""


def _repetitions(to: Sequence[Recipient], letters: Sequence[LetterRow]) -> list[Repetition]:
    by_step: dict[str, list[LetterRow]] = {}
    for letter in letters:
        by_step.setdefault(letter.letter.step, []).append(letter)
    found = []
    for some in by_step.values():
        fates = _newest(some)
        found.append(Repetition(at=some[0].written_at, fate=_delivery(to, fates), letters=fates))
    return found


def _newest(letters: Iterable[LetterRow]) -> list[LetterFate]:
    return list({letter.recipient: LetterFate.of(letter) for letter in letters}.values())


def _is_repeated(letter: LetterRow) -> bool:
    return letter.letter.step.partition("/")[2].startswith("repeat-")

"""Clause 4.9 in Postgres: numbering those whom a decision names, and writing their letters."""

from typing import Any

from sqlalchemy import func
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select
from temporalio import activity

from models import certificates, certifying, store, training_results
from models.certificates import Award
from models.certification import Number
from models.certifying import Recipient
from models.deadlines import local_date
from models.letters import LetterState, Notice
from models.results import LearnerResult, Unseen
from models.step import Step
from models.tables import BulkLetter, CertificateRow, CertificationRow, TrainingRow
from models.terms import Clause
from models.trainings import Stage

_TRANSACTION = 250
"""Whoever numbers holds the counter of the year: other decisions wait no longer than for so many."""


class CertificationActivities:
    """Activities on decisions to give certificates."""

    def __init__(self, sessions: store.Sessions) -> None:
        self._sessions = sessions

    @activity.defn
    async def number_certificates(self, number: Number) -> int:
        """Number the next people in the order of `certificates.chosen`; how many are left.

        What a killed worker had numbered stands, and the next attempt goes on behind it.
        """
        async with self._sessions() as session:
            decision = await session.get_one(CertificationRow, number.number)
            given = await _given(session, number.number)
            people = await recipients(session, decision)
        issued_on = local_date(decision.decided_at)
        coming = people[given : given + number.at_most]
        for first in range(0, len(coming), _TRANSACTION):
            part = coming[first : first + _TRANSACTION]
            async with self._sessions.begin() as session:
                await certifying.give(session, number.number, part, issued_on)
        return len(people) - given - len(coming)

    @activity.defn
    async def write_certificate_letters(self, write: Step) -> int:
        """A letter to each who has an address; how many there are to send."""
        async with self._sessions.begin() as session:
            rows = (await session.scalars(_originals(write.number))).all()
            if await store.write_once(session, write, Clause.CERTIFICATION, _said(rows)):
                letters = [_letter(write, row) for row in rows]
                for first in range(0, len(letters), 1000):
                    await session.execute(insert(BulkLetter), letters[first : first + 1000])
        return sum(bool(row.email) for row in rows)


async def recipients(session: AsyncSession, decision: CertificationRow) -> list[Recipient]:
    """Whom the decision gives a document, in the order of numbering: results are kept, so always the same."""
    training = await session.get_one(TrainingRow, decision.training)
    participants = await training_results.participants(session, training.number)
    award = Award.model_validate(decision.award)
    unseen = tuple(Unseen(one) for one in training.unseen)
    chosen = certificates.chosen(award, Stage(training.state), unseen, participants)
    return [_recipient(ordinal, participants[ordinal], award) for ordinal in chosen]


def _recipient(ordinal: int, learner: LearnerResult, award: Award) -> Recipient:
    percent = learner.percent if award.shows_grade else None
    grade = "" if percent is None else f"{percent:.4g} %".replace(".", ",")
    return Recipient(ordinal, learner.name, learner.email, grade)


async def _given(session: AsyncSession, number: str) -> int:
    originals = _originals(number).subquery()
    return int(await session.scalar(select(func.count()).select_from(originals)) or 0)


def _originals(number: str) -> Any:
    """Documents by the decision itself; a corrected one comes in place of another."""
    own = (col(CertificateRow.certification) == number, col(CertificateRow.supersedes).is_(None))
    return select(CertificateRow).where(*own).order_by(col(CertificateRow.number))


def _said(rows: Any) -> str:
    without = sum(not row.email for row in rows)
    last = f" (№ {rows[0].number} – {rows[-1].number})" if rows else ""
    return f"Документы пронумерованы: {len(rows)}{last}; без адреса для письма — {without}"


def _letter(step: Step, row: CertificateRow) -> dict[str, Any]:
    """Nobody waits for one that has nowhere to go."""
    return {
        "number": step.number,
        "step": step.step,
        "row": row.ordinal,
        "address": row.email,
        "facts": {"notice": Notice.CERTIFICATE.value, "name": row.name, "certificate": row.number},
        "state": (LetterState.WRITTEN if row.email else LetterState.NO_ADDRESS).value,
        "attempts": 0,
        "settled_at": None if row.email else step.at,
    }

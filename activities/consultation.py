"""Clauses 4.3-4.4: the thread of a consultation in Postgres."""

from typing import Any
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select
from temporalio import activity

from activities import endings
from models import store
from models.consultation import EndRound, RecordLine
from models.letters import Letter
from models.tables import TextRow, ThreadLine
from models.terms import Clause


class ConsultationActivities:
    """Activities on consultations."""

    def __init__(self, sessions: store.Sessions, confirmed_years: frozenset[int]) -> None:
        self._sessions = sessions
        self._confirmed_years = confirmed_years

    @activity.defn
    async def record_line(self, line: RecordLine) -> None:
        """Add a question or an answer to the thread, once."""
        what = "Ответ Оператора" if line.is_answer else "Вопрос ответственного лица"
        row = {"number": line.number, "text": UUID(line.text_id), "is_answer": line.is_answer, "at": line.at}
        async with self._sessions.begin() as session:
            await session.execute(insert(ThreadLine).values(row).on_conflict_do_nothing())
            await store.write_once(session, line, Clause.CONSULTATION, what, by=line.by)

    @activity.defn
    async def end_round(self, end: EndRound) -> None:
        """Nobody waits for an answer any more: it came in time, or by how much late, or never."""
        async with self._sessions.begin() as session:
            late_by = await endings.late_by(
                session, end.number, Clause.CONSULTATION, end.at, self._confirmed_years
            )
            late = f", с опозданием {late_by}" if late_by else ""
            what = f"Вопрос отвечен{late}" if end.is_answered else f"Вопрос снят без ответа{late}"
            if await store.write_once(session, end, Clause.CONSULTATION, what):
                await endings.finish(session, end, Clause.CONSULTATION, late_by)


async def thread_facts(session: AsyncSession, letter: Letter) -> dict[str, Any]:
    """The newest question at the letter's instant, and what is answered to it."""
    query = (
        select(ThreadLine.is_answer, TextRow.body)
        .join(TextRow, col(TextRow.id) == col(ThreadLine.text))
        .where(col(ThreadLine.number) == letter.number, col(ThreadLine.at) <= letter.at)
        .order_by(col(ThreadLine.id))
    )
    # Later lines take the place of earlier ones.
    said = {line.is_answer: line.body for line in await session.execute(query)}
    return {"question": said.get(False, ""), "answer": said.get(True, "")}

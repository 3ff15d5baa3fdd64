"""Clauses 4.3-4.4: the thread of a consultation in Postgres."""

from uuid import UUID

from sqlalchemy.dialects.postgresql import insert
from temporalio import activity

from activities import endings
from models import store
from models.consultation import EndRound, RecordLine
from models.tables import ThreadLine
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

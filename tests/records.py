"""What has become of a case: its rows in Postgres."""

from collections.abc import Sequence
from typing import Any

from sqlmodel import col, select

from models import store
from models.tables import CaseRow, ClauseRow, JournalEntry, LetterRow, Request, RungRow, Task
from models.terms import Clause


class Records:
    sessions: store.Sessions

    async def row(self, number: str) -> Request:
        async with self.sessions() as session:
            return await session.get_one(Request, number)

    async def case(self, number: str) -> CaseRow:
        async with self.sessions() as session:
            return await session.get_one(CaseRow, number)

    async def clause(self, number: str, clause: Clause) -> ClauseRow | None:
        async with self.sessions() as session:
            return await session.get(ClauseRow, (number, clause.value))

    async def journal(self, number: str) -> list[str]:
        """What the journal says, line by line."""
        return [entry.what for entry in await self._rows(JournalEntry, number, "id")]

    async def letters(self, number: str) -> list[LetterRow]:
        return list(await self._rows(LetterRow, number, "written_at"))

    async def letter_names(self, number: str) -> list[str]:
        """«escalation supervisor delivered», in order of writing."""
        return [f"{one.notice} {one.recipient} {one.state}" for one in await self.letters(number)]

    async def tasks(self, number: str) -> list[Task]:
        return list(await self._rows(Task, number, "id"))

    async def rungs(self, number: str, clause: Clause) -> dict[int, str]:
        """State of each rung of a clause's ladder, by ordinal."""
        rows = await self._rows(RungRow, number, "ordinal")
        return {row.ordinal: row.state for row in rows if row.clause == clause.value}

    async def _rows(self, table: Any, number: str, order: str) -> Sequence[Any]:
        query = select(table).where(col(table.number) == number).order_by(getattr(table, order))
        async with self.sessions() as session:
            return (await session.scalars(query)).all()

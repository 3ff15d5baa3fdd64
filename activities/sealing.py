"""The file of a case is sealed by itself once the case is over and everything of it is kept."""

import asyncio
import hashlib

from sqlalchemy import exists, func, update
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col, select

from activities import rounds
from models import store
from models.sealing import seal
from models.signing import SigningKey
from models.tables import CaseFile, CaseRow, LetterRow


class Sealing:
    """Seals what has closed: when its histories are kept, its letters' too, so that none is missing."""

    def __init__(self, sessions: store.Sessions, key: SigningKey) -> None:
        self._sessions = sessions
        self._key = key
        self._one = asyncio.Semaphore(1)
        """A file is read whole: not several at a time."""

    async def round(self) -> None:
        """Of all cases that are whole; a letter still on its way holds its case up, for days at most."""
        on_its_way = exists().where(
            col(LetterRow.number) == col(CaseRow.number), ~col(LetterRow.history_kept)
        )
        whole = select(CaseRow).where(col(CaseRow.histories_kept), ~col(CaseRow.is_sealed), ~on_its_way)
        await rounds.every(self._sessions, whole, CaseRow.number, self._seal)

    async def _seal(self, case: CaseRow) -> None:
        async with self._one:
            await self._keep(case)

    async def _keep(self, case: CaseRow) -> None:
        with await seal(self._sessions, case, self._key) as file:
            file.seek(0)
            content = file.read()
        row = {
            "number": case.number,
            "content": content,
            "sha256": hashlib.sha256(content).hexdigest(),
            "sealed_at": func.now(),
        }
        async with self._sessions.begin() as session:
            # Of two workers the first one's stays: whoever has fetched it gets the same again.
            await session.execute(insert(CaseFile).values(row).on_conflict_do_nothing())
            own = update(CaseRow).where(col(CaseRow.number) == case.number)
            await session.execute(own.values(is_sealed=True))

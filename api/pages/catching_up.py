"""After an act the rows follow their workflow by a moment: the page that is shown next is to have them.

In one place for all pages. What an act changes is written in one transaction with a line of the journal under
the name of whoever acted, so that the line tells when.
"""

import asyncio
import re
import time
from typing import Any

from sqlalchemy import func, select
from sqlmodel import col

from api.auth import Caller
from models import store
from models.tables import JournalEntry

PATIENCE_SECONDS = 1.5
"""A busy worker keeps nobody from the page for longer: it shows what was before, as it may."""
_PAUSE_SECONDS = 0.05

_COURSE = re.compile(r"/courses/(\d+)/authoring/(?:plan|readiness)")
_CASE = re.compile(
    r"/requests/([^/]+)/(?:decision|withdrawal|setup/confirmation|setup/obstacle)"
    r"|/consultations/([^/]+)/(?:questions|answers|closing)"
    r"|/enrolments/([^/]+)/(?:confirmation|withdrawal)"
    r"|/trainings/([^/]+)/(?:prolongation|closing)"
    r"|/replacements/([^/]+)/(?:report|successor|withdrawal|accept)"
)
"""Acts by Update, after each of which a line of the actor's comes."""


def case_of(path: str) -> str:
    """Number of the case in which an act of the API writes a line a moment later; empty for other acts."""
    if course := _COURSE.fullmatch(path):
        return f"authoring-{course[1]}"
    found = _CASE.fullmatch(path)
    return next((one for one in found.groups() if one), "") if found else ""


class CatchingUp:
    """What one person's act brings about in a case.

    Args:
        sessions: Where to read.
        caller: Who acts.
        path: Of the API, of the act.
    """

    def __init__(self, sessions: store.Sessions, caller: Caller, path: str) -> None:
        self._sessions, self._number = sessions, case_of(path)
        own = (col(JournalEntry.number) == self._number, col(JournalEntry.actor) == caller.actor)
        self._lines = select(func.count()).select_from(JournalEntry).where(*own)
        self._before = 0

    async def begin(self) -> None:
        """Before the act."""
        if self._number:
            self._before = await self._count()

    async def wait(self, answer: Any) -> bool:
        """Until the rows have followed, or patience is over; whether they have.

        Args:
            answer: The API's: with the last tick of a checklist the setup ends too, by a line of its own.
        """
        if not self._number:
            return True
        ends = isinstance(answer, dict) and answer.get("left") == []
        expected = self._before + (2 if ends else 1)
        limit = time.monotonic() + PATIENCE_SECONDS
        while True:
            if await self._count() >= expected:
                return True
            if time.monotonic() > limit:
                return False
            await asyncio.sleep(_PAUSE_SECONDS)

    async def _count(self) -> int:
        async with store.looking(self._sessions) as session:
            return await session.scalar(self._lines) or 0

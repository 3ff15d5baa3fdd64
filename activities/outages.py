"""A Moodle out of reach, in the journal of the case that waits for it: when it goes, and when it is back."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from sqlmodel import col, select
from temporalio import activity

from clients.moodle import MoodleUnavailable
from models import store
from models.step import Step
from models.tables import JournalEntry
from models.terms import Clause


@asynccontextmanager
async def journaled(sessions: store.Sessions, number: str, clause: Clause) -> AsyncIterator[None]:
    """Around a step in Moodle: not every attempt is noted, but the first that finds it away or back."""
    try:
        yield
    except MoodleUnavailable:
        await _note(sessions, number, clause, is_away=True)
        raise
    await _note(sessions, number, clause, is_away=False)


async def _note(sessions: store.Sessions, number: str, clause: Clause, *, is_away: bool) -> None:
    """Unless it was so before."""
    prefix = f"{clause.name.lower()}/moodle-"
    own = (col(JournalEntry.number) == number, col(JournalEntry.step).startswith(prefix))
    async with store.looking(sessions) as session:
        noted = len((await session.scalars(select(JournalEntry.id).where(*own))).all())
        was_away = noted % 2 == 1
        if was_away is is_away:
            return
        name = f"{prefix}{'away' if is_away else 'back'}-{noted // 2 + 1}"
        step = Step(number=number, step=name, at=activity.info().started_time)
        await store.write_once(session, step, clause, _AWAY if is_away else _BACK)


_AWAY = "Moodle недоступна: система повторяет попытки"
_BACK = "Moodle снова доступна: работа продолжается"

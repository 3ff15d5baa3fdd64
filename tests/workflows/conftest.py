"""What tests of workflows share."""

from collections.abc import AsyncIterator
from datetime import date

import pytest
from sqlalchemy import delete, func, update
from sqlmodel import col

from models.calendar import WorkCalendar
from models.tables import AmendmentRow, ClauseRow
from tests.engine import Engine
from tests.workflows import words


@pytest.fixture
async def official_calendar(engine: Engine) -> AsyncIterator[None]:
    """Days that the test amends are official again when it ends: other tests' deadlines count on them.

    Cases of tests that are over are moved by no amendment: there are hundreds, some without a worker.
    """
    async with engine.sessions.begin() as session:
        is_open = col(ClauseRow.finished_at).is_(None)
        await session.execute(update(ClauseRow).where(is_open).values(finished_at=func.now()))
    yield
    async with engine.sessions.begin() as session:
        await session.execute(delete(AmendmentRow))


@pytest.fixture
def last_day() -> date:
    """A working day two weeks ahead, on which a term ends."""
    return WorkCalendar().add_working_days(words.local_today(), 10)

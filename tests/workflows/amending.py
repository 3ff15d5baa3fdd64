"""Words for what an amended calendar does to cases."""

from datetime import date, timedelta

from models.calendar import WorkCalendar
from models.letters import Notice
from models.tables import ClauseRow
from models.terms import Clause, Recipient
from tests.engine import Engine
from tests.workflows import words

HOUR = timedelta(hours=1)
TERM = timedelta(days=30)


def after(day: date) -> date:
    return WorkCalendar().add_working_days(day, 1)


async def reviewed_until(engine: Engine, last_day: date) -> str:
    """A paper letter whose review ends on that day; its number."""
    number = await engine.file_paper(str(last_day - TERM))
    await words.reviewing(engine, number)
    return number


async def set_up_by_hand(engine: Engine) -> str:
    """A request that the operator is setting up, ten working days from today; its number."""
    number = await engine.file_local()
    await engine.approve(number)
    await engine.setting_up(number)
    await words.letter(engine, number, Notice.MANUAL_SETUP, Recipient.OPERATOR)
    return number


async def moved(engine: Engine, number: str, clause: Clause, to: date) -> ClauseRow:
    """The clause, once its last day is that one and its process knows."""
    row = await on_record(engine, number, clause, to)
    await engine.until_waiting(engine.client.get_workflow_handle(row.workflow_id))
    return row


async def on_record(engine: Engine, number: str, clause: Clause, to: date) -> ClauseRow:
    async def found() -> ClauseRow | None:
        row = await engine.clause(number, clause)
        return row if row and row.last_day == to else None

    row = await engine.until(found)
    assert isinstance(row, ClauseRow)
    return row

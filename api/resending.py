"""Letters that did not arrive, sent anew once their address is there or mended."""

from collections.abc import Sequence
from datetime import UTC, datetime

from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select
from temporalio.client import Client

from models import store
from models.letters import Letter, LetterState
from models.starting import start_delivery
from models.step import Step
from models.tables import LetterRow, Task
from models.terms import Clause, Recipient

FAILED = (LetterState.NO_ADDRESS, LetterState.BOUNCED, LetterState.UNDELIVERED)


async def failed(session: AsyncSession, number: str, to: Recipient) -> Sequence[LetterRow]:
    """Letters of a case that did not reach this recipient and that no other has followed."""
    own = (col(LetterRow.number) == number, col(LetterRow.recipient) == to.value)
    rows = (await session.scalars(select(LetterRow).where(*own))).all()
    keys = {row.key for row in rows}
    return [row for row in rows if row.state in FAILED and _next(row).key not in keys]


async def send_anew(client: Client, task_queue: str, row: LetterRow) -> None:
    """Start the letter that follows; the same one, however often this is called.

    Raises:
        RPCError, RuntimeError: Temporal is away.
    """
    await start_delivery(client, task_queue, _next(row))


async def note(session: AsyncSession, row: LetterRow, *, by: str) -> None:
    """What the letter left the operator with is done."""
    now = datetime.now(UTC)
    task = (col(Task.number) == row.number, col(Task.step) == task_step(row.key))
    await session.execute(update(Task).where(*task, col(Task.closed_at).is_(None)).values(closed_at=now))
    step = Step(number=row.number, step=f"{task_step(row.key)}/anew", at=now)
    what = f"Письмо «{row.subject}» отправляется заново"
    await store.write_once(session, step, Clause.REQUEST, what, by=by)


def task_step(key: str) -> str:
    """The step under which a letter became the operator's task."""
    return f"letter/{key}"


def _next(row: LetterRow) -> Letter:
    return row.letter.model_copy(update={"at": datetime.now(UTC)}).anew

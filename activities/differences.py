"""What differs between the register and a Moodle, in Postgres: one row a difference, one task a row.

A row is open from the night that finds it until the one that finds it gone. Many new ones of one kind
become one task. A task that the operator has put aside comes back only when Moodle says something else.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, or_, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from models.reconciliation import LOOKED_AT, MANY, Difference, Kind, summary, told
from models.tables import DifferenceRow, Task
from models.tasks import TaskKind
from models.terms import Clause

_A_PART = 1000


def workflow_id(subsystem: str) -> str:
    """`reconciliation-edu`: under which the tasks of a Moodle stand."""
    return f"reconciliation-{subsystem}"


async def keep_listed(
    session: AsyncSession, subsystem: str, found: Sequence[Difference], gone: Collection[int], at: datetime
) -> None:
    """What whole lists show: all of it, and no other difference of their kinds is left.

    Args:
        session: The transaction of the step.
        subsystem: Its code.
        found: All that differs by the lists.
        gone: Courses that Moodle no longer has: nothing else can be said of them.
        at: When.
    """
    await _show(session, subsystem, found, at)
    is_listed = col(DifferenceRow.kind).not_in(LOOKED_AT)
    await _close(session, subsystem, or_(is_listed, col(DifferenceRow.course).in_(gone)), found, at)


async def keep_looked_at(
    session: AsyncSession,
    subsystem: str,
    courses: Collection[int],
    found: Sequence[Difference],
    at: datetime,
) -> None:
    """What these courses show of teachers and ways in, and that it is all."""
    await _show(session, subsystem, found, at)
    is_theirs = col(DifferenceRow.course).in_(courses) & col(DifferenceRow.kind).in_(LOOKED_AT)
    await _close(session, subsystem, is_theirs, found, at)


async def _show(session: AsyncSession, subsystem: str, found: Sequence[Difference], at: datetime) -> None:
    for first in range(0, len(found), _A_PART):
        rows = [_row(subsystem, one, at) for one in found[first : first + _A_PART]]
        statement = insert(DifferenceRow).values(rows)
        says = statement.excluded
        await session.execute(
            statement.on_conflict_do_update(
                index_elements=["subsystem", "key"],
                index_where=col(DifferenceRow.gone_at).is_(None),
                set_={"in_register": says.in_register, "in_moodle": says.in_moodle, "is_told": False},
                where=or_(
                    col(DifferenceRow.in_register) != says.in_register,
                    col(DifferenceRow.in_moodle) != says.in_moodle,
                ),
            )
        )


def _row(subsystem: str, one: Difference, at: datetime) -> dict[str, Any]:
    return {
        "subsystem": subsystem,
        "key": one.key,
        "kind": one.kind.value,
        "category": one.category,
        "course": one.course,
        "in_register": one.in_register,
        "in_moodle": one.in_moodle,
        "found_at": at,
        "is_told": False,
    }


async def _close(
    session: AsyncSession,
    subsystem: str,
    which: ColumnElement[bool],
    found: Iterable[Difference],
    at: datetime,
) -> None:
    still = {one.key for one in found}
    query = select(col(DifferenceRow.id), col(DifferenceRow.key)).where(_open(subsystem), which)
    gone = [id for id, key in (await session.execute(query)).all() if key not in still]
    for first in range(0, len(gone), _A_PART):
        part = col(DifferenceRow.id).in_(gone[first : first + _A_PART])
        await session.execute(update(DifferenceRow).where(part).values(gone_at=at))


async def see_to_tasks(session: AsyncSession, subsystem: str, run: str, at: datetime) -> None:
    """A task for each difference that has none, one for many of a kind; none for what is gone."""
    query = select(DifferenceRow).where(_open(subsystem), ~col(DifferenceRow.is_told))
    untold = (await session.scalars(query.order_by(col(DifferenceRow.id)))).all()
    new: dict[str, list[DifferenceRow]] = defaultdict(list)
    for row in untold:
        if row.task is None:
            new[row.kind].append(row)
        else:
            await _tell_anew(session, row, at)
        row.is_told = True
    for kind, rows in new.items():
        if len(rows) > MANY:
            why = summary(Kind(kind), [f"{one.in_register} — {one.in_moodle}" for one in rows])
            task = await _task(session, subsystem, f"many-{kind}-{run}", why, at)
            for row in rows:
                row.task = task
        else:
            for row in rows:
                row.task = await _task(session, subsystem, _step(row), _why(row), at)
    await session.flush()
    await _close_tasks(session, subsystem, at)


def _step(row: DifferenceRow) -> str:
    return f"difference-{row.id}"


def _why(row: DifferenceRow) -> str:
    return told(Kind(row.kind), row.in_register, row.in_moodle)


async def _tell_anew(session: AsyncSession, row: DifferenceRow, at: datetime) -> None:
    """Moodle says something else by now; a task for many goes on saying what was found first."""
    task = await session.get_one(Task, row.task)
    if task.step == _step(row):
        task.why, task.opened_at, task.closed_at = _why(row), at, None


async def _task(session: AsyncSession, subsystem: str, step: str, why: str, at: datetime) -> int:
    task = Task(
        number=None,
        workflow_id=workflow_id(subsystem),
        step=step,
        clause=Clause.SETUP.value,
        kind=TaskKind.DIFFERENCE.value,
        why=why,
        opened_at=at,
    )
    session.add(task)
    await session.flush()
    return task.id or 0


async def _close_tasks(session: AsyncSession, subsystem: str, at: datetime) -> None:
    left = select(col(DifferenceRow.task)).where(_open(subsystem), col(DifferenceRow.task).is_not(None))
    await session.execute(
        update(Task)
        .where(
            col(Task.workflow_id) == workflow_id(subsystem),
            col(Task.kind) == TaskKind.DIFFERENCE,
            col(Task.closed_at).is_(None),
            col(Task.id).not_in(left),
        )
        .values(closed_at=at)
        .execution_options(synchronize_session=False)
    )


def _open(subsystem: str) -> ColumnElement[bool]:
    return (col(DifferenceRow.subsystem) == subsystem) & col(DifferenceRow.gone_at).is_(None)

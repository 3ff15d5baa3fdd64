"""Writing a chunk of a registration to Postgres: one statement, whatever the number of its rows."""

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from models.step import Step
from models.tables import LearnerRow


async def change(session: AsyncSession, number: str, rows: Sequence[LearnerRow]) -> None:
    """What a run changes of rows, as they stand."""
    await session.execute(_CHANGE_ROWS, {"number": number, **_columns(rows, *_CHANGED)})


async def add_accounts(
    session: AsyncSession, step: Step, subsystem: str, rows: Collection[LearnerRow]
) -> None:
    """Accounts that the engine has made for these rows; one that is known stays as it is."""
    made = {"subsystem": subsystem, "made_by": step.number, "made_at": step.at}
    await session.execute(_ADD_ACCOUNTS, {**made, **_columns(rows, "moodle_id", "username", "email")})


def _columns(rows: Collection[LearnerRow], *names: str) -> dict[str, list[Any]]:
    return {name: [getattr(row, name) for row in rows] for name in names}


_CHANGED = ("row", "verdict", "why", "moodle_id", "state")
# A statement for each row takes as long as Moodle does.
_CHANGE_ROWS = text("""
    UPDATE learners SET verdict = t.verdict, why = t.why, moodle_id = t.moodle_id, state = t.state
    FROM unnest(
        CAST(:row AS int[]), CAST(:verdict AS text[]), CAST(:why AS text[]),
        CAST(:moodle_id AS int[]), CAST(:state AS text[])
    ) AS t ("row", verdict, why, moodle_id, state)
    WHERE learners.number = :number AND learners."row" = t."row"
""")
_ADD_ACCOUNTS = text("""
    INSERT INTO accounts (subsystem, made_by, made_at, moodle_id, username, email)
    SELECT :subsystem, :made_by, CAST(:made_at AS timestamptz), t.* FROM unnest(
        CAST(:moodle_id AS int[]), CAST(:username AS text[]), CAST(:email AS text[])
    ) AS t
    ON CONFLICT DO NOTHING
""")

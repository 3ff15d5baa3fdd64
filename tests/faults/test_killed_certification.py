"""Clause 4.9: the worker is killed in the middle of numbering, with a transaction open."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import psycopg

from models import store
from tests.certificates import over, person
from tests.faults.outside import Outside

PEOPLE = 1200
IN_THE_MIDDLE = 700
LOCK = 490_049
_RULE = f"""
CREATE FUNCTION stop() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN PERFORM pg_advisory_xact_lock({LOCK}); RETURN NEW; END $$;
CREATE TRIGGER stop BEFORE INSERT ON certificates FOR EACH ROW
WHEN (NEW.ordinal = {IN_THE_MIDDLE}) EXECUTE FUNCTION stop()
"""
_WAITING = "SELECT pid FROM pg_stat_activity WHERE wait_event = 'advisory'"


@dataclass
class Direct:
    """Postgres, without the API."""

    sessions: store.Sessions


async def test_nobody_is_numbered_twice_and_no_number_is_left_out(outside: Outside) -> None:
    training = await _over(outside)

    async with _stopping(outside):
        body = {"whom": "completed"}
        opened = await outside.world.post("agency", f"/trainings/{training}/certification", body, status=201)
        number = opened["number"]
        await outside.until(lambda: outside.sql(_WAITING))
        await outside.stack.worker.kill()
        # What a killed worker had not committed is gone.
        await outside.sql(f"SELECT pg_terminate_backend(pid) FROM ({_WAITING}) AS waiting")
    before = await _given(outside, number)
    await outside.stack.worker.start()
    await outside.until(lambda: _is_closed(outside, number))

    after = await _given(outside, number)
    assert [one["ordinal"] for one in before] == list(range(1, 501))
    assert after[: len(before)] == before
    # By name, which here is by ordinal.
    assert [one["ordinal"] for one in after] == list(range(1, PEOPLE + 1))
    numbers = [int(one["number"].rpartition("-")[2]) for one in after]
    assert numbers == list(range(numbers[0], numbers[0] + PEOPLE))
    assert len({one["code"] for one in after}) == PEOPLE
    last = await outside.sql("SELECT last FROM counters WHERE series LIKE 'certificates-%%'")
    assert last == [{"last": numbers[-1]}]


async def _over(outside: Outside) -> str:
    engine = store.connect(outside.stack.database_url.replace("postgresql://", "postgresql+psycopg://"))
    people = [person(f"Пронумерованный {at:04}", email="") for at in range(1, PEOPLE + 1)]
    training = await over(Direct(store.sessions(engine)), *people)
    await engine.dispose()
    return training


@asynccontextmanager
async def _stopping(outside: Outside) -> AsyncIterator[None]:
    """Whoever numbers the one in the middle waits with the transaction open."""
    async with await psycopg.AsyncConnection.connect(
        outside.stack.database_url, autocommit=True
    ) as connection:
        await connection.execute(_RULE)
        await connection.execute(f"SELECT pg_advisory_lock({LOCK})")
        try:
            yield
        finally:
            await connection.execute(f"SELECT pg_advisory_unlock({LOCK})")
            await connection.execute("DROP TRIGGER stop ON certificates; DROP FUNCTION stop()")


async def _given(outside: Outside, number: str) -> list[dict[str, Any]]:
    query = "SELECT number, ordinal, code FROM certificates WHERE certification = %s ORDER BY number"
    return await outside.sql(query, number)


async def _is_closed(outside: Outside, number: str) -> bool:
    [row] = await outside.sql("SELECT closed_at FROM cases WHERE number = %s", number)
    return row["closed_at"] is not None

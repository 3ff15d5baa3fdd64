"""The worker is killed in the middle of a canary: it passes all the same."""

import pytest

from tests.faults.outside import Json, Outside


@pytest.mark.parametrize("clause", ["review", "setup"])
async def test_a_canary_outlives_its_worker(outside: Outside, clause: str) -> None:
    await outside.world.post("operator", "/canary", status=202)
    first = f"SELECT 1 FROM canary.journal WHERE step LIKE '{clause}/rung-0-%%'"
    run = await outside.until(lambda: _running(outside))
    await outside.until(lambda: _seen(outside, run, first))

    await outside.stack.worker.kill()
    await outside.stack.worker.start()

    row = await outside.until(lambda: _finished(outside, run))
    assert (row["passed"], row["faults"]) == (True, [])


async def _running(outside: Outside) -> int:
    rows = await outside.sql("SELECT id FROM canaries WHERE finished_at IS NULL")
    return rows[0]["id"] if rows else 0


async def _seen(outside: Outside, run: int, query: str) -> bool:
    """In the schema of this run, once it is made."""
    made = f"SELECT 1 FROM canary.cases WHERE number = 'canary-{run}'"
    [schema] = await outside.sql("SELECT to_regclass('canary.cases') AS made")
    return bool(schema["made"] and await outside.sql(made) and await outside.sql(query))


async def _finished(outside: Outside, run: int) -> Json | None:
    rows = await outside.sql("SELECT * FROM canaries WHERE id = %s AND finished_at IS NOT NULL", run)
    return rows[0] if rows else None

"""Clause 4.2 on the real server, with skipped time."""

from datetime import timedelta

from models.terms import Clause
from tests.engine import Engine


async def test_silence_for_30_days_escalates_and_decides_nothing(engine: Engine) -> None:
    number = await engine.file()
    review = await engine.reviewing(number)
    clause = await engine.clause(number, Clause.REVIEW)
    assert clause is not None

    await engine.skip(review, to=clause.due_at + timedelta(days=1, hours=10))

    names = await engine.until(lambda: _delivered(engine, number, 6))
    print(await engine.rungs(number, Clause.REVIEW), await engine.journal(number), names)
    assert 0


async def _delivered(engine: Engine, number: str, count: int) -> list[str]:
    names = await engine.letter_names(number)
    return names if len(names) >= count and all("delivered" in name for name in names) else []

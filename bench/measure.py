"""Paired measuring: A and B in turn, so that a drifting machine strikes both.

A figure is the median of the ratios of pairs, with the middle half of them as its
spread; times are medians and 99th percentiles of the single calls.
"""

import asyncio
import statistics
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

Call = Callable[[], Awaitable[object]]
Burst = Callable[[], Awaitable[list[float]]]
"""Seconds of each call of a burst."""


@dataclass
class Samples:
    """Seconds that single calls took."""

    seconds: list[float] = field(default_factory=list)

    def __str__(self) -> str:
        return f"медиана {statistics.median(self.seconds) * 1000:7.1f} мс, p99 {self._p99 * 1000:7.1f} мс"

    @property
    def _p99(self) -> float:
        ordered = sorted(self.seconds)
        return ordered[min(len(ordered) - 1, int(len(ordered) * 0.99))]


@dataclass
class Pairs:
    """The engine's bursts against the bare ones, pair by pair."""

    engine: Samples = field(default_factory=Samples)
    bare: Samples = field(default_factory=Samples)
    ratios: list[float] = field(default_factory=list)

    def add(self, engine: list[float], bare: list[float]) -> None:
        self.engine.seconds += engine
        self.bare.seconds += bare
        self.ratios.append(statistics.median(engine) / statistics.median(bare))

    def report(self, name: str, aim: str) -> None:
        """Print the comparison: how many times as long the engine takes."""
        lower, ratio, upper = statistics.quantiles(self.ratios, n=4)
        print(f"\n{name}, пар: {len(self.ratios)}")
        print(f"  движок        {self.engine}")
        print(f"  без обвязки   {self.bare}")
        print(f"  отношение     {ratio:.2f}  (средняя половина {lower:.2f}–{upper:.2f}; {aim})", flush=True)


async def pairs(engine: Burst, bare: Burst, *, rounds: int) -> Pairs:
    """Measure bursts in turn; who is first in a pair changes, so that neither always follows the other."""
    result = Pairs()
    for number in range(rounds):
        if number % 2:
            of_bare = await bare()
            of_engine = await engine()
        else:
            of_engine = await engine()
            of_bare = await bare()
        result.add(of_engine, of_bare)
    return result


def burst(call: Call, *, at_once: int = 1, settle: Call | None = None) -> Burst:
    """Calls that are under way at the same time.

    Args:
        call: What is timed.
        at_once: How many of them.
        settle: Waits until the work that they set off is done, outside the time measured.
    """

    async def measure() -> list[float]:
        seconds = await asyncio.gather(*(_timed(call) for _ in range(at_once)))
        if settle is not None:
            await settle()
        return list(seconds)

    return measure


async def _timed(call: Call) -> float:
    begun = time.perf_counter()
    await call()
    return time.perf_counter() - begun

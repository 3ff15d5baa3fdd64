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


@dataclass
class Samples:
    """Seconds that single calls took."""

    seconds: list[float] = field(default_factory=list)

    @property
    def median(self) -> float:
        return statistics.median(self.seconds)

    @property
    def p99(self) -> float:
        ordered = sorted(self.seconds)
        return ordered[min(len(ordered) - 1, int(len(ordered) * 0.99))]

    def __str__(self) -> str:
        return f"медиана {self.median * 1000:7.1f} мс, p99 {self.p99 * 1000:7.1f} мс"


@dataclass
class Pairs:
    """The engine's call against the bare one, pair by pair."""

    engine: Samples = field(default_factory=Samples)
    bare: Samples = field(default_factory=Samples)
    ratios: list[float] = field(default_factory=list)

    @property
    def ratio(self) -> float:
        return statistics.median(self.ratios)

    @property
    def spread(self) -> tuple[float, float]:
        """The middle half of the ratios."""
        lower, _, upper = statistics.quantiles(self.ratios, n=4)
        return lower, upper


async def pairs(
    engine: Call, bare: Call, *, rounds: int, at_once: int = 1, settle: Call | None = None
) -> Pairs:
    """Measure in turn; each round is a burst of calls of either kind.

    Args:
        engine: The engine's call.
        bare: What it is compared with.
        rounds: How many pairs of bursts.
        at_once: Calls in a burst, all under way at the same time.
        settle: Waits until the work that a burst set off is done, outside the time measured.
    """
    result = Pairs()
    for _ in range(rounds):
        of_engine = await _burst(engine, at_once, settle)
        of_bare = await _burst(bare, at_once, settle)
        result.engine.seconds += of_engine
        result.bare.seconds += of_bare
        result.ratios.append(statistics.median(of_engine) / statistics.median(of_bare))
    return result


async def _burst(call: Call, at_once: int, settle: Call | None) -> list[float]:
    seconds = await asyncio.gather(*(_timed(call) for _ in range(at_once)))
    if settle is not None:
        await settle()
    return list(seconds)


async def _timed(call: Call) -> float:
    begun = time.perf_counter()
    await call()
    return time.perf_counter() - begun


def report(name: str, measured: Pairs, aim: str) -> None:
    """Print one comparison."""
    lower, upper = measured.spread
    print(f"\n{name}")
    print(f"  движок        {measured.engine}")
    print(f"  без обвязки   {measured.bare}")
    print(
        f"  отношение     {measured.ratio:.2f}  (средняя половина {lower:.2f}–{upper:.2f}; {aim})", flush=True
    )

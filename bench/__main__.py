"""`python -m bench [MEASURE...]`: starts a stack of its own, measures, prints ratios.

Without names it measures everything; absolute limits are for memory alone.
"""

import argparse
import asyncio
import tempfile
from collections.abc import Sequence
from pathlib import Path

from bench import engine
from bench.measures import MEASURES, warm_up
from models.exit import run_and_leave


async def main(names: Sequence[str]) -> int:
    """Measure in the table's order; the exit code tells whether limits were kept."""
    kept = True
    with tempfile.TemporaryDirectory(prefix="seo-bench-") as folder:
        async with engine.running(Path(folder)) as running:
            await warm_up(running)
            for name, measure in MEASURES.items():
                if name in names:
                    kept &= await measure(running)
    return 0 if kept else 1


def _names() -> Sequence[str]:
    parser = argparse.ArgumentParser(prog="python -m bench", description="Измеряет скорость движка.")
    parser.add_argument("measures", nargs="*", metavar="измерение", help=", ".join(MEASURES))
    names: list[str] = parser.parse_args().measures
    if unknown := set(names) - MEASURES.keys():
        parser.error(f"нет такого измерения: {', '.join(unknown)}; есть {', '.join(MEASURES)}")
    return names or list(MEASURES)


if __name__ == "__main__":
    run_and_leave(lambda: asyncio.run(main(_names())))

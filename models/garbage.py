"""Garbage collection of a process that runs for months: less often, and not over what never dies."""

import gc

_ALLOCATIONS = 5_000
"""Between collections; by default every 700 allocations, a tenth of the CPU of worker and API."""


def collect_seldom() -> None:
    """To be called once everything is loaded."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(_ALLOCATIONS)

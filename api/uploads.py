"""Files that people send, read in threads: an XLSX takes up to 384 MiB in a process of its own."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

AT_A_TIME = 2
"""Files that this process reads at once; the others wait their turn."""

R = TypeVar("R")

# Threads of their own, not a semaphore: a reading whose sender has gone goes on, and still counts.
_THREADS = ThreadPoolExecutor(AT_A_TIME, thread_name_prefix="uploads")


async def in_turn(read: Callable[[], R]) -> R:
    """What comes of reading a file, in its turn; raises what `read` raises."""
    return await asyncio.get_running_loop().run_in_executor(_THREADS, read)

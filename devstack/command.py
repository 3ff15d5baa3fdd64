"""What our commands that run until they are stopped have in common."""

import asyncio
import contextlib
import signal
import sys
from collections.abc import Callable, Coroutine
from typing import Any

from devstack.errors import DevstackError

INTERRUPTED = 130
Work = Coroutine[Any, Any, int]


def run(command: Callable[[], int]) -> int:
    """A command's exit code; what keeps the stack from running is said, without a traceback.

    SIGTERM is Ctrl-C: building a server takes minutes, before any event loop runs.
    """
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        return command()
    except DevstackError as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return INTERRUPTED


async def until_stopped(work: Work, *, code: int = INTERRUPTED) -> int:
    """Does the work until it ends or somebody asks to stop; then it tidies up, and `code` is the answer."""
    stopped = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stopped.set)
    working = asyncio.create_task(work)
    stopping = asyncio.create_task(stopped.wait())
    await asyncio.wait((working, stopping), return_when=asyncio.FIRST_COMPLETED)
    if working.done():
        stopping.cancel()
        return await working
    print("\nОстанавливаем…", flush=True)
    working.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await working
    return code

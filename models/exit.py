"""The one way out of a short-lived process that had a Temporal client.

The Temporal SDK's threads sometimes abort the interpreter while it shuts down, after all
work is done (sdk-python issue 300). A command must still end with the code it earned.
"""

import logging
import os
import sys
import traceback
from collections.abc import Callable
from typing import NoReturn


def run_and_leave(command: Callable[[], int | None]) -> NoReturn:
    """Runs a whole command and ends the process with the code it earned.

    What it returns (nothing is 0) or gives to `sys.exit`; 130 after Ctrl-C, 1 when it raises.

    >>> run_and_leave(lambda: asyncio.run(main()))
    """
    try:
        leave(command() or 0)
    except SystemExit as exit:
        leave(_code(exit))
    except KeyboardInterrupt:
        leave(130)
    except BaseException:  # noqa: BLE001 - the end of the process: said as the interpreter would
        traceback.print_exc()
        leave(1)


def _code(exit: SystemExit) -> int:
    if exit.code is None or isinstance(exit.code, int):
        return exit.code or 0
    sys.stderr.write(f"{exit.code}\n")
    return 1


def leave(code: int) -> NoReturn:
    """Ends the process with `code`, past the interpreter's own shutdown.

    Nothing registered by `atexit` runs: stop what you started before you call it.
    """
    logging.shutdown()
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except (OSError, ValueError):
            # The reader of a pipe went away, or the stream is closed: nobody is left to tell.
            continue
    os._exit(code)

"""The one way out of a short-lived process that had a Temporal client.

The Temporal SDK's threads sometimes abort the interpreter while it shuts down, after all
work is done (sdk-python issue 300). A command must still end with the code it earned.
"""

import logging
import os
import sys
from typing import NoReturn


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

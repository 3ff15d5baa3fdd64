"""Runs a command so that it dies with the process that started it. Linux; elsewhere just runs it.

`python -I -S child.py PARENT SIGNAL ACCOUNT COMMAND...`, where ACCOUNT is `uid:gid` or `-`.

A program of its own instead of a `preexec_fn`: code that runs between fork and exec of a process
full of threads (the Temporal SDK has many) can deadlock. Imports the standard library alone.
"""

import ctypes
import os
import signal
import sys

PR_SET_PDEATHSIG = 1


def main(parent: int, death_signal: int, account: str, command: list[str]) -> None:
    if account != "-":
        _become(*map(int, account.split(":")))
    if sys.platform == "linux":
        # After the change of account, which clears it; exec keeps it.
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, death_signal, 0, 0, 0)
        if os.getppid() != parent:  # it died before we asked to be told
            sys.exit(1)
    # Python ignores it, and exec keeps what is ignored.
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    os.execvp(command[0], command)


def _become(uid: int, gid: int) -> None:
    os.setgroups([])
    os.setgid(gid)
    os.setuid(uid)


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]), sys.argv[3], sys.argv[4:])

"""Whom PostgreSQL runs as when we are root, which it refuses to be; and where its socket may lie."""

import hashlib
import os
import pwd
import stat
import tempfile
from pathlib import Path

from devstack.processes import Account

UNPRIVILEGED = "nobody"
# The system's limit is 108 bytes (104 on some), the socket's own name takes some of it.
LONGEST_SOCKET_PATH = 100
_SOCKET_NAME = ".s.PGSQL.5432"


def unprivileged() -> Account | None:
    """Somebody else when we are root; otherwise nobody else is needed."""
    if os.geteuid() != 0:
        return None
    entry = pwd.getpwnam(UNPRIVILEGED)
    return Account(uid=entry.pw_uid, gid=entry.pw_gid)


def give(folder: Path, account: Account) -> None:
    """Makes the folder the account's own, and lets it walk there."""
    os.chown(folder, account.uid, account.gid)
    open_way_to(folder)


def open_way_to(folder: Path) -> None:
    """Lets others pass through the folders above (not list them): /root, for one, is closed to all."""
    for above in folder.resolve().parents:
        mode = above.stat().st_mode
        if not mode & stat.S_IXOTH:
            above.chmod(mode | stat.S_IXOTH)


def socket_folder(state: Path) -> Path:
    """In the state's own folder, or, where that path is too long, in a short one that is always the same."""
    if len(os.fsencode(state / _SOCKET_NAME)) < LONGEST_SOCKET_PATH:
        return state
    digest = hashlib.sha256(os.fsencode(state)).hexdigest()[:16]
    base = os.environ.get("XDG_RUNTIME_DIR") or tempfile.gettempdir()
    return Path(base) / f"seo-postgres-{digest}"

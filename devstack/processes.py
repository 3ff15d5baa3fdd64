"""Child processes: started with a log, waited for until they answer, stopped or killed.

Start them from the main thread (the event loop's): on Linux a child is told when the *thread*
that started it ends, and is meant to end then.
"""

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from devstack.errors import DevstackError

Probe = Callable[[], Awaitable[bool]]

LOG_LINES_SHOWN = 15
LOG_MAX_BYTES = 20_000_000
_LAUNCHER = Path(__file__).with_name("child.py")
_POLL_SECONDS = 0.02


class ProcessFailed(DevstackError):
    """A child ended, or did not become ready; the text is Russian and ends with its log's last lines."""


@dataclass(frozen=True)
class Account:
    """Whom a child runs as, where it refuses to run as root."""

    uid: int
    gid: int


@dataclass
class Child:
    """One child process. `start` returns at once; `ready` waits until the probe succeeds.

    `stop_signal` asks it to end; it also comes when the parent dies without stopping it.
    """

    name: str
    command: Sequence[str]
    log: Path
    environment: Mapping[str, str] = field(default_factory=dict)
    folder: Path | None = None
    stop_signal: signal.Signals = signal.SIGTERM
    account: Account | None = None
    _process: "subprocess.Popen[bytes] | None" = field(default=None, init=False)
    _log_start: int = field(default=0, init=False)

    @property
    def running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    @property
    def exit_code(self) -> int | None:
        """None while it runs."""
        return None if self._process is None else self._process.poll()

    @property
    def pid(self) -> int:
        if self._process is None:
            raise ProcessFailed(f"{self.name}: не запущен.")
        return self._process.pid

    def start(self) -> None:
        self._make_room_for_log()
        account = f"{self.account.uid}:{self.account.gid}" if self.account else "-"
        launcher = [sys.executable, "-I", "-S", str(_LAUNCHER), str(os.getpid()), str(int(self.stop_signal))]
        with self.log.open("ab") as log:
            self._log_start = log.tell()
            self._process = subprocess.Popen(
                [*launcher, account, *self.command],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                cwd=self.folder,
                env={**os.environ, **self.environment},
                # Ctrl-C in the terminal reaches the parent alone, which stops its children in order.
                start_new_session=True,
            )

    async def ready(self, probe: Probe, *, within_seconds: float) -> None:
        limit = time.monotonic() + within_seconds
        while not await probe():
            if not self.running:
                raise ProcessFailed(self._explain("завершился, не начав отвечать"))
            if time.monotonic() > limit:
                raise ProcessFailed(self._explain(f"не ответил за {within_seconds:g} с"))
            await asyncio.sleep(_POLL_SECONDS)

    async def finish(self, *, within_seconds: float) -> None:
        """Waits for one that ends by itself.

        Raises:
            ProcessFailed: With another code than 0, or not in time.
        """
        if not await self._ended(within_seconds=within_seconds):
            raise ProcessFailed(self._explain(f"не закончил за {within_seconds:g} с"))
        if self.exit_code != 0:
            raise ProcessFailed(self._explain("не выполнен"))

    async def stop(self, *, patience_seconds: float = 10) -> None:
        """Asks it to end, and ends it when it does not; nothing happens to one that has ended."""
        if self._process is None:
            return
        if self.running:
            self._process.send_signal(self.stop_signal)
            if not await self._ended(within_seconds=patience_seconds):
                self._process.kill()
        await self._ended(within_seconds=patience_seconds)

    async def kill(self) -> None:
        """Ends it as a crash would: no chance to tidy up."""
        if self._process is not None:
            self._process.kill()
            await self._ended(within_seconds=10)

    def _make_room_for_log(self) -> None:
        self.log.parent.mkdir(parents=True, exist_ok=True)
        if self.log.exists() and self.log.stat().st_size > LOG_MAX_BYTES:
            self.log.replace(self.log.with_name(f"{self.log.name}.old"))

    def death(self) -> str:
        """What became of it and where its log is, in a line; then its last words."""
        return self._explain("завершился")

    def _explain(self, what: str) -> str:
        code = "" if self.exit_code is None else f" (код {self.exit_code})"
        return f"{self.name}: {what}{code}. Журнал: {self.log}\n{self.log_tail()}"

    def log_tail(self) -> str:
        """The last lines written since it was last started."""
        with self.log.open("rb") as log:
            log.seek(self._log_start)
            lines = log.read().decode(errors="replace").splitlines()
        return "\n".join(lines[-LOG_LINES_SHOWN:]) or "(журнал пуст)"

    async def _ended(self, *, within_seconds: float) -> bool:
        limit = time.monotonic() + within_seconds
        while self.running:
            if time.monotonic() > limit:
                return False
            await asyncio.sleep(_POLL_SECONDS)
        return True

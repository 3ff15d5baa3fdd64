"""The parts of the stack: started one after another, started again when they die, stopped in reverse."""

import asyncio
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from types import TracebackType
from typing import Self

from devstack.errors import DevstackError
from devstack.ports import Port
from devstack.processes import Child, Probe, ProcessFailed

START_SECONDS = 60
PAUSES_SECONDS = (0, 1, 2, 4)
"""Before each new start of a part that goes on dying; after the last it is given up."""
CALM_SECONDS = 60
"""A part that has run so long is well again: its next death is the first."""
_LOOK_EVERY_SECONDS = 0.5


class Part(ABC):
    """A piece of the stack that runs as a child process; `async with part:` starts and stops it."""

    _child: Child | None = None

    @abstractmethod
    async def start(self) -> None:
        """Returns when it can be used. Also after `stop` or `kill`: goes on from its state."""

    @property
    def children(self) -> Sequence[Child]:
        return [self._child] if self._child else []

    @property
    def ports(self) -> Sequence[Port]:
        """Those that people know; each must be free before it starts."""
        return []

    async def stop(self) -> None:
        for child in self.children:
            await child.stop()

    async def kill(self) -> None:
        """As a crash would: SIGKILL."""
        for child in self.children:
            await child.kill()

    async def __aenter__(self) -> Self:
        try:
            await self.start()
        except BaseException:
            await self.stop()
            raise
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.stop()

    def _ensure_ports_free(self) -> None:
        for port in self.ports:
            port.ensure_free()

    async def _run(self, child: Child, *probes: Probe, within_seconds: float = START_SECONDS) -> None:
        self._child = child
        child.start()
        for probe in probes:
            await child.ready(probe, within_seconds=within_seconds)


class Program(Part):
    """A program of the project's own, such as the worker or the API.

    `Program(Child("API", [...], log=var / "api.log"), probes.http(url), port=Port(8000, ...))`
    """

    def __init__(self, child: Child, *probes: Probe, port: Port | None = None) -> None:
        self._program = child
        self._probes = probes
        self._port = port

    @property
    def ports(self) -> Sequence[Port]:
        return [self._port] if self._port else []

    async def start(self) -> None:
        self._ensure_ports_free()
        await self._run(self._program, *self._probes)


class Job(Part):
    """A program that does its work and ends, such as the migrations."""

    def __init__(self, child: Child) -> None:
        self._job = child

    async def start(self) -> None:
        self._job.start()
        await self._job.finish(within_seconds=START_SECONDS)

    async def stop(self) -> None:
        await self._job.stop()


class Supervisor:
    """`async with Supervisor() as stack: await stack.start(server); await stack.keep_running(print)`"""

    def __init__(self, *, pauses_seconds: Sequence[float] = PAUSES_SECONDS) -> None:
        self._pauses = pauses_seconds
        self._parts: list[Part] = []
        self._running: list[Part] = []

    async def start(self, part: Part) -> None:
        """Start one more part.

        Raises:
            ProcessFailed: It did not start, or one that runs already ended meanwhile.
            PortTaken: Another program listens where it should.
        """
        # Known before it starts: what fails half-way is stopped too.
        self._parts.append(part)
        starting = asyncio.create_task(part.start())
        dying = asyncio.create_task(_until_one_dies(self._running))
        try:
            await asyncio.wait((starting, dying), return_when=asyncio.FIRST_COMPLETED)
            if dying.done():
                raise ProcessFailed(dying.result().death())
            await starting
        finally:
            starting.cancel()
            dying.cancel()
        self._running.append(part)

    async def keep_running(self, say: Callable[[str], None]) -> None:
        """Start every part that dies again, until cancelled; `say` hears of it line by line.

        Raises:
            ProcessFailed: A part goes on dying.
        """
        keeping = [asyncio.create_task(self._keep(part, say)) for part in self._running]
        try:
            await asyncio.gather(*keeping)
        finally:
            for task in keeping:
                task.cancel()
            await asyncio.gather(*keeping, return_exceptions=True)

    async def _keep(self, part: Part, say: Callable[[str], None]) -> None:
        deaths = 0
        while True:
            began = time.monotonic()
            dead = await _until_one_dies([part])
            if time.monotonic() - began > CALM_SECONDS:
                deaths = 0
            failure = dead.death()
            while failure:
                if deaths == len(self._pauses):
                    raise ProcessFailed(f"{failure}\n{dead.name}: умирает раз за разом, стек остановлен.")
                say(f"{failure.splitlines()[0]} — запускаем снова")
                await asyncio.sleep(self._pauses[deaths])
                deaths += 1
                failure = await _start_again(part)
            say(f"{dead.name}: снова работает.")

    async def stop(self) -> None:
        self._running.clear()
        while self._parts:
            await self._parts.pop().stop()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.stop()


async def _until_one_dies(parts: Sequence[Part]) -> Child:
    """The first child that ends although nobody stopped it; its `death()` is for people."""
    while True:
        for part in parts:
            for child in part.children:
                if not child.running:
                    return child
        await asyncio.sleep(_LOOK_EVERY_SECONDS)


async def _start_again(part: Part) -> str:
    """Why it did not start; empty when it did."""
    try:
        await part.start()
    except DevstackError as error:
        failure = str(error)
    except Exception as error:  # noqa: BLE001 - it died, or what it needs did, while it was spoken to
        failure = f"Не запускается: {type(error).__name__}."
    else:
        return ""
    await part.stop()
    return failure

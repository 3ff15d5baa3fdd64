"""The parts of the stack, started one after another and stopped in reverse."""

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Sequence
from types import TracebackType
from typing import Self

from devstack.ports import Port
from devstack.processes import Child, Probe

START_SECONDS = 60


class Part(ABC):
    """A piece of the stack that runs as a child process; `async with part:` starts and stops it."""

    _child: Child | None = None

    @abstractmethod
    async def start(self) -> None:
        """Returns when it can be used. Also after `stop` or `kill`: goes on from its state."""

    @property
    def children(self) -> Sequence[Child]:
        return [self._child] if self._child else []

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

    async def start(self) -> None:
        if self._port:
            self._port.ensure_free()
        await self._run(self._program, *self._probes)


class Supervisor:
    """`async with Supervisor() as stack: await stack.start(server); await stack.until_one_dies()`"""

    def __init__(self) -> None:
        self._parts: list[Part] = []

    async def start(self, part: Part) -> None:
        # Known before it starts: what fails half-way is stopped too.
        self._parts.append(part)
        await part.start()

    async def stop(self) -> None:
        while self._parts:
            await self._parts.pop().stop()

    async def until_one_dies(self) -> Child:
        """The first child that ends although nobody stopped it; its `death()` is for people."""
        while True:
            for part in self._parts:
                for child in part.children:
                    if not child.running:
                        return child
            await asyncio.sleep(0.5)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.stop()

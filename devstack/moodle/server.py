"""Serving the stand-in with uvicorn, in a process of its own or inside a test."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from uvicorn.protocols.http.h11_impl import H11Protocol

_CLOSE = "standin.close"

Asgi = Callable[[Any, Any, Any], Awaitable[None]]


class _ClosableProtocol(H11Protocol):
    """Lets the application close the connection without an answer, which ASGI has no word for."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        application: Any = self.app

        async def with_closing(scope: Any, receive: Any, send: Any) -> None:
            if scope["type"] == "http":
                scope[_CLOSE] = lambda: self.transport.abort()
            await application(scope, receive, send)

        self.app = with_closing


async def close_connection(request: Request) -> Response:
    """Breaks the connection off. The response returned goes nowhere."""
    request.scope[_CLOSE]()
    await asyncio.sleep(0.01)  # the transport tells the protocol of the loss on the next turns of the loop
    return Response(status_code=503)


def _config(app: Starlette, port: int) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        host="127.0.0.1",
        port=port,
        http=_ClosableProtocol,
        log_level="warning",
        access_log=False,
        timeout_graceful_shutdown=2,
    )


def run(app: Starlette, port: int) -> None:
    """Serves until the process is told to stop."""
    uvicorn.Server(_config(app, port)).run()


class _EmbeddedServer(uvicorn.Server):
    """Stops as soon as it is told to, where uvicorn looks ten times a second."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self._told_to_stop = asyncio.Event()

    def stop(self) -> None:
        self.should_exit = True
        self._told_to_stop.set()

    async def main_loop(self) -> None:
        await self._told_to_stop.wait()

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Signals belong to the process around."""
        yield


@contextlib.asynccontextmanager
async def serving(app: Starlette, port: int = 0) -> AsyncIterator[str]:
    """Serves inside the running loop and gives the address, ``http://127.0.0.1:41234``."""
    server = _EmbeddedServer(_config(app, port))
    task = asyncio.create_task(server.serve())
    try:
        while not server.started:
            if task.done():
                await task
            await asyncio.sleep(0.005)
        bound: int = server.servers[0].sockets[0].getsockname()[1]
        yield f"http://127.0.0.1:{bound}"
    finally:
        server.stop()
        await task

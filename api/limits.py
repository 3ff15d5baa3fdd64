"""No body over 1 MiB, whether it says its length or not."""

from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.errors import Problem

LARGEST_BYTES = 1024 * 1024

_LONGEST_NUMBER = 20
"""Python refuses to read numbers of thousands of digits."""


class BodyLimit:
    """ASGI middleware that answers 413 before a body that is too large is read whole."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        try:
            body = await _read(scope, receive)
        except ClientDisconnect:
            return
        except Problem as problem:
            await problem.response()(scope, receive, send)
            return
        await self._app(scope, _replay(body, receive), send)


async def _read(scope: Scope, receive: Receive) -> bytes:
    """The body.

    Raises:
        Problem: It is too large, or says that it will be.
        ClientDisconnect: The sender went away: half a body is none.
    """
    if _declared(scope) > LARGEST_BYTES:
        raise Problem("too-large")
    body = bytearray()
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ClientDisconnect
        body += message.get("body", b"")
        if len(body) > LARGEST_BYTES:
            raise Problem("too-large")
        if not message.get("more_body", False):
            return bytes(body)


def _declared(scope: Scope) -> int:
    for name, value in scope["headers"]:
        if name == b"content-length" and value.isdigit():
            return int(value[:_LONGEST_NUMBER])
    return 0


def _replay(body: bytes, receive: Receive) -> Receive:
    is_sent = False

    async def replayed() -> Message:
        nonlocal is_sent
        if is_sent:
            return await receive()
        is_sent = True
        return {"type": "http.request", "body": body, "more_body": False}

    return replayed

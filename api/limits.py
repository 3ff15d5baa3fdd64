"""No body over 1 MiB, whether it says its length or not."""

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.errors import Problem

_LARGEST_BYTES = 1024 * 1024


class BodyLimit:
    """ASGI middleware that answers 413 before the body is read whole."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        if _declared(scope) > _LARGEST_BYTES:
            await Problem("too-large").response()(scope, receive, send)
            return
        body, is_complete = await _read(receive)
        if not is_complete:
            await Problem("too-large").response()(scope, receive, send)
            return
        await self._app(scope, _replay(body, receive), send)


def _declared(scope: Scope) -> int:
    for name, value in scope["headers"]:
        if name == b"content-length" and value.isdigit():
            return int(value)
    return 0


async def _read(receive: Receive) -> tuple[bytes, bool]:
    """The body, and whether it ended within the limit."""
    body = b""
    while True:
        message = await receive()
        body += message.get("body", b"")
        if len(body) > _LARGEST_BYTES:
            return body, False
        if not message.get("more_body", False):
            return body, True


def _replay(body: bytes, receive: Receive) -> Receive:
    is_sent = False

    async def replayed() -> Message:
        nonlocal is_sent
        if is_sent:
            return await receive()
        is_sent = True
        return {"type": "http.request", "body": body, "more_body": False}

    return replayed

"""No body over 1 MiB, and no file over 16 MiB, whether it says its length or not.

A form that files a request may carry two files; each is looked at once more when it goes to the API.
"""

import re

from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.errors import Problem
from models import spreadsheets

LARGEST_BYTES = 1024 * 1024

_FILES = re.compile(
    r"/api/v1/(courses/[0-9]+/enrolments|trainings/[^/]+/results|drafts/[0-9]+/files/[a-z]+)"
    r"|/(?!api/).+/file"
)
"""Of the API, and of the pages: a form with a file is sent to a path that ends in `/file`, or files a
request."""
_FILING = re.compile(r"/requests/(new|paper)")
_API = "/api/"
_FILE_TOO_LARGE = f"Файл больше {spreadsheets.SIZE_MAX // 2**20} МБ. Уменьшите его или разделите на части."
_FORM_TOO_LARGE = "Отправлено слишком много: файл или текст нужно сократить."

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
            replay = _replay(body, receive)
            del body
        except ClientDisconnect:
            return
        except Problem as problem:
            if scope["path"].startswith(_API):
                await problem.response()(scope, receive, send)
                return
            replay = _refusal(problem)
        await self._app(scope, replay, send)


async def _read(scope: Scope, receive: Receive) -> bytearray:
    """The body.

    Raises:
        Problem: It is too large, or says that it will be.
        ClientDisconnect: The sender went away: half a body is none.
    """
    most, why = _most(scope["path"])
    too_large = Problem("too-large", why)
    if _declared(scope) > most:
        raise too_large
    body = bytearray()
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ClientDisconnect
        body += message.get("body", b"")
        if len(body) > most:
            raise too_large
        if not message.get("more_body", False):
            return body


def _most(path: str) -> tuple[int, str]:
    """Bytes of a body, and what to tell when it is larger; blank for the table's own words."""
    if _FILING.fullmatch(path):
        return 2 * spreadsheets.SIZE_MAX + LARGEST_BYTES, _FILE_TOO_LARGE
    if _FILES.fullmatch(path):
        return spreadsheets.SIZE_MAX, _FILE_TOO_LARGE
    return LARGEST_BYTES, "" if path.startswith(_API) else _FORM_TOO_LARGE


def _declared(scope: Scope) -> int:
    for name, value in scope["headers"]:
        if name == b"content-length" and value.isdigit():
            return int(value[:_LONGEST_NUMBER])
    return 0


def _refusal(problem: Problem) -> Receive:
    """What a page reads in place of its form: so it tells the problem as it tells any other."""

    async def refused() -> Message:
        raise problem

    return refused


def _replay(body: bytearray, receive: Receive) -> Receive:
    """Given once, and then not kept: whoever reads it joins it to bytes of its own."""
    left = [body]
    del body

    async def replayed() -> Message:
        if not left:
            return await receive()
        return {"type": "http.request", "body": left.pop(), "more_body": False}

    return replayed

"""A form that was not accepted: the page that it stands on is shown once more, with what was typed in it.

In one place for all pages: who catches the problem itself, because its page says more, need not.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, cast
from urllib.parse import urlsplit
from uuid import uuid4

import httpx2
from fastapi import Request, Response
from starlette.types import Receive, Scope, Send

from api.errors import Problem
from api.pages.visitors import Form

PERHAPS_DONE = ("outcome-unknown", "unavailable", "in-flight")
"""Problems after which the act may have been done."""


@dataclass
class Failed:
    """A form, where it was sent and why it was not accepted.

    Attributes:
        is_shown: Whether a page has told it.
    """

    action: str
    form: Form
    problem: Problem
    is_shown: bool = False


class Typed:
    """What templates ask: whether a form is the one that failed, and what stood in its fields.

    Args:
        failed: The form; None on a page that is simply opened.
    """

    def __init__(self, failed: Failed | None) -> None:
        self._failed = failed
        self._is_in_it = False

    def begin(self, action: str) -> str:
        """From here on fields are of the form that is sent to this path. Prints nothing."""
        self._is_in_it = self.is_open(action)
        return ""

    def value(self, name: str, otherwise: Any) -> Any:
        """What was typed into a field, else what the page has for it."""
        if self._failed is not None and self._is_in_it and name in set(self._failed.form):
            return self._failed.form.text(name)
        return otherwise

    def ticked(self, name: str, value: Any) -> bool:
        """Whether a box with this value was ticked in the form that failed."""
        return self._failed is not None and self._is_in_it and str(value) in self._failed.form.texts(name)

    def is_open(self, action: str) -> bool:
        """Whether it is this form that failed, and so is not to be folded away."""
        return self._failed is not None and self._failed.action == action


def keys(failed: Failed | None) -> Callable[[str], str]:
    """What gives each form of a page its Idempotency-Key, by the path that the form is sent to.

    A fresh one; but what may have been done already is asked for again under the key that it was sent with.
    """

    def key(action: str) -> str:
        if failed is None or failed.problem.type not in PERHAPS_DONE:
            return uuid4().hex
        return failed.form.once if action.partition("?")[0] == failed.action else uuid4().hex

    return key


async def shown_again(http: Request, problem: Problem) -> Response | None:
    """The page that a form was sent from, telling the problem; None where there is no such page.

    It is asked for as its reader would, with their own cookies.
    """
    form: Form | None = getattr(http.state, "form", None)
    page = urlsplit(http.headers.get("referer", ""))
    if form is None or not page.path.startswith("/"):
        return None
    failed = Failed(http.url.path, form, problem)

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        scope["state"] = {"failed": failed}
        await http.app(scope, receive, send)

    transport = httpx2.ASGITransport(cast(Any, app), raise_app_exceptions=False)
    headers = {"Cookie": http.headers.get("cookie", ""), "Accept": "text/html"}
    async with httpx2.AsyncClient(transport=transport, base_url="http://pages") as client:
        answer = await client.get(page.path, params=page.query, headers=headers)
    if not failed.is_shown:
        return None
    response = Response(answer.content, answer.status_code)
    response.raw_headers = [(name.lower(), value) for name, value in answer.headers.raw]
    if problem.retry_after:
        response.headers["Retry-After"] = str(problem.retry_after)
    return response

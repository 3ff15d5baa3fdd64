"""Pages act by the routes of the API, in this process, as whoever is signed in.

So a page can do nothing that the API can't: the same guards, the same checks, the same Idempotency-Key.
"""

import asyncio
from typing import Annotated, Any, cast

import httpx2
from fastapi import Depends, Request
from starlette.types import ASGIApp, Receive, Scope, Send

from api.auth import Caller
from api.deps import SessionsDep
from api.errors import IDEMPOTENCY_KEY, Problem
from api.invalid import FieldProblem
from api.pages.catching_up import CatchingUp
from api.pages.visitors import Form, VisitorDep
from api.problems import TABLE
from models import store

_API = "/api/v1"


class Api:
    """The API as one person calls it.

    Attributes:
        is_ahead: Whether an act was accepted whose rows have not followed yet.
    """

    def __init__(self, app: ASGIApp, caller: Caller, sessions: store.Sessions) -> None:
        self._app, self._caller, self._sessions = app, caller, sessions
        self.is_ahead = False

    async def get(self, path: str, **query: Any) -> Any:
        """What a GET answers, read.

        Raises:
            Problem: As the API answered.
        """
        asked = {name: value for name, value in query.items() if value is not None}
        return _read(await self._send("GET", path, params=asked)).json()

    async def download(self, path: str) -> httpx2.Response:
        """A file.

        Raises:
            Problem: As the API answered.
        """
        return _read(await self._send("GET", path))

    async def post(self, path: str, form: Form, body: Any = None, *, part: str = "") -> Any:
        """Do what a form asks for: once, however often it is sent. The page shown next has what it brought.

        Args:
            path: Of the API.
            form: What was sent.
            body: Of the POST.
            part: Which of the acts it is, where one form may do several.

        Raises:
            Problem: As the API answered.
        """
        rows = CatchingUp(self._sessions, self._caller, path)
        await rows.begin()
        answer = _read(await self._send("POST", path, headers=_once(form, part), json=body or {})).json()
        self.is_ahead |= not await rows.wait(answer)
        return answer

    async def ask(self, path: str, body: Any) -> Any:
        """A POST that changes nothing, such as a check before filing."""
        return _read(await self._send("POST", path, json=body)).json()

    async def draw(self, path: str, body: Any) -> httpx2.Response:
        """The same, when the answer is a file.

        Raises:
            Problem: As the API answered.
        """
        return _read(await self._send("POST", path, json=body))

    async def upload(self, path: str, form: Form, content: bytes, *, part: str = "", **headers: str) -> Any:
        """Send a file, once; `part` as in `post`.

        Raises:
            Problem: As the API answered.
        """
        headers |= _once(form, part)
        return _read(await self._send("POST", path, headers=headers, content=content)).json()

    async def print(self, path: str, form: Form, body: Any) -> httpx2.Response:
        """Do what a form asks for, once, when its answer is a file.

        Raises:
            Problem: As the API answered.
        """
        return _read(await self._send("POST", path, headers=_once(form), json=body))

    async def delete(self, path: str) -> None:
        """Raises:
        Problem: As the API answered.
        """
        _read(await self._send("DELETE", path))

    async def _send(self, method: str, path: str, **more: Any) -> httpx2.Response:
        transport = httpx2.ASGITransport(cast(Any, self._as_caller), raise_app_exceptions=False)
        async with httpx2.AsyncClient(transport=transport, base_url="http://pages") as http:
            return await http.request(method, _API + path, **more)

    async def _as_caller(self, scope: Scope, receive: Receive, send: Send) -> None:
        """The answer is whole when its last part has come: what is done behind it goes on alone."""
        answered = asyncio.Event()

        async def sending(message: Any) -> None:
            await send(message)
            if message["type"] == "http.response.body" and not message.get("more_body", False):
                answered.set()

        scope["state"] = {"caller": self._caller}
        work = asyncio.ensure_future(self._app(scope, receive, sending))
        _BEHIND.add(work)
        work.add_done_callback(_let_go)
        waiting = asyncio.ensure_future(answered.wait())
        await asyncio.wait({work, waiting}, return_when=asyncio.FIRST_COMPLETED)
        waiting.cancel()


_BEHIND: set[asyncio.Future[Any]] = set()
"""Held while it runs: the loop itself would let go of it."""


_FOR_PEOPLE = {
    "idempotency-key-reused": "Эта форма уже отправлена, с другим содержанием. Откройте страницу заново.",
    "idempotency-key-missing": "Форма заполнена не до конца. Откройте страницу заново.",
    "outcome-unknown": "Ответа пока нет, но действие может быть выполнено. Откройте страницу через минуту.",
    "too-large": "Отправлено слишком много: файл или текст нужно сократить.",
}
"""What the API says to programs, said to people."""


def _let_go(work: asyncio.Future[Any]) -> None:
    """An error has been logged and answered already (`api/errors.py`): here it is only taken note of."""
    _BEHIND.discard(work)
    if not work.cancelled():
        work.exception()


def _once(form: Form, part: str = "") -> dict[str, str]:
    return {IDEMPOTENCY_KEY: f"{form.once}-{part}" if part else form.once}


def _read(response: httpx2.Response) -> httpx2.Response:
    if response.status_code < 400:
        return response
    said = response.json()
    fields = [FieldProblem(**one) for one in said.get("fields", [])]
    kind = said["type"] if said["type"] in TABLE else "internal"
    raise Problem(
        kind,
        _FOR_PEOPLE.get(kind, said["detail"]),
        fields,
        wait=float(response.headers.get("Retry-After", 0)),
    )


async def _api(http: Request, visitor: VisitorDep, sessions: SessionsDep) -> Api:
    assert visitor.caller is not None
    http.state.api = Api(http.app, visitor.caller, sessions)
    return cast(Api, http.state.api)


ApiDep = Annotated[Api, Depends(_api)]

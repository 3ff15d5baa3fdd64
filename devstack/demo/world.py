"""What the stories see of the stack: the API, the letters, Moodle, and the clock of a case."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any, Self, TypeVar
from uuid import uuid4

import aiohttp
from temporalio.client import Client, WorkflowHandle
from temporalio.service import RPCError, RPCStatusCode
from temporalio.testing import TimeSkipper

from devstack import letters
from devstack.demo.telling import Json, NotAsTold
from devstack.keys import read_keys
from devstack.letters import Letter
from devstack.settings import DevstackSettings
from models.resting import rests

PATIENCE_SECONDS = 30
Handle = WorkflowHandle[Any, Any]
T = TypeVar("T")


async def runs(settings: DevstackSettings) -> bool:
    """Whether the stack of these settings is up: not just that something answers at its address."""
    key = read_keys(settings.keys_file).get("agency")
    if key is None:
        return False
    headers = {"Authorization": f"Bearer {key}"}
    try:
        async with (
            aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=10), headers=headers) as http,
            http.get(f"{settings.api_url}/api/v1/requests") as answer,
        ):
            return answer.status == 200
    except (aiohttp.ClientError, TimeoutError):
        return False


class World:
    """`async with World.opened(settings) as world: await world.post("agency", "/requests", form)`"""

    def __init__(self, settings: DevstackSettings, http: aiohttp.ClientSession, temporal: Client) -> None:
        self.began_at = datetime.now(UTC)
        self._settings = settings
        self._keys = read_keys(settings.keys_file)
        self._http = http
        self._temporal = temporal
        self._skipper = TimeSkipper(temporal)

    @classmethod
    @asynccontextmanager
    async def opened(cls, settings: DevstackSettings) -> AsyncIterator[Self]:
        temporal = await Client.connect(settings.where_temporal_is, namespace=settings.namespace)
        # A connection kept while a story waits may be closed at the very moment of the next call.
        connector = aiohttp.TCPConnector(force_close=True)
        async with aiohttp.ClientSession(
            timeout=aiohttp.ClientTimeout(total=60), connector=connector
        ) as http:
            yield cls(settings, http, temporal)

    # The API, as people with a key use it

    async def post(self, role: str, path: str, body: Json | None = None, *, status: int = 200) -> Json:
        code, answer = await self.send(role, path, body, key=uuid4().hex)
        if code != status:
            raise NotAsTold(f"POST {path} отвечает {status}", answer)
        return answer

    async def send(self, role: str, path: str, body: Json | None = None, *, key: str) -> tuple[int, Json]:
        """A POST under its Idempotency-Key: status and answer, whatever they are."""
        headers = {**self._authorisation(role), "Idempotency-Key": key}
        async with self._http.post(self._api(path), json=body or {}, headers=headers) as response:
            return response.status, await response.json()

    async def get(self, role: str, path: str) -> Any:
        async with self._http.get(self._api(path), headers=self._authorisation(role)) as response:
            if response.status != 200:
                raise NotAsTold(f"GET {path} отвечает 200", await response.text())
            return await response.json()

    async def download(self, role: str, path: str) -> bytes:
        async with self._http.get(self._api(path), headers=self._authorisation(role)) as response:
            if response.status != 200:
                raise NotAsTold(f"GET {path} отвечает 200", await response.text())
            return await response.read()

    async def obtain(self, role: str, path: str) -> bytes:
        """What a POST without a body gives as a file."""
        headers = {**self._authorisation(role), "Idempotency-Key": uuid4().hex}
        async with self._http.post(self._api(path), json={}, headers=headers) as response:
            if response.status != 200:
                raise NotAsTold(f"POST {path} отвечает 200", await response.text())
            return await response.read()

    async def upload(self, role: str, path: str, content: bytes, *, status: int = 201) -> Json:
        """A file as the body of a POST."""
        octets = {"Content-Type": "application/octet-stream", "Idempotency-Key": uuid4().hex}
        headers = {**self._authorisation(role), **octets}
        async with self._http.post(self._api(path), data=content, headers=headers) as response:
            if response.status != status:
                raise NotAsTold(f"POST {path} отвечает {status}", await response.text())
            return dict(await response.json())

    async def claim(self, code: str, password: str) -> str:
        """The public page after somebody has chosen a password by a code."""
        form = {"code": code, "password": password, "again": password}
        async with self._http.post(f"{self._settings.api_url}/claim", data=form) as response:
            return await response.text()

    async def page(self, path: str) -> str:
        """A page that is open to everybody."""
        async with self._http.get(f"{self._settings.api_url}{path}") as response:
            return await response.text()

    def _api(self, path: str) -> str:
        return f"{self._settings.api_url}/api/v1{path}"

    def _authorisation(self, role: str) -> dict[str, str]:
        return {"Authorization": f"Bearer {self._keys[role]}"}

    # Letters, as the mail server got them

    def letters(self, number: str) -> list[Letter]:
        """About a request, in the order of their coming."""
        found = []
        for letter in letters.newest_first(self._settings.letters_folder):
            if letter.received_at < self.began_at:
                break
            if number in letter.subject:
                found.append(letter)
        return found[::-1]

    async def letter(self, number: str, subject: str, *, to: str) -> Letter:
        """Waits for one whose subject has these words."""

        async def arrived() -> Letter | None:
            fitting = (one for one in self.letters(number) if subject in one.subject and to in one.recipients)
            return next(fitting, None)

        return await self.until(f"письмо «…{subject}…» на {to}", arrived)

    # Moodle

    async def moodle(self) -> Json:
        """All that is in the united platform's Moodle."""
        async with self._http.get(f"{self._settings.moodle_url}/edu/_state") as response:
            return dict(await response.json())

    async def administer(self, action: str, **arguments: Any) -> Json:
        """What an administrator, a teacher or a learner does in Moodle's pages; what comes of it."""
        body = {"action": action, "arguments": arguments}
        async with self._http.post(f"{self._settings.moodle_url}/edu/_admin", json=body) as response:
            response.raise_for_status()
            return dict((await response.json())["result"] or {})

    async def break_moodle(self, *faults: Json) -> None:
        async with self._http.post(f"{self._settings.moodle_url}/edu/_faults", json=list(faults)) as response:
            response.raise_for_status()

    async def moodle_faults(self) -> list[Json]:
        """Those that have not been used up yet."""
        async with self._http.get(f"{self._settings.moodle_url}/edu/_faults") as response:
            return list(await response.json())

    async def heal_moodle(self) -> None:
        async with self._http.delete(f"{self._settings.moodle_url}/edu/_faults") as response:
            response.raise_for_status()

    # Temporal

    def workflow(self, workflow_id: str) -> Handle:
        return self._temporal.get_workflow_handle(workflow_id)

    async def finished(self, number: str) -> None:
        """Waits for the end of a case's process; the API starts it behind its answer."""

        async def is_there() -> bool:
            try:
                await self.workflow(number).describe()
            except RPCError as error:
                if error.status is not RPCStatusCode.NOT_FOUND:
                    raise
                return False
            return True

        await self.until("процесс начат", is_there)
        await self.workflow(number).result()

    async def attempts(self, handle: Handle) -> dict[str, int]:
        """How often each step that is under way has been tried."""
        pending = (await handle.describe()).raw_description.pending_activities
        return {step.activity_type.name: step.attempt for step in pending}

    async def skip_to(self, handle: Handle, instant: datetime, *, until_end: bool = False) -> None:
        """Lets the clock of a workflow that waits for people go on to an instant, or past its end."""
        await self.until("процесс ждёт людей", lambda: self._waits(handle))
        ahead = instant - await self._skipper.get_current_time(handle)
        try:
            await self._skipper.fast_forward(handle, max(ahead, timedelta(seconds=1)))
        except RPCError as error:
            raise NotAsTold("сервер Temporal разрешает сжатое время", error.status.name) from None
        if until_end:
            return
        await self.until("процесс снова ждёт людей", lambda: self._waits(handle))

    async def _waits(self, handle: Handle) -> bool:
        return rests(await handle.describe())

    # Time

    async def until(self, what: str, happened: Callable[[], Awaitable[T | None]]) -> T:
        """Waits for something to happen, and gives what it came to.

        Raises:
            NotAsTold: It did not happen in time.
        """
        limit = time.monotonic() + PATIENCE_SECONDS
        while True:
            if outcome := await happened():
                return outcome
            if time.monotonic() > limit:
                raise NotAsTold(f"за {PATIENCE_SECONDS} с: {what}")
            await asyncio.sleep(0.05)

"""The engine as tests see it: real parts in one process, and words for what people do."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Self
from uuid import uuid4

import aiohttp
import httpx
from fastapi import FastAPI
from pydantic import SecretStr
from sqlalchemy import update
from sqlmodel import col, select
from temporalio.client import Client, WorkflowHandle
from temporalio.testing import TimeSkipper
from temporalio.worker import Worker

from activities.catalogue import Catalogue
from activities.sites import Sites
from activities.sites import connect as connect_moodles
from activities.upkeep import Upkeep
from api import claiming
from api.app import create
from clients.moodle import open_session
from devstack.keys import issue_keys
from devstack.mailsink import MailSink, Mood
from devstack.moodle import create_app, devstack_sites
from devstack.moodle.server import serving
from devstack.ports import free_port
from devstack.postgres import Postgres
from devstack.request_form import request_form as request_form
from devstack.temporal_build import find
from devstack.temporal_server import TemporalServer
from models import ids, store
from models.resting import rests
from models.settings import MoodleSite, Settings
from models.tables import CaseRow, Category, LetterRow
from models.terms import Clause
from tests.migrating import migrate
from tests.moodles import Moodles
from tests.records import Records
from worker import connect, create_worker

API = "/api/v1"
JUST = timedelta(seconds=20)
"""Just before an instant: a case's clock goes on while the test works, and a machine may stand still."""
PATIENCE_SECONDS = 240
"""Outlasts a letter that was refused twice: tried again after a minute, then after two."""

SITES = ("edu", "eledu", "eiok")
_AILING: dict[str, set[str]] = {}
"""By address of the stand-in, which several engines share: its sites that a test made fail."""

Json = dict[str, Any]


class Engine(Records, Moodles):
    """All parts of the engine, running."""

    def __init__(
        self,
        settings: Settings,
        client: Client,
        sessions: store.Sessions,
        keys: dict[str, str],
        *,
        temporal: TemporalServer,
        postgres: Postgres,
        mail: MailSink,
        moodle: str,
        http: aiohttp.ClientSession,
    ) -> None:
        self.settings = settings
        self.client = client
        self.sessions = sessions
        self.keys = keys
        self.temporal = temporal
        self.postgres = postgres
        self.mail = mail
        self.moodle_url = moodle
        self.app: FastAPI = create(settings, client, sessions)
        self.app.state.sessions, self.app.state.temporal = sessions, client
        self.app.state.claiming = claiming.connect(settings, sessions, http)
        self.skipper = TimeSkipper(client)
        self.upkeep = Upkeep(sessions, client, settings.task_queue, timedelta(days=1), settings.key)
        self._http = http
        self._ailing = _AILING.setdefault(moodle, set())

    @classmethod
    @asynccontextmanager
    async def running(cls, folder: Path) -> AsyncIterator[Self]:
        """Start every part; the worker runs in this process."""
        program = await asyncio.to_thread(find)
        async with AsyncExitStack() as stack:
            enter = stack.enter_async_context
            postgres = await enter(Postgres(folder / "pg"))
            await asyncio.to_thread(migrate, postgres.url())
            temporal = await enter(
                TemporalServer(program, folder / "temporal", port=free_port(), time_skipping=True)
            )
            mail = await enter(MailSink(folder / "letters"))
            moodle = await enter(serving(create_app(devstack_sites(**dict.fromkeys(SITES, "token")))))
            http = await enter(open_session())
            settings = _settings(postgres, temporal, mail, moodle)
            database = store.connect(postgres.url())
            stack.push_async_callback(database.dispose)
            sessions = store.sessions(database)
            keys = await issue_keys(postgres.url(), folder / "keys.json")
            client = await connect(settings)
            await enter(_worker(client, settings, sessions, http))
            yield cls(
                settings,
                client,
                sessions,
                keys,
                temporal=temporal,
                postgres=postgres,
                mail=mail,
                moodle=moodle,
                http=http,
            )

    @asynccontextmanager
    async def with_settings(self, **changes: Any) -> AsyncIterator["Engine"]:
        """The same parts under other settings: with a worker of its own on a queue of its own."""
        settings = self.settings.model_copy(update={"task_queue": f"seo-{uuid4().hex[:8]}", **changes})
        async with _worker(self.client, settings, self.sessions, self._http):
            yield Engine(
                settings,
                self.client,
                self.sessions,
                self.keys,
                temporal=self.temporal,
                postgres=self.postgres,
                mail=self.mail,
                moodle=self.moodle_url,
                http=self._http,
            )

    def api_with(
        self, *, client: Client | None = None, sessions: store.Sessions | None = None, **changes: Any
    ) -> "Engine":
        """The API once more over the same parts, with another client, sessions or settings; no worker."""
        return Engine(
            self.settings.model_copy(update=changes),
            client or self.client,
            sessions or self.sessions,
            self.keys,
            temporal=self.temporal,
            postgres=self.postgres,
            mail=self.mail,
            moodle=self.moodle_url,
            http=self._http,
        )

    def worker(self) -> Worker:
        """A worker for this engine's task queue, not started."""
        return _worker(self.client, self.settings, self.sessions, self._http)

    # What people do

    async def call(
        self, role: str, method: str, path: str, body: Any = None, *, key: str | None = None
    ) -> httpx.Response:
        """One call to the API as a role, or with a key of one's own when `role` is none."""
        headers = {"Authorization": f"Bearer {self.keys.get(role, role)}"}
        if method == "POST":
            headers["Idempotency-Key"] = key or uuid4().hex
        transport = httpx.ASGITransport(self.app, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://api", timeout=60) as http:
            return await http.request(method, API + path, json=body, headers=headers)

    async def post(self, role: str, path: str, body: Any = None, *, key: str | None = None) -> httpx.Response:
        """As `call`; what is not ready for it yet is asked again, as the answer says."""
        key, limit = key or uuid4().hex, time.monotonic() + PATIENCE_SECONDS
        while True:
            response = await self.call(role, "POST", path, body if body is not None else {}, key=key)
            is_ready = response.status_code != 409 or response.json()["type"] != "not-ready"
            if is_ready or time.monotonic() > limit:
                return response
            await asyncio.sleep(0.1)

    async def get(self, role: str, path: str) -> Any:
        response = await self.call(role, "GET", path)
        assert response.status_code == 200, response.text
        return response.json()

    async def file(self, **changes: Any) -> str:
        """File a request as the agency; its number."""
        response = await self.post("agency", "/requests", request_form(**changes))
        assert response.status_code == 201, response.text
        return str(response.json()["number"])

    async def file_local(self, **changes: Any) -> str:
        """File a request for a course in «Локальное тестирование», which is worked on by hand."""
        return await self.file(subsystem="local", category=await self.first_category("local"), **changes)

    async def first_category(self, subsystem: str) -> int | None:
        """Appendix 1 has none in most, but another test may have asked for one: then it has to be named."""
        query = select(Category.id).where(col(Category.subsystem) == subsystem)
        async with self.sessions() as session:
            return (await session.scalars(query)).first()

    async def file_paper(self, received_on: str, **changes: Any) -> str:
        """Register a paper letter as the reviewer; its number."""
        form = request_form(agency="zdrav", received_on=received_on, **changes)
        response = await self.post("reviewer", "/requests/paper", form)
        assert response.status_code == 201, response.text
        return str(response.json()["number"])

    async def approve(self, number: str, **changes: Any) -> Json:
        body = {"outcome": "approved", "reason": "Аналогов нет", **changes}
        response = await self.post("reviewer", f"/requests/{number}/decision", body)
        assert response.status_code == 200, response.text
        return dict(response.json())

    # What has become of a case

    def request(self, number: str) -> WorkflowHandle[Any, Any]:
        return self.client.get_workflow_handle(ids.request_id(number))

    def review(self, number: str) -> WorkflowHandle[Any, Any]:
        return self.client.get_workflow_handle(ids.review_id(number))

    def setup(self, number: str) -> WorkflowHandle[Any, Any]:
        return self.client.get_workflow_handle(ids.setup_id(number))

    # Time

    async def until(
        self, condition: Callable[[], Awaitable[Any]], *, instead: Callable[[], Awaitable[Any]] | None = None
    ) -> Any:
        """Wait, in real time, until a condition holds; its value.

        Args:
            condition: Looked at over and over.
            instead: What there is where it never comes to hold, for whoever reads the failure.
        """
        limit, pause = time.monotonic() + PATIENCE_SECONDS, 0.01
        while True:
            if value := await condition():
                return value
            if time.monotonic() > limit:
                there_is = await instead() if instead else "no word of what there is"
                raise AssertionError(f"the condition did not come to hold: {there_is}")
            await asyncio.sleep(pause)
            pause = min(1.2 * pause, 0.25)  # looking costs what the awaited needs itself

    async def until_waiting(self, handle: WorkflowHandle[Any, Any]) -> None:
        """Wait until a workflow is there and waits for people alone: not for the start of a child either."""

        async def is_idle() -> bool:
            try:
                return rests(await handle.describe())
            except Exception:  # noqa: BLE001 - not started yet
                return False

        await self.until(is_idle)

    async def reviewing(self, number: str) -> WorkflowHandle[Any, Any]:
        """The review of a case, once it waits for people."""
        return await self._waiting_clause(number, Clause.REVIEW, self.review(number))

    async def setting_up(self, number: str) -> WorkflowHandle[Any, Any]:
        """The setup of a case, once its deadline is known and it waits."""
        return await self._waiting_clause(number, Clause.SETUP, self.setup(number))

    async def _waiting_clause(
        self, number: str, clause: Clause, handle: WorkflowHandle[Any, Any]
    ) -> WorkflowHandle[Any, Any]:
        await self.until(lambda: self.clause(number, clause))
        await self.until_waiting(handle)
        return handle

    async def skip(self, handle: WorkflowHandle[Any, Any], *, to: datetime) -> None:
        """Move the clock of a waiting workflow to an instant, and let it do what was due."""
        await self.until_waiting(handle)
        ahead = to - await self.skipper.get_current_time(handle)
        assert ahead > timedelta(0), "time goes forward only"
        async with asyncio.timeout(PATIENCE_SECONDS):  # its clock stands while a child is at work
            await self.skipper.fast_forward(handle, ahead)
        # Nothing seems to be under way while the server has yet to see that a timer is due.
        await self.until(lambda: _has_no_timer_due(handle, to))
        await self.until_waiting(handle)

    # The world

    def sites(self) -> Sites:
        """The Moodles as activities have them, by clients that remember nothing yet."""
        return connect_moodles(self.settings, self._http)

    async def look_after(self, number: str) -> None:
        """A round of upkeep that finds nothing to keep of other cases: in a run hundreds wait for one."""
        closed = col(CaseRow.closed_at).is_not(None), ~col(CaseRow.histories_kept)
        async with self.sessions.begin() as session:
            others = update(CaseRow).where(*closed, col(CaseRow.number) != number)
            await session.execute(others.values(histories_kept=True, is_sealed=True))
            letters = update(LetterRow).where(~col(LetterRow.history_kept), col(LetterRow.number) != number)
            await session.execute(letters.values(history_kept=True))
        await self.upkeep.round()

    async def calm(self) -> None:
        """Everything works again."""
        self.mail.mood = Mood()
        await self.moodle_heals()


def _worker(
    client: Client, settings: Settings, sessions: store.Sessions, http: aiohttp.ClientSession
) -> Worker:
    return create_worker(client, settings, sessions, Catalogue(sessions, connect_moodles(settings, http)))


def _settings(postgres: Postgres, temporal: TemporalServer, mail: MailSink, moodle: str) -> Settings:
    return Settings(
        database_url=SecretStr(postgres.url()),
        temporal_address=temporal.address,
        temporal_namespace=temporal.namespace,
        public_url="http://api.example.org",
        claims_per_second=0,  # unlimited: tests come faster than learners
        bad_calls_per_second=0,
        moodle_sites={site: MoodleSite(url=f"{moodle}/{site}", token=SecretStr("token")) for site in SITES},
        moodle_timeout=timedelta(seconds=30),  # a machine that stands still is not a Moodle that is away
        smtp_host="127.0.0.1",
        smtp_port=mail.port,
        smtp_tls="none",
        mail_sender="seo@example.org",
        mail_timeout=timedelta(seconds=30),
        letters_per_second=1000,  # the pause between two is a server's to need
        signing_key=SecretStr("5e" * 32),
        reviewer_email="reviewer@example.org",
        supervisor_email="supervisor@example.org",
        authority_email="authority@example.org",
        authority_head_email="authority-head@example.org",
        operator_email="operator@example.org",
        operator_head_email="operator-head@example.org",
    )


async def _has_no_timer_due(handle: WorkflowHandle[Any, Any], at: datetime) -> bool:
    """Whether every timer that was to fire by an instant, by the workflow's own clock, has done so."""
    due: dict[int, datetime] = {}
    async for event in handle.fetch_history_events():
        if event.HasField("timer_started_event_attributes"):
            wait = event.timer_started_event_attributes.start_to_fire_timeout.ToTimedelta()
            due[event.event_id] = event.event_time.ToDatetime(UTC) + wait
        elif event.HasField("timer_fired_event_attributes"):
            due.pop(event.timer_fired_event_attributes.started_event_id, None)
        elif event.HasField("timer_canceled_event_attributes"):
            due.pop(event.timer_canceled_event_attributes.started_event_id, None)
    return all(one > at for one in due.values())


async def result_of(handle: WorkflowHandle[Any, Any]) -> Any:
    """What a workflow that comes to its end by itself comes to."""
    return await asyncio.wait_for(handle.result(), PATIENCE_SECONDS)


def today() -> datetime:
    return datetime.now(UTC)

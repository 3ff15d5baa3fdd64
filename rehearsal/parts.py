"""Parts of its own for a rehearsal: nothing of it touches the real register, mail or Temporal.

There is no Moodle: everything is set up by hand, since only people use a term up.
"""

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Self

from pydantic import SecretStr
from temporalio.client import Client

from activities.catalogue import Catalogue
from devstack.keys import issue_keys
from devstack.mailsink import MailSink
from devstack.ports import free_port
from devstack.postgres import Postgres
from devstack.processes import Child
from devstack.stack import ROOT
from devstack.temporal_build import find
from devstack.temporal_server import TemporalServer
from models import namespace, store
from models.settings import Settings
from worker import connect, create_worker


@dataclass(frozen=True)
class Office:
    """One engine with an empty register: database, namespace and worker of its own."""

    settings: Settings
    client: Client
    sessions: store.Sessions
    keys: dict[str, str]


@dataclass(frozen=True)
class Parts:
    """`async with Parts.running(folder) as parts, parts.office("changed") as office: ...`"""

    folder: Path
    postgres: Postgres
    temporal: TemporalServer
    mail: MailSink

    @classmethod
    @asynccontextmanager
    async def running(cls, folder: Path) -> AsyncIterator[Self]:
        """Start every part; all state is in `folder`, and all children die with this process."""
        program = await asyncio.to_thread(find)
        async with AsyncExitStack() as stack:
            postgres = await stack.enter_async_context(Postgres(folder / "postgres"))
            temporal = TemporalServer(program, folder / "temporal", port=free_port(), time_skipping=True)
            await asyncio.gather(
                _migrate(postgres, folder / "migrations.log"), stack.enter_async_context(temporal)
            )
            mail = await stack.enter_async_context(MailSink(folder / "letters"))
            yield cls(folder, postgres, temporal, mail)

    @asynccontextmanager
    async def office(self, name: str) -> AsyncIterator[Office]:
        """A register as new, with a worker in this process. `name` is unused so far, in small letters."""
        await self.postgres.create_database(name, template="seo")
        await namespace.register(
            await Client.connect(self.temporal.address), f"rehearsal-{name}", settle=timedelta(0)
        )
        settings = self._settings(name)
        keys = await issue_keys(self.postgres.url(name), self.folder / f"{name}-keys.json")
        database = store.connect(self.postgres.url(name))
        try:
            client, sessions = await connect(settings), store.sessions(database)
            async with create_worker(client, settings, sessions, Catalogue(sessions, {})):
                yield Office(settings, client, sessions, keys)
        finally:
            await database.dispose()

    def _settings(self, name: str) -> Settings:
        return Settings(
            database_url=SecretStr(self.postgres.url(name)),
            temporal_address=self.temporal.address,
            temporal_namespace=f"rehearsal-{name}",
            public_url="http://rehearsal.example.org",
            moodle_sites={},
            smtp_host="127.0.0.1",
            smtp_port=self.mail.port,
            smtp_tls="none",
            smtp_username="",
            smtp_password=SecretStr(""),
            mail_sender="rehearsal@example.org",
            calls_per_second=0,
            metrics_address="",
            reviewer_email="reviewer@example.org",
            supervisor_email="supervisor@example.org",
            authority_email="authority@example.org",
            authority_head_email="authority-head@example.org",
            operator_email="operator@example.org",
            operator_head_email="operator-head@example.org",
        )


async def _migrate(postgres: Postgres, log: Path) -> None:
    """As a child that dies with this process, like all the others."""
    command = [sys.executable, "-m", "alembic", "upgrade", "head"]
    child = Child("Миграции базы", command, log, {"SEO_DATABASE_URL": postgres.url()}, ROOT)
    child.start()
    try:
        await child.finish(within_seconds=120)
    finally:
        await child.stop()

"""The whole stack on one machine: every part of the engine, and what stands around it.

    async with Stack(DevstackSettings()) as stack:
        print(stack.api_url, stack.keys)

State stays in the settings' folder and survives a restart.
"""

import asyncio
import json
import os
import secrets
import subprocess
import sys
from pathlib import Path
from types import TracebackType
from typing import Self

from devstack import probes
from devstack.keys import issue_keys
from devstack.mailsink import MailSinkProcess
from devstack.ports import HOST, Port
from devstack.postgres import Postgres
from devstack.processes import Child
from devstack.settings import DevstackSettings, variable
from devstack.supervisor import Program, Supervisor
from devstack.temporal_build import Temporal, TemporalCli
from devstack.temporal_server import TemporalServer
from devstack.temporal_ui import TemporalUi

ROOT = Path(__file__).parents[1]
SITES = ("edu", "eledu", "eiok")


class Stack:
    """Everything that `make run` starts."""

    def __init__(self, settings: DevstackSettings, temporal: Temporal | None) -> None:
        """Take what `temporal_build.find` found; None when Temporal runs elsewhere."""
        self.settings = settings
        self.keys: dict[str, str] = {}
        settings.var_folder.mkdir(parents=True, exist_ok=True)
        self._temporal = temporal
        self._var = settings.var_folder.absolute()
        self._supervisor = Supervisor()
        self._postgres = Postgres(self._var / "postgres")
        self.worker = Program(self._child("Исполнитель", [sys.executable, "-m", "worker"], "worker"))
        self.api = Program(
            self._child("API", self._uvicorn(), "api"),
            probes.http(f"{self.api_url}/health"),
            port=Port(settings.api_port, "API", variable("api_port")),
        )

    @property
    def api_url(self) -> str:
        return f"http://{HOST}:{self.settings.api_port}"

    @property
    def letters_url(self) -> str:
        return f"http://{HOST}:{self.settings.letters_port}"

    @property
    def ui_url(self) -> str:
        return f"http://{HOST}:{self.settings.temporal_ui_port}"

    @property
    def temporal_address(self) -> str:
        return self.settings.temporal_address or f"{HOST}:{self.settings.temporal_port}"

    @property
    def moodle_url(self) -> str:
        return f"http://{HOST}:{self.settings.moodle_port}"

    async def __aenter__(self) -> Self:
        try:
            await self._start()
        except BaseException:
            await self._supervisor.stop()
            raise
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._supervisor.stop()

    async def until_one_dies(self) -> Child:
        return await self._supervisor.until_one_dies()

    async def _start(self) -> None:
        start = self._supervisor.start
        await start(self._postgres)
        await asyncio.to_thread(self._migrate)
        self.keys = await issue_keys(self._postgres.url(), self._var / "keys.json")
        if self._temporal is not None:
            await self._start_temporal(self._temporal)
        await start(
            MailSinkProcess(
                self._var / "letters",
                smtp_port=self.settings.smtp_port,
                page_port=self.settings.letters_port,
            )
        )
        await start(self._moodle())
        await start(self.worker)
        await start(self.api)

    async def _start_temporal(self, program: Temporal) -> None:
        ui_port = self.settings.temporal_ui_port
        server = TemporalServer(
            program,
            self._var / "temporal",
            port=self.settings.temporal_port,
            ui_port=ui_port if isinstance(program, TemporalCli) else None,
            namespace=self.settings.namespace,
            time_skipping=self.settings.time_skipping,
        )
        await self._supervisor.start(server)
        await self._supervisor.start(
            TemporalUi(
                program,
                self._var / "temporal-ui",
                server=server.address,
                namespace=self.settings.namespace,
                port=ui_port,
            )
        )

    def _moodle(self) -> Program:
        port = self.settings.moodle_port
        command = [sys.executable, "-m", "devstack.moodle", "--port", str(port)]
        command += ["--state", str(self._var / "moodle.sqlite")]
        tokens = {f"MOODLE_STANDIN_TOKEN_{site.upper()}": self._moodle_token(site) for site in SITES}
        child = Child("Moodle", command, self._var / "moodle.log", environment=tokens, folder=ROOT)
        return Program(
            child, probes.http(f"{self.moodle_url}/edu/"), port=Port(port, "Moodle", variable("moodle_port"))
        )

    def _moodle_token(self, site: str) -> str:
        """Made once and kept in the folder of the state, readable by its owner alone."""
        file = self._var / f"moodle-{site}.token"
        if not file.exists():
            file.touch(mode=0o600)
            file.write_text(secrets.token_hex(16))
        return file.read_text()

    def _migrate(self) -> None:
        command = [sys.executable, "-m", "alembic", "upgrade", "head"]
        subprocess.run(command, check=True, cwd=ROOT, env={**os.environ, **self._environment()})

    def _child(self, name: str, command: list[str], log: str) -> Child:
        return Child(name, command, self._var / f"{log}.log", environment=self._environment(), folder=ROOT)

    def _uvicorn(self) -> list[str]:
        where = ["--host", HOST, "--port", str(self.settings.api_port), "--no-access-log"]
        return [sys.executable, "-m", "uvicorn", "--factory", "api.app:create", *where]

    def _environment(self) -> dict[str, str]:
        """The engine's settings, as a real installation would give them."""
        sites = {
            site: {"url": f"{self.moodle_url}/{site}", "token": self._moodle_token(site)} for site in SITES
        }
        return {
            "SEO_DATABASE_URL": self._postgres.url(),
            "SEO_TEMPORAL_ADDRESS": self.temporal_address,
            "SEO_TEMPORAL_NAMESPACE": self.settings.namespace,
            "SEO_TEMPORAL_UI_URL": self.ui_url,
            "SEO_PUBLIC_URL": self.api_url,
            "SEO_MOODLE_SITES": json.dumps(sites),
            "SEO_SMTP_HOST": HOST,
            "SEO_SMTP_PORT": str(self.settings.smtp_port),
            "SEO_SMTP_TLS": "none",
            "SEO_MAIL_SENDER": "seo@example.org",
            "SEO_REVIEWER_EMAIL": "reviewer@example.org",
            "SEO_SUPERVISOR_EMAIL": "supervisor@example.org",
            "SEO_AUTHORITY_EMAIL": "authority@example.org",
            "SEO_AUTHORITY_HEAD_EMAIL": "authority-head@example.org",
            "SEO_OPERATOR_EMAIL": "operator@example.org",
            "SEO_OPERATOR_HEAD_EMAIL": "operator-head@example.org",
            "SEO_UPKEEP_EVERY": "PT5S",
        }

"""The whole stack on one machine: every part of the engine, and what stands around it.

    async with Stack(DevstackSettings(), temporal_build.find()) as stack:
        print(stack.api_url, stack.keys)

State stays in the settings' folder and survives a restart.
"""

import json
import secrets
import shlex
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType, TracebackType
from typing import Self

from devstack import private, probes
from devstack.keys import issue_keys
from devstack.mailsink import MailSinkProcess
from devstack.ports import HOST, Port
from devstack.postgres import Postgres
from devstack.processes import Child, ProcessFailed
from devstack.settings import DevstackSettings, variable
from devstack.supervisor import Job, Part, Program, Supervisor
from devstack.temporal_build import Temporal, TemporalCli
from devstack.temporal_server import ExternalTemporal, TemporalServer
from devstack.temporal_ui import TemporalUi

ROOT = Path(__file__).parents[1]
SITES = ("edu", "eledu", "eiok")
TASK_QUEUE = "seo"


class Stack:
    """Everything that `make run` starts; its parts may be stopped, killed and started again one by one."""

    def __init__(
        self,
        settings: DevstackSettings,
        temporal: Temporal | None,
        *,
        engine: Mapping[str, str] = MappingProxyType({}),
    ) -> None:
        """Take what `temporal_build.find` found; None when Temporal runs elsewhere.

        Args:
            settings: Where the parts listen and keep their state.
            temporal: The server to run.
            engine: Further settings of the engine, such as `SEO_UPDATE_TIMEOUT`.
        """
        self.settings = settings
        self._more = engine
        self.keys: dict[str, str] = {}
        settings.var_folder.mkdir(parents=True, exist_ok=True)
        self._var = settings.var_folder.absolute()
        self._supervisor = Supervisor()
        self.postgres = Postgres(self._var / "postgres")
        self.temporal: Part = self._external() if temporal is None else self._server(temporal)
        self.temporal_ui = None if temporal is None else self._pages(temporal)
        self.mail = MailSinkProcess(
            settings.letters_folder, smtp_port=settings.smtp_port, page_port=settings.letters_port
        )
        self.moodle = self._moodle()
        self.worker = self._worker()
        self.api = Program(
            self._child("API", self._uvicorn(), "api"),
            probes.http(f"{self.api_url}/health"),
            port=Port(settings.api_port, "API", variable("api_port")),
        )

    @property
    def api_url(self) -> str:
        return self.settings.api_url

    @property
    def moodle_url(self) -> str:
        return self.settings.moodle_url

    @property
    def temporal_address(self) -> str:
        return self.settings.where_temporal_is

    @property
    def database_url(self) -> str:
        """For psycopg and psql."""
        return self.postgres.libpq_url()

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

    async def keep_running(self, say: Callable[[str], None]) -> None:
        """Until cancelled; see `Supervisor.keep_running`."""
        await self._supervisor.keep_running(say)

    async def _start(self) -> None:
        self._ensure_ports_free()
        self._ensure_state_is_of_one_piece()
        start = self._supervisor.start
        await start(self.postgres)
        await start(
            Job(
                self._child(
                    "Миграции базы", [sys.executable, "-m", "alembic", "upgrade", "head"], "migrations"
                )
            )
        )
        self.keys = await issue_keys(self.postgres.url(), self.settings.keys_file)
        lines = [f"export {name}={shlex.quote(value)}" for name, value in self._environment().items()]
        private.write(self._var / "engine.env", "\n".join(lines) + "\n")
        for part in self._after_postgres:
            await start(part)

    @property
    def _after_postgres(self) -> Sequence[Part]:
        pages = [self.temporal_ui] if self.temporal_ui else []
        return [self.temporal, *pages, self.mail, self.moodle, self.worker, self.api]

    def _ensure_ports_free(self) -> None:
        """All of them, before anything starts."""
        for part in self._after_postgres:
            for port in part.ports:
                port.ensure_free()

    def _ensure_state_is_of_one_piece(self) -> None:
        """A new database would number its cases as those that the old Temporal still knows."""
        if (
            isinstance(self.temporal, TemporalServer)
            and self.temporal.has_state
            and not self.postgres.has_state
        ):
            raise ProcessFailed(
                f"В папке {self._var} остались дела Temporal, а базы PostgreSQL к ним нет. "
                f"Верните {self._var / 'postgres'} или удалите и {self._var / 'temporal'}."
            )

    def _external(self) -> ExternalTemporal:
        return ExternalTemporal(self.temporal_address, namespace=self.settings.namespace)

    def _server(self, program: Temporal) -> TemporalServer:
        return TemporalServer(
            program,
            self._var / "temporal",
            port=self.settings.temporal_port,
            ui_port=self.settings.temporal_ui_port if isinstance(program, TemporalCli) else None,
            namespace=self.settings.namespace,
            time_skipping=self.settings.time_skipping,
        )

    def _pages(self, program: Temporal) -> TemporalUi:
        return TemporalUi(
            program,
            self._var / "temporal-ui",
            server=self.temporal_address,
            namespace=self.settings.namespace,
            port=self.settings.temporal_ui_port,
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
        return self._secret(f"moodle-{site}.token", 16)

    def _secret(self, name: str, length: int) -> str:
        """So many random bytes in hexadecimal, made once and kept in the folder of the state."""
        file = self._var / name
        if not file.exists():
            private.write(file, secrets.token_hex(length))
        return file.read_text()

    def _worker(self) -> Program:
        child = self._child("Исполнитель", [sys.executable, "-m", "worker"], "worker")
        asks_for_work = probes.takes_work(
            child, self.temporal_address, namespace=self.settings.namespace, task_queue=TASK_QUEUE
        )
        return Program(child, asks_for_work)

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
            "SEO_DATABASE_URL": self.postgres.url(),
            "SEO_TEMPORAL_ADDRESS": self.temporal_address,
            "SEO_TEMPORAL_NAMESPACE": self.settings.namespace,
            "SEO_TEMPORAL_UI_URL": self.settings.ui_url,
            "SEO_TASK_QUEUE": TASK_QUEUE,
            "SEO_PUBLIC_URL": self.api_url,
            "SEO_MOODLE_SITES": json.dumps(sites),
            "SEO_DEMO_SIGN_IN": "true",
            "SEO_SIGNING_KEY": self._secret("signing.key", 32),
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
            **self._more,
        }

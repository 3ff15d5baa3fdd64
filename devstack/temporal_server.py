"""A Temporal server as a child process, its state in a folder that survives it."""

import json
import signal
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from datetime import timedelta
from pathlib import Path

from temporalio.client import Client

from devstack import temporal_config
from devstack.ports import HOST, Port
from devstack.processes import Child
from devstack.settings import NAMESPACE, variable
from devstack.supervisor import Part
from devstack.temporal_build import Temporal, TemporalBinaries, TemporalCli, TemporalMissing
from models import namespace as temporal_namespace


class TemporalServer(Part):
    """Started, it answers and its namespace is ready to use.

    `async with TemporalServer(find(), Path("var/temporal"), port=7233) as server:
    client = await Client.connect(server.address, namespace=server.namespace)`

    `ui_port` is for the CLI alone, which serves the UI itself; otherwise see `TemporalUi`.
    """

    def __init__(
        self,
        program: Temporal,
        folder: Path,
        *,
        port: int,
        ui_port: int | None = None,
        namespace: str = NAMESPACE,
        time_skipping: bool = False,
    ) -> None:
        self.namespace = namespace
        self.address = f"{HOST}:{port}"
        self._program = program
        self._folder = folder.absolute()
        self._database = self._folder / "temporal.sqlite"
        self._port = Port(port, "сервер Temporal", variable("temporal_port"))
        self._ui_port = ui_port
        self._time_skipping = time_skipping

    @property
    def ports(self) -> Sequence[Port]:
        return [self._port]

    @property
    def has_state(self) -> bool:
        return self._database.exists()

    async def start(self) -> None:
        self._ensure_ports_free()
        self._folder.mkdir(parents=True, exist_ok=True)
        if self.has_state:
            _forget_dead_members(self._database)
        child = Child(
            "Сервер Temporal",
            self._command(),
            self._folder / "server.log",
            # A gentle stop takes over 10 s, in which its services miss each other; what it has
            # answered for is on the disk, so that a hard one loses nothing.
            stop_signal=signal.SIGKILL,
        )
        await self._run(child, self._answers)
        # Our dynamic configuration makes new attributes usable at once.
        await temporal_namespace.register(await self._connect(), self.namespace, settle=timedelta(0))

    async def _answers(self) -> bool:
        try:
            client = await self._connect()
            return await client.service_client.check_health()
        except RuntimeError:  # nobody listens yet
            return False

    async def _connect(self) -> Client:
        # Under no name of ours: the server would remember for a second that there is none.
        return await Client.connect(self.address)

    def _command(self) -> list[str]:
        match self._program:
            case TemporalBinaries(server=program):
                config = temporal_config.write(
                    self._folder, self._database, port=self._port.number, time_skipping=self._time_skipping
                )
                return [str(program), "--config-file", str(config), "--allow-no-auth", "start"]
            case TemporalCli(program=program):
                return [str(program), "server", "start-dev", *self._cli_options()]

    def _cli_options(self) -> list[str]:
        ui = ["--headless"] if self._ui_port is None else ["--ui-port", str(self._ui_port), "--ui-ip", HOST]
        dynamic = temporal_config.dynamic_values(time_skipping=self._time_skipping)
        values = [f"--dynamic-config-value={key}={json.dumps(value)}" for key, value in dynamic.items()]
        where = ["--ip", HOST, "--port", str(self._port.number), "--db-filename", str(self._database)]
        return [*where, *ui, "--log-level", "warn", *values]


class ExternalTemporal(Part):
    """A Temporal that somebody else runs: only its namespace is prepared."""

    def __init__(self, address: str, *, namespace: str) -> None:
        self._address = address
        self._namespace = namespace

    async def start(self) -> None:
        try:
            client = await Client.connect(self._address)
        except RuntimeError:  # the SDK has no type of its own for it
            raise TemporalMissing(
                f"Temporal по адресу {self._address} не отвечает (его задаёт {variable('temporal_address')})."
            ) from None
        await temporal_namespace.register(client, self._namespace)


def _forget_dead_members(database: Path) -> None:
    """Strikes out the services of the run before, which listened on other ports.

    A server that was killed a moment ago seems alive to the next one, which then sends it tasks
    and gets nowhere for up to a minute.
    """
    with closing(sqlite3.connect(database)) as connection, connection:
        tables = connection.execute("SELECT name FROM sqlite_master WHERE name = 'cluster_membership'")
        if tables.fetchone():
            connection.execute("DELETE FROM cluster_membership")

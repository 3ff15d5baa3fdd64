"""Finds a Temporal server to run: the `temporal` CLI, one built from Go modules, the SDK's download.

The CLI (1.9 or newer) is server and UI in one program. It and the SDK's download (the same program)
could not be tried where this was written; the build from `devstack/temporal/go.mod` is what the
tests run on.
"""

import asyncio
import fcntl
import hashlib
import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from devstack.errors import DevstackError
from devstack.settings import variable

MODULE = Path(__file__).with_name("temporal")
SERVER_PACKAGE = "go.temporal.io/server/cmd/server"
UI_PACKAGE = "github.com/temporalio/ui-server/v2/cmd/server"
OLDEST_CLI = (1, 9)
LOG_LINES_SHOWN = 10


class TemporalMissing(DevstackError):
    """No server was found and none could be built; the text is Russian and says what to do."""


@dataclass(frozen=True)
class TemporalCli:
    """`temporal server start-dev`: server and UI in one process."""

    program: Path


@dataclass(frozen=True)
class TemporalBinaries:
    """Server and UI as two programs."""

    server: Path
    ui: Path


Temporal = TemporalCli | TemporalBinaries


def find() -> Temporal:
    """Blocks for minutes when it has to build or download: call it before the event loop starts."""
    on_path = _cli_on_path()
    if on_path:
        return on_path
    if built := _already_built():
        return built
    if shutil.which("go") is None:
        return _download()
    try:
        return build()
    except TemporalMissing as failure:
        print(failure, flush=True)
        return _download()


def _cli_on_path() -> TemporalCli | None:
    program = shutil.which("temporal")
    if program is None:
        return None
    answer = subprocess.run([program, "--version"], capture_output=True, text=True, check=False).stdout
    version = re.search(r"(\d+)\.(\d+)", answer)
    if version is None or tuple(map(int, version.groups())) < OLDEST_CLI:
        return None
    return TemporalCli(Path(program))


def cache() -> Path:
    """Outside the tree, so that checkouts share it and `git clean` spares three minutes of building."""
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(base) / "seo-engine"


def _build_folder() -> Path:
    digest = hashlib.sha256((MODULE / "go.sum").read_bytes()).hexdigest()
    return cache() / f"temporal-{digest[:16]}"


def _already_built() -> TemporalBinaries | None:
    folder = _build_folder()
    built = TemporalBinaries(server=folder / "temporal-server", ui=folder / "temporal-ui")
    return built if built.server.exists() and built.ui.exists() else None


def build() -> TemporalBinaries:
    """Builds what is not built yet; a second builder waits for the first and builds nothing."""
    folder = _build_folder()
    folder.mkdir(parents=True, exist_ok=True)
    with _only_one(folder.with_suffix(".lock")):
        if built := _already_built():
            return built
        print("Собираю сервер Temporal из модулей Go: один раз, на двух ядрах около 4 минут…", flush=True)
        built = TemporalBinaries(server=folder / "temporal-server", ui=folder / "temporal-ui")
        _go_build(SERVER_PACKAGE, built.server)
        _go_build(UI_PACKAGE, built.ui)
        return built


def _go_build(package: str, target: Path) -> None:
    """Under a temporary name until it is whole: an interrupted build leaves nothing to run."""
    log = target.with_suffix(".log")
    with tempfile.TemporaryDirectory(dir=target.parent) as folder:
        part = Path(folder) / target.name
        with log.open("wb") as output:
            outcome = subprocess.run(
                ["go", "build", "-trimpath", "-ldflags", "-s -w", "-o", str(part), package],
                cwd=MODULE,
                env={**os.environ, "CGO_ENABLED": "0"},
                stdout=output,
                stderr=subprocess.STDOUT,
                check=False,
            )
        if outcome.returncode != 0:
            tail = "\n".join(log.read_text(errors="replace").splitlines()[-LOG_LINES_SHOWN:])
            raise TemporalMissing(f"Сервер Temporal не собрался ({package}), журнал {log}:\n{tail}")
        part.rename(target)


@contextmanager
def _only_one(lock: Path) -> Iterator[None]:
    with lock.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _download() -> TemporalCli:
    print("Загружаю сервер Temporal (через SDK, около минуты)…", flush=True)
    folder = cache() / "temporal-cli"
    folder.mkdir(parents=True, exist_ok=True)
    try:
        asyncio.run(_start_once(folder))
    except RuntimeError as failure:
        raise TemporalMissing(
            "Сервера Temporal нет: не найдена программа temporal (1.9 или новее), собрать сервер с "
            "помощью Go не вышло, загрузить готовый тоже. Установите temporal или Go либо задайте "
            f"адрес работающего сервера: {variable('temporal_address')}=<узел:порт>."
        ) from failure
    programs = sorted(folder.glob("temporal-*"), key=lambda file: file.stat().st_mtime)
    if not programs:
        raise TemporalMissing(f"SDK загрузил сервер Temporal, но в {folder} его нет.")
    return TemporalCli(programs[-1])


async def _start_once(folder: Path) -> None:
    """The SDK downloads only when it starts a server; ours is started from the file it leaves."""
    from temporalio.testing import WorkflowEnvironment

    async with await WorkflowEnvironment.start_local(download_dest_dir=str(folder)):
        pass

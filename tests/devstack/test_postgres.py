"""The embedded PostgreSQL."""

import asyncio
import shutil
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine

from devstack.postgres import Postgres
from devstack.processes import ProcessFailed


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    path = Path(tempfile.mkdtemp(prefix="seo-"))
    yield path / "postgres"
    shutil.rmtree(path)


@pytest.fixture(scope="module")
async def postgres(folder: Path) -> AsyncIterator[Postgres]:
    async with Postgres(folder) as server:
        yield server


async def value(postgres: Postgres, query: str) -> object:
    async with await psycopg.AsyncConnection.connect(postgres.libpq_url()) as connection:
        row = await (await connection.execute(query)).fetchone()
        return row[0] if row else None


async def write(postgres: Postgres, query: str) -> None:
    async with await psycopg.AsyncConnection.connect(postgres.libpq_url()) as connection:
        await connection.execute(query)


async def test_sqlalchemy_reaches_it_by_its_address(postgres: Postgres) -> None:
    engine = create_async_engine(postgres.url())
    async with engine.connect() as connection:
        found = await connection.execute(text("SELECT lower('ЁЖ'), current_setting('max_connections')"))
        row = tuple(found.one())
    await engine.dispose()

    assert row == ("ёж", "200")


async def test_another_process_reaches_it(postgres: Postgres) -> None:
    code = (
        f"import psycopg; print(psycopg.connect({postgres.libpq_url()!r}).execute('select 42').fetchone()[0])"
    )

    other = await asyncio.create_subprocess_exec(sys.executable, "-c", code, stdout=subprocess.PIPE)
    printed, _ = await other.communicate()

    assert printed.strip() == b"42"


async def test_it_listens_on_no_network_address(postgres: Postgres) -> None:
    assert await value(postgres, "SHOW listen_addresses") == ""


async def test_what_was_committed_survives_a_stop_and_a_crash(postgres: Postgres) -> None:
    await write(postgres, "CREATE TABLE kept (word text)")

    await postgres.stop()
    await postgres.start()
    await write(postgres, "INSERT INTO kept VALUES ('стоп')")
    await postgres.kill()
    await postgres.start()

    assert await value(postgres, "SELECT word FROM kept") == "стоп"


async def test_it_starts_again_after_a_crash_in_the_middle_of_work(postgres: Postgres) -> None:
    connections = [await psycopg.AsyncConnection.connect(postgres.libpq_url()) for _ in range(5)]
    work = [asyncio.create_task(connection.execute("SELECT pg_sleep(30)")) for connection in connections]
    await asyncio.sleep(0.2)

    await postgres.kill()
    await postgres.start()
    outcomes = await asyncio.gather(*work, return_exceptions=True)
    for connection in connections:
        await connection.close()

    assert all(isinstance(outcome, psycopg.OperationalError) for outcome in outcomes)
    assert await value(postgres, "SELECT 1") == 1


async def test_a_second_server_on_the_same_folder_is_refused(postgres: Postgres, folder: Path) -> None:
    with pytest.raises(ProcessFailed, match="уже работает"):
        await Postgres(folder).start()

    assert await value(postgres, "SELECT 1") == 1


async def test_a_database_can_be_copied_and_dropped(postgres: Postgres) -> None:
    await postgres.create_database("original")
    async with await psycopg.AsyncConnection.connect(postgres.libpq_url("original")) as connection:
        await connection.execute("CREATE TABLE inherited ()")

    await postgres.create_database("copy", template="original")
    async with await psycopg.AsyncConnection.connect(postgres.libpq_url("copy")) as connection:
        await connection.execute("SELECT FROM inherited")
    await postgres.drop_database("copy")
    await postgres.drop_database("original")

    left = "SELECT count(*) FROM pg_database WHERE datname IN ('copy', 'original')"
    assert await value(postgres, left) == 0


async def test_a_folder_with_a_long_path_gets_a_short_socket(folder: Path) -> None:
    deep = folder.parent / ("глубоко-" * 12) / "postgres"

    async with Postgres(deep) as postgres:
        assert await value(postgres, "SELECT 1") == 1

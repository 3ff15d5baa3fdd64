"""One engine per run, made of real parts: Postgres, Temporal, SMTP, Moodle's stand-in, worker, API."""

import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from models import garbage
from tests.engine import Engine
from tests.exit import leave_after_tests
from tests.workflows import privacy


@pytest.fixture(scope="session")
def run_folder() -> Iterator[Path]:
    """A short path: Postgres' socket must have fewer than 100 characters."""
    with tempfile.TemporaryDirectory(prefix="seo-") as folder:
        yield Path(folder)


@pytest.fixture(scope="session")
async def engine(run_folder: Path) -> AsyncIterator[Engine]:
    """The running engine, shared by all tests: each files requests of its own.

    At its end no history may hold a person, whatever the tests did.
    """
    async with Engine.running(run_folder) as running:
        garbage.collect_seldom()
        yield running
        assert await privacy.people_in_histories(running) == []


@pytest.fixture(autouse=True)
async def undisturbed(request: pytest.FixtureRequest) -> AsyncIterator[None]:
    """Whatever a test did to Moodle or to the mail server is over when it ends."""
    yield
    if "engine" in request.fixturenames:
        engine: Engine = request.getfixturevalue("engine")
        await engine.calm()


pytest_sessionfinish = leave_after_tests

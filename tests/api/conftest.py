"""Engines in trouble: parts of the shared one, with something away."""

from collections.abc import AsyncIterator

import pytest
from sqlalchemy import delete
from sqlmodel import col, select
from temporalio.client import Client

from devstack.moodle.server import serving
from devstack.ports import free_port
from models import store
from models.converter import DATA_CONVERTER
from models.tables import AmendmentRow, WordingRow
from tests.engine import Engine


@pytest.fixture
async def with_temporal_away(engine: Engine) -> Engine:
    """An API that has never reached its Temporal."""
    client = await Client.connect(
        f"127.0.0.1:{free_port()}", namespace="seo", data_converter=DATA_CONVERTER, lazy=True
    )
    return engine.api_with(client=client)


@pytest.fixture
async def with_postgres_away(engine: Engine) -> AsyncIterator[Engine]:
    database = store.connect(f"postgresql+psycopg://seo@127.0.0.1:{free_port()}/seo")
    yield engine.api_with(sessions=store.sessions(database))
    await database.dispose()


@pytest.fixture(scope="session")
async def address(engine: Engine) -> AsyncIterator[str]:
    """Where the API is served over HTTP, for clients that aren't ours."""
    async with serving(engine.app) as url:
        yield url


@pytest.fixture
async def calendar_as_before(engine: Engine) -> AsyncIterator[None]:
    """Days that the test amends anywhere are as they were when it ends: other tests count on them."""
    async with engine.sessions() as session:
        before = (await session.scalars(select(AmendmentRow.id))).all()
    yield
    async with engine.sessions.begin() as session:
        await session.execute(delete(AmendmentRow).where(col(AmendmentRow.id).not_in(before)))


@pytest.fixture
async def letters_as_before(engine: Engine) -> AsyncIterator[None]:
    """Letters are written in the engine's words again when the test ends."""
    yield
    async with engine.sessions.begin() as session:
        await session.execute(delete(WordingRow))

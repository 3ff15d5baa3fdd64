from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from datetime import timedelta

import aiohttp
import pytest

from clients.moodle import MoodleClient
from tests.clients.replay import RELEASES, TOKEN, RecordedMoodle, recorded_moodle
from tests.clients.smtp_sink import Serve, smtp_servers


@pytest.fixture
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as session:
        yield session


@pytest.fixture(params=RELEASES)
async def any_moodle(request: pytest.FixtureRequest) -> AsyncIterator[RecordedMoodle]:
    """Each of the recorded releases in turn."""
    async with recorded_moodle(request.param) as site:
        yield site


@pytest.fixture
async def moodle() -> AsyncIterator[RecordedMoodle]:
    """The newest recorded release."""
    async with recorded_moodle("3.7.2") as site:
        yield site


@pytest.fixture
async def moodle_33() -> AsyncIterator[RecordedMoodle]:
    async with recorded_moodle("3.3") as site:
        yield site


@pytest.fixture
async def moodle_285() -> AsyncIterator[RecordedMoodle]:
    async with recorded_moodle("2.8.5") as site:
        yield site


ClientOf = Callable[[RecordedMoodle], MoodleClient]


@pytest.fixture
def client_of(session: aiohttp.ClientSession) -> ClientOf:
    """Make the client of a site."""
    return lambda site: MoodleClient(session, site.url, TOKEN, timeout=timedelta(seconds=5))


@pytest.fixture
async def serve() -> AsyncIterator[Serve]:
    """Start an SMTP server for a sink on a free port."""
    async with smtp_servers() as start:
        yield start

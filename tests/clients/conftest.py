from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from datetime import timedelta

import aiohttp
import pytest

from clients.moodle import MoodleClient, open_session
from devstack.moodle import create_app, devstack_sites
from devstack.moodle.server import serving
from tests.clients.replay import RELEASES, TOKEN, RecordedMoodle, recorded_moodle
from tests.clients.smtp_sink import Serve, smtp_servers
from tests.clients.standin import Standin
from tests.moodle.standin_client import SITE_TOKENS, SiteClient


@pytest.fixture
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    async with open_session() as session:
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


@pytest.fixture
async def standin_address() -> AsyncIterator[str]:
    async with serving(create_app(devstack_sites(**SITE_TOKENS))) as address:
        yield address


StandinOf = Callable[[str], Standin]


@pytest.fixture
def standin_of(session: aiohttp.ClientSession, standin_address: str) -> StandinOf:
    """A site of the stand-in by its path: `edu` is a 3.7.2, `eiok` a 3.3.2, `eledu` a 2.8.5."""

    def make(path: str) -> Standin:
        site = SiteClient(session, f"{standin_address}/{path}", SITE_TOKENS[path])
        return Standin(site, MoodleClient(session, site.base, site.token, timeout=timedelta(seconds=5)))

    return make


@pytest.fixture(params=["eledu", "eiok", "edu"])
def standin(request: pytest.FixtureRequest, standin_of: StandinOf) -> Standin:
    """Each of the three releases in turn, the oldest first."""
    return standin_of(request.param)


@pytest.fixture
def edu(standin_of: StandinOf) -> Standin:
    return standin_of("edu")


@pytest.fixture
def eledu(standin_of: StandinOf) -> Standin:
    return standin_of("eledu")

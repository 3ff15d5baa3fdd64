"""A stand-in with the three sites of Appendix 1, served inside the test run."""

from collections.abc import AsyncIterator

import aiohttp
import pytest

from clients.moodle import open_session
from devstack.moodle import create_app, devstack_sites
from devstack.moodle.server import serving
from tests.moodle.standin_client import SITE_TOKENS, SiteClient


@pytest.fixture
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    async with open_session() as session:
        yield session


@pytest.fixture
async def address() -> AsyncIterator[str]:
    async with serving(create_app(devstack_sites(**SITE_TOKENS))) as address:
        yield address


@pytest.fixture
def edu(session: aiohttp.ClientSession, address: str) -> SiteClient:
    return SiteClient(session, f"{address}/edu", SITE_TOKENS["edu"])


@pytest.fixture
def eledu(session: aiohttp.ClientSession, address: str) -> SiteClient:
    return SiteClient(session, f"{address}/eledu", SITE_TOKENS["eledu"])

"""People who open pages of the engine as the devstack runs it."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack

import httpx
import pytest
from playwright.async_api import Browser, expect

from devstack import chromium
from devstack.moodle.server import serving
from tests.engine import Engine
from tests.pages.people import HOME, Browsers, Person, SignIn, key_id


@pytest.fixture(scope="session")
async def stand(engine: Engine) -> Engine:
    """The engine as the devstack runs it: everybody may sign in, on this machine."""
    return engine.api_with(demo_sign_in=True, public_url=HOME, bad_calls_per_second=0)


@pytest.fixture(scope="session")
async def browser() -> AsyncIterator[Browser]:
    """Chromium; tests that need it are left out where there is none."""
    expect.set_options(timeout=60_000)
    async with chromium.running() as running:
        yield running


@pytest.fixture(scope="session")
async def url(stand: Engine) -> AsyncIterator[str]:
    """Where a real browser finds the pages."""
    async with serving(stand.app) as address:
        yield address


@pytest.fixture
async def somebody(stand: Engine) -> AsyncIterator[Browsers]:
    """Browsers of people who have not signed in."""
    async with AsyncExitStack() as stack:

        async def open_browser() -> Person:
            transport = httpx.ASGITransport(stand.app, raise_app_exceptions=False)
            client = httpx.AsyncClient(
                transport=transport,
                base_url=HOME,
                headers={"Origin": HOME},
                follow_redirects=True,
                timeout=60,
            )
            return Person(await stack.enter_async_context(client))

        yield open_browser


@pytest.fixture
async def signed_in(stand: Engine, somebody: Browsers) -> SignIn:
    """People who have signed in, by the name of their key, or by the key itself."""

    async def sign_in(name: str) -> Person:
        person = await somebody()
        key = await key_id(stand, stand.keys.get(name, name))
        response = await person.send("/sign-in", follow=False, person=key)
        assert response.status_code == 303, response.text
        return person

    return sign_in

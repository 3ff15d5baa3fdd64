"""How long a connection to Moodle is kept for the next call."""

import asyncio

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from clients.moodle import open_session


@pytest.mark.parametrize(("pause", "connections"), [(0, 1), (2.5, 2)])
async def test_an_idle_connection_is_given_up_before_apache_closes_it(pause: float, connections: int) -> None:
    met = set()

    async def answer(request: web.Request) -> web.Response:
        assert request.transport
        met.add(request.transport.get_extra_info("peername"))
        return web.Response()

    site = web.Application()
    site.router.add_post("/", answer)
    async with TestServer(site) as server, open_session() as session:
        for wait in (pause, 0):
            async with session.post(server.make_url("/")) as response:
                await response.read()
            await asyncio.sleep(wait)

    assert len(met) == connections

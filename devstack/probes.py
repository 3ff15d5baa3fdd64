"""Ways to ask a starting process whether it answers yet."""

import asyncio

import aiohttp

from devstack.ports import HOST
from devstack.processes import Probe


def tcp(port: int) -> Probe:
    async def probe() -> bool:
        try:
            _, writer = await asyncio.open_connection(HOST, port)
        except OSError:
            return False
        writer.close()
        return True

    return probe


def http(url: str, *, seconds: float = 2) -> Probe:
    """Ready when the address answers with any status below 500."""

    async def probe() -> bool:
        timeout = aiohttp.ClientTimeout(total=seconds)
        try:
            async with aiohttp.ClientSession(timeout=timeout) as session, session.get(url) as response:
                return response.status < 500
        except (aiohttp.ClientError, TimeoutError, OSError):
            return False

    return probe

"""The stand-in as a program of its own, and who may reach its control routes."""

import asyncio
import socket
import sys
from pathlib import Path

import aiohttp
import pytest
from starlette.requests import Request

from devstack.moodle.control import is_local
from tests.moodle.standin_client import SiteClient

_ROOT = Path(__file__).parents[2]


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


async def _start(port: int, state: Path) -> asyncio.subprocess.Process:
    arguments = ["-m", "devstack.moodle", "--port", str(port), "--state", str(state)]
    tokens = {"MOODLE_STANDIN_TOKEN_EDU": "a" * 32, "PYTHONPATH": str(_ROOT)}
    return await asyncio.create_subprocess_exec(
        sys.executable, *arguments, env=tokens, cwd=_ROOT, stdout=asyncio.subprocess.PIPE
    )


async def _until_it_answers(site: SiteClient) -> dict[str, str]:
    for _ in range(200):
        try:
            answer: dict[str, str] = await site.call("core_webservice_get_site_info")
        except aiohttp.ClientConnectorError:
            await asyncio.sleep(0.05)
        else:
            return answer
    raise AssertionError("no answer in 10 s")


async def test_the_program_serves_prints_new_tokens_and_stops_when_told(
    session: aiohttp.ClientSession, tmp_path: Path
) -> None:
    port = _free_port()
    process = await _start(port, tmp_path / "moodle.sqlite")
    try:
        site = SiteClient(session, f"http://127.0.0.1:{port}/edu", "a" * 32)
        info = await _until_it_answers(site)
    finally:
        process.terminate()
        printed, _ = await process.communicate()

    lines = printed.decode().splitlines()
    assert info["siteurl"] == site.base
    assert lines[0] == site.base
    assert lines[1].startswith(f"http://127.0.0.1:{port}/eledu  token ")


@pytest.mark.parametrize(
    ("client", "allowed"),
    [("127.0.0.1", True), ("::1", True), ("10.0.0.7", False), ("testclient", False), (None, False)],
)
def test_only_loopback_reaches_the_control_routes(client: str | None, allowed: bool) -> None:
    scope = {"type": "http", "client": (client, 1) if client else None}

    assert is_local(Request(scope)) is allowed

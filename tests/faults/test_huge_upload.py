"""Clause 4.5: somebody uploads 200 MB as a list of learners, to a real API process over a real socket."""

from collections.abc import AsyncIterator
from pathlib import Path
from uuid import uuid4

import aiohttp
import pytest

from tests.faults.outside import Outside
from tests.faults.test_killed_registration import course_of

_MEGABYTE = 2**20
_SIZE = 200 * _MEGABYTE
_MOST_MB = 48
"""By which the API may grow: a whole file of 16 MB, held twice for a moment, and what the rest takes."""


@pytest.mark.parametrize("tells_its_length", [True, False], ids=["with its length", "in chunks"])
async def test_a_list_of_200_mb_is_refused_early_and_kept_nowhere(
    outside: Outside, tells_its_length: bool
) -> None:
    _, course = await course_of(outside)
    before = await outside.sql("SELECT count(*) FROM enrolments")
    memory = _memory_mb(outside)

    status, sent = await _upload(outside, course, tells_its_length=tells_its_length)

    assert status in (413, 0), "refused, or the connection closed under the sender"
    assert sent < _SIZE
    assert _memory_mb(outside) - memory < _MOST_MB
    assert await outside.sql("SELECT count(*) FROM enrolments") == before
    status, answer = await outside.world.send(
        "responsible", f"/courses/{course}/enrolments?filename=a.csv", {}, key=uuid4().hex
    )
    assert status == 422, answer


async def _upload(outside: Outside, course: int, *, tells_its_length: bool) -> tuple[int, int]:
    """The answer's status, 0 for none, and how many bytes the server had taken by then."""
    sent = 0

    async def body() -> AsyncIterator[bytes]:
        nonlocal sent
        while sent < _SIZE:
            yield b"a;b@example.org\n" * (_MEGABYTE // 16)
            sent += _MEGABYTE

    headers = {
        "Authorization": f"Bearer {outside.stack.keys['responsible']}",
        "Idempotency-Key": uuid4().hex,
        "Content-Type": "application/octet-stream",
        **({"Content-Length": str(_SIZE)} if tells_its_length else {}),
    }
    url = f"{outside.stack.api_url}/api/v1/courses/{course}/enrolments?filename=list.csv"
    async with aiohttp.ClientSession() as http:
        try:
            async with http.post(url, data=body(), headers=headers) as response:
                return response.status, sent
        except aiohttp.ClientError:
            return 0, sent


def _memory_mb(outside: Outside) -> float:
    """Of the API's process: the most it has held since it began."""
    [child] = outside.stack.api.children
    status = Path(f"/proc/{child.pid}/status").read_text()
    return int(status.split("VmHWM:")[1].split()[0]) / 1024

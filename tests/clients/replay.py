"""Recorded conversations with real Moodles, and a site on a socket that answers with them."""

from __future__ import annotations

import asyncio
import json
import re
from collections import defaultdict, deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from aiohttp import web
from aiohttp.test_utils import TestServer

RELEASES = ("2.8.5", "3.3", "3.7.2")
SITE_INFO = "core_webservice_get_site_info"
TOKEN = "0123456789abcdef0123456789abcdef"

_FOLDER = Path(__file__).parent.parent / "moodle" / "recordings"

Form = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Reply:
    status: int
    body: bytes
    content_type: str = "application/json"
    delay_seconds: float = 0
    location: str = ""


@dataclass(frozen=True)
class Recording:
    """One recorded call; `name` is without its number, which differs from release to release."""

    release: str
    name: str
    function: str | None
    token: str
    form: Form
    reply: Reply

    @property
    def answer(self) -> object:
        try:
            return json.loads(self.reply.body)
        except ValueError:
            return None

    @property
    def is_error(self) -> bool:
        answer = self.answer
        return self.reply.status != 200 or (isinstance(answer, dict) and "exception" in answer)


@cache
def recordings(release: str) -> tuple[Recording, ...]:
    lines = (_FOLDER / f"moodle-{release}.jsonl").read_text(encoding="utf-8").splitlines()
    return tuple(_recording(release, json.loads(line)) for line in lines)


@cache
def recording(release: str, name: str) -> Recording:
    [found] = [one for one in recordings(release) if one.name == name]
    return found


def _recording(release: str, line: dict[str, object]) -> Recording:
    raw, form = line["response_raw"], line["form"]
    assert isinstance(form, list)
    body = raw if isinstance(raw, str) else json.dumps(line["response"], ensure_ascii=False)
    return Recording(
        release=release,
        name=str(line["name"]).partition("_")[2],
        function=line["function"] if isinstance(line["function"], str) else None,
        token=str(line["token"]),
        form=tuple((str(key), str(value)) for key, value in form),
        reply=Reply(_status(line), body.encode(), str(line["response_type"]).partition(";")[0]),
    )


def _status(line: dict[str, object]) -> int:
    status = line["status"]
    assert isinstance(status, int)
    return status


def without_indexes(key: str) -> str:
    """`users[3][email]` -> `users[][email]`."""
    return re.sub(r"\[\d+\]", "[]", key)


class RecordedMoodle:
    """Answers each function with what a test put in line for it; the last reply stays.

    The site's own description comes from the release's recording unless a test replaces it.
    """

    def __init__(self, release: str) -> None:
        self.release = release
        self.url = ""
        self.forms: list[Form] = []
        self._replies: dict[str, deque[Reply]] = defaultdict(deque)
        self.play("site_info_ok")

    def play(self, *names: str) -> None:
        """Answer the recordings' function with the recordings, in this order."""
        for name in names:
            one = recording(self.release, name)
            assert one.function is not None
            self.reply(one.function, one.reply)

    def reply(self, function: str, *replies: Reply) -> None:
        self._replies[function].extend(replies)

    def answer(self, function: str, *answers: object) -> None:
        """Put a made-up JSON answer in line."""
        self.reply(function, *(Reply(200, json.dumps(answer).encode()) for answer in answers))

    def forget(self, function: str) -> None:
        self._replies.pop(function, None)

    def sent(self, function: str) -> list[dict[str, str]]:
        """The forms received for a function."""
        return [dict(form) for form in self.forms if ("wsfunction", function) in form]

    async def handle(self, request: web.Request) -> web.StreamResponse:
        form = tuple((key, str(value)) for key, value in (await request.post()).items())
        self.forms.append(form)
        replies = self._replies[dict(form)["wsfunction"]]
        assert replies, f"no answer in line for {dict(form)['wsfunction']}"
        reply = replies.popleft() if len(replies) > 1 else replies[0]
        await asyncio.sleep(reply.delay_seconds)
        headers = {"Location": reply.location} if reply.location else None
        return web.Response(
            status=reply.status, body=reply.body, content_type=reply.content_type, headers=headers
        )


@asynccontextmanager
async def recorded_moodle(release: str) -> AsyncIterator[RecordedMoodle]:
    site = RecordedMoodle(release)
    app = web.Application()
    app.router.add_post("/webservice/rest/server.php", site.handle)
    async with TestServer(app) as server:
        site.url = str(server.make_url("/")).rstrip("/")
        yield site

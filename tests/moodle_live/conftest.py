"""A real Moodle, given by MOODLE_URL and MOODLE_TOKEN; the stand-in proves the suite itself on every run.

    MOODLE_URL=https://moodle.example.org MOODLE_TOKEN=… make test ARGS='tests/moodle_live -m moodle_live'

What the suite makes there it takes away again where the token's service lets it; the rest it names.
"""

import os
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import timedelta
from uuid import uuid4

import aiohttp
import pytest
from pydantic import SecretStr

from clients.moodle import MoodleClient, Roles, open_session
from clients.moodle.transport import Transport
from devstack.moodle import create_app, devstack_sites
from devstack.moodle.server import serving
from models.settings import MoodleSite

URL, TOKEN = os.environ.get("MOODLE_URL", ""), os.environ.get("MOODLE_TOKEN", "")
TEACHER = int(os.environ.get("MOODLE_TEACHER_ROLE", "3"))
COURSE_CREATOR = int(os.environ.get("MOODLE_COURSE_CREATOR_ROLE", "2"))
STUDENT = int(os.environ.get("MOODLE_STUDENT_ROLE", "5"))

_REAL = pytest.param(
    "real",
    marks=[
        pytest.mark.moodle_live,
        pytest.mark.skipif(
            not (URL and TOKEN),
            reason="настоящая Moodle не указана: задайте MOODLE_URL и MOODLE_TOKEN"
            " (no real Moodle is given: set MOODLE_URL and MOODLE_TOKEN)",
        ),
    ],
)

DELETE_CATEGORIES, DELETE_PEOPLE = "core_course_delete_categories", "core_user_delete_users"


@dataclass
class Live:
    """A Moodle to try things in, and what has been made there."""

    site: MoodleSite
    client: MoodleClient
    transport: Transport
    categories: list[int] = field(default_factory=list)
    people: list[int] = field(default_factory=list)

    async def clean_up(self) -> list[str]:
        """Take away what was made, courses with their categories; names of what has to stay."""
        info = await self.client.site(fresh=True)
        left: list[str] = []
        for function, key, ids in (
            (DELETE_CATEGORIES, "categories", self.categories),
            (DELETE_PEOPLE, "userids", self.people),
        ):
            if not info.has(function):
                left += [f"{key} {id}" for id in ids]
                continue
            rows = [{"id": id, "recursive": 1} for id in ids] if key == "categories" else ids
            if ids:
                await self.transport.call(function, {key: rows})
        return left


@pytest.fixture(scope="session", params=["stand-in", _REAL])
async def live(request: pytest.FixtureRequest) -> AsyncIterator[Live]:
    """The stand-in always, and the real Moodle when one is given."""
    async with open_session() as http:
        if request.param == "real":
            real = _live(http, URL.rstrip("/"), TOKEN)
            yield real
            if left := await real.clean_up():
                writer = request.config.get_terminal_writer()
                writer.line(f"\nОсталось в Moodle (left there): {', '.join(left)}")
            return
        async with serving(create_app(devstack_sites(edu="token", eledu="token", eiok="token"))) as address:
            standin = _live(http, f"{address}/edu", "token")
            yield standin
            assert await standin.clean_up() == []


def _live(http: aiohttp.ClientSession, url: str, token: str) -> Live:
    timeout = timedelta(seconds=60)
    roles = Roles(editing_teacher=TEACHER, course_creator=COURSE_CREATOR, student=STUDENT)
    return Live(
        MoodleSite(url=url, token=SecretStr(token), teacher_role=TEACHER, course_creator_role=COURSE_CREATOR),
        MoodleClient(http, url, token, timeout=timeout, roles=roles),
        Transport(http, url, token, timeout=timeout),
    )


@pytest.fixture
def mark() -> str:
    """Tells what one test makes from everything else in the Moodle."""
    return f"seo-live-{uuid4().hex[:10]}"

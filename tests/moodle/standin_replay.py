"""Plays a recording against the stand-in over HTTP and says how each answer differs from the recorded one."""

import json
import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import aiohttp

from clients.moodle import open_session
from devstack.moodle import SiteConfig, create_app
from devstack.moodle.administration import Administrator
from devstack.moodle.server import serving
from tests.moodle.standin_recordings import BETWEEN_CALLS, TOKENS, Recorded, recorded_world, recording

_MOMENT = range(1_500_000_000, 2_500_000_000)
_ADDRESS = re.compile(r"http://127\.0\.0\.1:\d+(/moodle)?(?=[/<\"]|$)")
_MOMENT_IN_TEXT = re.compile(r"(?<!\d)[12]\d{9}(?!\d)")
# Moodle asks the database for these without an order: all courses, and the functions of a service. PostgreSQL
# gives them as they lie on the disk, and otherwise after an update.
_ALL_COURSES = "core_course_get_courses"
_SITE_INFO = "core_webservice_get_site_info"


@dataclass(frozen=True)
class Answer:
    status: int
    content_type: str
    text: str


@dataclass(frozen=True)
class Played:
    call: Recorded
    answer: Answer

    def differences(self) -> list[str]:
        """Empty when the answer is the recorded one, but for addresses and moments in time."""
        found = []
        if self.answer.status != self.call.status:
            found.append(f"status: recorded {self.call.status}, got {self.answer.status}")
        if self.answer.content_type != self.call.response_type:
            found.append(f"type: recorded {self.call.response_type}, got {self.answer.content_type}")
        return found or list(_compare(self._recorded(), self._got(), "answer"))

    def _recorded(self) -> Any:
        is_json = self.call.response_type.startswith("application/json")
        return self._comparable(self.call.response if is_json else self.call.response_raw)

    def _got(self) -> Any:
        is_json = self.call.response_type.startswith("application/json")
        return self._comparable(json.loads(self.answer.text) if is_json else self.answer.text)

    def _comparable(self, value: Any) -> Any:
        if self.call.function == _ALL_COURSES and isinstance(value, list):
            value = sorted(value, key=lambda item: int(item["id"]))
        if self.call.function == _SITE_INFO and isinstance(value, dict) and "functions" in value:
            value = value | {"functions": sorted(value["functions"], key=lambda item: str(item["name"]))}
        return _without_moments(value)


def _without_moments(value: Any) -> Any:
    """Moments and addresses replaced by words that keep their type."""
    if isinstance(value, dict):
        return {key: _without_moments(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_without_moments(item) for item in value]
    if isinstance(value, str):
        text = _ADDRESS.sub("http://moodle", value)
        for name, token in TOKENS.items():
            text = text.replace(token, f"<TOKEN:{name}>")
        return _MOMENT_IN_TEXT.sub("<moment>", text)
    is_moment = isinstance(value, int) and not isinstance(value, bool) and value in _MOMENT
    return "<whole number: moment>" if is_moment else value


def _compare(recorded: Any, got: Any, where: str) -> list[str]:
    if type(recorded) is not type(got):
        return [f"{where}: recorded {recorded!r}, got {got!r}"]
    if isinstance(recorded, dict):
        missing = [
            f"{where}.{key}: missing, recorded {recorded[key]!r}" for key in recorded if key not in got
        ]
        extra = [
            f"{where}.{key}: not in the recording, got {got[key]!r}" for key in got if key not in recorded
        ]
        shared = [_compare(recorded[key], got[key], f"{where}.{key}") for key in recorded if key in got]
        return missing + extra + [line for lines in shared for line in lines]
    if isinstance(recorded, list):
        if len(recorded) != len(got):
            return [f"{where}: recorded {len(recorded)} items, got {len(got)}"]
        pairs = zip(recorded, got, strict=True)
        items = [_compare(old, new, f"{where}[{place}]") for place, (old, new) in enumerate(pairs)]
        return [line for lines in items for line in lines]
    return [] if recorded == got else [f"{where}: recorded {recorded!r}, got {got!r}"]


async def play(release: str) -> list[Played]:
    """All calls of a recording in their order, with what happened between them."""
    world = recorded_world(release)
    app = create_app([SiteConfig("moodle", release, TOKENS["service"], world)])
    admin = Administrator(app.state.sites["moodle"])
    played = []
    async with serving(app) as address, open_session() as session:
        for call in recording(release):
            happened = BETWEEN_CALLS.get(call.title)
            if happened:
                happened(admin)
            played.append(Played(call, await _send(session, f"{address}/moodle", call)))
    return played


async def _send(session: aiohttp.ClientSession, base: str, call: Recorded) -> Answer:
    is_form = call.content_type == "application/x-www-form-urlencoded"
    body = urlencode(call.form) if is_form else call.body
    headers = {"content-type": call.content_type} if call.content_type else {}
    async with session.request(call.method, base + call.path, data=body, headers=headers) as response:
        return Answer(response.status, response.headers["content-type"], await response.text())

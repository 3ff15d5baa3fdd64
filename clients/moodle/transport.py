"""One call of a web-service function over HTTP."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from urllib.parse import urlencode

import aiohttp
from yarl import URL

from clients.moodle import answers
from clients.moodle.errors import MoodleUnavailable

Param = str | int | bool | Sequence["Param"] | Mapping[str, "Param"]
Params = Mapping[str, Param]

_FORM = {"Content-Type": "application/x-www-form-urlencoded"}


class Transport:
    """Posts forms to `/webservice/rest/server.php`. The session belongs to the caller."""

    def __init__(
        self, session: aiohttp.ClientSession, base_url: str, token: str, *, timeout: timedelta
    ) -> None:
        base = URL(base_url)
        if base.scheme not in ("http", "https") or not base.host:
            raise ValueError("base_url must be the http(s) address of a Moodle")
        self._session = session
        self._url = base / "webservice/rest/server.php"
        self._token = token
        self._timeout = aiohttp.ClientTimeout(total=timeout.total_seconds())
        self._token_worked = False
        self.site = base.authority.rpartition("@")[2]

    async def call(self, function: str, params: Params) -> object:
        """Call `function` and return its value.

        Raises:
            MoodleError: as `clients.moodle.errors` tells.
        """
        form = [
            ("wsfunction", function),
            ("moodlewsrestformat", "json"),
            # else names come back HTML-escaped: «R&amp;D»
            ("moodlewssettingraw", "true"),
            *flatten(params),
            # PHP silently drops what exceeds `max_input_vars`. With the token last, a cut form is
            # answered `invalidtoken` and does nothing, instead of doing a part of the work.
            ("wstoken", self._token),
        ]
        status, body = await self._post(function, form)
        asked = answers.Asked(function, self.site, len(form), self._token_worked)
        answer = answers.read(status, body, asked)
        self._token_worked = True
        return answer

    async def _post(self, function: str, form: list[tuple[str, str]]) -> tuple[int, bytes]:
        try:
            # Encoded here, for aiohttp's own forms take half as long again; PHP reads bare brackets.
            body = urlencode(form, safe="[]").encode()
            # A redirect would turn the POST into a GET, or carry the token to another host.
            async with self._session.post(
                self._url, data=body, headers=_FORM, timeout=self._timeout, allow_redirects=False
            ) as response:
                return response.status, await response.read()
        except TimeoutError:
            raise MoodleUnavailable(function, "timeout", self.site) from None
        except aiohttp.ClientError as error:
            raise MoodleUnavailable(function, type(error).__name__, self.site) from None


def flatten(params: Params, prefix: str = "") -> Iterator[tuple[str, str]]:
    """Write nested parameters as PHP reads them: `users[0][email]`; booleans are 1 and 0."""
    for key, value in params.items():
        yield from _flatten_value(f"{prefix}[{key}]" if prefix else key, value)


def _flatten_value(name: str, value: Param) -> Iterator[tuple[str, str]]:
    if isinstance(value, str):
        yield name, value
    elif isinstance(value, int):
        yield name, str(int(value))
    elif isinstance(value, (dict, Mapping)):  # dict first: an abstract type is slow to ask
        yield from flatten(value, name)
    else:
        for index, item in enumerate(value):
            yield from _flatten_value(f"{name}[{index}]", item)

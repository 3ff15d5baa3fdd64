"""People at work while something dies under them: what they were told is noted, to be held true."""

import asyncio
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

import aiohttp

from devstack.request_form import request_form
from tests.faults.outside import REFUSAL, Outside

PAIRS = 4
PAUSE_SECONDS = 0.2
# What may be answered while a part is away: try again. 409: a case too young to be decided.
COME_BACK = {409, 503}

Json = dict[str, Any]


@dataclass
class Load:
    """`await Load(outside).run(stopped)`"""

    outside: Outside
    filed: dict[str, str] = field(default_factory=dict)
    """Number by Idempotency-Key, of what was answered 201."""
    decided: dict[str, Json] = field(default_factory=dict)
    """Answer by number, of what was answered 200."""
    keys: dict[str, str] = field(default_factory=dict)
    """Idempotency-Key of the decision, by number."""
    unanswered: dict[str, Json] = field(default_factory=dict)
    """Form by Idempotency-Key, of filings that got no answer."""
    wrong: list[Json] = field(default_factory=list)
    """Answers that nobody should ever get."""

    async def run(self, stopped: asyncio.Event) -> None:
        async with asyncio.TaskGroup() as group:
            for _ in range(PAIRS):
                group.create_task(self._pair(stopped))

    async def _pair(self, stopped: asyncio.Event) -> None:
        """An agency files, a reviewer decides, and only then is the next one filed."""
        while not stopped.is_set():
            key = uuid4().hex
            await self.file(key, request_form())
            while key in self.filed and self.filed[key] not in self.decided and not stopped.is_set():
                await asyncio.sleep(PAUSE_SECONDS)
                await self.decide(self.filed[key])
            await asyncio.sleep(PAUSE_SECONDS)

    async def file(self, key: str, request: Json) -> None:
        self.unanswered[key] = request
        try:
            status, answer = await self.outside.world.send("agency", "/requests", request, key=key)
        except (aiohttp.ClientError, TimeoutError):
            return
        if status == 201:
            self.filed[key] = answer["number"]
            del self.unanswered[key]
        elif status not in COME_BACK:
            self.wrong.append(answer)

    async def decide(self, number: str) -> None:
        key = self.keys.setdefault(number, uuid4().hex)
        try:
            status, answer = await self.outside.decide(number, REFUSAL, key=key)
        except (aiohttp.ClientError, TimeoutError):
            return
        if status == 200:
            self.decided[number] = answer
        elif status not in COME_BACK:
            self.wrong.append(answer)

    async def finish(self) -> None:
        """Everybody asks again, under the same keys, until they have their answer."""
        while self.unanswered:
            for key, request in list(self.unanswered.items()):
                await self.file(key, request)
        while left := set(self.filed.values()) - self.decided.keys():
            for number in left:
                await self.decide(number)
            await asyncio.sleep(PAUSE_SECONDS)

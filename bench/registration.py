"""Clause 4.5: a list registered by the engine against a bare loop of the same calls of Moodle.

The bare loop has the same batches and as many calls at a time; it knows no Postgres, no Temporal, no rules.
"""

import asyncio
import os
import time
from collections.abc import Awaitable, Callable, Iterable
from datetime import timedelta
from itertools import count
from typing import NamedTuple
from uuid import uuid4

import aiohttp

from bench.engine import API, Engine
from bench.measure import pairs
from clients.moodle import MoodleUnavailable, throwaway_password, username_for
from clients.moodle.transport import Params, Transport

LEARNERS = int(os.environ.get("BENCH_LEARNERS", "50000"))
"""Of a list; fewer for a quick look."""
MEMORY_LIMIT_MB = 400
_ROUNDS = 3
_SITE = "edu"
_ACCOUNTS_A_CALL, _ENROLMENTS_A_CALL, _CHUNK, _AT_ONCE = 123, 330, 492, 4
_STUDENT = 5
_PATIENCE_SECONDS = 3600
_names = count(1)


class Course(NamedTuple):
    id: int
    moodle_id: int


async def registering(engine: Engine) -> bool:
    """A list of new learners, from its confirmation until the last one is in the course."""
    return await _measure(engine, f"Регистрация {LEARNERS} Пользователей", bad_of_a_hundred=0, faults=False)


async def registering_on_a_bad_day(engine: Engine) -> bool:
    """The same with a bad row in a hundred and every twentieth answer of Moodle a 503."""
    name = f"Регистрация {LEARNERS} Пользователей: 1 % строк с ошибками, 5 % ответов 503"
    return await _measure(engine, name, bad_of_a_hundred=1, faults=True)


async def _measure(engine: Engine, name: str, *, bad_of_a_hundred: int, faults: bool) -> bool:
    used: list[float] = []

    async def by_engine() -> list[float]:
        seconds = await _by_engine(engine, await new_course(engine), bad_of_a_hundred, faults=faults)
        used.append(engine.worker_memory_mb())
        return [seconds]

    async def by_loop() -> list[float]:
        good = LEARNERS - LEARNERS * bad_of_a_hundred // 100
        return [await _by_loop(engine, await new_course(engine), good, faults=faults)]

    measured = await pairs(by_engine, by_loop, rounds=_ROUNDS)
    measured.report(name, "цель — до 1.25: от 0.8 пропускной способности")
    print(f"  память исполнителя {max(used):.0f} МБ (предел {MEMORY_LIMIT_MB})", flush=True)
    return max(used) <= MEMORY_LIMIT_MB


# By the engine


async def _by_engine(engine: Engine, course: Course, bad_of_a_hundred: int, *, faults: bool) -> float:
    number = await _upload(engine, course, _table(bad_of_a_hundred))
    begun = time.perf_counter()
    await _until(engine, number, "planned")
    print(f"  план {number}: {time.perf_counter() - begun:.1f} с", flush=True)
    async with _Faults(engine, faults):
        begun = time.perf_counter()
        await engine.post("agency", f"/enrolments/{number}/confirmation", {})
        await _until(engine, number, "done")
        seconds = time.perf_counter() - begun
    # The codes would be mailed for the better part of an hour.
    await engine.client.get_workflow_handle(number).terminate("measured")
    return seconds


async def _upload(engine: Engine, course: Course, content: bytes) -> str:
    headers = {
        "Authorization": f"Bearer {engine.stack.keys['agency']}",
        "Idempotency-Key": uuid4().hex,
        "Content-Type": "application/octet-stream",
    }
    url = f"{engine.stack.api_url}{API}/courses/{course.id}/enrolments?filename=list.csv"
    async with engine.http.post(url, data=content, headers=headers) as response:
        answer = await response.json()
        assert response.status == 201, answer
        return str(answer["number"])


async def _until(engine: Engine, number: str, state: str) -> None:
    limit = time.monotonic() + _PATIENCE_SECONDS
    query = "SELECT count(*) FROM enrolments WHERE number = %s AND state = %s"
    while True:
        row = await (await engine.database.execute(query, (number, state))).fetchone()
        if row and row[0]:
            return
        assert time.monotonic() < limit, f"{number} is not {state}"
        await asyncio.sleep(0.05)


def _surname(email: str) -> str:
    """Another for each: names before the suffix of a username are seldom the same in a list."""
    return "Замерова" + "".join(chr(ord("а") + int(digit)) for digit in email if digit.isdecimal())


def _table(bad_of_a_hundred: int) -> bytes:
    lines = ["Фамилия;Имя;Отчество;Почта;Организация"]
    for at in range(LEARNERS):
        is_bad = at % 100 < bad_of_a_hundred
        email = "нет такого@адреса" if is_bad else f"b{next(_names)}@bench.example"
        lines.append(f"{_surname(email)};Анна;Ильинична;{email};Школа № {at % 300}")
    return "\n".join(lines).encode()


# By hand


async def _by_loop(engine: Engine, course: Course, learners: int, *, faults: bool) -> float:
    bare = Bare(engine, course.moodle_id)
    async with _Faults(engine, faults):
        begun = time.perf_counter()
        for first in range(0, learners, _CHUNK):
            await bare.register(min(_CHUNK, learners - first))
        return time.perf_counter() - begun


class Bare:
    """Calls of the Moodle without the engine; learners of one course are made by them."""

    def __init__(self, engine: Engine, course_id: int) -> None:
        token = (engine.stack.settings.var_folder / f"moodle-{_SITE}.token").read_text().strip()
        url = f"{engine.stack.moodle_url}/{_SITE}"
        self._transport = Transport(engine.http, url, token, timeout=timedelta(seconds=30))
        self._gate = asyncio.Semaphore(_AT_ONCE)
        self._course_id = course_id
        self._done = 0

    async def register(self, learners: int) -> None:
        """A chunk: who is there, accounts, enrolments, and who is in the course now."""
        ids = [one for part in await _all(self._make(size) for size in _sizes(learners)) for one in part]
        parts = [ids[at : at + _ENROLMENTS_A_CALL] for at in range(0, len(ids), _ENROLMENTS_A_CALL)]
        await _all(self._enrol(part) for part in parts)
        options = {"userfields": "id", "limitfrom": str(self._done), "onlyactive": "1"}
        asked = [{"name": name, "value": value} for name, value in options.items()]
        found = await self.call(
            "core_enrol_get_enrolled_users", {"courseid": self._course_id, "options": asked}
        )
        self._done += learners
        assert isinstance(found, list)
        assert {one["id"] for one in found} >= set(ids)

    async def _make(self, count: int) -> list[int]:
        emails = [f"b{next(_names)}@bench.example" for _ in range(count)]
        spellings = [spelling for email in emails for spelling in (email, email.capitalize())]
        await self.call("core_user_get_users_by_field", {"field": "email", "values": spellings})
        made = await self.call("core_user_create_users", {"users": [_user(email) for email in emails]})
        assert isinstance(made, list)
        return [int(one["id"]) for one in made]

    async def _enrol(self, ids: list[int]) -> None:
        rows = [{"roleid": _STUDENT, "userid": one, "courseid": self._course_id} for one in ids]
        await self.call("enrol_manual_enrol_users", {"enrolments": rows})

    async def call(self, function: str, params: Params) -> object:
        while True:
            try:
                async with self._gate:
                    return await self._transport.call(function, params)
            except MoodleUnavailable:
                await asyncio.sleep(0.05)


async def _all(work: Iterable[Awaitable[list[int] | None]]) -> list[list[int]]:
    return [one for one in await asyncio.gather(*work) if one is not None]


def _sizes(learners: int) -> list[int]:
    firsts = range(0, learners, _ACCOUNTS_A_CALL)
    return [min(_ACCOUNTS_A_CALL, learners - first) for first in firsts]


def _user(email: str) -> Params:
    return {
        "username": username_for(_surname(email), "Анна", key=email),
        "firstname": "Анна Ильинична",
        "lastname": _surname(email),
        "email": email,
        "auth": "manual",
        "password": throwaway_password(),
        "preferences": [{"type": "auth_forcepasswordchange", "value": "1"}],
    }


class _Faults:
    """Every twentieth answer a 503, while it lasts."""

    def __init__(self, engine: Engine, wanted: bool) -> None:
        self._url = f"{engine.stack.moodle_url}/{_SITE}/_faults"
        self._http: aiohttp.ClientSession = engine.http
        self._wanted = wanted

    async def __aenter__(self) -> None:
        calls = 12 * (LEARNERS // _CHUNK + 1)
        for at in range(calls // 20 if self._wanted else 0):
            fault = {"kind": "503", "times": 1, "skip": 19 + 20 * at}
            async with self._http.post(self._url, json=fault) as got:
                assert got.status < 300

    async def __aexit__(self, *_: object) -> None:
        async with self._http.delete(self._url):
            pass


async def new_course(engine: Engine) -> Course:
    """A new course, set up by the engine."""
    number = await engine.file()
    await engine.until_reviewed()
    await engine.approve(number)
    query = "SELECT id, moodle_id FROM courses WHERE request = %s"
    limit = time.monotonic() + _PATIENCE_SECONDS
    while True:
        row = await (await engine.database.execute(query, (number,))).fetchone()
        if row is not None:
            break
        assert time.monotonic() < limit, "no course"
        await asyncio.sleep(0.05)
    await engine.until_letters_sent()
    return Course(*row)  # type: ignore[call-arg]


MEASURES: dict[str, Callable[[Engine], Awaitable[bool]]] = {
    "registering": registering,
    "registering-on-a-bad-day": registering_on_a_bad_day,
}

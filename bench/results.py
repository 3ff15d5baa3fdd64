"""Clause 4.7: the results of a course read by the engine against a bare loop of the same calls of Moodle.

The bare loop has the same pages and as many calls at a time; it knows no Postgres, no Temporal, no rules.
"""

import asyncio
import os
import time
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime, timedelta

from bench.engine import Engine
from bench.measure import pairs
from bench.registration import Bare, Course, new_course
from models.deadlines import local_date

LEARNERS = int(os.environ.get("BENCH_RESULTS", "10000"))
"""Of the course; fewer for a quick look."""
_ROUNDS = 3
_MADE_AT_ONCE, _ROLL, _PAGE = 492, 1000, 100
_AWAY = timedelta(days=30)
"""The training begins then: it is read on demand alone, and writes to nobody."""
_PATIENCE_SECONDS = 3600
_ENROLLED = "core_enrol_get_enrolled_users"
_GRADES, _GRADE = "core_grades_get_grades", "gradereport_user_get_grade_items"


async def reading(engine: Engine) -> bool:
    """The results of all learners, from the owner's word until the last one stands in Postgres."""
    course = await new_course(engine)
    bare = Bare(engine, course.moodle_id)
    await _build(engine, course, bare)
    training = await _open_training(engine, course)
    await _by_engine(engine, training)  # those who take part are new to Postgres once only
    query = f"SELECT count(*) FROM trainings WHERE number = '{training}' AND unseen <> '[]'"
    assert await engine.count(query) == 0, "something is unseen: the engine makes fewer calls than the loop"

    async def by_engine() -> list[float]:
        return [await _by_engine(engine, training)]

    async def by_loop() -> list[float]:
        return [await _by_loop(bare, course)]

    measured = await pairs(by_engine, by_loop, rounds=_ROUNDS)
    measured.report(f"Результаты {LEARNERS} Пользователей", "цель — до 1.25: от 0.8 пропускной способности")
    return True


async def _build(engine: Engine, course: Course, bare: Bare) -> None:
    """A course with an activity that completes it, and its learners."""
    page = {"course_id": course.moodle_id, "modname": "page", "name": "Материалы", "completion": 1}
    cmid = (await _administer(engine, "add_activity", **page))["id"]
    await _administer(engine, "set_criterion", cmid=cmid)
    for first in range(0, LEARNERS, _MADE_AT_ONCE):
        await bare.register(min(_MADE_AT_ONCE, LEARNERS - first))


async def _administer(engine: Engine, action: str, **arguments: object) -> dict[str, int]:
    body = {"action": action, "arguments": arguments}
    async with engine.http.post(f"{engine.stack.moodle_url}/edu/_admin", json=body) as response:
        answer = await response.json()
        assert response.status == 200, answer
        return answer["result"] or {}


async def _open_training(engine: Engine, course: Course) -> str:
    starts_on = local_date(datetime.now(UTC)) + _AWAY
    form = {"title": "Поток", "starts_on": str(starts_on), "ends_on": str(starts_on + _AWAY)}
    number = str((await engine.post("agency", f"/courses/{course.id}/trainings", form))["number"])
    await engine.until_none("SELECT count(*) FROM cases WHERE started_at IS NULL")
    return number


async def _by_engine(engine: Engine, training: str) -> float:
    asked_at, begun = datetime.now(UTC), time.perf_counter()
    await engine.post("agency", f"/trainings/{training}/refresh", {})
    query = "SELECT count(*) FROM trainings WHERE number = %s AND read_at > %s"
    while (
        not (row := await (await engine.database.execute(query, (training, asked_at))).fetchone())
        or not row[0]
    ):
        assert time.perf_counter() - begun < _PATIENCE_SECONDS, f"{training} is not read"
        await asyncio.sleep(0.05)
    return time.perf_counter() - begun


async def _by_loop(bare: Bare, course: Course) -> float:
    begun = time.perf_counter()
    info = await bare.call("core_webservice_get_site_info", {})
    assert isinstance(info, dict)
    in_one_call = any(one["name"] == _GRADES for one in info["functions"])
    await _roll(bare, course, "id,fullname,email,roles")
    ids = await _roll(bare, course, "id,lastcourseaccess")
    await bare.call("core_course_get_contents", {"courseid": course.moodle_id})
    for first in range(0, len(ids), _PAGE):
        await _read_page(bare, course, ids[first : first + _PAGE], in_one_call=in_one_call)
    return time.perf_counter() - begun


async def _roll(bare: Bare, course: Course, fields: str) -> list[int]:
    found: list[int] = []
    while True:
        told = {
            "userfields": fields,
            "limitfrom": str(len(found)),
            "limitnumber": str(_ROLL),
            "onlyactive": "1",
        }
        options = [{"name": name, "value": value} for name, value in told.items()]
        part = await bare.call(_ENROLLED, {"courseid": course.moodle_id, "options": options})
        assert isinstance(part, list)
        found += [int(one["id"]) for one in part]
        if len(part) < _ROLL:
            return found


async def _read_page(bare: Bare, course: Course, ids: Sequence[int], *, in_one_call: bool) -> None:
    of_course = {"courseid": course.moodle_id}
    if in_one_call:
        await bare.call(_GRADES, {**of_course, "userids": ids})
    else:
        await asyncio.gather(*(bare.call(_GRADE, {**of_course, "userid": one}) for one in ids))

    async def progress(user_id: int) -> None:
        own = {**of_course, "userid": user_id}
        await bare.call("core_completion_get_course_completion_status", own)
        await bare.call("core_completion_get_activities_completion_status", own)

    await asyncio.gather(*(progress(one) for one in ids))


MEASURES: dict[str, Callable[[Engine], Awaitable[bool]]] = {"results": reading}

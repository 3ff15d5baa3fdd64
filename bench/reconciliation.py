"""The register against a Moodle of thousands of courses, against a bare loop of the same calls.

The bare loop has the same batches and as many calls at a time; it knows no Postgres, no Temporal, no rules.
"""

import asyncio
import os
import time
from uuid import uuid4

from bench.engine import Engine
from bench.measure import pairs
from bench.registration import Bare, new_course

COURSES = int(os.environ.get("BENCH_COURSES", "5000"))
"""Of the register; fewer for a quick look."""
MEMORY_LIMIT_MB = 400
_ROUNDS = 9
_PATIENCE_SECONDS = 3600
_A_PART, _MADE_AT_ONCE = 200, 20
_RUNS = "SELECT count(*) FROM reconciliations WHERE subsystem = 'edu' AND outcome = 'whole'"
_KNOWN = "SELECT count(*) FROM courses WHERE subsystem = 'edu' AND moodle_id IS NOT NULL"


async def reconciliation(engine: Engine) -> bool:
    """A whole run, from the operator's word until its last task; the first one adopts the courses."""
    course = await new_course(engine)
    bare = Bare(engine, course.moodle_id)
    await _make_courses(bare, COURSES)
    begun = time.perf_counter()
    await _by_engine(engine)
    print(f"  принято в реестр за {time.perf_counter() - begun:.1f} с", flush=True)
    assert await engine.count(_KNOWN) >= COURSES, "not all courses were adopted"
    used: list[float] = []

    async def by_engine() -> list[float]:
        seconds = await _by_engine(engine)
        used.append(engine.worker_memory_mb())
        return [seconds]

    async def by_loop() -> list[float]:
        return [await _by_loop(engine, bare)]

    measured = await pairs(by_engine, by_loop, rounds=_ROUNDS)
    measured.report(f"Сверка {COURSES} курсов", "цель — до 1.25: от 0.8 пропускной способности")
    print(f"  память исполнителя {max(used):.0f} МБ (предел {MEMORY_LIMIT_MB})", flush=True)
    return max(used) <= MEMORY_LIMIT_MB


async def _make_courses(bare: Bare, count: int) -> None:
    """In the first category of Appendix 1 that Moodle has."""
    categories = await bare.call("core_course_get_categories", {})
    assert isinstance(categories, list)
    shelf = next(one["id"] for one in categories if "компьютерной" in one["name"] or "ИТ-" in one["name"])
    for first in range(0, count, _MADE_AT_ONCE):
        rows = [
            {"fullname": f"Курс {uuid4().hex}", "shortname": uuid4().hex, "categoryid": shelf}
            for _ in range(min(_MADE_AT_ONCE, count - first))
        ]
        await bare.call("core_course_create_courses", {"courses": rows})


async def _by_engine(engine: Engine) -> float:
    before, begun = await engine.count(_RUNS), time.perf_counter()
    await engine.post("operator", "/subsystems/edu/reconciliation", {})
    while await engine.count(_RUNS) == before:
        assert time.perf_counter() - begun < _PATIENCE_SECONDS, "the run does not end"
        await asyncio.sleep(0.05)
    return time.perf_counter() - begun


async def _by_loop(engine: Engine, bare: Bare) -> float:
    begun = time.perf_counter()
    await bare.call("core_course_get_categories", {})
    courses = await bare.call("core_course_get_courses", {})
    assert isinstance(courses, list)
    ids = [int(one["id"]) for one in courses if one["categoryid"]]

    async def teachers(course_id: int) -> None:
        told = {"userfields": "id,roles", "withcapability": "moodle/course:manageactivities"}
        options = [{"name": name, "value": value} for name, value in told.items()]
        await bare.call("core_enrol_get_enrolled_users", {"courseid": course_id, "options": options})

    for first in range(0, len(ids), _A_PART):
        await asyncio.gather(*(teachers(one) for one in ids[first : first + _A_PART]))
    return time.perf_counter() - begun

"""The worker is killed in the middle of a night: the next goes on, and nothing is adopted or told twice."""

from uuid import uuid4

from tests.faults.outside import Json, Outside
from tests.faults.test_killed_processes import courses

COURSES = 30
_PATH = "/subsystems/edu/reconciliation"
_ENROLLED = "core_enrol_get_enrolled_users"


async def test_a_night_goes_on_after_the_worker_was_killed(outside: Outside) -> None:
    mark = uuid4().hex
    differing = await _shelf(outside, mark)
    slow = {"kind": "slow", "function": _ENROLLED, "seconds": 1}
    await outside.world.break_moodle(slow)
    await outside.world.post("operator", _PATH, status=202)
    await outside.until(lambda: _adopted(outside, mark))

    await outside.stack.worker.kill()
    await outside.world.heal_moodle()
    assert (await outside.world.get("operator", _PATH))["running"]
    await outside.stack.worker.start()
    last = await outside.until(lambda: _ended(outside))

    assert last["outcome"]["code"] == "whole"
    adopted = await _adopted(outside, mark)
    assert len(adopted) == COURSES
    ids = [row["id"] for row in adopted]
    changes = await outside.sql("SELECT course FROM register_changes WHERE course = ANY(%s)", ids)
    assert sorted(row["course"] for row in changes) == sorted(ids)
    told = await outside.sql("SELECT task FROM differences WHERE course = %s AND gone_at IS NULL", differing)
    assert len(told) == 1
    tasks = await outside.sql("SELECT 1 FROM tasks WHERE why LIKE %s", f"%Иначе {mark}%")
    assert len(tasks) == 1


async def _shelf(outside: Outside, mark: str) -> int:
    """Courses by hand beside one of the register that was renamed; the register's id of that one."""
    request = await outside.file_for_review(course_name=f"Курс {mark}")
    await outside.approve(request)
    await outside.until_stage(request, "done")
    [known] = await courses(outside, request)
    for number in range(COURSES):
        await outside.world.administer(
            "add_course",
            category_id=known["category_id"],
            fullname=f"Новый {mark} {number}",
            shortname=uuid4().hex,
        )
    await outside.world.administer("change_course", course_id=known["id"], fullname=f"Иначе {mark}")
    [row] = await outside.sql("SELECT id FROM courses WHERE request = %s", request)
    return int(row["id"])


async def _adopted(outside: Outside, mark: str) -> list[Json]:
    return await outside.sql("SELECT id FROM courses WHERE name LIKE %s", f"Новый {mark}%")


async def _ended(outside: Outside) -> Json | None:
    shown = await outside.world.get("operator", _PATH)
    return None if shown["running"] else shown["last"]

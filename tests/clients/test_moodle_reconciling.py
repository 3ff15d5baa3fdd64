"""What the reconciliation reads of many courses, on all three releases."""

import asyncio

import pytest

from clients.moodle import NotFound, reconciling
from tests.clients.standin import Standin

GATE = asyncio.Semaphore(4)


async def _with_teacher(standin: Standin) -> tuple[int, int]:
    """A course with two learners and a teacher; its id and the teacher's."""
    course = await standin.course()
    teacher, *learners = await standin.people(3)
    await standin.moodle.enrol_teacher(course, teacher)
    for one in learners:
        await standin.moodle._enrol(course, one, standin.moodle.roles.student)
    return course, teacher


async def test_teachers_are_told_from_learners(standin: Standin) -> None:
    course, teacher = await _with_teacher(standin)
    assert await standin.moodle.teachers(course, GATE) == {teacher}
    await standin.moodle.unassign_teacher(course, teacher)
    assert await standin.moodle.teachers(course, GATE) == frozenset()


async def test_without_the_right_to_pick_them_all_are_looked_through(
    standin: Standin, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reconciling, "_PAGE", 2)
    course, teacher = await _with_teacher(standin)
    standin.moodle._shows_builders = False
    assert await standin.moodle.teachers(course, GATE) == {teacher}


async def test_a_deleted_course_is_not_found(standin: Standin) -> None:
    with pytest.raises(NotFound):
        await standin.moodle.teachers(2**31 - 1, GATE)


async def test_courses_come_in_parts_without_those_that_are_not_there(
    standin: Standin, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reconciling, "_A_PART", 2)
    ids = [await standin.course(f"k-{number}") for number in range(5)]
    found = await standin.moodle.courses_by_ids([*ids, 2**31 - 1], GATE)
    assert sorted(one.id for one in found) == sorted(ids)

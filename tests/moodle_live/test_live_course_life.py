"""The course's life against a Moodle: enrolment, claim, results and replacement (clauses 4.4 to 4.8)."""

import asyncio

import pytest

from clients.moodle import MoodleRefused, NewAccount, Presence, Roll, State, Unseen, username_for
from tests.moodle_live.conftest import Live

_CHOSEN = "Verba-2026-les#"
_COMPLETION = "core_completion_get_course_completion_status"


@pytest.fixture
def gate() -> asyncio.Semaphore:
    return asyncio.Semaphore(4)


def _rows(mark: str, count: int) -> list[NewAccount]:
    names = [username_for("Проверкина", "Вера", key=f"{mark}-{number}") for number in range(count)]
    return [
        NewAccount(str(place), name, f"{name}@{mark}.invalid", "Вера", "Проверкина")
        for place, name in enumerate(names)
    ]


async def _course(live: Live, mark: str) -> tuple[int, int]:
    """Ids of a new category and of a course in it."""
    category = await live.client.ensure_category(f"Проверка {mark}", mark)
    live.categories.append(category.id)
    course = await live.client.ensure_course(f"Курс {mark}", mark, category.id, mark)
    return category.id, course.id


async def _people(live: Live, mark: str, count: int, gate: asyncio.Semaphore) -> list[int]:
    done = await live.client.create_users(_rows(mark, count), gate)
    live.people += done.created.values()
    assert len(done.created) == count
    return list(done.created.values())


async def test_a_new_course_is_looked_at(live: Live, mark: str) -> None:
    _, course = await _course(live, mark)

    seen = await live.client.readiness(course)

    assert (seen.has_content, seen.visible, seen.manual_enrolment) == (False, False, True)
    assert seen.has_criteria is None
    assert await live.client.self_registration() in (True, False, None)


async def test_a_list_is_registered_once(live: Live, mark: str, gate: asyncio.Semaphore) -> None:
    _, course = await _course(live, mark)
    rows = _rows(mark, 150)

    first = await live.client.create_users(rows, gate)
    live.people += first.created.values()
    again = await live.client.create_users(rows, gate)
    people = list(first.created.values())
    roll = await Roll.of(live.client, course, gate)
    for _ in range(2):
        await live.client.enrol_students(course, people, gate)

    assert (len(first.created), again.created, len(again.found)) == (150, {}, 150)
    assert await roll.confirm(people) == []
    assert sorted(await live.client.enrolled_ids(course)) == sorted(people)


async def test_a_bad_row_does_not_stop_the_others(live: Live, mark: str, gate: asyncio.Semaphore) -> None:
    mine = (await live.client.site()).username
    rows = _rows(mark, 10)
    rows[5] = rows[5]._replace(username=mine)

    done = await live.client.create_users(rows, gate)
    live.people += done.created.values()

    assert (len(done.created), set(done.refused)) == (9, {"5"})


async def test_a_learner_chooses_a_password(live: Live, mark: str, gate: asyncio.Semaphore) -> None:
    [person] = await _people(live, mark, 1, gate)

    await live.client.set_password(person, _CHOSEN)

    with pytest.raises(MoodleRefused):
        await live.client.set_password(2_147_483_647, _CHOSEN)


async def test_results_are_read_and_what_is_unseen_is_said(
    live: Live, mark: str, gate: asyncio.Semaphore
) -> None:
    _, course = await _course(live, mark)
    people = await _people(live, mark, 4, gate)
    await live.client.enrol_students(course, people[:3], gate)

    pages = [page async for page in live.client.read_results(course, people, gate, page=3)]

    learners = [learner for page in pages for learner in page.learners]
    assert [learner.user_id for learner in learners] == people
    assert {learner.state for learner in learners[:3]} <= {State.NOT_STARTED, State.UNKNOWN}
    assert learners[3].state is State.LEFT
    assert all(learner.grade is None and learner.completed_on is None for learner in learners)
    tells = (await live.client.site()).has(_COMPLETION)
    assert (Unseen.CRITERIA if tells else Unseen.COMPLETION) in pages[-1].unseen


async def test_the_responsible_is_replaced(live: Live, mark: str, gate: asyncio.Semaphore) -> None:
    category, course = await _course(live, mark)
    old, new = await _people(live, mark, 2, gate)
    await live.client.ensure_teacher(course, old)
    await live.client.ensure_course_creator(category, old)

    proof = await live.client.remove_rights(old, [course], [category])
    await live.client.ensure_teacher(course, new)
    await live.client.ensure_course_creator(category, new)

    assert (proof.is_clean, proof.is_complete) == (True, True)
    active = await live.client.enrolled_ids(course, only_active=True)
    assert (old in active, new in active) == (False, True)
    seen = await live.client.presence([old, new], gate)
    assert set(seen.values()) <= {Presence.ACTIVE, Presence.UNKNOWN}

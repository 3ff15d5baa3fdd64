"""Rights are taken away and read back; what cannot be shown is said."""

from __future__ import annotations

import pytest

from clients.moodle import CategoryProof, CourseProof, MoodleUnavailable, Presence, Proof
from tests.clients.standin import Standin


async def _responsible(standin: Standin) -> tuple[int, int, int]:
    """A person with full rights in a course and its category: ids of all three."""
    category = (await standin.moodle.categories())[0].id
    course = await standin.course()
    [person] = await standin.people(1)
    await standin.moodle.ensure_teacher(course, person)
    await standin.moodle.ensure_course_creator(category, person)
    return person, course, category


async def _held(standin: Standin, person: int) -> list[tuple[int, str]]:
    rows = (await standin.site.state())["role_assignments"]
    return [(row["role_id"], row["level"]) for row in rows if row["user_id"] == person]


async def test_all_rights_go_and_are_read_back(standin: Standin) -> None:
    person, course, category = await _responsible(standin)
    old = await standin.is_old()

    proof = await standin.moodle.remove_rights(person, [course], [category])

    ended_by = "suspend" if old else "unenrol"
    left = CourseProof(course, was_enrolled=True, can_build=False, still_enrolled=False, ended_by=ended_by)
    assert proof == Proof(person, (left,), (CategoryProof(category, can_create=False),))
    assert (proof.is_clean, proof.is_complete) == (True, True)
    # 2.8.5 demands a role of who is suspended: the weakest
    assert await _held(standin, person) == ([(5, "course")] if old else [])


async def test_what_is_not_the_persons_stays(standin: Standin) -> None:
    person, course, category = await _responsible(standin)
    other = await standin.person(7)
    await standin.moodle.ensure_teacher(course, other)

    await standin.moodle.remove_rights(person, [course], [category])

    [kept] = [one for one in await standin.moodle.enrolled(course) if one.id == other]
    assert kept.holds(3)


async def test_a_category_without_a_course_of_the_person_cannot_be_shown(standin: Standin) -> None:
    [person] = await standin.people(1)
    category = (await standin.moodle.categories())[0].id
    await standin.moodle.ensure_course_creator(category, person)

    proof = await standin.moodle.remove_rights(person, [], [category])

    assert proof.categories == (CategoryProof(category, can_create=None),)
    assert (proof.is_clean, proof.is_complete) == (True, False)
    assert await _held(standin, person) == []


async def test_a_role_without_enrolment_goes_though_nothing_shows_it(standin: Standin) -> None:
    [person] = await standin.people(1)
    course = await standin.course()
    await standin.site.act("give_role", role_id=3, user_id=person, level="course", instance_id=course)

    proof = await standin.moodle.remove_rights(person, [course], [])

    assert proof.courses == (CourseProof(course, was_enrolled=False, can_build=None),)
    assert not proof.is_complete
    assert await _held(standin, person) == []


async def test_a_right_from_elsewhere_shows_in_the_proof(standin: Standin) -> None:
    person, course, category = await _responsible(standin)
    await standin.site.act("give_role", role_id=1, user_id=person)

    proof = await standin.moodle.remove_rights(person, [course], [category])

    assert not proof.is_clean
    assert (proof.courses[0].can_build, proof.categories[0].can_create) == (True, True)


async def test_who_enrolled_alone_shows_in_the_proof(standin: Standin) -> None:
    person, course, category = await _responsible(standin)
    await standin.site.act("open_enrolment", course_id=course)
    await standin.site.act("enrol_oneself", user_id=person, course_id=course)

    proof = await standin.moodle.remove_rights(person, [course], [category])

    assert proof.courses[0].still_enrolled
    assert not proof.is_clean


async def test_a_deleted_course_and_category_hold_nothing_up(standin: Standin) -> None:
    person, course, category = await _responsible(standin)
    gone = await standin.course("gone")
    await standin.site.act("delete_course", course_id=gone)

    proof = await standin.moodle.remove_rights(person, [gone, course], [category, 999_999])

    assert proof.courses[0] == CourseProof(gone, exists=False)
    assert proof.courses[1].ended_by
    assert proof.categories[1] == CategoryProof(999_999)
    assert proof.is_clean


@pytest.mark.parametrize(
    "function", ["core_role_unassign_roles", "enrol_manual_enrol_users", "enrol_manual_unenrol_users"]
)
async def test_it_may_be_repeated_after_a_failure(function: str, standin: Standin) -> None:
    person, course, category = await _responsible(standin)
    await standin.site.fault(kind="error_after_work", function=function, times=1)
    for _ in range(2):
        try:
            proof = await standin.moodle.remove_rights(person, [course], [category])
        except MoodleUnavailable:
            continue

    assert proof.is_clean
    assert (3, "course") not in await _held(standin, person)


async def test_nothing_to_remove(standin: Standin) -> None:
    proof = await standin.moodle.remove_rights(5, [], [])

    assert (proof.is_clean, proof.is_complete) == (True, True)


# A sign that the person is gone


async def test_who_is_there_and_who_is_gone(standin: Standin) -> None:
    there, shut, gone = await standin.people(3)
    await standin.site.act("change_user", user_id=shut, suspended=True)
    await standin.site.call("core_user_delete_users", **{"userids[0]": gone})

    seen = await standin.moodle.presence([there, shut, gone], standin.gate)

    if await standin.is_old():
        assert seen == {there: Presence.UNKNOWN, shut: Presence.UNKNOWN, gone: Presence.ABSENT}
    else:
        assert seen == {there: Presence.ACTIVE, shut: Presence.SUSPENDED, gone: Presence.ABSENT}

"""Many enrolments at once, and who is read back."""

from __future__ import annotations

import pytest

from clients.moodle import MoodleDenied, MoodleUnavailable, NotFound, Roll
from tests.clients.standin import ENROL, Standin


async def test_many_are_enrolled_once_and_read_back(standin: Standin) -> None:
    people = await standin.people(400)
    roll = await Roll.of(standin.moodle, course := await standin.course(), standin.gate)

    done = await standin.moodle.enrol_students(course, roll.absent(people), standin.gate)
    lost = await roll.confirm(people)
    await standin.moodle.enrol_students(course, people, standin.gate)

    assert (done.taken, done.refused, lost, len(roll)) == (set(people), {}, [], 400)
    assert await standin.enrolments(course) == dict.fromkeys(people, 1)


async def test_only_what_is_new_is_read_back(edu: Standin) -> None:
    people = await edu.people(30)
    course = await edu.course()
    await edu.moodle.enrol_students(course, people[:20], edu.gate)
    roll = await Roll.of(edu.moodle, course, edu.gate)
    await edu.moodle.enrol_students(course, people[20:], edu.gate)
    asked: list[int] = []
    whole = edu.moodle.enrolled_ids

    async def watched(course_id: int, *, start: int = 0, only_active: bool = False) -> tuple[int, ...]:
        asked.append(start)
        return await whole(course_id, start=start, only_active=only_active)

    edu.moodle.enrolled_ids = watched  # type: ignore[method-assign]

    assert await roll.confirm(people[20:]) == []
    assert asked == [20]


async def test_who_left_meanwhile_does_not_hide_those_who_came(edu: Standin) -> None:
    people = await edu.people(10)
    course = await edu.course()
    await edu.moodle.enrol_students(course, people[:5], edu.gate)
    roll = await Roll.of(edu.moodle, course, edu.gate)
    for leaver in people[:3]:
        await edu.moodle.unenrol(course, leaver)
    await edu.moodle.enrol_students(course, people[5:], edu.gate)

    assert await roll.confirm(people[5:]) == []
    assert await roll.confirm(people[:1]) == people[:1]
    assert people[3] in roll


async def test_an_account_that_is_gone_does_not_stop_the_others(standin: Standin) -> None:
    people = await standin.people(40)
    course = await standin.course()

    done = await standin.moodle.enrol_students(course, [*people, 999_999], standin.gate)

    assert (done.taken, done.refused) == (set(people), {999_999: "codingerror"})


async def test_a_suspended_enrolment_is_opened_again(standin: Standin) -> None:
    [person] = await standin.people(1)
    course = await standin.course()
    await standin.moodle.suspend(course, person)
    roll = await Roll.of(standin.moodle, course, standin.gate)

    await standin.moodle.enrol_students(course, roll.absent([person]), standin.gate)

    assert await roll.confirm([person]) == []
    assert await standin.enrolments(course) == {person: 1}


async def test_who_enrolled_alone_gets_no_second_enrolment(standin: Standin) -> None:
    [person] = await standin.people(1)
    course = await standin.course()
    await standin.site.act("open_enrolment", course_id=course)
    await standin.site.act("enrol_oneself", user_id=person, course_id=course)
    roll = await Roll.of(standin.moodle, course, standin.gate)

    await standin.moodle.enrol_students(course, roll.absent([person]), standin.gate)

    assert await standin.enrolments(course) == {person: 1}


@pytest.mark.parametrize("kind", ["503", "down", "error_after_work"])
async def test_a_lost_answer_enrols_nobody_twice(kind: str, standin: Standin) -> None:
    people = await standin.people(400)
    course = await standin.course()
    await standin.site.fault(kind=kind, function=ENROL, times=2)

    done = await standin.moodle.enrol_students(course, people, standin.gate)

    assert done.taken == set(people)
    assert await standin.enrolments(course) == dict.fromkeys(people, 1)


async def test_a_site_that_does_not_come_back_is_told(standin: Standin) -> None:
    people = await standin.people(1)
    await standin.site.fault(kind="503", function=ENROL)

    with pytest.raises(MoodleUnavailable):
        await standin.moodle.enrol_students(await standin.course(), people, standin.gate)


async def test_a_site_that_cuts_forms_gets_smaller_ones(standin: Standin) -> None:
    people = await standin.people(300)
    course = await standin.course()
    await standin.site.fault(kind="max_input_vars", limit=300)

    done = await standin.moodle.enrol_students(course, people, standin.gate)

    assert done.taken == set(people)
    assert await standin.enrolments(course) == dict.fromkeys(people, 1)


async def test_a_deleted_course_is_told_at_once(standin: Standin) -> None:
    people = await standin.people(40)
    course = await standin.course()
    await standin.site.act("delete_course", course_id=course)

    with pytest.raises(NotFound):
        await standin.moodle.enrol_students(course, people, standin.gate)
    assert await standin.calls(ENROL) == 1


async def test_a_course_without_manual_enrolment_is_told(standin: Standin) -> None:
    people = await standin.people(1)
    course = await standin.course()
    await standin.site.act("remove_enrolment_method", course_id=course, type="manual")

    with pytest.raises(MoodleDenied) as caught:
        await standin.moodle.enrol_students(course, people, standin.gate)
    assert caught.value.errorcode == "wsnoinstance"

"""Is a course ready, and can learners come in?"""

from __future__ import annotations

import pytest

from clients.moodle import NotFound, SelfEnrolment
from devstack.moodle.rights import RECORDED_SERVICE
from tests.clients.conftest import ClientOf
from tests.clients.replay import RecordedMoodle
from tests.clients.standin import Standin


async def test_a_new_course_is_not_ready(standin: Standin) -> None:
    course = await standin.course(visible=0)

    seen = await standin.moodle.readiness(course)

    assert (seen.has_content, seen.hidden_activities, seen.visible) == (False, 0, False)
    assert (seen.self_enrolment, seen.manual_enrolment) == (None, True)
    assert (seen.has_criteria, seen.completion_enabled) == (None, True)  # no learner to ask about


async def test_a_finished_course_is_ready(standin: Standin) -> None:
    course = await standin.course()
    page = await standin.activity(course, completion=1)
    await standin.site.act("set_criterion", cmid=page)
    await standin.site.act("open_enrolment", course_id=course)
    await standin.moodle.enrol_students(course, await standin.people(1), standin.gate)

    seen = await standin.moodle.readiness(course)

    assert (seen.has_content, seen.hidden_activities, seen.visible) == (True, 0, True)
    assert (seen.self_enrolment, seen.manual_enrolment) == (SelfEnrolment(True, False), True)
    assert seen.has_criteria is (None if await standin.is_old() else True)


async def test_hidden_content_is_told_apart(standin: Standin) -> None:
    course = await standin.course()
    page = await standin.activity(course)
    await standin.site.act("change_activity", cmid=page, visible=0)

    seen = await standin.moodle.readiness(course)

    assert (seen.has_content, seen.hidden_activities) == (False, 1)


async def test_content_that_the_account_may_not_see_is_not_called_missing(standin: Standin) -> None:
    course = await standin.course()
    await standin.activity(course, "assign", grademax=100.0)
    await standin.site.act("change_role", role_id=9, capabilities=RECORDED_SERVICE)

    assert (await standin.moodle.readiness(course)).has_content is None


async def test_criteria_are_missed_once_there_is_a_learner(standin: Standin) -> None:
    course = await standin.course()
    await standin.moodle.enrol_students(course, await standin.people(1), standin.gate)

    told = await standin.moodle.has_criteria(course)

    assert told is (None if await standin.is_old() else False)


async def test_a_way_in_that_needs_a_key(standin: Standin) -> None:
    course = await standin.course()
    await standin.site.act("open_enrolment", course_id=course, password="слово")

    assert await standin.moodle.self_enrolment(course) == SelfEnrolment(is_open=True, needs_key=True)


async def test_a_way_in_that_is_shut_tells_why_instead_of_true(
    moodle: RecordedMoodle, client_of: ClientOf
) -> None:
    shut = {
        "id": 3,
        "courseid": 2,
        "type": "self",
        "name": "-",
        "status": "Enrolment is disabled or inactive",
    }
    moodle.answer("core_enrol_get_course_enrolment_methods", [shut])

    assert await client_of(moodle).self_enrolment(2) == SelfEnrolment(is_open=False, needs_key=False)


async def test_recorded_ways_in(any_moodle: RecordedMoodle, client_of: ClientOf) -> None:
    any_moodle.play("enrol_methods_new_course", "enrol_methods_with_self")
    client = client_of(any_moodle)

    assert [await client.self_enrolment(2) for _ in range(2)] == [None, SelfEnrolment(True, False)]


async def test_a_course_without_manual_enrolment(standin: Standin) -> None:
    course = await standin.course()
    await standin.site.act("remove_enrolment_method", course_id=course, type="manual")

    assert await standin.moodle.has_manual_enrolment(course) is False


async def test_looking_changes_nothing(standin: Standin) -> None:
    course = await standin.course()
    before = await standin.site.state()

    await standin.moodle.readiness(course)
    await standin.moodle.readiness(course)

    assert {**await standin.site.state(), "users": 0} == {**before, "users": 0}  # but for stamps of access


async def test_a_deleted_course(standin: Standin) -> None:
    course = await standin.course()
    await standin.site.act("delete_course", course_id=course)

    with pytest.raises(NotFound):
        await standin.moodle.readiness(course)


async def test_whether_people_may_register_themselves(standin: Standin) -> None:
    shut = await standin.moodle.self_registration()
    await standin.site.act("change_settings", registerauth="email")
    opened = await standin.moodle.self_registration()

    assert (shut, opened) == ((None, None) if await standin.is_old() else (False, True))

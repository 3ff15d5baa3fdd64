"""Every answer that a real site gave to a function of the client is read, release by release."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import TypeAdapter

from clients.moodle import Course, MoodleError, User, claims, completion, grades, readiness, removal
from clients.moodle import calls as calls_module
from clients.moodle import operations as shapes
from tests.clients.conftest import ClientOf
from tests.clients.replay import RELEASES, RecordedMoodle, Recording, recordings

_SHAPES: dict[str, TypeAdapter[Any] | None] = {
    "core_webservice_get_site_info": calls_module._SITE,
    "core_course_get_categories": shapes._CATEGORIES,
    "core_course_create_categories": None,  # a batch of two was recorded; the client sends one
    "core_course_get_courses": shapes._COURSES,
    "core_course_get_courses_by_field": shapes._FOUND_COURSES,
    "core_course_create_courses": shapes._CREATED,
    "core_user_get_users": shapes._FOUND_USERS,
    "core_user_get_users_by_field": shapes._USERS,
    "core_user_create_users": shapes._CREATED_ACCOUNTS,
    "core_enrol_get_enrolled_users": shapes._PARTICIPANTS,
    "enrol_manual_enrol_users": shapes._NOTHING,
    "enrol_manual_unenrol_users": shapes._NOTHING,
    "core_role_assign_roles": shapes._NOTHING,
    "core_role_unassign_roles": shapes._NOTHING,
    "core_course_get_contents": readiness.SECTIONS,
    "core_enrol_get_course_enrolment_methods": readiness._METHODS,
    "tool_mobile_get_public_config": readiness._CONFIG,
    "core_user_update_users": claims._ANSWER,
    "core_completion_get_course_completion_status": completion.COURSES,
    "core_completion_get_activities_completion_status": completion.STATUSES,
    "core_grades_get_grades": grades.BATCHES,
    "gradereport_user_get_grade_items": grades.REPORTS,
    "core_enrol_get_enrolled_users_with_capability": removal._HOLDERS,
}


def _recorded(*, errors: bool) -> list[Recording]:
    return [
        one
        for release in RELEASES
        for one in recordings(release)
        if one.function in _SHAPES
        and one.is_error is errors
        and one.reply.content_type != "application/xml"  # what comes without moodlewsrestformat
    ]


def _title(one: Recording) -> str:
    return f"{one.release}-{one.name}"


def test_every_function_of_the_client_was_recorded() -> None:
    recorded = {one.function for one in _recorded(errors=False)}

    assert recorded == set(_SHAPES)


@pytest.mark.parametrize("one", _recorded(errors=False), ids=_title)
async def test_every_recorded_value_is_read(
    one: Recording, moodle: RecordedMoodle, client_of: ClientOf
) -> None:
    assert one.function
    moodle.forget(one.function)
    moodle.reply(one.function, one.reply)
    client = client_of(moodle)

    answer = await client._transport.call(one.function, {})
    shape = _SHAPES[one.function]
    if shape is not None:
        client._parse(one.function, shape, answer)


@pytest.mark.parametrize("one", _recorded(errors=True), ids=_title)
async def test_every_recorded_error_is_an_error_of_the_tree_and_quotes_nobody(
    one: Recording, moodle: RecordedMoodle, client_of: ClientOf
) -> None:
    assert one.function
    moodle.forget(one.function)
    moodle.reply(one.function, one.reply)

    with pytest.raises(MoodleError) as caught:
        await client_of(moodle)._transport.call(one.function, {})

    said = f"{caught.value} {caught.value!r} {vars(caught.value)}"
    answer = one.answer
    message = answer["message"] if isinstance(answer, dict) else ""
    assert not message or message not in said
    # short values, such as «x» or a role's number, occur in any text
    values = [value for key, value in one.form if not key.startswith(("ws", "moodlews")) and len(value) > 3]
    assert [value for value in values if value in said] == []
    assert caught.value.__cause__ is None


async def test_the_site_tells_its_release_and_functions(
    any_moodle: RecordedMoodle, client_of: ClientOf
) -> None:
    site = await client_of(any_moodle).site()

    assert site.release.startswith(any_moodle.release)
    assert site.user_id == 3
    assert site.username == "wsseo"
    assert site.has("enrol_manual_unenrol_users") is (any_moodle.release != "2.8.5")


async def test_versions_order_the_releases(
    moodle_285: RecordedMoodle, moodle_33: RecordedMoodle, moodle: RecordedMoodle, client_of: ClientOf
) -> None:
    versions = [(await client_of(site).site()).version_number for site in (moodle_285, moodle_33, moodle)]

    assert versions == [2014111005, 2017051500, 2019052002]


async def test_the_site_is_asked_once_per_client(moodle: RecordedMoodle, client_of: ClientOf) -> None:
    moodle.play("cat_get_all")
    client = client_of(moodle)

    await client.categories()
    await client.categories()

    assert len(moodle.sent("core_webservice_get_site_info")) == 1


async def test_courses_leave_out_the_front_page(any_moodle: RecordedMoodle, client_of: ClientOf) -> None:
    any_moodle.play("course_get_all")

    courses = await client_of(any_moodle).courses()

    assert 1 not in {course.id for course in courses}
    request = next(course for course in courses if course.id == 2)
    letter = any_moodle.release.replace(".", "")[:2]
    assert request == Course(
        id=2,
        fullname=f"Курс «Охрана труда» a{letter}",
        shortname=f"seo-a{letter}-1",
        idnumber=f"req-a{letter}-1",
        category_id=2,
        visible=False,
        completion_enabled=True,
    )


async def test_names_come_back_as_they_are(any_moodle: RecordedMoodle, client_of: ClientOf) -> None:
    any_moodle.play("course_get_special_chars_raw")

    [course] = await client_of(any_moodle).courses()

    assert course.fullname.startswith("R&D \"Кавычки\" & 'ап' 5 < 6")


async def test_a_category_is_found_by_idnumber(any_moodle: RecordedMoodle, client_of: ClientOf) -> None:
    any_moodle.play("cat_get_by_idnumber")
    letter = any_moodle.release.replace(".", "")[:2]

    found = await client_of(any_moodle).find_category(f"cat-a{letter}-1")

    assert found is not None
    assert (found.id, found.name, found.parent_id) == (2, f"Медицина a{letter}", 0)
    assert any_moodle.sent("core_course_get_categories")[0]["addsubcategories"] == "0"


async def test_a_course_is_found_by_idnumber(moodle: RecordedMoodle, client_of: ClientOf) -> None:
    moodle.play("course_by_idnumber")

    found = await client_of(moodle).find_course("req-a37-1")

    assert found is not None
    assert (found.id, found.visible) == (2, False)


async def test_moodle_285_looks_through_all_courses_for_an_idnumber(
    moodle_285: RecordedMoodle, client_of: ClientOf
) -> None:
    moodle_285.play("course_get_all")
    client = client_of(moodle_285)

    found = await client.find_course("req-a28-1")

    assert found is not None
    assert found.id == 2
    assert await client.find_course("req-absent") is None


async def test_a_person_is_found_by_email(moodle: RecordedMoodle, client_of: ClientOf) -> None:
    moodle.play("user_search_email_wildcard")  # as a `_` in an address would, it fetches more than one

    found = await client_of(moodle).find_user_by_email("u1.a37@example.com")

    assert found == User(
        id=5,
        username="u1.a37",
        email="u1.a37@example.com",
        first_name="Иван",
        last_name="Петров-1",
        auth="manual",
        suspended=False,
        first_access=0,
    )


async def test_a_person_is_found_by_email_in_another_letter_case(
    moodle: RecordedMoodle, client_of: ClientOf
) -> None:
    moodle.play("user_search_email_other_case")

    found = await client_of(moodle).find_user_by_email("U1.a37@EXAMPLE.COM")

    assert found is not None
    assert found.id == 5


async def test_of_two_accounts_the_one_with_the_exact_email_is_meant(
    moodle_285: RecordedMoodle, client_of: ClientOf
) -> None:
    moodle_285.play("user_search_email_other_case")  # 2.8.5 let both be created

    found = await client_of(moodle_285).find_user_by_email("u1.a28@example.com")

    assert found is not None
    assert (found.id, found.username, found.suspended) == (5, None, None)


async def test_moodle_285_shows_usernames_to_nobody(
    moodle_285: RecordedMoodle, moodle_33: RecordedMoodle, client_of: ClientOf
) -> None:
    moodle_285.play("user_by_username")
    moodle_33.play("user_by_username")

    hidden = await client_of(moodle_285).find_user_by_username("u1.a28")
    shown = await client_of(moodle_33).find_user_by_username("u1.a33")

    assert hidden is None
    assert shown is not None
    assert shown.id == 5


async def test_the_enrolled_are_read_with_their_roles(
    any_moodle: RecordedMoodle, client_of: ClientOf
) -> None:
    any_moodle.play("enrolled_users", "enrolled_users_after_unassign")
    client = client_of(any_moodle)

    before = {person.id: person.role_names for person in await client.enrolled(2)}
    after = {person.id: person.role_names for person in await client.enrolled(2)}

    assert before == {5: {"student"}, 6: {"editingteacher"}}
    assert after == {5: {"student"}, 6: set()}


async def test_default_role_ids_are_those_of_every_release(
    any_moodle: RecordedMoodle, client_of: ClientOf
) -> None:
    any_moodle.play("enrolled_users")
    client = client_of(any_moodle)

    ids = {role.shortname: role.id for person in await client.enrolled(2) for role in person.roles}

    assert ids == {"student": client.roles.student, "editingteacher": client.roles.editing_teacher}

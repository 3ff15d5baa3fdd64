"""The start-up check names what the service account lacks."""

from __future__ import annotations

import re

import pytest

from clients.moodle import MoodleUnavailable, check_account, life_needs
from clients.moodle.needs import NEEDED_FUNCTIONS, WHY
from tests.clients.conftest import ClientOf
from tests.clients.replay import SITE_INFO, RecordedMoodle, Reply, recording

# function -> the recordings that prove the rights to it
_PROOFS = {
    "core_course_get_categories": "cat_get_all",
    "core_course_get_courses": "course_get_all",
    "core_user_get_users": "err_user_search_bad_key",  # everybody, the guest included
    "core_course_create_categories": "err_cat_empty_name",
    "core_user_create_users": "err_user_duplicate_username",
    "core_course_create_courses": "err_course_duplicate_shortname",
    "core_role_assign_roles": "err_role_assign_unknown_user",
    "enrol_manual_enrol_users": "err_enrol_unknown_role",
    "core_enrol_get_enrolled_users": "enrolled_users",
    "core_course_get_contents": "contents_with_activities",
    "core_user_update_users": "user_update_unknown",
}
_COMPLETION = "core_completion_get_course_completion_status"
_GUEST = [{"id": 1, "username": "guest"}]


def _healthy(site: RecordedMoodle) -> RecordedMoodle:
    site.play(*_PROOFS.values())
    site.answer("core_user_get_users_by_field", [] if site.release == "2.8.5" else _GUEST)
    site.answer("core_grades_get_grades", {"items": [], "outcomes": []})
    if site.release != "2.8.5":
        site.play("completion_after")
    return site


def _replace(site: RecordedMoodle, function: str, name: str) -> None:
    site.forget(function)
    site.reply(function, recording(site.release, name).reply)


_ABSENT_IN_285 = [
    "tool_mobile_get_public_config",
    _COMPLETION,
    "core_completion_get_activities_completion_status",
]


async def test_an_account_with_all_rights_has_no_blocking_finding(
    any_moodle: RecordedMoodle, client_of: ClientOf
) -> None:
    findings = await check_account(client_of(_healthy(any_moodle)))

    lacks = {"2.8.5": ["enrol_manual_unenrol_users", *_ABSENT_IN_285, "usernames"]}.get(
        any_moodle.release, []
    )
    assert [finding.needed for finding in findings] == lacks
    assert not any(finding.blocking for finding in findings)


async def test_the_check_changes_nothing(any_moodle: RecordedMoodle, client_of: ClientOf) -> None:
    client = client_of(_healthy(any_moodle))
    await check_account(client)

    # each of these is refused by Moodle whatever else is in the form
    [category] = any_moodle.sent("core_course_create_categories")
    [person] = any_moodle.sent("core_user_create_users")
    [course] = any_moodle.sent("core_course_create_courses")
    roles = any_moodle.sent("core_role_assign_roles")
    [enrolment] = any_moodle.sent("enrol_manual_enrol_users")
    assert category["categories[0][name]"] == ""
    assert person["users[0][username]"] == (await client.site()).username
    front_page = recording(any_moodle.release, "course_get_all").answer
    assert isinstance(front_page, list)
    assert course["courses[0][shortname]"] == next(one["shortname"] for one in front_page if one["id"] == 1)
    assert {role["assignments[0][userid]"] for role in roles} == {"2147483647"}
    assert enrolment["enrolments[0][roleid]"] == "2147483647"


# function, the recording it answers with instead, what is found
_BREAKAGES = [
    ("core_course_get_categories", "account_forcepasswordchange_get_categories", "auth_forcepasswordchange"),
    ("core_course_get_courses", "err_function_not_in_service", "moodle/course:view"),
    ("core_course_create_categories", "err_missing_capability", "moodle/category:manage"),
    ("core_course_create_courses", "err_missing_capability", "moodle/course:create"),
    ("core_user_create_users", "err_missing_capability", "moodle/user:create"),
    ("core_user_get_users_by_field", "account_forcepasswordchange_get_users", "moodle/user:viewdetails"),
    ("enrol_manual_enrol_users", "err_missing_capability", "enrol/manual:enrol"),
    ("core_enrol_get_enrolled_users", "err_enrolled_users_no_access", "moodle/course:viewparticipants"),
]


@pytest.mark.parametrize(("function", "name", "needed"), _BREAKAGES)
async def test_a_missing_right_is_named(
    function: str, name: str, needed: str, moodle: RecordedMoodle, client_of: ClientOf
) -> None:
    _replace(_healthy(moodle), function, name)

    findings = await check_account(client_of(moodle))

    # without its list of courses there is no course to try the rest in
    assert findings[0].needed == needed
    assert findings[0].blocking


async def test_roles_that_may_not_be_assigned_are_named(moodle: RecordedMoodle, client_of: ClientOf) -> None:
    _replace(_healthy(moodle), "core_role_assign_roles", "err_role_assign_editingteacher_category")

    findings = await check_account(client_of(moodle))

    assert [finding.needed for finding in findings] == [
        "moodle/role:assign (coursecreator)",
        "moodle/role:assign (editingteacher)",
        life_needs.STUDENT,
    ]


async def test_an_email_that_finds_nobody_means_that_emails_are_hidden(
    moodle: RecordedMoodle, client_of: ClientOf
) -> None:
    _healthy(moodle).forget("core_user_get_users")
    moodle.answer("core_user_get_users", {"users": [], "warnings": []})

    findings = await check_account(client_of(moodle))

    assert [(finding.needed, finding.blocking) for finding in findings] == [
        ("moodle/site:viewuseridentity", True)
    ]


async def test_another_known_email_may_be_given(moodle: RecordedMoodle, client_of: ClientOf) -> None:
    _healthy(moodle)

    assert await check_account(client_of(moodle), known_email="u1.a37@example.com") == []

    assert moodle.sent("core_user_get_users")[0]["criteria[0][value]"] == "u1.a37@example.com"


async def test_hidden_usernames_do_not_block(moodle: RecordedMoodle, client_of: ClientOf) -> None:
    _replace(_healthy(moodle), "core_user_get_users_by_field", "user_by_field_no_cap")

    findings = await check_account(client_of(moodle))

    assert [(finding.needed, finding.blocking) for finding in findings] == [
        ("moodle/user:viewalldetails", False)
    ]


async def test_hidden_idnumbers_are_noticed(moodle: RecordedMoodle, client_of: ClientOf) -> None:
    _healthy(moodle).forget("core_course_get_courses")
    moodle.answer("core_course_get_courses", [{"id": 2, "fullname": "К", "shortname": "k", "categoryid": 2}])

    findings = await check_account(client_of(moodle))

    assert [finding.needed for finding in findings] == ["moodle/course:update"]


async def test_missing_functions_are_named_before_anything_is_tried(
    moodle: RecordedMoodle, client_of: ClientOf
) -> None:
    site = recording("3.7.2", "site_info_ok").answer
    assert isinstance(site, dict)
    moodle.forget(SITE_INFO)
    moodle.answer(SITE_INFO, {**site, "functions": []})

    findings = await check_account(client_of(moodle))

    blocking = tuple(finding.needed for finding in findings if finding.blocking)
    optional = [finding.needed for finding in findings if not finding.blocking]
    assert blocking == NEEDED_FUNCTIONS
    assert optional == [
        "core_course_get_courses_by_field",
        "enrol_manual_unenrol_users",
        *life_needs.FUNCTIONS,
        life_needs.GRADES,
    ]
    assert len(moodle.forms) == 1


# function, the recording it answers with instead, the right of clauses 4.4 to 4.8 that is found to lack
_LIFE_BREAKAGES = [
    ("core_grades_get_grades", "core_grades_get_grades_nouser", life_needs.ACTIVITIES_VIEW),
    ("core_grades_get_grades", "err_grade_items_no_cap", life_needs.GRADES_VIEW),
    (_COMPLETION, "err_completion_no_cap", life_needs.COMPLETION_VIEW),
    ("core_user_update_users", "err_missing_capability", life_needs.USER_UPDATE),
]


@pytest.mark.parametrize(("function", "name", "needed"), _LIFE_BREAKAGES)
async def test_a_right_of_the_courses_life_lacks_without_blocking_the_setup(
    function: str, name: str, needed: str, moodle: RecordedMoodle, client_of: ClientOf
) -> None:
    _replace(_healthy(moodle), function, name)

    [finding] = await check_account(client_of(moodle))

    assert (finding.needed, finding.blocking) == (needed, False)
    assert finding.why.startswith(f"Для п. {life_needs.RIGHTS[needed].clauses} не хватает: ")


async def test_a_release_without_a_function_leaves_the_operator_nothing_to_do(
    moodle_285: RecordedMoodle, client_of: ClientOf
) -> None:
    findings = await check_account(client_of(_healthy(moodle_285)))

    told = [finding.why for finding in findings if finding.needed in _ABSENT_IN_285]
    assert all("В этой версии Moodle такой функции нет, делать ничего не нужно." in why for why in told)


@pytest.mark.parametrize("name", ["err_invalid_token", "err_rest_disabled", "err_account_suspended"])
async def test_a_token_that_does_not_work_is_the_only_finding(
    name: str, moodle: RecordedMoodle, client_of: ClientOf
) -> None:
    _replace(moodle, SITE_INFO, name)

    [finding] = await check_account(client_of(moodle))

    assert (finding.needed, finding.blocking) == ("token", True)


async def test_a_site_out_of_reach_is_not_a_finding(moodle: RecordedMoodle, client_of: ClientOf) -> None:
    _healthy(moodle).forget("core_user_create_users")
    moodle.reply("core_user_create_users", Reply(503, b"", "text/html"))

    with pytest.raises(MoodleUnavailable):
        await check_account(client_of(moodle))


def test_every_reason_is_russian() -> None:
    assert set(NEEDED_FUNCTIONS) <= set(WHY)
    assert all(re.search("[а-я]", why) and why.endswith(".") for why in WHY.values())

"""`ensure_*` may be repeated after any failure, and says what it made."""

from __future__ import annotations

import pytest

from clients.moodle import AccountSuspended, BadInput, MoodleRefused, MoodleUnavailable, NotUnique, Taken
from tests.clients.conftest import ClientOf
from tests.clients.replay import RecordedMoodle, Reply

_GONE = Reply(503, b"", "text/html")
_CREATE_CATEGORY = "core_course_create_categories"
_FIND_USER = "core_user_get_users"
_FIND_USERNAME = "core_user_get_users_by_field"
_CREATE_USER = "core_user_create_users"
_NOBODY: dict[str, list[str]] = {"users": [], "warnings": []}


async def test_a_new_category_is_created(any_moodle: RecordedMoodle, client_of: ClientOf) -> None:
    any_moodle.play("cat_get_after_rollback", "cat_create_ok")

    ensured = await client_of(any_moodle).ensure_category("Медицина", "cat-new")

    assert ensured == (2, True)


async def test_a_category_that_is_there_is_left_alone(moodle: RecordedMoodle, client_of: ClientOf) -> None:
    moodle.play("cat_get_by_idnumber")

    ensured = await client_of(moodle).ensure_category("Другое имя", "cat-a37-1")

    assert ensured == (2, False)
    assert moodle.sent(_CREATE_CATEGORY) == []


async def test_repeating_after_a_lost_answer_finds_what_was_made(
    moodle: RecordedMoodle, client_of: ClientOf
) -> None:
    moodle.play("cat_get_after_rollback", "cat_get_by_idnumber")
    moodle.reply(_CREATE_CATEGORY, _GONE)
    client = client_of(moodle)

    with pytest.raises(MoodleUnavailable):
        await client.ensure_category("Медицина", "cat-a37-1")
    ensured = await client.ensure_category("Медицина", "cat-a37-1")

    assert ensured == (2, False)
    assert len(moodle.sent(_CREATE_CATEGORY)) == 1


async def test_a_creation_that_was_overtaken_finds_the_other(
    moodle: RecordedMoodle, client_of: ClientOf
) -> None:
    moodle.play("cat_get_after_rollback", "cat_get_by_idnumber", "err_cat_duplicate_idnumber")

    assert await client_of(moodle).ensure_category("Медицина", "cat-a37-1") == (2, False)


async def test_a_course_is_found_or_created(any_moodle: RecordedMoodle, client_of: ClientOf) -> None:
    letter = any_moodle.release.replace(".", "")[:2]
    if any_moodle.release != "2.8.5":
        any_moodle.play("course_by_field_none", "course_by_idnumber")
    else:
        any_moodle.play("course_get_by_id_missing", "course_get_all")
    any_moodle.play("course_create_ok")
    client = client_of(any_moodle)

    first = await client.ensure_course("Охрана труда", "seo-1", 2, f"req-a{letter}-1")
    second = await client.ensure_course("Охрана труда", "seo-1", 2, f"req-a{letter}-1")

    assert (first, second) == ((2, True), (2, False))


async def test_a_short_name_of_another_course_is_told(moodle: RecordedMoodle, client_of: ClientOf) -> None:
    moodle.play("course_by_field_none", "err_course_duplicate_shortname")

    with pytest.raises(Taken) as caught:
        await client_of(moodle).ensure_course("Охрана труда", "seo-a37-1", 2, "req-new")

    assert caught.value.errorcode == "shortnametaken"


async def test_a_new_person_gets_an_account(any_moodle: RecordedMoodle, client_of: ClientOf) -> None:
    any_moodle.answer(_FIND_USER, _NOBODY)
    any_moodle.answer(_FIND_USERNAME, [])
    if any_moodle.release == "3.3":
        any_moodle.play("user_create_forcechange_pref")
    any_moodle.play("user_create_password_ok")

    ensured = await client_of(any_moodle).ensure_user("petrov.i-1", "petrov@example.com", "Иван", "Петров")

    assert ensured == (5, True)


async def test_a_person_with_an_account_keeps_it(any_moodle: RecordedMoodle, client_of: ClientOf) -> None:
    letter = any_moodle.release.replace(".", "")[:2]
    any_moodle.play("user_search_email_wildcard")
    client = client_of(any_moodle)

    ensured = await client.ensure_user("petrov.i-1", f"u1.a{letter}@example.com", "Иван", "Петров")

    assert ensured == (5, False)
    assert any_moodle.sent(_CREATE_USER) == []


async def test_an_account_made_by_a_lost_call_is_found_by_its_username(
    moodle: RecordedMoodle, client_of: ClientOf
) -> None:
    moodle.answer(_FIND_USER, _NOBODY)  # e-mails are not shown to this service account
    moodle.answer(_FIND_USERNAME, [{"id": 5, "username": "petrov.i-1"}])

    ensured = await client_of(moodle).ensure_user("petrov.i-1", "petrov@example.com", "Иван", "Петров")

    assert ensured == (5, False)


async def test_a_namesake_does_not_get_somebody_elses_account(
    moodle: RecordedMoodle, client_of: ClientOf
) -> None:
    moodle.answer(_FIND_USER, _NOBODY)
    moodle.answer(_FIND_USERNAME, [{"id": 5, "username": "petrov.i", "email": "other@example.com"}])

    with pytest.raises(NotUnique) as caught:
        await client_of(moodle).ensure_user("petrov.i", "petrov@example.com", "Иван", "Петров")

    assert "example.com" not in str(caught.value)


async def test_two_accounts_with_the_email_are_for_a_person_to_sort_out(
    moodle_285: RecordedMoodle, client_of: ClientOf
) -> None:
    moodle_285.play("user_search_email_other_case")

    with pytest.raises(NotUnique):
        await client_of(moodle_285).ensure_user("petrov.i-1", "U1.A28@example.com", "Иван", "Петров")


async def test_a_suspended_account_is_told(moodle: RecordedMoodle, client_of: ClientOf) -> None:
    shut = {"id": 5, "username": "petrov.i-1", "email": "petrov@example.com", "suspended": True}
    moodle.answer(_FIND_USER, {"users": [shut]})

    with pytest.raises(AccountSuspended):
        await client_of(moodle).ensure_user("petrov.i-1", "petrov@example.com", "Иван", "Петров")


async def test_a_refused_account_that_appeared_meanwhile_is_found(
    moodle: RecordedMoodle, client_of: ClientOf
) -> None:
    ours = {"id": 5, "username": "petrov.i-1", "email": "petrov@example.com"}
    moodle.answer(_FIND_USER, _NOBODY, {"users": [ours]})
    moodle.answer(_FIND_USERNAME, [])
    moodle.play("err_user_duplicate_email")

    ensured = await client_of(moodle).ensure_user("petrov.i-1", "petrov@example.com", "Иван", "Петров")

    assert ensured == (5, False)


async def test_an_account_refused_for_no_visible_reason_is_refused(
    moodle_285: RecordedMoodle, client_of: ClientOf
) -> None:
    moodle_285.answer(_FIND_USER, _NOBODY)
    moodle_285.play("user_by_username", "err_user_duplicate_username")

    with pytest.raises(MoodleRefused) as caught:
        await client_of(moodle_285).ensure_user("u1.a28", "new@example.com", "Иван", "Петров")

    assert caught.value.errorcode == "invalidparameter"


async def test_a_bad_person_is_not_created(moodle: RecordedMoodle, client_of: ClientOf) -> None:
    moodle.answer(_FIND_USER, _NOBODY)
    moodle.answer(_FIND_USERNAME, [])

    with pytest.raises(BadInput):
        await client_of(moodle).ensure_user("petrov.i-1", "petrov@example.com", "", "Петров")

    assert moodle.sent(_CREATE_USER) == []


async def test_a_teacher_is_made_once_but_opened_again(
    any_moodle: RecordedMoodle, client_of: ClientOf
) -> None:
    any_moodle.play("enrolled_users_after_unassign", "enrolled_users", "enrol_teacher_ok")
    client = client_of(any_moodle)

    first = await client.ensure_teacher(2, 6)
    second = await client.ensure_teacher(2, 6)

    assert (first, second) == ((6, True), (6, False))
    forms = any_moodle.sent("enrol_manual_enrol_users")
    assert [form["enrolments[0][roleid]"] for form in forms] == ["3", "3"]


async def test_a_course_creator_may_be_made_again(any_moodle: RecordedMoodle, client_of: ClientOf) -> None:
    any_moodle.play("role_assign_coursecreator_category", "role_assign_again_idempotent")
    client = client_of(any_moodle)

    assert await client.ensure_course_creator(2, 6) == (6, True)
    assert await client.ensure_course_creator(2, 6) == (6, True)

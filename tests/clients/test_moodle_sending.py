"""What goes over the wire, and what is refused before."""

from __future__ import annotations

import pytest

from clients.moodle import BadInput
from clients.moodle.transport import flatten
from tests.clients.conftest import ClientOf
from tests.clients.replay import RELEASES, TOKEN, RecordedMoodle, recordings, without_indexes


async def _call_everything(site: RecordedMoodle, client_of: ClientOf) -> None:
    """Make every call of the client once (creation of a person without the fallback of 3.3)."""
    site.play("cat_get_all", "cat_create_ok", "course_get_all", "course_by_idnumber", "course_create_ok")
    site.play("user_search_email_other_case", "user_by_username", "user_create_password_ok")
    site.play("enrolled_users", "enrol_ok", "unenrol_ok", "role_unassign_ok", "role_assign_again_idempotent")
    client = client_of(site)
    await client.categories()
    await client.find_category("cat-1")
    await client.create_category("Медицина", "cat-1", 0, "<p>Описание</p>")
    await client.courses()
    await client.find_course("req-1")
    await client.create_course("Охрана труда", "seo-1", 2, "req-1")
    await client.find_user_by_email("u1.a37@example.com")
    await client.find_user_by_username("u1.a37")
    await client.create_user("u1.a37", "u1.a37@example.com", "Иван", "Петров")
    await client.enrolled(2)
    await client.enrol_teacher(2, 6)
    await client.suspend(2, 6)
    await client.unenrol(2, 6)
    await client.unassign_teacher(2, 6)
    await client.assign_course_creator(2, 6)
    await client.unassign_course_creator(2, 6)


async def test_the_token_is_the_last_field_of_every_form(moodle: RecordedMoodle, client_of: ClientOf) -> None:
    await _call_everything(moodle, client_of)

    assert len(moodle.forms) == 17
    assert {form[-1] for form in moodle.forms} == {("wstoken", TOKEN)}


async def test_every_form_asks_for_json_and_raw_names(moodle: RecordedMoodle, client_of: ClientOf) -> None:
    await _call_everything(moodle, client_of)

    for form in moodle.forms:
        assert ("moodlewsrestformat", "json") in form
        assert ("moodlewssettingraw", "true") in form


async def test_every_field_sent_was_taken_by_a_recorded_site(
    moodle: RecordedMoodle, client_of: ClientOf
) -> None:
    # Moodle refuses a call for one unknown field.
    taken = {
        (one.function, without_indexes(key))
        for release in RELEASES
        for one in recordings(release)
        if not one.is_error
        for key, _ in one.form
    }

    await _call_everything(moodle, client_of)

    sent = {(dict(form)["wsfunction"], without_indexes(key)) for form in moodle.forms for key, _ in form}
    settings = {"wstoken", "wsfunction", "moodlewsrestformat", "moodlewssettingraw"}
    assert {field for field in sent - taken if field[1] not in settings} == set()


def test_nested_parameters_are_flattened_as_php_reads_them() -> None:
    fields = flatten(
        {"users": [{"email": "a@b.ru", "preferences": [{"type": "x"}]}], "visible": False, "n": 7}
    )

    assert list(fields) == [
        ("users[0][email]", "a@b.ru"),
        ("users[0][preferences][0][type]", "x"),
        ("visible", "0"),
        ("n", "7"),
    ]


async def test_a_course_is_created_hidden(moodle: RecordedMoodle, client_of: ClientOf) -> None:
    moodle.play("course_create_ok")

    course_id = await client_of(moodle).create_course("Охрана труда", "seo-1", 2, "req-1")

    [form] = moodle.sent("core_course_create_courses")
    assert course_id == 2
    assert form["courses[0][visible]"] == "0"
    assert form["courses[0][fullname]"] == "Охрана труда"


async def test_an_account_gets_a_password_that_must_be_changed(
    moodle: RecordedMoodle, client_of: ClientOf
) -> None:
    moodle.play("user_create_password_ok")
    client = client_of(moodle)

    await client.create_user("petrov.i-1", "petrov@example.com", "Иван", "Петров")
    await client.create_user("petrov.i-1", "petrov@example.com", "Иван", "Петров")

    first, second = moodle.sent("core_user_create_users")
    assert first["users[0][preferences][0][type]"] == "auth_forcepasswordchange"
    assert first["users[0][preferences][0][value]"] == "1"
    assert first["users[0][password]"] != second["users[0][password]"]
    assert "users[0][createpassword]" not in first


async def test_moodle_33_creates_an_account_without_the_preference(
    moodle_33: RecordedMoodle, client_of: ClientOf
) -> None:
    moodle_33.play("user_create_forcechange_pref", "user_create_password_ok")
    client = client_of(moodle_33)

    user_id = await client.create_user("petrov.i-1", "petrov@example.com", "Иван", "Петров")
    await client.create_user("sidorov.i-1", "sidorov@example.com", "Иван", "Сидоров")

    with_preference = [
        "users[0][preferences][0][type]" in form for form in moodle_33.sent("core_user_create_users")
    ]
    assert user_id == 5
    assert with_preference == [True, False, False]


async def test_suspending_gives_the_weakest_role(moodle_285: RecordedMoodle, client_of: ClientOf) -> None:
    moodle_285.play("suspend_instead_of_unenrol")

    await client_of(moodle_285).suspend(2, 6)

    [form] = moodle_285.sent("enrol_manual_enrol_users")
    assert (form["enrolments[0][roleid]"], form["enrolments[0][suspend]"]) == ("5", "1")


async def test_a_course_creator_is_assigned_in_the_category(
    moodle: RecordedMoodle, client_of: ClientOf
) -> None:
    moodle.play("role_assign_coursecreator_category")

    await client_of(moodle).assign_course_creator(2, 6)

    recorded = next(one for one in recordings("3.7.2") if one.name == "role_assign_coursecreator_category")
    [form] = moodle.sent("core_role_assign_roles")
    assert {key: value for key, value in recorded.form if key != "wstoken"}.items() <= form.items()


_GOOD = {"fullname": "Охрана труда", "shortname": "seo-1", "idnumber": "req-1"}

_BAD_COURSES = [
    ("fullname", "", "empty"),
    ("fullname", "  ", "empty"),
    ("fullname", "Ф" * 255, "toolong"),
    ("fullname", "Курс <новый>", "tag"),
    ("fullname", "Охрана\nтруда", "control"),
    ("shortname", "", "empty"),
    ("shortname", "s" * 256, "toolong"),
    ("idnumber", "", "empty"),
    ("idnumber", "r" * 101, "toolong"),
]


@pytest.mark.parametrize(("field", "value", "rule"), _BAD_COURSES)
async def test_a_bad_course_is_refused_before_sending(
    field: str, value: str, rule: str, moodle: RecordedMoodle, client_of: ClientOf
) -> None:
    course = {**_GOOD, field: value}

    with pytest.raises(BadInput) as caught:
        await client_of(moodle).create_course(course["fullname"], course["shortname"], 2, course["idnumber"])

    assert (caught.value.field, caught.value.rule) == (field, rule)
    assert moodle.forms == []


@pytest.mark.parametrize(
    "fullname", ["Ф" * 254, "R&D «Кавычки» & 'ап' 5 < 6"], ids=["254 characters", "signs that Moodle took"]
)
async def test_a_good_course_is_sent(fullname: str, moodle: RecordedMoodle, client_of: ClientOf) -> None:
    moodle.play("course_create_ok")

    await client_of(moodle).create_course(fullname, "seo-1", 2, "req-1")

    assert moodle.sent("core_course_create_courses")[0]["courses[0][fullname]"] == fullname


@pytest.mark.parametrize(
    ("name", "idnumber", "field", "rule"),
    [("", "c-1", "name", "empty"), ("Ж" * 256, "c-1", "name", "toolong"), ("Ж", "", "idnumber", "empty")],
)
async def test_a_bad_category_is_refused_before_sending(
    name: str, idnumber: str, field: str, rule: str, moodle: RecordedMoodle, client_of: ClientOf
) -> None:
    with pytest.raises(BadInput) as caught:
        await client_of(moodle).create_category(name, idnumber)

    assert (caught.value.field, caught.value.rule) == (field, rule)
    assert moodle.forms == []


_PERSON = {"username": "petrov.i", "email": "p@example.com", "first_name": "Иван", "last_name": "Петров"}

_BAD_PEOPLE = [
    ("username", "Petrov", "username-alphabet"),
    ("username", "петров", "username-alphabet"),
    ("username", "", "username-alphabet"),
    ("username", "p" * 101, "username-toolong"),
    ("email", "not-an-email", "email-malformed"),
    ("email", "p%@example.com", "email-malformed"),
    ("email", "иванов@example.com", "email-malformed"),
    ("email", "ivanov@пример.рф", "email-malformed"),
    ("email", ".p@example.com", "email-malformed"),
    ("email", "p@example", "email-malformed"),
    ("email", "p@" + "e" * 100 + ".ru", "email-toolong"),
    ("first_name", "", "firstname-empty"),
    ("last_name", "П" * 101, "lastname-toolong"),
]


@pytest.mark.parametrize(("field", "value", "errorcode"), _BAD_PEOPLE)
async def test_a_bad_person_is_refused_before_sending(
    field: str, value: str, errorcode: str, moodle: RecordedMoodle, client_of: ClientOf
) -> None:
    with pytest.raises(BadInput) as caught:
        await client_of(moodle).create_user(**{**_PERSON, field: value})

    assert caught.value.errorcode == errorcode
    assert not value or value not in str(caught.value)
    assert moodle.forms == []


async def test_a_pattern_is_no_email_to_look_up(moodle: RecordedMoodle, client_of: ClientOf) -> None:
    with pytest.raises(BadInput):
        await client_of(moodle).find_user_by_email("%@example.com")

    assert moodle.forms == []

"""Which error each recorded refusal is, and what a broken connection is."""

from __future__ import annotations

import socket
from datetime import timedelta

import aiohttp
import pytest

from clients.moodle import (
    FormCut,
    FunctionMissing,
    MoodleBroken,
    MoodleClient,
    MoodleDenied,
    MoodleError,
    MoodleRefused,
    MoodleUnavailable,
    NotFound,
    Taken,
)
from tests.clients.conftest import ClientOf
from tests.clients.replay import RELEASES, SITE_INFO, TOKEN, RecordedMoodle, Reply, recorded_moodle, recording

# name of the recording -> class, in all three releases
_TABLE: list[tuple[str, type[MoodleError]]] = [
    ("err_maintenance", MoodleUnavailable),
    ("err_invalid_token", MoodleDenied),
    ("err_token_expired", MoodleDenied),
    ("err_token_ip_restricted", MoodleDenied),
    ("err_no_rest_use_cap", MoodleDenied),
    ("err_account_suspended", MoodleDenied),
    ("err_rest_disabled", MoodleDenied),
    ("err_webservices_disabled", MoodleDenied),
    ("err_function_not_in_service", MoodleDenied),
    ("dbg_function_not_in_service", MoodleDenied),
    ("err_missing_capability", MoodleDenied),
    ("err_cat_get_by_idnumber_no_cap", MoodleDenied),
    ("err_enrolled_users_no_access", MoodleDenied),
    ("err_role_assign_no_cap", MoodleDenied),
    ("err_enrol_role_not_allowed", MoodleDenied),
    ("err_enrol_unknown_role", MoodleDenied),
    ("err_enrol_no_manual_instance", MoodleDenied),
    ("err_cat_duplicate_idnumber", Taken),
    ("err_course_duplicate_idnumber", Taken),
    ("err_course_duplicate_shortname", Taken),
    ("err_cat_unknown_parent", NotFound),
    ("err_course_unknown_category", NotFound),
    ("err_enrolled_users_unknown_course", NotFound),
    ("err_cat_empty_name", MoodleRefused),
    ("err_cat_name_too_long", MoodleRefused),
    ("err_course_long_fullname", MoodleRefused),  # «Error writing to database»
    ("err_course_create_angle_brackets", MoodleRefused),
    ("err_user_duplicate_username", MoodleRefused),
    ("dbg_user_duplicate_email", MoodleRefused),
    ("err_user_weak_password", MoodleRefused),
    ("err_user_bad_email", MoodleRefused),
    ("err_enrol_unknown_user", MoodleRefused),
    ("err_enrol_unknown_course", MoodleRefused),
    ("err_role_assign_editingteacher_category", MoodleRefused),
    ("err_missing_param", MoodleRefused),
    ("err_unexpected_key", MoodleRefused),
]


async def _error(client: MoodleClient, function: str = SITE_INFO) -> MoodleError:
    with pytest.raises(MoodleError) as caught:
        await client._transport.call(function, {})
    return caught.value


async def _recorded_error(site: RecordedMoodle, client: MoodleClient, name: str) -> MoodleError:
    function = recording(site.release, name).function
    assert function
    site.forget(function)
    site.play(name)
    return await _error(client, function)


@pytest.mark.parametrize("release", RELEASES)
@pytest.mark.parametrize(("name", "kind"), _TABLE, ids=lambda value: value if isinstance(value, str) else "")
async def test_a_recorded_error_is_of_its_kind(
    release: str, name: str, kind: type[MoodleError], session: aiohttp.ClientSession
) -> None:
    async with recorded_moodle(release) as site:
        client = MoodleClient(session, site.url, TOKEN, timeout=timedelta(seconds=5))

        error = await _recorded_error(site, client, name)

    assert type(error) is kind


async def test_a_password_that_must_be_changed_denies(moodle: RecordedMoodle, client_of: ClientOf) -> None:
    error = await _recorded_error(moodle, client_of(moodle), "account_forcepasswordchange_get_users")

    assert type(error) is MoodleDenied


async def test_a_php_error_is_a_broken_site(moodle_33: RecordedMoodle, client_of: ClientOf) -> None:
    error = await _recorded_error(moodle_33, client_of(moodle_33), "user_create_forcechange_pref")

    assert type(error) is MoodleBroken


async def test_a_password_policy_is_not_quoted(moodle: RecordedMoodle, client_of: ClientOf) -> None:
    error = await _recorded_error(moodle, client_of(moodle), "err_user_weak_password")

    assert error.errorcode == "unreadable"


async def test_an_error_tells_function_code_and_site(moodle: RecordedMoodle, client_of: ClientOf) -> None:
    error = await _recorded_error(moodle, client_of(moodle), "err_missing_capability")

    host = moodle.url.removeprefix("http://")
    assert (error.function, error.errorcode, error.site) == (
        "core_course_create_categories",
        "nopermissions",
        host,
    )
    assert str(error) == f"core_course_create_categories at {host}: nopermissions"


# What is not Moodle's own answer

_JSON = recording("3.7.2", "site_info_ok").reply.body

_FAULTS = [
    pytest.param(Reply(503, b"<html>busy</html>", "text/html"), MoodleUnavailable, id="503"),
    pytest.param(Reply(500, b"", "text/html"), MoodleUnavailable, id="500"),
    pytest.param(Reply(429, b""), MoodleUnavailable, id="429"),
    pytest.param(Reply(200, b"<html>Coming soon</html>", "text/html"), MoodleUnavailable, id="html page"),
    pytest.param(Reply(200, b""), MoodleUnavailable, id="empty"),
    pytest.param(Reply(200, _JSON[: len(_JSON) // 2]), MoodleUnavailable, id="truncated json"),
    pytest.param(Reply(200, b"<b>Notice</b>: x" + _JSON), MoodleUnavailable, id="php notice before json"),
    pytest.param(Reply(200, b"\xff\xfe"), MoodleUnavailable, id="not utf-8"),
    pytest.param(Reply(404, b"File not found.\n", "text/html"), MoodleDenied, id="404"),
]


@pytest.mark.parametrize(("reply", "kind"), _FAULTS)
async def test_what_is_not_an_answer_of_moodle(
    reply: Reply, kind: type[MoodleError], moodle: RecordedMoodle, client_of: ClientOf
) -> None:
    moodle.forget(SITE_INFO)
    moodle.reply(SITE_INFO, reply)

    assert type(await _error(client_of(moodle))) is kind


@pytest.mark.parametrize("status", [301, 302, 307])
async def test_a_redirect_does_not_get_the_token(
    status: int, moodle: RecordedMoodle, client_of: ClientOf
) -> None:
    moodle.forget(SITE_INFO)
    elsewhere = f"{moodle.url}/webservice/rest/server.php?moved"
    moodle.reply(SITE_INFO, Reply(status, b"", "text/html", location=elsewhere), Reply(200, _JSON))

    assert type(await _error(client_of(moodle))) is MoodleDenied
    assert len(moodle.forms) == 1


async def test_a_refused_connection_is_unavailable(session: aiohttp.ClientSession) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{unused.getsockname()[1]}"
        client = MoodleClient(session, url, TOKEN, timeout=timedelta(seconds=5))

        error = await _error(client)

    assert type(error) is MoodleUnavailable
    assert error.errorcode == "ClientConnectorError"


async def test_a_slow_site_is_unavailable(moodle: RecordedMoodle, session: aiohttp.ClientSession) -> None:
    moodle.forget(SITE_INFO)
    moodle.reply(SITE_INFO, Reply(200, _JSON, delay_seconds=2))
    client = MoodleClient(session, moodle.url, TOKEN, timeout=timedelta(milliseconds=50))

    error = await _error(client)

    assert type(error) is MoodleUnavailable
    assert error.errorcode == "timeout"


async def test_an_answer_of_another_shape_is_a_broken_site(
    moodle: RecordedMoodle, client_of: ClientOf
) -> None:
    moodle.answer("core_user_get_users", {"users": [{"email": "ivan@example.com"}]})

    with pytest.raises(MoodleBroken) as caught:
        await client_of(moodle).find_user_by_email("ivan@example.com")

    assert "ivan" not in str(caught.value)
    assert caught.value.__suppress_context__


# Forms that PHP cuts

_NO_TOKEN = recording("3.7.2", "err_no_token").reply


async def test_a_big_form_without_its_token_was_cut(moodle: RecordedMoodle, client_of: ClientOf) -> None:
    client = client_of(moodle)
    await client.site()
    moodle.reply("enrol_manual_enrol_users", _NO_TOKEN)

    with pytest.raises(FormCut) as caught:
        await client._transport.call("enrol_manual_enrol_users", {"enrolments": ["1"] * 400})

    assert caught.value.fields == 404


async def test_a_small_form_without_its_token_means_a_revoked_token(
    moodle: RecordedMoodle, client_of: ClientOf
) -> None:
    client = client_of(moodle)
    await client.site()
    moodle.reply("enrol_manual_enrol_users", _NO_TOKEN)

    assert type(await _error(client, "enrol_manual_enrol_users")) is MoodleDenied


async def test_a_token_that_never_worked_is_not_taken_for_a_cut_form(
    moodle: RecordedMoodle, client_of: ClientOf
) -> None:
    moodle.reply("enrol_manual_enrol_users", _NO_TOKEN)

    with pytest.raises(MoodleDenied):
        await client_of(moodle)._transport.call("enrol_manual_enrol_users", {"enrolments": ["1"] * 400})


# Functions that a release lacks


async def test_a_missing_function_is_not_called(moodle_285: RecordedMoodle, client_of: ClientOf) -> None:
    with pytest.raises(FunctionMissing) as caught:
        await client_of(moodle_285).unenrol(2, 6)

    assert caught.value.function == "enrol_manual_unenrol_users"
    assert moodle_285.sent("enrol_manual_unenrol_users") == []


async def test_a_function_added_to_the_service_since_is_noticed(
    moodle: RecordedMoodle, client_of: ClientOf
) -> None:
    complete = recording("3.7.2", "site_info_ok").answer
    assert isinstance(complete, dict)
    moodle.forget(SITE_INFO)
    moodle.answer(SITE_INFO, {**complete, "functions": []}, complete)
    moodle.play("cat_get_all")

    assert await client_of(moodle).categories()


def test_an_address_that_is_none_is_refused_at_once() -> None:
    with pytest.raises(ValueError, match="base_url"):
        MoodleClient(None, "moodle.example", TOKEN, timeout=timedelta(seconds=1))  # type: ignore[arg-type]

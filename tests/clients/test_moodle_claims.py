"""The password that a learner chose."""

from __future__ import annotations

import pytest

from clients.moodle import (
    AccountSuspended,
    BadInput,
    MoodleError,
    NotFound,
    OtherSignIn,
    PasswordRefused,
    Protected,
)
from tests.clients.conftest import ClientOf
from tests.clients.replay import RecordedMoodle
from tests.clients.standin import Standin

_CHOSEN = "Verba-2026-les"


async def test_the_chosen_password_signs_in_and_need_not_be_changed(standin: Standin) -> None:
    [person] = await standin.people(1)
    assert not await standin.site.signs_in("petrov.i-0", _CHOSEN)

    await standin.moodle.set_password(person, _CHOSEN)

    assert await standin.site.signs_in("petrov.i-0", _CHOSEN)
    user = next(one for one in (await standin.site.state())["users"] if one["id"] == person)
    assert user["preferences"].get("auth_forcepasswordchange", "0") == "0"


@pytest.mark.parametrize("password", ["12345678", "Qy7", "verba-les"])
async def test_a_password_against_the_policy_changes_nothing(password: str, standin: Standin) -> None:
    [person] = await standin.people(1)
    before = (await standin.site.state())["users"]

    with pytest.raises(PasswordRefused) as caught:
        await standin.moodle.set_password(person, password)

    assert password not in str(caught.value)
    assert (await standin.site.state())["users"] == before
    await standin.moodle.set_password(person, _CHOSEN)


@pytest.mark.parametrize("password", ["", "   ", "a" * 129])
async def test_what_is_no_password_is_not_sent(password: str, edu: Standin) -> None:
    with pytest.raises(BadInput):
        await edu.moodle.set_password(1, password)


@pytest.mark.parametrize(
    ("changes", "kind"), [({"suspended": True}, AccountSuspended), ({"auth": "oauth2"}, OtherSignIn)]
)
async def test_an_account_that_takes_no_password(
    changes: dict[str, object], kind: type[MoodleError], edu: Standin
) -> None:
    [person] = await edu.people(1)
    await edu.site.act("change_user", user_id=person, **changes)

    with pytest.raises(kind):
        await edu.moodle.set_password(person, _CHOSEN)
    assert await edu.calls("core_user_update_users") == 0


async def test_an_account_that_is_gone(standin: Standin) -> None:
    with pytest.raises(NotFound):
        await standin.moodle.set_password(999_999, _CHOSEN)


# Answers of a live 4.5.6, which is not among the recordings

_USER = [{"id": 5, "username": "u1", "auth": "manual", "suspended": False}]
_REFUSAL = {"exception": "invalid_response_exception", "errorcode": "invalidresponse", "message": "-"}


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (_REFUSAL, PasswordRefused),
        ({"warnings": [{"item": "user", "itemid": 5, "warningcode": "usernotupdatedadmin"}]}, Protected),
        ({"warnings": [{"item": "user", "itemid": 1, "warningcode": "usernotupdatedguest"}]}, Protected),
    ],
)
async def test_how_newer_releases_refuse(
    answer: object, kind: type[MoodleError], moodle: RecordedMoodle, client_of: ClientOf
) -> None:
    moodle.answer("core_user_get_users_by_field", _USER)
    moodle.answer("core_user_update_users", answer)

    with pytest.raises(kind):
        await client_of(moodle).set_password(5, _CHOSEN)


async def test_no_warnings_are_a_success(moodle: RecordedMoodle, client_of: ClientOf) -> None:
    moodle.answer("core_user_get_users_by_field", _USER)
    moodle.answer("core_user_update_users", {"warnings": []})

    await client_of(moodle).set_password(5, _CHOSEN)

    [form] = moodle.sent("core_user_update_users")
    assert form["users[0][preferences][0][type]"] == "auth_forcepasswordchange"
    assert form["users[0][preferences][0][value]"] == "0"


async def test_a_33_that_dies_of_a_preference_is_sent_none(
    moodle_33: RecordedMoodle, client_of: ClientOf
) -> None:
    moodle_33.answer("core_user_get_users_by_field", _USER)
    moodle_33.answer(
        "core_user_update_users", {"exception": "Error", "errorcode": None, "message": "-"}, None
    )

    await client_of(moodle_33).set_password(5, _CHOSEN)

    last = moodle_33.sent("core_user_update_users")[-1]
    assert (last["users[0][password]"], "users[0][preferences][0][type]" in last) == (_CHOSEN, False)

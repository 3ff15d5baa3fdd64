"""The stand-in has the bad days of a real Moodle, on command."""

import asyncio
import json
import time

import aiohttp
import pytest

from tests.moodle.standin_client import SiteClient, user_fields

SITE_INFO = "core_webservice_get_site_info"
CREATE = "core_user_create_users"
CATEGORIES = "core_course_get_categories"


async def test_down_closes_the_connection_without_an_answer(edu: SiteClient) -> None:
    await edu.fault(kind="down", times=1)

    with pytest.raises(aiohttp.ServerDisconnectedError):
        await edu.call(CREATE, **user_fields(1))

    assert "u1" not in await edu.usernames()
    assert (await edu.call(SITE_INFO))["username"] == "wsseo"


async def test_a_fault_lasts_until_cleared_when_no_number_is_given(edu: SiteClient) -> None:
    await edu.fault(kind="503")

    statuses = [(await edu.post(SITE_INFO, {})).status for _ in range(3)]
    await edu.clear_faults()

    assert statuses == [503, 503, 503]
    assert (await edu.post(SITE_INFO, {})).status == 200


async def test_a_fault_of_one_function_leaves_the_others_alone(edu: SiteClient) -> None:
    await edu.fault(kind="503", function=CREATE)

    assert (await edu.post(SITE_INFO, {})).status == 200
    assert (await edu.post(CREATE, user_fields(1))).status == 503


async def test_a_fault_can_wait_for_a_later_call(edu: SiteClient) -> None:
    await edu.fault(kind="503", skip=1, times=1)

    statuses = [(await edu.post(SITE_INFO, {})).status for _ in range(3)]

    assert statuses == [200, 503, 200]


async def test_faults_strike_in_the_order_of_the_queue(edu: SiteClient) -> None:
    await edu.fault(kind="503", times=1)
    await edu.fault(kind="html", times=1)

    first = await edu.post(SITE_INFO, {})
    second = await edu.post(SITE_INFO, {})

    assert first.status == 503
    assert (second.status, second.content_type) == (200, "text/html")


async def test_slow_answers_late(edu: SiteClient) -> None:
    await edu.fault(kind="slow", seconds=0.2, times=1)
    started = time.monotonic()

    await edu.call(SITE_INFO)

    assert time.monotonic() - started >= 0.2


async def test_a_slow_call_goes_on_when_the_faults_are_cleared(edu: SiteClient) -> None:
    await edu.fault(kind="slow", seconds=60, times=1)
    late = asyncio.create_task(edu.call(SITE_INFO))
    called: dict[str, int] = {}
    while SITE_INFO not in called:
        called = await _calls(edu)

    await edu.clear_faults()

    await asyncio.wait_for(late, 30)


async def test_truncated_does_the_work_and_cuts_the_json(edu: SiteClient) -> None:
    await edu.fault(kind="truncated", times=1)

    response = await edu.post(CREATE, user_fields(1))
    text = await response.text()

    assert response.status == 200
    with pytest.raises(json.JSONDecodeError):
        json.loads(text)
    assert "u1" in await edu.usernames()


async def test_html_is_a_maintenance_page_and_does_nothing(edu: SiteClient) -> None:
    await edu.fault(kind="html", times=1)

    response = await edu.post(CREATE, user_fields(1))

    assert (response.status, response.content_type) == (200, "text/html")
    assert "u1" not in await edu.usernames()


async def test_error_after_work_answers_503_though_the_work_is_done(edu: SiteClient) -> None:
    await edu.fault(kind="error_after_work", times=1)

    response = await edu.post(CREATE, user_fields(1))

    assert response.status == 503
    assert "u1" in await edu.usernames()


async def test_error_after_work_may_close_the_connection(edu: SiteClient) -> None:
    await edu.fault(kind="error_after_work", how="close", times=1)

    with pytest.raises(aiohttp.ServerDisconnectedError):
        await edu.call(CREATE, **user_fields(1))

    assert "u1" in await edu.usernames()


async def test_a_form_over_the_limit_with_the_token_last_does_nothing(edu: SiteClient) -> None:
    await edu.fault(kind="max_input_vars", limit=20)

    answer = await edu.call(CREATE, **user_fields(1, 2, 3))

    assert answer["errorcode"] == "invalidtoken"
    assert not {"u1", "u2", "u3"} & set(await edu.usernames())


async def test_a_form_over_the_limit_with_the_token_first_is_half_done(edu: SiteClient) -> None:
    await edu.fault(kind="max_input_vars", limit=3 + 8 + 5)

    answer = await edu.call_with_token_first(CREATE, **user_fields(1, 2, 3))

    assert [user["username"] for user in answer] == ["u1", "u2"]
    second = next(u for u in (await edu.state())["users"] if u["username"] == "u2")
    assert second["idnumber"] == ""


async def test_php_cuts_at_a_thousand_fields_even_without_a_fault(edu: SiteClient) -> None:
    answer = await edu.call(CREATE, **user_fields(*range(1, 126)))

    assert answer["errorcode"] == "invalidtoken"


async def test_hidden_email_finds_nobody_and_tells_no_error(edu: SiteClient) -> None:
    await edu.call(CREATE, **user_fields(1))
    by_email = {"field": "email", "values[0]": "u1@example.org"}

    before = await edu.call("core_user_get_users_by_field", **by_email)
    await edu.fault(kind="hidden_email")
    hidden = await edu.call("core_user_get_users_by_field", **by_email)

    assert len(before) == 1
    assert hidden == []


async def test_empty_lists_are_silent(edu: SiteClient) -> None:
    await edu.fault(kind="empty_lists")

    assert await edu.call(CATEGORIES) == []
    assert (await edu.call(SITE_INFO))["username"] == "wsseo"
    assert (await edu.call(CREATE, **user_fields(1)))["errorcode"] == "forcepasswordchangenotice"


async def test_half_a_list_comes_without_a_sign_of_it(edu: SiteClient) -> None:
    whole = await edu.call(CATEGORIES)
    await edu.fault(kind="half_list", function=CATEGORIES)

    assert await edu.call(CATEGORIES) == whole[: len(whole) // 2]


async def test_an_unknown_fault_is_refused(edu: SiteClient) -> None:
    async with edu.session.post(f"{edu.base}/_faults", json={"kind": "flood"}) as response:
        assert response.status == 422


async def test_calls_are_counted_by_function(edu: SiteClient) -> None:
    await edu.call(SITE_INFO)
    await edu.call(CATEGORIES)
    await edu.call(CATEGORIES)

    assert await _calls(edu) == {SITE_INFO: 1, CATEGORIES: 2}


async def _calls(edu: SiteClient) -> dict[str, int]:
    async with edu.session.get(f"{edu.base}/_calls") as response:
        return dict(await response.json())


async def test_faults_that_are_put_take_the_place_of_all_others(edu: SiteClient) -> None:
    await edu.fault(kind="html")

    async with edu.session.put(f"{edu.base}/_faults", json={"kind": "503", "times": 1}) as response:
        assert [one["kind"] for one in await response.json()] == ["503"]

    assert (await edu.post(SITE_INFO, {})).status == 503
    assert (await edu.post(SITE_INFO, {})).content_type == "application/json"

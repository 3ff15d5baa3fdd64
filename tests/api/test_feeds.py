"""Calendar feeds: issued once, read without a key, gone when revoked."""

import re
from uuid import uuid4

import httpx
import pytest
from sqlmodel import col, select

from api.auth import Role, digest
from models.requests import Stage
from models.tables import ApiKey, CalendarFeed, IdempotencyRecord
from tests.api import words
from tests.engine import API, Engine, Json, request_form
from tests.workflows import standing

ROUTE = "/calendar-feeds"


async def _issue(
    engine: Engine, holder: str, body: Json | None = None, *, post_key: str | None = None
) -> Json:
    response = await engine.post(holder, ROUTE, body or {}, key=post_key)
    assert response.status_code == 201, response.text
    return dict(response.json())


async def _read(engine: Engine, token: str) -> httpx.Response:
    return await words.send(engine.app, "GET", f"{API}{ROUTE}/{token}.ics")


async def _numbers(engine: Engine, token: str) -> set[str]:
    """Cases whose deadlines the feed shows."""
    response = await _read(engine, token)
    assert response.status_code == 200, response.text
    unfolded = response.text.replace("\r\n ", "")
    return set(re.findall(r"^UID:(\d{4}-\d+)-\w+@api.example.org\r$", unfolded, re.MULTILINE))


async def test_a_calendar_program_reads_the_deadlines_by_the_address_alone(engine: Engine) -> None:
    number = await standing.under_review(engine, course_name="Охрана труда; 1, 2")
    feed = await _issue(engine, "agency")

    response = await _read(engine, feed["token"])

    assert feed["url"] == f"http://api.example.org{API}{ROUTE}/{feed['token']}.ics"
    assert response.headers["Content-Type"] == "text/calendar; charset=utf-8"
    assert response.headers["Cache-Control"] == "no-store"
    unfolded = response.text.replace("\r\n ", "")
    assert f"SUMMARY:Срок по п. 4.2: Запрос № {number}\\, «Охрана труда\\; 1\\, 2»\r\n" in unfolded
    assert "Кого ждём: рассматривающие\\n" in unfolded
    assert "Срок 30 дней исчисляется с" in unfolded


async def test_a_feed_shows_what_its_holder_may_see(engine: Engine) -> None:
    mine = {**request_form()["responsible"], "email": "feed@example.org"}
    own, other = await standing.under_review(engine, responsible=mine), await standing.under_review(engine)
    responsible = await words.issue(engine, Role.RESPONSIBLE, "zdrav", email="feed@example.org")
    stranger = await words.issue(engine, Role.AGENCY, "trud")

    assert await _numbers(engine, (await _issue(engine, responsible))["token"]) == {own}
    assert {own, other} <= await _numbers(engine, (await _issue(engine, "agency"))["token"])
    assert not {own, other} & await _numbers(engine, (await _issue(engine, stranger))["token"])


async def test_a_feed_may_be_of_those_deadlines_alone_that_wait_for_somebody(engine: Engine) -> None:
    under_review, ordered = await standing.under_review(engine), await words.by_hand(engine)
    feed = await _issue(engine, "supervisor", {"waits_for": "operator"})

    numbers = await _numbers(engine, feed["token"])

    assert feed["waits_for"] == "operator"
    assert ordered in numbers
    assert under_review not in numbers


async def test_what_has_ended_is_in_the_feed_no_more(engine: Engine) -> None:
    number = await engine.file()
    await engine.reviewing(number)
    token = (await _issue(engine, "agency"))["token"]
    assert number in await _numbers(engine, token)

    await engine.post("reviewer", f"/requests/{number}/decision", words.REFUSAL)
    await words.until_stage(engine, number, Stage.REFUSED)

    assert number not in await _numbers(engine, token)


async def test_the_token_is_shown_once_and_kept_nowhere(engine: Engine) -> None:
    feed = await _issue(engine, "reviewer")

    async with engine.sessions() as session:
        row = await session.get_one(CalendarFeed, feed["id"])
        key = (await session.scalars(select(ApiKey).where(col(ApiKey.id) == row.api_key))).one()
        records = select(IdempotencyRecord.answer).where(col(IdempotencyRecord.api_key) == row.api_key)
        answers = (await session.scalars(records)).all()
    assert row.sha256 == digest(feed["token"])
    assert key.sha256 == digest(engine.keys["reviewer"])
    assert {"id": feed["id"], "waits_for": None, "issued_at": feed["issued_at"]} in answers
    assert feed["token"] not in str(answers)
    listed = await engine.get("reviewer", ROUTE)
    assert {"id": feed["id"], "waits_for": None, "issued_at": feed["issued_at"]} in listed


async def test_the_same_post_sent_twice_is_answered_with_the_same_token(engine: Engine) -> None:
    key = uuid4().hex

    first, second = [await _issue(engine, "operator", post_key=key) for _ in range(2)]
    others = await _issue(engine, "supervisor", post_key=key)

    assert first == second
    assert others["token"] != first["token"]
    assert len(first["token"]) == 43
    assert [one["id"] for one in await engine.get("operator", ROUTE)].count(first["id"]) == 1


async def test_a_revoked_feed_is_not_there(engine: Engine) -> None:
    feed, other = await _issue(engine, "admin"), await _issue(engine, "admin")

    for _ in range(2):
        response = await engine.call("admin", "DELETE", f"{ROUTE}/{feed['id']}")
        assert (response.status_code, response.content) == (204, b"")

    assert words.problem(await _read(engine, feed["token"]), 404) == "not-found"
    assert (await _read(engine, other["token"])).status_code == 200
    assert feed["id"] not in [one["id"] for one in await engine.get("admin", ROUTE)]


async def test_a_feed_ends_with_its_holders_key(engine: Engine) -> None:
    key = await words.issue(engine, Role.AGENCY, "trud")
    feed = await _issue(engine, key)
    assert (await _read(engine, feed["token"])).status_code == 200

    await words.revoke(engine, key)

    assert words.problem(await _read(engine, feed["token"]), 404) == "not-found"


async def test_another_persons_feed_can_be_neither_seen_nor_revoked(engine: Engine) -> None:
    """Not by a colleague with the same role either."""
    feed = await _issue(engine, "reviewer")
    colleague = await words.issue(engine, Role.REVIEWER, "di")

    for key in (colleague, "admin"):
        response = await engine.call(key, "DELETE", f"{ROUTE}/{feed['id']}")
        assert words.problem(response, 404) == "not-found"
        assert feed["id"] not in [one["id"] for one in await engine.get(key, ROUTE)]
    assert (await _read(engine, feed["token"])).status_code == 200


@pytest.mark.parametrize("token", ["x", "A" * 43, "A" * 5000, "%00", "%F0%9F%8E%93", "..%2F..", "a.ics"])
async def test_a_guessed_token_opens_nothing(engine: Engine, token: str) -> None:
    assert words.problem(await _read(engine, token), 404) == "not-found"


async def test_a_key_opens_no_feed_and_a_token_no_route(engine: Engine) -> None:
    feed = await _issue(engine, "agency")

    assert (await _read(engine, engine.keys["agency"])).status_code == 404
    assert words.problem(await engine.call(feed["token"], "GET", "/requests"), 401) == "unauthenticated"


async def test_guessing_is_slowed_down(engine: Engine) -> None:
    slow = engine.api_with(bad_calls_per_second=0.1)

    answers = [await _read(slow, f"guess-{one}") for one in range(3)]

    assert [answer.status_code for answer in answers][-1] == 429
    assert words.problem(answers[-1], 429) == "rate-limited"


async def test_a_feed_of_an_unknown_kind_is_refused_by_field(engine: Engine) -> None:
    response = await engine.post("agency", ROUTE, {"waits_for": "nobody"})

    assert list(words.wrong_fields(response)) == ["waits_for"]

"""`Idempotency-Key`: the same POST sent twice is done once and answered the same."""

from uuid import uuid4

import pytest
from sqlalchemy import func
from sqlmodel import col, select

from api.auth import Role
from models.requests import Stage
from models.tables import IdempotencyRecord, Request
from tests.api import words
from tests.engine import API, Engine, request_form
from tests.workflows import standing


async def _count(engine: Engine, course_name: str) -> int:
    query = select(func.count(col(Request.number))).where(col(Request.course_name) == course_name)
    async with engine.sessions() as session:
        return int(await session.scalar(query) or 0)


async def test_the_same_request_sent_twice_is_registered_once_and_answered_the_same(engine: Engine) -> None:
    form, key = request_form(), uuid4().hex

    first = await engine.post("agency", "/requests", form, key=key)
    second = await engine.post("agency", "/requests", form, key=key)

    assert (first.status_code, first.json()) == (second.status_code, second.json())
    assert await _count(engine, form["course_name"]) == 1


async def test_eight_at_the_same_time_are_registered_once_and_answered_the_same(engine: Engine) -> None:
    form, key = request_form(), uuid4().hex

    answers = await words.together(*(engine.post("agency", "/requests", form, key=key) for _ in range(8)))

    assert {answer.status_code for answer in answers} == {201}
    assert all(answer.json() == answers[0].json() for answer in answers)
    assert await _count(engine, form["course_name"]) == 1


async def test_the_same_key_with_another_body_is_rejected(engine: Engine) -> None:
    key, other = uuid4().hex, request_form()
    await engine.post("agency", "/requests", request_form(), key=key)

    response = await engine.post("agency", "/requests", other, key=key)

    assert words.problem(response, 422) == "idempotency-key-reused"
    assert await _count(engine, other["course_name"]) == 0


async def test_the_same_key_on_another_route_is_rejected(engine: Engine) -> None:
    key, number = uuid4().hex, await standing.under_review(engine)
    await engine.post("reviewer", f"/requests/{number}/claim", key=key)

    response = await engine.post("reviewer", f"/requests/{number}/release", key=key)

    assert words.problem(response, 422) == "idempotency-key-reused"


async def test_the_same_key_on_another_case_is_rejected(engine: Engine) -> None:
    key, (one, other) = uuid4().hex, [await standing.under_review(engine) for _ in range(2)]
    await engine.post("reviewer", f"/requests/{one}/claim", key=key)

    response = await engine.post("reviewer", f"/requests/{other}/claim", key=key)

    assert words.problem(response, 422) == "idempotency-key-reused"


async def test_another_callers_key_is_another_key(engine: Engine) -> None:
    form, key = request_form(), uuid4().hex
    other = await words.issue(engine, Role.AGENCY, "zdrav")

    first = await engine.post("agency", "/requests", form, key=key)
    second = await engine.post(other, "/requests", form, key=key)

    assert first.json()["number"] != second.json()["number"]
    assert await _count(engine, form["course_name"]) == 2


@pytest.mark.parametrize("key", [None, "", "я", "two words", "x" * 201, "tab\t"])
async def test_without_a_readable_key_nothing_is_done(engine: Engine, key: str | None) -> None:
    form = request_form()
    headers = {} if key is None else {"Idempotency-Key": key.encode()}

    response = await words.send(
        engine.app,
        "POST",
        f"{API}/requests",
        key=engine.keys["agency"],
        headers=headers,  # type: ignore[arg-type]
        json=form,
    )

    assert words.problem(response, 400) == "idempotency-key-missing"
    assert await _count(engine, form["course_name"]) == 0


async def test_a_key_of_200_characters_is_a_key(engine: Engine) -> None:
    response = await engine.post("agency", "/requests", request_form(), key="k" * 200)

    assert response.status_code == 201


async def test_what_is_under_way_is_not_done_a_second_time(engine: Engine) -> None:
    key, number = uuid4().hex, await standing.under_review(engine)
    await engine.post("reviewer", f"/requests/{number}/claim", key=key)
    await words.age(engine, key, seconds=20)

    response = await engine.post("reviewer", f"/requests/{number}/claim", key=key)

    assert words.problem(response, 409) == "in-flight"
    assert response.headers["Retry-After"] == "5"


async def test_what_crashed_in_between_is_taken_over_after_30_s_and_done_once(engine: Engine) -> None:
    key, number = uuid4().hex, await engine.file()
    decision = {**words.REFUSAL, "reason": "Один раз"}
    first = await engine.post("reviewer", f"/requests/{number}/decision", decision, key=key)
    await words.age(engine, key, seconds=31)

    again = await engine.post("reviewer", f"/requests/{number}/decision", decision, key=key)

    assert again.status_code == 200, again.text
    assert again.json() == first.json()
    await words.until_stage(engine, number, Stage.REFUSED)
    assert sum("Отказано" in line for line in await engine.journal(number)) == 1


async def test_a_crash_is_taken_over_by_one_of_two(engine: Engine) -> None:
    key, number = uuid4().hex, await engine.file()
    await engine.post("reviewer", f"/requests/{number}/decision", words.REFUSAL, key=key)
    await words.age(engine, key, seconds=31)

    answers = await words.together(
        *(engine.post("reviewer", f"/requests/{number}/decision", words.REFUSAL, key=key) for _ in range(2))
    )

    assert {answer.status_code for answer in answers} <= {200, 409}
    assert 200 in {answer.status_code for answer in answers}


async def test_what_was_rejected_may_be_sent_corrected_under_the_same_key(engine: Engine) -> None:
    key, number = uuid4().hex, await engine.file()
    await engine.reviewing(number)
    wrong = {"outcome": "refused", "reason": "Первая причина"}

    rejected = await engine.post("reviewer", f"/requests/{number}/decision", wrong, key=key)
    accepted = await engine.post(
        "reviewer", f"/requests/{number}/decision", {**words.REFUSAL, "reason": "Вторая причина"}, key=key
    )

    assert words.problem(rejected, 422) == "ground-missing"
    assert accepted.status_code == 200, accepted.text
    await words.until_stage(engine, number, Stage.REFUSED)
    shown = await engine.get("agency", f"/requests/{number}")
    assert shown["decision"]["reason"] == "Вторая причина"


async def test_a_rejected_filing_does_not_use_up_its_key(engine: Engine) -> None:
    key, form = uuid4().hex, request_form()

    rejected = await engine.post("agency", "/requests", {**form, "subsystem": "moon"}, key=key)
    accepted = await engine.post("agency", "/requests", form, key=key)

    assert words.problem(rejected, 422) == "unknown-subsystem"
    assert accepted.status_code == 201


async def test_the_first_answer_is_kept_with_the_key_and_nothing_that_was_sent(engine: Engine) -> None:
    key = uuid4().hex

    answer = await engine.post("agency", "/requests", request_form(), key=key)

    async with engine.sessions() as session:
        record = (
            await session.scalars(select(IdempotencyRecord).where(col(IdempotencyRecord.key) == key))
        ).one()
    assert (record.status, record.answer) == (201, answer.json())

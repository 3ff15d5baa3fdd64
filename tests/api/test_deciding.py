"""Deciding and withdrawing over HTTP: once, by whom it is for, and with the outcome known in the end."""

from datetime import timedelta
from uuid import uuid4

import httpx
import pytest
from sqlmodel import col, select

from api.auth import Role
from models.analogues import Kind, Source
from models.requests import Stage
from models.tables import CandidateRow, DecisionRow, TextRow
from tests.api import words
from tests.engine import Engine


async def _decide(
    engine: Engine, number: str, *, key: str | None = None, **changes: object
) -> httpx.Response:
    return await engine.post(
        "reviewer", f"/requests/{number}/decision", {**words.REFUSAL, **changes}, key=key
    )


async def _withdraw(engine: Engine, number: str, *, role: str = "agency") -> httpx.Response:
    return await engine.post(role, f"/requests/{number}/withdrawal", {"reason": "Больше не нужно"})


async def _candidate(engine: Engine, number: str, source: Source) -> str:
    """Something alike that the search is said to have found."""
    row = CandidateRow(
        number=number,
        ref=f"{source}-{uuid4().hex[:8]}",
        kind=Kind.REQUEST if source is Source.OPEN_REQUEST else Kind.COURSE,
        source=source,
        title="Похожий курс",
        link="",
        score=95,
    )
    async with engine.sessions.begin() as session:
        session.add(row)
    return row.ref


async def test_the_same_decision_sent_twice_is_answered_the_same(engine: Engine) -> None:
    number, key = await engine.file(), uuid4().hex

    first = await _decide(engine, number, key=key)
    second = await _decide(engine, number, key=key)

    assert first.status_code == 200, first.text
    assert second.json() == first.json()


async def test_the_first_answer_comes_again_after_the_case_is_closed(engine: Engine) -> None:
    number, key = await engine.file(), uuid4().hex
    first = await _decide(engine, number, key=key)
    await words.until_stage(engine, number, Stage.REFUSED)

    again = await _decide(engine, number, key=key)

    assert (again.status_code, again.json()) == (200, first.json())


async def test_the_outcome_comes_again_from_temporal_after_a_crash_and_the_closing(engine: Engine) -> None:
    number, key = await engine.file(), uuid4().hex
    first = await _decide(engine, number, key=key)
    await words.until_stage(engine, number, Stage.REFUSED)
    await engine.review(number).result()
    await words.age(engine, key, seconds=31)

    again = await _decide(engine, number, key=key)

    assert (again.status_code, again.json()) == (200, first.json())


async def test_a_second_decision_under_another_key_changes_nothing(engine: Engine) -> None:
    number = await engine.file()
    await _decide(engine, number)

    second = await _decide(engine, number, reason="Другая причина")

    assert words.problem(second, 409) in ("already-decided", "stage-passed")
    async with engine.sessions() as session:
        decision = (await session.scalars(select(DecisionRow).where(col(DecisionRow.number) == number))).one()
        reason = await session.get_one(TextRow, decision.reason_id)
    assert reason.body == words.REFUSAL["reason"]


async def test_a_decision_on_a_closed_case_is_answered_at_once(engine: Engine) -> None:
    number = await words.refused(engine)

    response = await _decide(engine, number)

    assert words.problem(response, 409) == "stage-passed"
    assert response.elapsed < timedelta(seconds=2)


async def test_a_request_is_decided_in_the_second_in_which_it_was_filed(engine: Engine) -> None:
    number = await engine.file()

    response = await _decide(engine, number)

    assert response.status_code == 200, response.text


@pytest.mark.parametrize("role", ["agency", "responsible", "operator", "operator_head", "admin"])
async def test_nobody_but_the_authority_decides(engine: Engine, role: str) -> None:
    number = await engine.file()

    response = await engine.post(role, f"/requests/{number}/decision", words.REFUSAL)

    assert words.problem(response, 403) == "forbidden"
    assert (await engine.row(number)).stage in (Stage.REGISTERED, Stage.REVIEW)


async def test_who_decided_is_taken_from_the_key_and_never_from_the_body(engine: Engine) -> None:
    number = await engine.file()

    named = await _decide(engine, number, by="key-1")
    await _decide(engine, number)

    assert words.wrong_fields(named) == {"by": "такого поля нет"}
    await words.until_stage(engine, number, Stage.REFUSED)
    shown = await engine.get("agency", f"/requests/{number}")
    assert shown["decision"]["decided_by"] == "Петров Сергей Ильич"


@pytest.mark.parametrize("outcome", ["withdrawn", "maybe", None])
async def test_a_decision_is_to_create_or_to_refuse(engine: Engine, outcome: str | None) -> None:
    number = await engine.file()

    response = await _decide(engine, number, outcome=outcome)

    assert list(words.wrong_fields(response)) == ["outcome"]


class TestAnalogues:
    async def test_one_that_was_not_found_is_no_ground(self, engine: Engine) -> None:
        number = await engine.file()
        await engine.reviewing(number)

        response = await _decide(engine, number, ground="analogue", missing=[], analogue="course-999999")

        assert words.problem(response, 422) == "unknown-analogue"

    async def test_one_that_was_found_for_another_case_is_no_ground(self, engine: Engine) -> None:
        number, other = await engine.file(), await engine.file()
        await engine.reviewing(number)
        await engine.reviewing(other)
        ref = await _candidate(engine, other, Source.REGISTER)

        response = await _decide(engine, number, ground="analogue", missing=[], analogue=ref)

        assert words.problem(response, 422) == "unknown-analogue"

    async def test_one_that_is_only_asked_for_is_no_ground(self, engine: Engine) -> None:
        number = await engine.file()
        await engine.reviewing(number)
        ref = await _candidate(engine, number, Source.OPEN_REQUEST)

        response = await _decide(engine, number, ground="analogue", missing=[], analogue=ref)

        assert words.problem(response, 422) == "unknown-analogue"

    async def test_one_that_exists_is_a_ground_and_is_shown_to_the_agency(self, engine: Engine) -> None:
        number = await engine.file()
        await engine.reviewing(number)
        ref = await _candidate(engine, number, Source.REGISTER)

        response = await _decide(engine, number, ground="analogue", missing=[], analogue=ref)

        assert response.status_code == 200, response.text
        await words.until_stage(engine, number, Stage.REFUSED)
        shown = await engine.get("agency", f"/requests/{number}")
        assert (shown["decision"]["ground"], shown["decision"]["analogue"]) == ("analogue", ref)


class TestWithdrawal:
    async def test_another_agencys_request_is_not_there_to_withdraw(self, engine: Engine) -> None:
        number = await engine.file()
        other = await words.issue(engine, Role.AGENCY, "trud")

        response = await _withdraw(engine, number, role=other)

        assert words.problem(response, 404) == "not-found"
        assert (await engine.row(number)).stage in (Stage.REGISTERED, Stage.REVIEW)

    async def test_a_closed_case_is_not_withdrawn(self, engine: Engine) -> None:
        number = await words.refused(engine)

        assert words.problem(await _withdraw(engine, number), 409) == "stage-passed"

    async def test_a_case_at_the_operator_is_not_withdrawn(self, engine: Engine) -> None:
        number = await words.by_hand(engine)

        assert words.problem(await _withdraw(engine, number), 409) == "stage-passed"


class TestWithNobodyAtWork:
    """No worker answers: nobody is ever told that nothing happened."""

    async def test_the_outcome_is_unknown_and_comes_when_the_worker_is_back(self, engine: Engine) -> None:
        alone = engine.api_with(task_queue=f"seo-{uuid4().hex[:8]}", update_timeout=timedelta(seconds=0.5))
        key = uuid4().hex
        async with alone.worker():
            number = await alone.file()
            await alone.reviewing(number)

        unknown = await _decide(alone, number, key=key)
        still_unknown = await _decide(alone, number, key=key)
        async with alone.worker():
            known = await alone.until(lambda: _outcome(alone, number, key))
            await words.until_stage(alone, number, Stage.REFUSED)

        assert words.problem(unknown, 503) == "outcome-unknown"
        assert unknown.headers["Retry-After"] == "5"
        assert words.problem(still_unknown, 503) == "outcome-unknown"
        assert known.json()["outcome"] == "refused"
        assert sum("Отказано" in line for line in await alone.journal(number)) == 1

    async def test_another_body_under_that_key_is_rejected_meanwhile(self, engine: Engine) -> None:
        alone = engine.api_with(task_queue=f"seo-{uuid4().hex[:8]}", update_timeout=timedelta(seconds=0.3))
        number, key = await alone.file(), uuid4().hex

        unknown = await _decide(alone, number, key=key)
        other = await _decide(alone, number, key=key, reason="Другая причина")

        assert words.problem(unknown, 503) == "outcome-unknown"
        assert words.problem(other, 422) == "idempotency-key-reused"

    async def test_with_temporal_away_the_outcome_is_unknown(
        self, engine: Engine, with_temporal_away: Engine
    ) -> None:
        number, key = await engine.file(), uuid4().hex

        unknown = await _decide(with_temporal_away, number, key=key)
        known = await _decide(engine, number, key=key)

        assert words.problem(unknown, 503) == "outcome-unknown"
        assert known.status_code == 200, known.text

    async def test_a_case_that_waits_to_be_started_is_not_ready(
        self, engine: Engine, with_temporal_away: Engine
    ) -> None:
        number = await with_temporal_away.file()

        response = await engine.call("reviewer", "POST", f"/requests/{number}/decision", words.REFUSAL)

        assert words.problem(response, 409) == "not-ready"
        assert response.headers["Retry-After"] == "2"


async def _outcome(engine: Engine, number: str, key: str) -> httpx.Response | None:
    response = await _decide(engine, number, key=key)
    return response if response.status_code == 200 else None


async def test_a_reviewer_may_name_an_analogue_that_the_search_did_not_show(engine: Engine) -> None:
    number = await engine.file()
    await engine.reviewing(number)
    body = {"outcome": "refused", "ground": "analogue", "analogue": "category-1", "reason": "Уже создана"}

    response = await engine.post("reviewer", f"/requests/{number}/decision", body)

    assert response.status_code == 200, response.text
    shown = await engine.get("reviewer", f"/requests/{number}/analogues")
    assert "category-1" in {one["ref"] for one in shown}


async def test_the_category_that_a_course_is_asked_for_in_is_no_analogue_of_it(engine: Engine) -> None:
    in_it = await engine.file(category=4, course_name="Медицина")
    elsewhere = await engine.file(category=2, course_name="Медицина")
    await engine.reviewing(in_it)
    await engine.reviewing(elsewhere)

    found = {
        number: [
            one["ref"]
            for one in await engine.get("reviewer", f"/requests/{number}/analogues")
            if one["kind"] == "category" and one["title"] == "Медицина"
        ]
        for number in (in_it, elsewhere)
    }

    assert found == {in_it: [], elsewhere: ["category-4"]}

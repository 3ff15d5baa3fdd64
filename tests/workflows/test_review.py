"""Clause 4.2 on the real server: what people decide, and what they may not."""

import asyncio
from datetime import UTC, date, datetime

from models import similar
from models.deadlines import local_date
from models.decisions import Outcome
from models.letters import Notice
from models.tables import CaseRow, Request
from models.terms import Recipient
from tests.engine import Engine, Json
from tests.workflows import words
from tests.workflows.words import REASON

AGAINST_THE_RULE: tuple[tuple[Json, str], ...] = (
    ({"ground": None}, "ground-missing"),
    ({"ground": "incomplete", "missing": []}, "missing-not-named"),
    ({"ground": "analogue", "missing": []}, "analogue-not-named"),
    ({"reason": ""}, "reason-missing"),
    ({"outcome": "approved"}, "ground-not-allowed"),
)


async def test_an_approved_request_goes_to_the_operator_with_its_order(engine: Engine) -> None:
    number = await engine.file()

    answer = await engine.approve(number)

    decision = await words.decision(engine, number)
    assert answer["late"] is False
    assert (decision.outcome, decision.late_by) == ("approved", "")
    assert (await engine.row(number)).order_received_on == local_date(decision.at)
    assert await words.journaled(engine, number, "запрос направлен Оператору")
    assert await words.letter(engine, number, Notice.APPROVAL, Recipient.AGENCY)
    order = await words.letter(engine, number, Notice.ORDER, Recipient.OPERATOR)
    assert len(order.documents) == 1


async def test_an_incomplete_request_is_refused_with_what_is_missing_and_why(engine: Engine) -> None:
    number = await engine.file()

    response = await words.decide(engine, number, ground="incomplete", missing=["learners", "access"])

    assert response.status_code == 200, response.text
    assert await words.closed(engine, number) == "refused"
    refusal = await words.letter(engine, number, Notice.REFUSAL, Recipient.AGENCY)
    assert "перечень Пользователей учебного курса" in refusal.text
    assert "порядок доступа Пользователей" in refusal.text
    assert REASON in " ".join(refusal.text.split())


async def test_a_request_is_refused_because_its_analogue_exists(engine: Engine) -> None:
    number = await words.file_category(engine, "Медицина")
    await words.reviewing(engine, number)
    existing = next(one for one in await words.candidates(engine, number) if one.title == "Медицина")

    response = await words.decide(engine, number, ground="analogue", analogue=existing.ref, missing=[])

    assert response.status_code == 200, response.text
    assert (await words.decision(engine, number)).analogue == existing.ref
    refusal = await words.letter(engine, number, Notice.REFUSAL, Recipient.AGENCY)
    assert "«Медицина»" in refusal.text


async def test_approving_past_a_strong_analogue_needs_the_reason_why_it_is_none(engine: Engine) -> None:
    title = "Содержание ездовых собак"
    first = await engine.file(course_name=title)
    await engine.approve(first)
    await words.closed(engine, first)
    number = await engine.file(course_name=title)
    await words.reviewing(engine, number)

    silent = await words.approve(engine, number)
    reasoned = await words.approve(engine, number, reason="Это курс для ветеринаров")

    assert words.problem(silent) == (422, "why-not-analogue-missing")
    assert reasoned.status_code == 200, reasoned.text
    await words.closed(engine, number)
    shown = await engine.get("reviewer", f"/requests/{number}")
    assert shown["decision"]["reason"] == "Это курс для ветеринаров"


async def test_a_similar_open_request_is_shown_and_is_no_ground(engine: Engine) -> None:
    title = "Стрижка северных оленей"
    other = await engine.file(course_name=title)
    await words.reviewing(engine, other)
    number = await engine.file(course_name=title)
    await words.reviewing(engine, number)

    refused = await words.decide(engine, number, ground="analogue", analogue=f"request-{other}", missing=[])
    approved = await words.approve(engine, number)

    assert [one.ref for one in await words.candidates(engine, number)] == [f"request-{other}"]
    assert words.problem(refused) == (422, "unknown-analogue")
    assert approved.status_code == 200, approved.text


async def test_similar_open_requests_never_crowd_out_what_exists(engine: Engine) -> None:
    title = "Кадровый резерв"
    async with engine.sessions() as session:
        for ordinal in range(12):
            case, request = _open_request(title, ordinal)
            session.add(case)
            await session.flush()
            session.add(request)

        found = await similar.candidates(session, (title,))

        await session.rollback()
    assert any(one.needs_reason for one in found)


async def test_a_ground_outside_clause_4_2_is_off(engine: Engine) -> None:
    number = await engine.file()

    response = await words.decide(engine, number, ground="other", missing=[])

    assert words.problem(response) == (422, "ground-not-allowed")


async def test_a_ground_outside_clause_4_2_is_marked_and_told_to_the_supervisor(engine: Engine) -> None:
    with words.settings(engine, other_ground_allowed=True):
        number = await engine.file()

    response = await words.decide(engine, number, ground="other", missing=[])

    assert response.status_code == 200, response.text
    assert await words.journaled(engine, number, "вне оснований п. 4.2")
    told = await words.letter(engine, number, Notice.OUTSIDE_GROUNDS, Recipient.SUPERVISOR)
    assert REASON in " ".join(told.text.split())


async def test_a_decision_against_the_rule_is_rejected_without_a_trace(engine: Engine) -> None:
    number = await engine.file()
    review = await words.reviewing(engine, number)
    await words.delivered(engine, number, of=2)
    before = await engine.journal(number)

    for body, type in AGAINST_THE_RULE:
        response = await words.decide(engine, number, **body)
        assert words.problem(response) == (422, type)

    assert await engine.journal(number) == before
    assert "decide" not in await words.history(review)


async def test_deciding_twice_says_that_it_is_decided(engine: Engine) -> None:
    number = await engine.file()
    assert (await words.decide(engine, number)).status_code == 200

    second = await words.approve(engine, number)

    assert words.problem(second) in ((409, "already-decided"), (409, "stage-passed"))
    assert (await words.decision(engine, number)).outcome == "refused"


async def test_of_two_reviewers_in_the_same_instant_exactly_one_decides(engine: Engine) -> None:
    number = await engine.file()
    await words.reviewing(engine, number)

    one, other = await asyncio.gather(
        words.decide(engine, number), words.decide(engine, number, role="supervisor")
    )

    assert sorted((one.status_code, other.status_code)) == [200, 409]
    loser = one if one.status_code == 409 else other
    assert words.problem(loser)[1] in ("already-decided", "stage-passed")
    await words.closed(engine, number)
    lines = [line for line in await engine.journal(number) if line.startswith("Отказано")]
    assert len(lines) == 1


async def test_the_agency_withdraws_before_the_decision_and_both_sides_are_told(engine: Engine) -> None:
    number = await engine.file()
    await words.reviewing(engine, number)

    response = await words.withdraw(engine, number)

    assert response.json()["outcome"] == Outcome.WITHDRAWN
    assert await words.closed(engine, number) == "withdrawn"
    assert await words.letter(engine, number, Notice.WITHDRAWAL, Recipient.AGENCY)
    assert await words.letter(engine, number, Notice.WITHDRAWAL, Recipient.REVIEWER)


async def test_a_request_is_withdrawn_in_the_second_in_which_it_was_filed(engine: Engine) -> None:
    number = await engine.file()

    response = await words.withdraw(engine, number)

    assert response.status_code == 200, response.text
    assert await words.closed(engine, number) == "withdrawn"


async def test_after_the_withdrawal_nothing_is_decided(engine: Engine) -> None:
    number = await engine.file()
    await words.withdraw(engine, number)

    response = await words.approve(engine, number)

    assert words.problem(response) in ((409, "already-decided"), (409, "stage-passed"))
    assert (await words.decision(engine, number)).outcome == "withdrawn"


async def test_after_the_decision_nothing_is_withdrawn(engine: Engine) -> None:
    number = await engine.file()
    await words.decide(engine, number)

    response = await words.withdraw(engine, number)

    assert words.problem(response) in ((409, "already-decided"), (409, "stage-passed"))
    assert await words.closed(engine, number) == "refused"


async def test_a_refused_agency_files_anew_and_names_the_refused_request(engine: Engine) -> None:
    refused = await engine.file()
    await words.decide(engine, refused)
    await words.closed(engine, refused)

    number = await engine.file(previous=refused)

    await engine.approve(number)
    order = await words.letter(engine, number, Notice.ORDER, Recipient.OPERATOR)
    requested = await words.letter(engine, number, Notice.REVIEW_REQUESTED, Recipient.REVIEWER)
    assert refused in requested.text + order.text
    assert (await engine.row(number)).previous == refused


def _open_request(title: str, ordinal: int) -> tuple[CaseRow, Request]:
    number = f"1999-{ordinal:06}"
    case = CaseRow(
        number=number,
        kind="request",
        organisation="zdrav",
        subsystem="edu",
        title=title,
        input={},
        opened_at=datetime(1999, 1, 1, tzinfo=UTC),
    )
    return case, Request(
        number=number,
        agency="zdrav",
        subsystem="edu",
        wanted="category",
        category_name=title,
        received_on=date(1999, 1, 1),
        filed_by="key-1",
        stage="review",
    )

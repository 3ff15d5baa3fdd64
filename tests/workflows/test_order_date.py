"""Clause 4.3 - the day on which the order comes to the operator: when the decision is written down."""

import asyncio
from datetime import datetime, time, timedelta

import pytest

from models.deadlines import LOCAL_ZONE, local_date
from models.terms import Clause
from tests.engine import Engine
from tests.workflows import words
from tests.workflows.setups import by_hand, closed, finished, term

DAY, MINUTE = timedelta(days=1), timedelta(minutes=1)
ALL = ("course", "account", "role")


async def test_the_term_starts_on_the_day_on_which_a_mended_step_puts_the_order_into_the_list(
    engine: Engine,
) -> None:
    number = await engine.file()
    review = await words.reviewing(engine, number)

    async with words.refusing(engine, "journal", f"number = '{number}' AND step = 'review/decision'"):
        await engine.approve(number)
        task = await words.task(engine, number, "review/decision")
        decided_at = await engine.skipper.get_current_time(review)
        await engine.skip(review, to=decided_at + 3 * DAY)
    await words.try_again(engine, task)

    await closed(engine, number)
    decision = await words.decision(engine, number)
    mended_on = local_date(decided_at + 3 * DAY)
    assert local_date(decision.at) == local_date(decided_at)
    assert (await engine.row(number)).order_received_on == mended_on
    assert (await term(engine, number)).started_on == mended_on


async def test_the_term_starts_on_the_day_of_the_attempt_that_succeeds(engine: Engine) -> None:
    number = await engine.file()
    review = await words.reviewing(engine, number)
    midnight = datetime.combine(words.local_today() + DAY, time(0), LOCAL_ZONE)
    await engine.skip(review, to=midnight - 2 * MINUTE)

    async with words.away(engine, "decisions"):
        await engine.approve(number)
        await engine.skipper.fast_forward(review, 3 * MINUTE)
    await closed(engine, number)

    decision = await words.decision(engine, number)
    assert decision.at < midnight
    assert (await engine.row(number)).order_received_on == local_date(midnight)
    assert await engine.tasks(number) == []


async def test_a_date_entered_by_hand_is_the_one_that_the_request_shows(engine: Engine) -> None:
    number = await by_hand(engine)
    before = await term(engine, number)
    await engine.skip(engine.setup(number), to=before.opened_at + 3 * DAY)
    received_on = before.started_on + 2 * DAY

    body = {"order_received_on": str(received_on)}
    response = await engine.post("operator", f"/requests/{number}/setup/order", body)

    assert response.status_code == 200, response.text
    shown = await engine.get("operator", f"/requests/{number}")
    assert shown["decision"]["order_received_on"] == str(received_on)
    assert (await term(engine, number)).opened_at == before.opened_at


async def test_a_date_in_flight_with_the_last_tick_counts(engine: Engine) -> None:
    """The tick comes too late by the first date, and in time by the one that is being entered."""
    number = await by_hand(engine)
    setup = engine.setup(number)
    before = await term(engine, number)
    received_on = before.started_on + 3 * DAY
    await engine.skip(setup, to=before.due_at - timedelta(hours=1))
    body = {"order_received_on": str(received_on)}

    entered = f"number = '{number}' AND step ~ '^setup/order-received-[0-9a-f-]+/entered$'"
    async with words.refusing(engine, "journal", entered):
        entering = asyncio.create_task(engine.post("operator", f"/requests/{number}/setup/order", body))
        task = await words.task(engine, number, "setup/order-received-")
        await engine.skip(setup, to=before.due_at + timedelta(hours=1))
        confirmed = await engine.post("operator", f"/requests/{number}/setup/confirmation", {"done": ALL})
        await engine.until_waiting(setup)
        unfinished = await term(engine, number)
    await words.try_again(engine, task)
    answer = await entering
    await finished(engine, number)

    row = await term(engine, number)
    assert (confirmed.status_code, answer.status_code) == (200, 200)
    assert unfinished.finished_at is None
    assert (row.started_on, row.late_by, row.waits_for, row.is_overdue) == (received_on, "", "", False)
    assert set((await engine.rungs(number, Clause.SETUP)).values()) <= {"sent", "skipped", "not_needed"}


async def test_after_the_last_tick_a_date_is_answered_as_too_late_even_before_the_end(engine: Engine) -> None:
    number = await by_hand(engine)
    body = {"order_received_on": str((await term(engine, number)).started_on)}

    async with words.refusing(engine, "journal", f"number = '{number}' AND step = 'setup/done'"):
        await engine.post("operator", f"/requests/{number}/setup/confirmation", {"done": ALL})
        task = await words.task(engine, number, "setup/done")
        answer = await engine.post("operator", f"/requests/{number}/setup/order", body)
    await words.try_again(engine, task)
    await finished(engine, number)

    assert words.problem(answer) == (409, "already-confirmed")


@pytest.mark.parametrize("deed", ["order", "obstacle"])
async def test_whatever_comes_at_once_with_the_last_tick_is_done_or_refused_and_never_lost(
    engine: Engine, deed: str
) -> None:
    number = await by_hand(engine)
    started_on = (await term(engine, number)).started_on
    bodies = {"order": {"order_received_on": str(started_on)}, "obstacle": {"text": "Нет доступа"}}
    path = f"/requests/{number}/setup"

    confirmed, answer = await asyncio.gather(
        engine.post("operator", f"{path}/confirmation", {"done": ALL}),
        engine.post("operator_head", f"{path}/{deed}", bodies[deed]),
    )
    await finished(engine, number)

    noted = {"order": "внесено вручную", "obstacle": "Оператор сообщил о препятствии"}[deed]
    is_noted = any(noted in line for line in await engine.journal(number))
    assert confirmed.status_code == 200, confirmed.text
    assert is_noted == (answer.status_code == 200), answer.text
    if not is_noted:
        assert words.problem(answer) in ((409, "already-confirmed"), (409, "stage-passed"))

"""Clause 4.3 between engine and operator: handed over in time, taken back, confirmed by whom and when."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from httpx import Response

from models.deadlines import Deadline
from models.letters import Notice
from models.terms import Recipient
from tests.engine import Engine
from tests.workflows.setups import (
    HOUR,
    Handle,
    approved,
    by_hand,
    closed,
    confirm,
    finished,
    hand_over_at,
    handed_over,
    ladder_letters,
    made,
    named,
    registered_category,
    registered_course,
    retry,
    skipping_retries,
    term,
    title,
)
from tests.workflows.words import act, history, journaled, letter, problem

CREATE_COURSE = "core_course_create_courses"


@asynccontextmanager
async def out_of_reach(engine: Engine, *, after: timedelta = 2 * HOUR, **changes: Any) -> AsyncIterator[str]:
    """A request whose Moodle stays away from its course on; handed over after so long. Its number."""
    number = await engine.file(**changes)
    await engine.reviewing(number)
    await engine.moodle_fault("503", function=CREATE_COURSE)
    async with skipping_retries(engine, number) as setup:
        await hand_over_at(engine, number, await engine.skipper.get_current_time(setup) + after)
        yield number


def both() -> dict[str, Any]:
    names = {"category_name": title("Категория"), "course_name": title()}
    return {"wanted": "category_and_course", "category": None, **names}


# Out of reach until close to the term


async def test_a_moodle_out_of_reach_becomes_the_operators_work_at_the_hand_over(engine: Engine) -> None:
    async with out_of_reach(engine) as number:
        task = await handed_over(engine, number)

    deadline = Deadline.model_validate((await term(engine, number)).deadline)
    assert deadline.hand_over_at is not None
    assert timedelta(0) <= task.opened_at - deadline.hand_over_at < timedelta(minutes=1)
    assert "Moodle недоступна, а срок близок" in task.why
    told = await letter(engine, number, Notice.MANUAL_SETUP, Recipient.OPERATOR)
    assert "Moodle недоступна" in told.text
    assert (await term(engine, number)).finished_at is None


async def test_the_operator_does_by_hand_what_the_engine_could_not(engine: Engine) -> None:
    async with out_of_reach(engine, **both()) as number:
        await handed_over(engine, number)

    left = await confirm(engine, number, "course", "account")
    await confirm(engine, number, "role", url="https://edu.example.org/course/view.php?id=77")
    await closed(engine, number)

    [category] = (await made(engine, number)).categories
    row = await registered_category(engine, number)
    # the category is the engine's: it was ticked off already, and its address is known
    assert left == {"done": ["category", "course", "account"], "left": ["role"]}
    assert (row.moodle_id, row.url) == (
        category["id"],
        f"{engine.moodle_url}/edu/course/index.php?categoryid={category['id']}",
    )
    assert (await registered_course(engine, number)).url == "https://edu.example.org/course/view.php?id=77"
    assert "Исполнено Оператором вручную: роль «учитель» настроена" in await engine.journal(number)


async def test_the_engine_goes_on_when_moodle_is_back_and_the_operator_asks(engine: Engine) -> None:
    async with out_of_reach(engine, **both()) as number:
        await handed_over(engine, number)
    await engine.moodle_heals()

    await retry(engine, number)
    await closed(engine, number)

    assert (await made(engine, number)).counts == (1, 1, 1, 1)
    assert "Исполнено системой: роль «учитель» настроена" in await engine.journal(number)
    assert "Причина устранена, система пробует снова" in await engine.journal(number)
    [task] = await engine.tasks(number)
    assert task.closed_at is not None


async def test_a_moodle_still_away_comes_back_to_the_operator_after_an_hour(engine: Engine) -> None:
    async with out_of_reach(engine) as number:
        first = await handed_over(engine, number)
        asked_at = await engine.skipper.get_current_time(engine.setup(number))
    await engine.moodle_fault("slow", seconds=0.5, times=1)

    await retry(engine, number)
    skipping = asyncio.create_task(engine.skipper.fast_forward(engine.setup(number), 2 * HOUR))
    second = await handed_over(engine, number, times=2)
    await skipping

    assert second.opened_at - asked_at >= HOUR
    assert (await engine.tasks(number))[0].closed_at is not None
    assert second.step != first.step


@pytest.mark.parametrize("moved_to", [timedelta(minutes=90), 5 * HOUR])
async def test_the_hand_over_follows_a_deadline_that_is_moved(engine: Engine, moved_to: timedelta) -> None:
    number = await engine.file()
    await engine.reviewing(number)
    await engine.moodle_fault("503", function=CREATE_COURSE)
    async with skipping_retries(engine, number) as setup:
        start = await engine.skipper.get_current_time(setup)
        await hand_over_at(engine, number, start + 2 * HOUR)
        await hand_over_at(engine, number, start + moved_to)
        if moved_to > 3 * HOUR:
            await engine.until(lambda: _is_past(engine, setup, start + 3 * HOUR))
            assert await engine.tasks(number) == []
            later = asyncio.create_task(engine.skipper.fast_forward(setup, 3 * HOUR))
        task = await handed_over(engine, number)
        if moved_to > 3 * HOUR:
            await later

    assert timedelta(0) <= task.opened_at - (start + moved_to) < timedelta(minutes=1)


async def _is_past(engine: Engine, handle: Handle, instant: datetime) -> bool:
    return await engine.skipper.get_current_time(handle) >= instant


async def test_a_deadline_moved_after_the_hand_over_leaves_the_work_with_the_operator(
    engine: Engine,
) -> None:
    async with out_of_reach(engine) as number:
        await handed_over(engine, number)

    now = await engine.skipper.get_current_time(engine.setup(number))
    await hand_over_at(engine, number, now + 24 * HOUR)
    await engine.moodle_heals()

    await confirm(engine, number, "course", "account", "role")
    await closed(engine, number)
    assert len(await engine.tasks(number)) == 1


async def test_an_attempt_under_way_at_the_hand_over_leaves_nothing_that_can_not_be_repeated(
    engine: Engine,
) -> None:
    async with out_of_reach(engine, after=24 * HOUR, **both()) as number:
        setup = engine.setup(number)
        opened_at = (await term(engine, number)).opened_at
        await engine.until(lambda: _is_past(engine, setup, opened_at + 2 * HOUR))
    # an attempt that will do its work when nobody waits for it any more; the next comes at any moment
    await engine.moodle_fault("slow", function=CREATE_COURSE, seconds=29, times=1, alone=True)
    skipping = asyncio.create_task(engine.skipper.fast_forward(setup, HOUR))
    await engine.until(lambda: _has_struck(engine))

    await hand_over_at(engine, number, opened_at + HOUR)
    task = await handed_over(engine, number)
    await engine.moodle_heals()
    await engine.until(lambda: _has_course(engine, number))
    await skipping
    await retry(engine, number)
    await closed(engine, number)

    assert task.done == ["category"]
    assert (await made(engine, number)).counts == (1, 1, 1, 1)


async def _has_struck(engine: Engine) -> bool:
    return not await engine.moodle_faults()


async def _has_course(engine: Engine, number: str) -> bool:
    return bool((await made(engine, number)).courses)


async def test_the_term_runs_on_while_the_operator_has_the_work(engine: Engine) -> None:
    async with out_of_reach(engine) as number:
        await handed_over(engine, number)

    due_at = (await term(engine, number)).due_at
    await engine.skip(engine.setup(number), to=due_at + timedelta(days=1))

    assert "escalation operator_head" in await ladder_letters(engine, number, 4)
    assert (await term(engine, number)).is_overdue


# Who may confirm when


async def test_nothing_is_confirmed_by_hand_while_the_engine_works(engine: Engine) -> None:
    async with out_of_reach(engine, after=24 * HOUR) as number:
        answer = await _confirm_role(engine, number)

    assert problem(answer) == (409, "done-by-engine")


async def test_nothing_is_confirmed_by_hand_once_the_engine_has_been_asked_again(engine: Engine) -> None:
    async with out_of_reach(engine) as number:
        await handed_over(engine, number)

    await retry(engine, number)
    answer = await _confirm_role(engine, number)

    assert problem(answer) == (409, "done-by-engine")


@pytest.mark.parametrize("deed", ["confirmation", "retry"])
async def test_what_comes_in_the_same_instant_as_the_hand_over_is_answered_truly(
    engine: Engine, deed: str
) -> None:
    """While no worker runs, the hand-over's instant comes, and so does the operator's deed."""
    own = engine.api_with(task_queue=f"seo-{uuid4().hex[:8]}")
    async with own.worker(), out_of_reach(own, after=24 * HOUR) as number:
        setup = own.setup(number)
        opened_at = (await term(own, number)).opened_at
        await own.until(lambda: _is_past(own, setup, opened_at + 2 * HOUR))
    async with own.worker():
        due = await own.skipper.get_current_time(setup) + timedelta(seconds=3)
        await hand_over_at(own, number, due)
    body = {"done": ["course", "account", "role"]} if deed == "confirmation" else {}
    acting = asyncio.create_task(act(own, "operator", number, f"setup/{deed}", body))
    await own.until(lambda: _is_past(own, setup, due))

    async with own.worker():
        answer = await acting
        await own.moodle_heals()
        is_done = answer.status_code == 200
        if not is_done:
            refusal = {"confirmation": "done-by-engine", "retry": "nothing-to-retry"}[deed]
            assert problem(answer) == (409, refusal)
            await handed_over(own, number)
            await confirm(own, number, "course", "account", "role")
        await closed(own, number)

    who = "системой" if is_done and deed == "retry" else "Оператором вручную"
    done = [line for line in await own.journal(number) if line.startswith("Исполнено")]
    assert done == [f"Исполнено {who}: роль «учитель» настроена"]
    assert [task.closed_at is None for task in await own.tasks(number)] == [False]


async def test_of_a_confirmation_and_a_retry_at_once_one_counts(engine: Engine) -> None:
    async with out_of_reach(engine) as number:
        await handed_over(engine, number)
    await engine.moodle_heals()
    path, body = f"/requests/{number}/setup/confirmation", {"done": ["course", "account", "role"]}

    confirmed, _ = await asyncio.gather(
        engine.post("operator", path, body), engine.post("operator_head", f"/requests/{number}/setup/retry")
    )
    await closed(engine, number)

    journal = await engine.journal(number)
    done = [line for line in journal if line.startswith("Исполнено")]
    by_whom = "Оператором вручную" if confirmed.status_code == 200 else "системой"
    assert done == [f"Исполнено {by_whom}: роль «учитель» настроена"]


async def test_a_retry_pressed_twice_is_one_retry(engine: Engine) -> None:
    async with out_of_reach(engine) as number:
        await handed_over(engine, number)

    path = f"/requests/{number}/setup/retry"
    answers = await asyncio.gather(engine.post("operator", path), engine.post("operator", path))
    await engine.until(lambda: _tried_again(engine, number))

    # The second may come when the engine is at work already, and is told so.
    assert {200} <= {answer.status_code for answer in answers} <= {200, 409}
    assert len(await engine.tasks(number)) == 1
    assert (await engine.journal(number)).count("Причина устранена, система пробует снова") == 1
    await engine.moodle_heals()


async def _tried_again(engine: Engine, number: str) -> bool:
    [task, *_] = await engine.tasks(number)
    return task.closed_at is not None


async def test_a_retry_where_there_is_no_engine_is_rejected_and_leaves_the_task_as_it_is(
    engine: Engine,
) -> None:
    number = await by_hand(engine)
    await confirm(engine, number, "account")

    answer = await engine.post("operator", f"/requests/{number}/setup/retry")

    assert problem(answer) == (409, "nothing-to-retry")
    [task] = await engine.tasks(number)
    assert (task.done, task.closed_at) == (["account"], None)


async def test_the_date_of_the_order_is_known_where_the_engine_works(engine: Engine) -> None:
    async with out_of_reach(engine, after=24 * HOUR) as number:
        started_on = (await term(engine, number)).started_on
        body = {"order_received_on": str(started_on)}
        answer = await engine.post("operator", f"/requests/{number}/setup/order", body)

    assert problem(answer) == (409, "order-date-known")


async def _confirm_role(engine: Engine, number: str) -> Response:
    return await engine.post("operator", f"/requests/{number}/setup/confirmation", {"done": ["role"]})


# The responsible's address is missing


async def test_without_an_address_the_operator_gets_the_task_and_with_it_the_engine_goes_on(
    engine: Engine,
) -> None:
    number = await approved(engine, responsible=named(email=""))
    task = await handed_over(engine, number)
    assert "не указан адрес электронной почты ответственного лица" in task.why
    email = named()["email"]

    answer = await engine.post("agency", f"/requests/{number}/responsible", {"email": email})
    await finished(engine, number)

    assert answer.status_code == 200, answer.text
    there = await made(engine, number)
    assert there.counts == (0, 1, 1, 1)
    assert there.people[0]["email"] == email
    assert await journaled(engine, number, "система пробует снова")
    assert await letter(engine, number, Notice.ACCESS, Recipient.RESPONSIBLE)
    assert email not in await history(engine.setup(number))


async def test_an_address_added_during_the_review_is_there_in_time(engine: Engine) -> None:
    number = await engine.file(responsible=named(email=""))
    await engine.reviewing(number)

    await engine.post("agency", f"/requests/{number}/responsible", {"email": named()["email"]})
    await engine.approve(number)
    await closed(engine, number)

    assert await engine.tasks(number) == []


async def test_a_phone_number_alone_starts_nothing_again(engine: Engine) -> None:
    number = await approved(engine, responsible=named(email="", phone=""))
    await handed_over(engine, number)

    answer = await engine.post("agency", f"/requests/{number}/responsible", {"phone": "+7 3452 11-11-11"})
    await engine.until_waiting(engine.setup(number))

    assert answer.status_code == 200, answer.text
    [task] = await engine.tasks(number)
    assert task.closed_at is None

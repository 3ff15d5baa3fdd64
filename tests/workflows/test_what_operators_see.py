"""What operators see of a case in the Temporal UI: search attributes, summaries, the card."""

import json
from datetime import timedelta
from typing import Any

from temporalio.api.enums.v1 import EventType
from temporalio.client import WorkflowHandle

from models import ids
from models.calendar import WorkCalendar
from models.deadlines import LOCAL_ZONE, next_repeat
from models.letters import Notice
from models.requests import Stage
from models.rungs import RungKind
from models.terms import Recipient
from tests.engine import Engine
from tests.workflows import words

Attributes = dict[str, Any]

SECOND = timedelta(seconds=1)


async def attributes(handle: WorkflowHandle[Any, Any]) -> Attributes:
    """Ours of a workflow's search attributes, by name without `Seo`."""
    description = await handle.describe()
    return {
        pair.key.name.removeprefix("Seo"): pair.value
        for pair in description.typed_search_attributes
        if pair.key.name.startswith("Seo")
    }


async def card(handle: WorkflowHandle[Any, Any]) -> str:
    """The card, as the UI asks for it."""
    metadata = await handle.query("__temporal_workflow_metadata")
    return str(metadata.current_details)


async def summary(handle: WorkflowHandle[Any, Any]) -> str:
    return str(await (await handle.describe()).static_summary())


def of_case(number: str, clause: str, stage: Stage, waits_for: str) -> Attributes:
    """What every workflow of a case shows."""
    return {
        "Clause": clause,
        "Stage": stage,
        "Number": number,
        "Agency": "zdrav",
        "WaitsFor": waits_for,
    }


async def test_a_review_shows_whom_it_waits_for_and_until_when(engine: Engine) -> None:
    number = await engine.file(course_name="Неотложная помощь в тайге")
    review = await words.reviewing(engine, number)
    due_at = await words.due_at(engine, number)

    waiting = of_case(number, "4.2", Stage.REVIEW, "reviewer")
    assert await attributes(review) == {**waiting, "DueAt": due_at, "Overdue": False}
    assert await attributes(engine.request(number)) == of_case(number, "4.1", Stage.REVIEW, "review")
    shown = await card(review)
    last_day = (await words.deadline(engine, number)).last_day
    assert f"№ {number}" in shown
    assert "Неотложная помощь в тайге" in shown
    assert "Ждём: рассматривающих" in shown
    assert f"{last_day:%d.%m.%Y}" in shown


async def test_an_overdue_review_shows_it(engine: Engine) -> None:
    number = await engine.file_paper(words.days_ago(90))
    await words.journaled(engine, number, "Просрочено")
    review = await words.reviewing(engine, number)

    assert (await attributes(review))["Overdue"] is True
    assert "срок прошёл" in await card(review)


async def test_a_decided_review_waits_for_nobody(engine: Engine) -> None:
    number = await engine.file()
    await words.reviewing(engine, number)
    await words.decide(engine, number)
    await words.closed(engine, number)
    await engine.request(number).result()

    review = await attributes(engine.review(number))
    assert (review["WaitsFor"], review["Overdue"]) == ("", False)
    assert await attributes(engine.request(number)) == of_case(number, "4.1", Stage.REFUSED, "")
    assert "Никого не ждём" in await card(engine.request(number))


async def test_an_incomplete_request_is_found_by_its_number_too(engine: Engine) -> None:
    number = await engine.file(goal="")
    await words.closed(engine, number)

    assert (await attributes(engine.review(number)))["Number"] == number


async def test_a_setup_shows_that_it_waits_for_the_operator(engine: Engine) -> None:
    number = await engine.file_local()
    await engine.approve(number)
    setup = await engine.setting_up(number)
    await words.letter(engine, number, Notice.MANUAL_SETUP, Recipient.OPERATOR)

    shown = await attributes(setup)
    assert {**shown, "DueAt": None, "Overdue": None} == {
        **of_case(number, "4.3", Stage.SETUP, "operator"),
        "DueAt": None,
        "Overdue": None,
    }
    assert await attributes(engine.request(number)) == of_case(number, "4.1", Stage.SETUP, "setup")
    assert "Ждём: Оператора" in await card(setup)


async def test_a_failed_step_is_among_those_that_wait_for_the_operator(engine: Engine) -> None:
    number = await words.next_number(engine)
    async with words.refusing(engine, "journal", f"number = '{number}' AND step = 'review/analogues'"):
        await engine.file()
        task = await words.task(engine, number, "review/analogues")
        review = engine.review(number)
        await engine.until(lambda: waits_for(review, "operator"))
    await words.try_again(engine, task)

    assert await engine.until(lambda: waits_for(review, "reviewer"))


async def test_summaries_and_letters_speak_russian(engine: Engine) -> None:
    number = await engine.file(course_name="Оказание помощи на льду")
    await words.reviewing(engine, number)
    confirmation = await words.letter(engine, number, Notice.CONFIRMATION, Recipient.AGENCY)
    delivery = engine.client.get_workflow_handle(ids.delivery_id(confirmation.key))

    assert await summary(engine.request(number)) == f"Запрос № {number}: Оказание помощи на льду"
    assert await summary(engine.review(number)) == f"Рассмотрение запроса № {number}"
    assert await summary(delivery) == f"Запрос № {number}: письмо «запрос зарегистрирован»"
    assert "Кому: инициатору" in await card(delivery)
    assert (await attributes(delivery))["Number"] == number


async def test_open_reviews_are_found_by_what_they_wait_for(engine: Engine) -> None:
    number = await engine.file()
    await words.reviewing(engine, number)

    async def found() -> bool:
        query = f'ExecutionStatus = "Running" AND SeoNumber = "{number}" AND SeoWaitsFor = "reviewer"'
        return [one.id async for one in engine.client.list_workflows(query)] == [ids.review_id(number)]

    assert await engine.until(found)


async def waits_for(handle: WorkflowHandle[Any, Any], whom: str) -> bool:
    return (await attributes(handle)).get("WaitsFor") == whom


async def test_a_timer_says_what_it_waits_for_and_until_when(engine: Engine) -> None:
    number = await engine.file()
    review = await words.reviewing(engine, number)
    ladder = await words.ladder(engine, number)

    for rung in ladder[:4]:
        kind = "Напоминание" if rung.kind == RungKind.REMINDER else "Эскалация"
        at = f"{rung.planned_at.astimezone(LOCAL_ZONE):%d.%m.%Y} 09:00"
        if rung.kind == RungKind.ESCALATION:
            due_at = await words.due_at(engine, number)
            await engine.skip(review, to=due_at + SECOND)
        assert await last_timer(review) == f"{kind} «{rung.label}» {at}"
        await engine.skip(review, to=rung.planned_at + SECOND)

    summaries = await timers(review)
    midnight = (await words.due_at(engine, number)).astimezone(LOCAL_ZONE)
    assert f"Конец срока по п. 4.2 {midnight:%d.%m.%Y} 00:00" in summaries
    await engine.skip(review, to=ladder[4].planned_at + SECOND)
    again = next_repeat(ladder[4].planned_at, 5, WorkCalendar())
    assert await last_timer(review) == f"Эскалация повторно {again:%d.%m.%Y} 09:00"


async def timers(handle: WorkflowHandle[Any, Any]) -> list[str]:
    """Summaries of the timers that a workflow has started, in order."""
    events = (await handle.fetch_history()).events
    return [
        json.loads(event.user_metadata.summary.data)
        for event in events
        if event.event_type == EventType.EVENT_TYPE_TIMER_STARTED
    ]


async def last_timer(handle: WorkflowHandle[Any, Any]) -> str:
    return (await timers(handle))[-1]

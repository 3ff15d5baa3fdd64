"""Escalation proof over the API: of a case, rung by rung, and of the canary."""

from datetime import timedelta

from temporalio.client import Client, ScheduleActionStartWorkflow

from models import schedules
from models.deadlines import LOCAL_ZONE
from models.terms import Clause
from tests.api.words import problem
from tests.engine import Engine
from tests.workflows import canaries, words


async def test_a_case_shows_what_went_what_was_repeated_and_what_was_not_needed(engine: Engine) -> None:
    number = await engine.file()
    review = await words.reviewing(engine, number)
    ladder = await words.ladder(engine, number)
    for rung in ladder[:-1]:
        await engine.skip(review, to=rung.planned_at)
    await engine.until_waiting(review)
    await words.withdraw(engine, number)
    await words.closed(engine, number)
    await words.delivered(engine, number, of=9)

    [shown] = await engine.get("agency", f"/cases/{number}/escalations")

    assert (shown["clause"], shown["clause_title"]) == ("4.2", "Рассмотрение запроса и решение")
    assert [rung["fate"]["code"] for rung in shown["rungs"]] == [*["delivered"] * 4, "not_needed"]
    assert [rung["due_at"][-6:] for rung in shown["rungs"]] == ["+05:00"] * 5
    overdue, last = shown["rungs"][3:]
    assert {one["to"]["code"] for one in overdue["letters"]} == {one["code"] for one in overdue["to"]}
    assert last["why"].startswith("пункт завершён до этой ступени, ")
    assert last["letters"] == last["repeated"] == []


async def test_the_last_rung_is_shown_with_its_repetitions(engine: Engine) -> None:
    number = await engine.file()
    review = await words.reviewing(engine, number)
    await engine.skip(review, to=(await words.ladder(engine, number))[-1].planned_at)

    async def is_repeated() -> bool:
        [shown] = await engine.get("supervisor", f"/cases/{number}/escalations")
        return bool(shown["rungs"][-1]["repeated"])

    assert not await is_repeated()
    await engine.skipper.fast_forward(review, timedelta(days=10))
    await engine.until(is_repeated)
    await words.withdraw(engine, number)


async def test_why_a_letter_does_not_arrive_is_told(engine: Engine) -> None:
    number = await engine.file_local()
    review = await words.reviewing(engine, number)
    first, *_ = await words.ladder(engine, number)
    # A letter on its way holds the clock of its case.
    await words.delivered(engine, number, of=2)
    await engine.mail.down()
    try:
        await engine.skip(review, to=first.planned_at)

        async def failed() -> str:
            [shown] = await engine.get("reviewer", f"/cases/{number}/escalations")
            letters = shown["rungs"][0]["letters"]
            return str(letters[0]["last_error"]) if letters else ""

        error = await engine.until(failed)
    finally:
        await engine.mail.start()
    [shown] = await engine.get("reviewer", f"/cases/{number}/escalations")
    await words.withdraw(engine, number)

    assert error == "почтовый сервер недоступен или отложил письмо"
    assert shown["rungs"][0]["fate"]["code"] == "written"


async def test_the_operator_runs_a_canary_and_reads_what_it_shows(engine: Engine) -> None:
    async with canaries.hastened(engine) as quick:
        first = await quick.post("operator", "/canary", key="one-canary")
        again = await quick.post("operator", "/canary", key="one-canary")

        async def last() -> object:
            runs = await quick.get("supervisor", "/canary?limit=1")
            return next((one for one in runs if one["finished_at"] and one["asked_by"] != "система"), None)

        run = await quick.until(last)

    assert (first.status_code, again.status_code) == (202, 202)
    assert (run["passed"], run["faults"]) == (True, [])
    assert [len(one["rungs"]) for one in run["ladders"]] == [5, 4]
    assert run["ladders"][1]["clause"] == Clause.SETUP
    assert problem(await engine.call("operator", "GET", "/canary?limit=0"), 422) == "invalid"


async def test_a_failed_canarys_task_says_how_to_try_again(engine: Engine) -> None:
    await canaries.stop_all(engine)
    hasty = {"canary_pace": canaries.PACE / 5, "canary_patience": canaries.PACE}
    async with engine.with_settings(**hasty) as own:
        await canaries.report(own, await canaries.start(own))
    [task] = await canaries.open_tasks(engine)

    answer = await engine.post("operator", f"/tasks/{task.id}/retry")
    closed = await engine.post("operator", f"/tasks/{task.id}/close")

    assert problem(answer, 409) == "nothing-to-retry"
    assert "POST /canary" in answer.json()["detail"]
    assert closed.status_code == 200
    assert await canaries.open_tasks(engine) == []


async def test_a_canary_is_scheduled_for_every_monday_however_often_a_worker_starts(engine: Engine) -> None:
    client: Client = engine.client
    await schedules.keep(client, "one-queue", ())
    handle = client.get_schedule_handle(schedules.CANARY)
    await handle.pause()

    await schedules.keep(client, engine.settings.task_queue, ())

    described = await handle.describe()
    await handle.delete()
    assert described.schedule.state.paused
    action = described.schedule.action
    assert isinstance(action, ScheduleActionStartWorkflow)
    assert (action.workflow, action.task_queue) == ("CanaryWorkflow", engine.settings.task_queue)
    mondays = [at.astimezone(LOCAL_ZONE) for at in described.info.next_action_times]
    assert {(at.weekday(), at.hour, at.minute) for at in mondays} <= {(0, 10, 0)}
    assert described.schedule.spec.calendars[0].day_of_week[0].start == 1

"""Clause 4.3 where the subsystem has no web services: the operator's checklist, order date and obstacles."""

import asyncio
from datetime import date, timedelta

import pytest

from models.calendar import WorkCalendar
from models.deadlines import local_date, next_repeat
from models.letters import Notice
from models.terms import Clause, Recipient
from tests.engine import JUST, Engine, today
from tests.workflows.setups import (
    by_hand,
    confirm,
    finished,
    ladder_letters,
    named,
    registered_category,
    registered_course,
    responsible,
    rung_at,
    term,
    title,
)
from tests.workflows.words import history, journaled, letter, problem

ALL = ("course", "account", "role")
DAY = timedelta(days=1)
URL = "https://local.example.org/course/17"


# The checklist


@pytest.mark.parametrize(
    ("wanted", "checklist"),
    [
        ("category", ["category", "account", "role"]),
        ("course", ["course", "account", "role"]),
        ("category_and_course", ["category", "course", "account", "role"]),
    ],
)
async def test_the_operator_gets_a_task_with_the_work_that_the_request_needs(
    engine: Engine, wanted: str, checklist: list[str]
) -> None:
    names = {
        "category_name": title("Категория") if "category" in wanted else "",
        "course_name": title() if "course" in wanted else "",
    }

    number = await by_hand(engine, wanted=wanted, **names)

    [task] = await engine.tasks(number)
    assert (task.checklist, task.done, task.closed_at) == (checklist, [], None)
    assert "нет веб-сервисов" in task.why
    assert [one["number"] for one in await engine.get("operator", "/tasks")].count(number) == 1


async def test_ticks_add_up_and_the_last_one_ends_the_setup(engine: Engine) -> None:
    number = await by_hand(engine)

    first = await confirm(engine, number, "account")
    [task] = await engine.tasks(number)
    second = await confirm(engine, number, "role", "course", url=URL)
    await finished(engine, number)

    assert first == {"done": ["account"], "left": ["course", "role"]}
    assert second == {"done": ["course", "account", "role"], "left": []}
    assert task.closed_at is None
    [task] = await engine.tasks(number)
    assert task.done == ["course", "account", "role"]
    assert task.closed_at is not None
    journal = await engine.journal(number)
    assert "Выполнено вручную: учётная запись ответственного лица есть" in journal
    assert "Исполнено Оператором вручную: роль «учитель» настроена" in journal


async def test_the_register_shows_the_address_that_the_operator_gives(engine: Engine) -> None:
    number = await by_hand(
        engine,
        wanted="category_and_course",
        category_name=title("Категория"),
        responsible=named(name="Рукин"),
    )

    await confirm(engine, number, "category", *ALL, url=URL)
    await finished(engine, number)

    category, course = await registered_category(engine, number), await registered_course(engine, number)
    assert (course.url, course.category, course.moodle_id) == (URL, category.id, None)
    assert (category.url, await responsible(engine, category), category.owner) == (None, "Рукин", "zdrav")
    assert await letter(engine, number, Notice.SETUP_DONE, Recipient.AGENCY)
    assert URL not in await history(engine.setup(number))


async def test_what_is_not_on_the_list_is_not_ticked_off(engine: Engine) -> None:
    number = await by_hand(engine)
    path = f"/requests/{number}/setup/confirmation"

    other = await engine.post("operator", path, {"done": ["role", "category"]})
    unknown = await engine.post("operator", path, {"done": ["coffee"]})
    nothing = await engine.post("operator", path, {"done": []})

    assert problem(other) == (422, "not-on-checklist")
    assert problem(unknown) == problem(nothing) == (422, "invalid")
    assert (await confirm(engine, number, "role"))["left"] == ["course", "account"]


async def test_a_tick_given_twice_counts_once(engine: Engine) -> None:
    number = await by_hand(engine)

    await confirm(engine, number, "role")
    again = await confirm(engine, number, "role", "role")

    assert again == {"done": ["role"], "left": ["course", "account"]}


async def test_one_of_two_operators_who_confirm_at_once_is_told_that_it_is_done(engine: Engine) -> None:
    number = await by_hand(engine)
    path, body = f"/requests/{number}/setup/confirmation", {"done": ALL}

    answers = await asyncio.gather(
        engine.post("operator", path, body), engine.post("operator_head", path, body)
    )

    await finished(engine, number)
    statuses = sorted(answer.status_code for answer in answers)
    assert statuses == [200, 409]
    [rejected] = [answer for answer in answers if answer.status_code == 409]
    assert rejected.json()["type"] in ("already-confirmed", "stage-passed")
    done = [line for line in await engine.journal(number) if line.startswith("Исполнено Оператором")]
    assert len(done) == 1


@pytest.mark.parametrize("role", ["agency", "reviewer", "supervisor", "responsible", "admin"])
async def test_only_the_operator_confirms(engine: Engine, role: str) -> None:
    answer = await engine.post(role, "/requests/2026-000001/setup/confirmation", {"done": ["role"]})

    assert problem(answer) == (403, "forbidden")


# The date on which the order came


async def test_the_date_of_the_order_moves_the_term(engine: Engine) -> None:
    number = await by_hand(engine)
    before = await term(engine, number)
    setup = engine.setup(number)
    await engine.skip(setup, to=before.opened_at + 3 * DAY)
    received_on = before.started_on + 2 * DAY

    await _enter(engine, number, received_on)

    after = await term(engine, number)
    assert after.started_on == received_on
    assert after.last_day > before.last_day
    assert await journaled(engine, number, f"Запрос поступил Оператору {received_on:%d.%m.%Y}")
    await engine.skip(setup, to=before.due_at + timedelta(hours=1))
    assert not (await term(engine, number)).is_overdue


async def test_the_date_of_the_order_may_be_corrected(engine: Engine) -> None:
    number = await by_hand(engine)
    before = await term(engine, number)
    await engine.skip(engine.setup(number), to=before.opened_at + 3 * DAY)

    await _enter(engine, number, before.started_on + 3 * DAY)
    await _enter(engine, number, before.started_on)

    assert (await term(engine, number)).last_day == before.last_day


async def test_the_date_of_the_order_lies_between_the_decision_and_today(engine: Engine) -> None:
    number = await by_hand(engine)
    path = f"/requests/{number}/setup/order"

    for received_on in (local_date(today()) - DAY, local_date(today()) + DAY):
        answer = await engine.post("operator", path, {"order_received_on": str(received_on)})
        assert problem(answer) == (422, "order-date-impossible")

    await _enter(engine, number, local_date(today()))


async def test_an_overdue_setup_takes_no_other_date_of_the_order(engine: Engine) -> None:
    number = await by_hand(engine)
    before = await term(engine, number)
    await engine.skip(engine.setup(number), to=before.due_at + 10 * DAY)

    body = {"order_received_on": str(before.started_on + DAY)}
    response = await engine.post("operator", f"/requests/{number}/setup/order", body)

    assert (response.status_code, response.json()["type"]) == (409, "order-date-late")
    assert (await term(engine, number)).is_overdue


async def _enter(engine: Engine, number: str, received_on: date) -> None:
    body = {"order_received_on": str(received_on)}
    response = await engine.post("operator", f"/requests/{number}/setup/order", body)
    assert response.status_code == 200, response.text
    await engine.until_waiting(engine.setup(number))


# Obstacles


async def test_an_obstacle_is_told_to_the_authority_and_the_term_runs_on(engine: Engine) -> None:
    number, text = await by_hand(engine), "Нет доступа в серверную: ключ у Ивановой"
    before = await term(engine, number)

    response = await engine.post("operator", f"/requests/{number}/setup/obstacle", {"text": text})

    assert response.status_code == 200, response.text
    told = await letter(engine, number, Notice.OBSTACLE, Recipient.AUTHORITY)
    assert text in told.text
    assert await journaled(engine, number, f"Оператор сообщил о препятствии: {text}")
    assert text not in await history(engine.setup(number))
    assert (await term(engine, number)).due_at == before.due_at
    await confirm(engine, number, *ALL)
    await finished(engine, number)


# In time and late


async def test_a_confirmation_in_the_last_seconds_is_in_time(engine: Engine) -> None:
    number = await by_hand(engine)
    await engine.skip(engine.setup(number), to=(await term(engine, number)).due_at - JUST)

    await confirm(engine, number, *ALL)
    await finished(engine, number)

    row = await term(engine, number)
    assert (row.late_by, row.is_overdue) == ("", False)
    assert row.finished_at is not None
    assert row.finished_at < row.due_at


async def test_a_confirmation_at_24_00_is_late(engine: Engine) -> None:
    number = await by_hand(engine)
    await engine.skip(engine.setup(number), to=(await term(engine, number)).due_at)
    await engine.until(lambda: _is_overdue(engine, number))

    await confirm(engine, number, *ALL)
    await finished(engine, number)

    row = await term(engine, number)
    assert row.late_by
    assert not row.is_overdue
    assert await journaled(
        engine, number, f"Исполнено Оператором вручную: роль «учитель» настроена, с опозданием {row.late_by}"
    )


async def test_a_late_confirmation_is_recorded_with_its_working_days(engine: Engine) -> None:
    number = await by_hand(engine)
    escalated = await rung_at(engine, number, 3)
    await engine.skip(engine.setup(number), to=escalated + timedelta(hours=1))

    await confirm(engine, number, *ALL)
    await finished(engine, number)

    # the first late working day, and two more
    assert (await term(engine, number)).late_by == "на 3 рабочих дня"


async def test_silence_goes_up_the_ladder_and_on_for_ever(engine: Engine) -> None:
    number = await by_hand(engine)
    last = await rung_at(engine, number, 3)

    again = next_repeat(next_repeat(last, 5, WorkCalendar()), 5, WorkCalendar())
    await engine.skip(engine.setup(number), to=again + timedelta(hours=1))

    names = await ladder_letters(engine, number, 13)
    top = {"escalation authority", "escalation authority_head", "escalation operator_head"}
    assert names[:2] == ["reminder operator", "reminder operator"]
    assert set(names[2:4]) == {"escalation operator", "escalation operator_head"}
    assert set(names[4:7]) == set(names[7:10]) == set(names[10:13]) == top
    assert await engine.rungs(number, Clause.SETUP) == {0: "sent", 1: "sent", 2: "sent", 3: "sent"}
    assert (await term(engine, number)).is_overdue
    assert (await engine.case(number)).closed_at is None


async def _is_overdue(engine: Engine, number: str) -> bool:
    return (await term(engine, number)).is_overdue

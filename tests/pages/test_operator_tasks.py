"""The operator's tasks, the reconciliation and the canary as pages."""

import re

import pytest

from models.tables import Task
from tests.api import words
from tests.engine import Engine
from tests.pages.people import SignIn
from tests.pages.test_case import HOSTILE
from tests.workflows.courses import asked
from tests.workflows.trainings import course_of_its_own


async def _is_closed(engine: Engine, task: int) -> bool:
    async with engine.sessions() as session:
        return (await session.get_one(Task, task)).closed_at is not None


async def test_a_task_is_put_aside_and_found_among_the_closed(stand: Engine, signed_in: SignIn) -> None:
    number = await words.by_hand(stand)
    task = await words.open_task(stand, number)
    operator = await signed_in("operator")

    page = await operator.page(f"/tasks?after={task - 1}")
    answer = await operator.send(f"/tasks/{task}/close")

    assert f'action="/tasks/{task}/close"' in page
    assert f'href="/cases/{number}"' in page
    assert "Задача снята." in answer.text
    assert await _is_closed(stand, task)
    assert f"№ {task}," in await operator.page(f"/tasks?closed=true&after={task - 1}")


async def test_what_a_step_waits_for_is_not_put_aside_and_the_page_says_why(
    stand: Engine, signed_in: SignIn
) -> None:
    task = await words.open_task(stand, await words.by_hand(stand), "setup_by_hand")
    operator = await signed_in("operator")

    page = await operator.page(f"/tasks?after={task - 1}")
    answer = await operator.send(f"/tasks/{task}/close")

    assert f'action="/tasks/{task}/close"' not in page
    assert answer.status_code == 409
    assert "Не получилось." in answer.text
    assert not await _is_closed(stand, task)


async def test_it_is_told_that_one_click_tries_all_failed_steps_of_a_case(
    stand: Engine, signed_in: SignIn
) -> None:
    number = await words.by_hand(stand)
    task = await words.open_task(stand, number, "step_failed")
    operator = await signed_in("operator")
    path, said = f"/tasks?after={task - 1}", "повторит сразу все невыполненные шаги этого дела"

    alone = await operator.page(path)
    await words.open_task(stand, number, "step_failed")
    several = await operator.page(path)

    assert (alone.count(said), several.count(said)) == (0, 2)


async def test_questions_without_an_answer_are_among_the_tasks(stand: Engine, signed_in: SignIn) -> None:
    course = await course_of_its_own(stand)
    number = (await asked(stand, course)).id
    operator = await signed_in("operator")

    page = await operator.page("/tasks")
    await operator.send(f"/cases/{number}/consultation/answers", text="Создайте группу")

    async def is_gone() -> bool:
        return f'href="/cases/{number}"' not in await operator.page("/tasks?after=1000000")

    assert f'href="/cases/{number}">Консультация' in page
    assert course.name in page
    assert "исчисляется с" in page
    await stand.until(is_gone)


async def test_what_is_hostile_in_a_task_is_shown_as_text(stand: Engine, signed_in: SignIn) -> None:
    task = await words.open_task(stand, await words.by_hand(stand))
    async with stand.sessions.begin() as session:
        (await session.get_one(Task, task)).why = HOSTILE
    operator = await signed_in("operator")

    page = await operator.page(f"/tasks?after={task - 1}")

    assert "<script>alert" not in page
    assert "&lt;script&gt;" in page


async def test_a_reconciliation_is_started_and_its_end_shown(stand: Engine, signed_in: SignIn) -> None:
    operator = await signed_in("operator_head")
    code = re.findall(r'action="/tasks/reconciliation/([a-z0-9-]+)"', await operator.page("/tasks"))[0]

    answer = await operator.send(f"/tasks/reconciliation/{code}")

    async def is_told() -> bool:
        return "Последняя сверка:" in await operator.page("/tasks")

    assert "Сверка начата." in answer.text
    await stand.until(is_told)
    assert (await operator.send("/tasks/reconciliation/none")).status_code == 404


async def test_the_canary_is_started_and_shown(stand: Engine, signed_in: SignIn) -> None:
    operator = await signed_in("operator")

    answer = await operator.send("/tasks/canary")

    async def is_told() -> bool:
        return "Последние проверки" in await operator.page("/tasks")

    assert "Проверка начата." in answer.text
    await stand.until(is_told)


@pytest.mark.parametrize("role", ["agency", "responsible", "reviewer", "supervisor"])
async def test_others_have_no_tasks(signed_in: SignIn, role: str) -> None:
    person = await signed_in(role)

    assert (await person.open("/tasks")).status_code == 403
    for path in ("/tasks/1/retry", "/tasks/1/close", "/tasks/reconciliation/edu", "/tasks/canary"):
        assert (await person.send(path)).status_code == 403
    assert 'href="/tasks"' not in await person.page("/")

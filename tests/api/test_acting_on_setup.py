"""What the operator does over HTTP, and the particulars of the responsible that are added."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import httpx
import pytest

from models.deadlines import local_date
from models.requests import Stage
from models.tables import Task
from models.terms import Clause
from tests.api import words
from tests.engine import Engine, Json, request_form

CHECKS = ["course", "account", "role"]


async def _confirm(engine: Engine, number: str, *, key: str | None = None, **body: object) -> httpx.Response:
    return await engine.post("operator", f"/requests/{number}/setup/confirmation", body, key=key)


async def _tasks(engine: Engine, role: str = "operator", query: str = "limit=500") -> list[Json]:
    return list(await engine.get(role, f"/tasks?{query}"))


class TestConfirming:
    async def test_the_list_shrinks_tick_by_tick_and_the_last_one_ends_the_work(self, engine: Engine) -> None:
        number = await words.by_hand(engine)

        first = await _confirm(engine, number, done=["course"], url="http://test.example.org/course/12")
        last = await _confirm(engine, number, done=["role", "account"])

        assert first.json() == {"done": ["course"], "left": ["account", "role"]}
        assert last.json() == {"done": CHECKS, "left": []}
        await words.until_stage(engine, number, Stage.DONE)
        register = await engine.get("agency", "/register")
        local = next(one for one in register if one["code"] == "local")
        (course,) = [one for one in local["courses"] if one["request"] == number]
        assert course["url"] == "http://test.example.org/course/12"

    async def test_the_first_answer_comes_again_after_the_case_is_done(self, engine: Engine) -> None:
        number, key = await words.by_hand(engine), uuid4().hex
        first = await _confirm(engine, number, key=key, done=CHECKS)
        await words.until_stage(engine, number, Stage.DONE)

        again, anew = (
            await _confirm(engine, number, key=key, done=CHECKS),
            await _confirm(engine, number, done=CHECKS),
        )

        assert again.json() == first.json()
        assert words.problem(anew, 409) == "stage-passed"

    @pytest.mark.parametrize(
        ("body", "field"),
        [
            ({"done": []}, "done"),
            ({"done": ["everything"]}, "done.0"),
            ({"done": CHECKS, "url": "javascript:alert(1)"}, "url"),
            ({"done": CHECKS, "url": "http://a b"}, "url"),
            ({"done": CHECKS, "url": "http://test.example.org/\x00"}, "url"),
            ({"done": CHECKS, "url": "http://" + "x" * 1000}, "url"),
        ],
    )
    async def test_nonsense_is_named(self, engine: Engine, by_hand: str, body: Json, field: str) -> None:
        assert list(words.wrong_fields(await _confirm(engine, by_hand, **body))) == [field]

    async def test_what_is_not_on_the_list_is_not_ticked(self, engine: Engine, by_hand: str) -> None:
        response = await _confirm(engine, by_hand, done=["category"])

        assert words.problem(response, 422) == "not-on-checklist"


class TestTheDateOfTheOrder:
    async def test_no_date_is_today(self, engine: Engine, by_hand: str) -> None:
        response = await engine.post("operator", f"/requests/{by_hand}/setup/order", {})

        assert response.json() == {"number": by_hand}
        clause = await engine.clause(by_hand, Clause.SETUP)
        assert clause is not None
        assert str(clause.started_on) == words.local_today()

    @pytest.mark.parametrize("days", [-1, 1])
    async def test_a_date_before_the_decision_or_after_today_is_impossible(
        self, engine: Engine, by_hand: str, days: int
    ) -> None:
        day = local_date(datetime.now(UTC)) + timedelta(days=days)

        response = await engine.post(
            "operator", f"/requests/{by_hand}/setup/order", {"order_received_on": str(day)}
        )

        assert words.problem(response, 422) == "order-date-impossible"


class TestObstacles:
    async def test_it_is_journaled_and_the_work_goes_on(self, engine: Engine, by_hand: str) -> None:
        response = await engine.post(
            "operator", f"/requests/{by_hand}/setup/obstacle", {"text": "Нет доступа в серверную"}
        )

        assert response.json() == {"number": by_hand}
        assert any("Нет доступа в серверную" in line for line in await engine.journal(by_hand))
        assert (await engine.row(by_hand)).stage == Stage.SETUP

    async def test_a_blank_one_is_none(self, engine: Engine, by_hand: str) -> None:
        response = await engine.post("operator", f"/requests/{by_hand}/setup/obstacle", {"text": " \n "})

        assert words.wrong_fields(response) == {"text": "слишком коротко"}


class TestContacts:
    @pytest.mark.parametrize("role", ["agency", "reviewer"])
    async def test_what_is_given_is_filled_in_and_the_rest_stays(self, engine: Engine, role: str) -> None:
        number = await _file_without_contacts(engine)

        response = await engine.post(role, f"/requests/{number}/responsible", {"email": "vera@example.org"})

        assert response.json() == {"number": number}
        shown = await engine.get("agency", f"/requests/{number}")
        assert shown["responsible"]["email"] == "vera@example.org"
        assert shown["responsible"]["phone"] == "+7 3452 00-00-00"
        assert "Сведения об ответственном лице: адрес электронной почты" in await engine.journal(number)

    async def test_the_engine_goes_on_once_the_operator_has_given_the_address(self, engine: Engine) -> None:
        number = await _file_without_contacts(engine)
        await engine.approve(number)
        await engine.until(lambda: engine.tasks(number))

        response = await engine.post(
            "operator", f"/requests/{number}/responsible", {"email": f"{uuid4().hex}@example.org"}
        )

        assert response.status_code == 200, response.text
        await words.until_stage(engine, number, Stage.DONE)

    async def test_nothing_given_is_nothing_done(self, engine: Engine) -> None:
        number = await engine.file()

        response = await engine.post("agency", f"/requests/{number}/responsible", {"post": " "})

        assert words.wrong_fields(response) == {"": "укажите должность, почту или телефон"}

    async def test_a_closed_case_takes_no_more(self, engine: Engine) -> None:
        number = await words.refused(engine)

        response = await engine.post("agency", f"/requests/{number}/responsible", {"post": "Методист"})

        assert words.problem(response, 409) == "stage-passed"


class TestTasks:
    async def test_an_undelivered_letter_is_put_aside_by_name_and_once(
        self, engine: Engine, by_hand: str
    ) -> None:
        task, key = await words.open_task(engine, by_hand), uuid4().hex

        first = await engine.post("operator", f"/tasks/{task}/close", key=key)
        again = await engine.post("operator", f"/tasks/{task}/close", key=key)
        anew = await engine.post("operator", f"/tasks/{task}/close")

        assert first.json()["closed_at"] is not None
        assert again.json() == first.json()
        assert words.problem(anew, 409) == "task-closed"
        assert "Задача Оператору снята: письмо не вручено" in await engine.journal(by_hand)
        assert task in [one["id"] for one in await _tasks(engine, query="closed=true&limit=500")]

    async def test_of_two_who_put_it_aside_at_the_same_time_one_does(
        self, engine: Engine, by_hand: str
    ) -> None:
        task = await words.open_task(engine, by_hand)

        answers = await words.together(
            engine.post("operator", f"/tasks/{task}/close"),
            engine.post("operator_head", f"/tasks/{task}/close"),
        )

        assert sorted(answer.status_code for answer in answers) == [200, 409]

    async def test_what_a_step_waits_for_is_not_put_aside(self, engine: Engine, by_hand: str) -> None:
        task = next(one for one in await engine.tasks(by_hand) if one.kind == "setup_by_hand")

        response = await engine.post("operator", f"/tasks/{task.id}/close")

        assert words.problem(response, 409) == "not-closable"

    async def test_a_step_is_tried_again_once_and_answered_the_same_after_it_is_done(
        self, engine: Engine
    ) -> None:
        number, key = await _file_without_contacts(engine), uuid4().hex
        await engine.approve(number)
        (task,) = await engine.until(lambda: engine.tasks(number))

        first = await engine.post("operator", f"/tasks/{task.id}/retry", key=key)
        await engine.until(lambda: _is_closed(engine, task.id))
        again = await engine.post("operator", f"/tasks/{task.id}/retry", key=key)
        anew = await engine.post("operator", f"/tasks/{task.id}/retry")

        assert first.status_code == 200, first.text
        assert again.json() == first.json()
        assert words.problem(anew, 409) == "task-closed"

    async def test_a_workflow_that_was_stopped_by_hand_has_nothing_to_try_again(self, engine: Engine) -> None:
        number = await words.refused(engine)
        task = await words.open_task(engine, number, kind="orphaned")

        response = await engine.post("operator", f"/tasks/{task}/retry")

        assert words.problem(response, 409) == "stage-passed"

    async def test_long_lists_are_read_on_by_number(self, engine: Engine, by_hand: str) -> None:
        tasks = [await words.open_task(engine, by_hand) for _ in range(3)]

        page = await _tasks(engine, query=f"after={tasks[0]}&limit=1")

        assert [one["id"] for one in page] == [tasks[1]]


@pytest.fixture(scope="module")
async def by_hand(engine: Engine) -> str:
    """One case at the operator, for tests that leave it there."""
    return await words.by_hand(engine)


async def _file_without_contacts(engine: Engine) -> str:
    responsible = {**request_form()["responsible"], "email": ""}
    return await engine.file(responsible=responsible)


async def _is_closed(engine: Engine, task: int | None) -> bool:
    async with engine.sessions() as session:
        return (await session.get_one(Task, task)).closed_at is not None


async def test_particulars_that_are_known_are_not_replaced(engine: Engine) -> None:
    number = await engine.file()
    known = (await engine.row(number)).responsible_email

    response = await engine.post("agency", f"/requests/{number}/responsible", {"email": "other@example.org"})

    assert words.problem(response, 409) == "contacts-given"
    assert (await engine.row(number)).responsible_email == known

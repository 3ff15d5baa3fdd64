"""The operator's tasks over HTTP: tried again, sent anew, put aside."""

from uuid import uuid4

import httpx
import pytest

from models.letters import LetterState
from models.tables import LetterRow, Task
from tests.api import words
from tests.engine import Engine, Json, request_form
from tests.workflows import setups


async def _tasks(engine: Engine, query: str = "limit=500") -> list[Json]:
    return list(await engine.get("operator", f"/tasks?{query}"))


async def _retry(engine: Engine, task: int | None, *, key: str | None = None) -> httpx.Response:
    return await engine.post("operator", f"/tasks/{task}/retry", key=key)


@pytest.fixture(scope="module")
async def by_hand(engine: Engine) -> str:
    """One case at the operator, for tests that leave it there."""
    return await words.by_hand(engine)


async def _waiting_for_contacts(engine: Engine) -> tuple[str, Task]:
    """A case that the engine gave to the operator, and may be asked to try again; its task."""
    number = await engine.file(responsible={**request_form()["responsible"], "email": ""})
    await engine.approve(number)
    (task,) = await engine.until(lambda: engine.tasks(number))
    return number, task


async def _is_closed(engine: Engine, task: int | None) -> bool:
    async with engine.sessions() as session:
        return (await session.get_one(Task, task)).closed_at is not None


class TestPuttingAside:
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


class TestTryingAgain:
    async def test_a_step_is_tried_again_once_and_answered_the_same_after_it_is_done(
        self, engine: Engine
    ) -> None:
        (_, task), key = await _waiting_for_contacts(engine), uuid4().hex

        first = await _retry(engine, task.id, key=key)
        await engine.until(lambda: _is_closed(engine, task.id))
        again, anew = await _retry(engine, task.id, key=key), await _retry(engine, task.id)

        assert first.status_code == 200, first.text
        assert again.json() == first.json()
        assert words.problem(anew, 409) == "task-closed"

    async def test_a_workflow_that_was_stopped_by_hand_has_nothing_to_try_again(self, engine: Engine) -> None:
        task = await words.open_task(engine, await words.refused(engine), kind="orphaned")

        assert words.problem(await _retry(engine, task), 409) == "stage-passed"

    async def test_work_by_hand_has_nothing_to_try_again_and_says_so(
        self, engine: Engine, by_hand: str
    ) -> None:
        (task,) = [one for one in await engine.tasks(by_hand) if one.kind == "setup_by_hand"]

        setup = await engine.post("operator", f"/requests/{by_hand}/setup/retry")

        assert words.problem(setup, 409) == "nothing-to-retry"
        assert words.problem(await _retry(engine, task.id), 409) == "nothing-to-retry"
        assert not await _is_closed(engine, task.id)

    async def test_a_service_account_is_checked_by_itself(self, engine: Engine) -> None:
        task = await words.open_task(engine, None, kind="moodle_account")

        response = await _retry(engine, task)

        assert words.problem(response, 409) == "nothing-to-retry"
        assert "каждые десять минут" in response.json()["detail"]
        await _take_away(engine, task)


class TestSendingAnew:
    async def test_a_letter_that_bounced_is_sent_anew_once_however_often_it_is_asked_for(
        self, engine: Engine
    ) -> None:
        number, task = await _bounced(engine)
        engine.mail.mood.refuses.clear()
        key = uuid4().hex

        first, again = await _retry(engine, task, key=key), await _retry(engine, task, key=key)
        anew = await _retry(engine, task)

        assert first.status_code == 200, first.text
        assert first.json()["closed_at"] is not None
        assert again.json() == first.json()
        assert words.problem(anew, 409) == "task-closed"
        letters = await engine.until(lambda: _confirmations(engine, number, 2))
        assert [one.state for one in letters] == [LetterState.BOUNCED, LetterState.DELIVERED]

    async def test_one_that_fails_again_is_a_task_again(self, engine: Engine) -> None:
        number, task = await _bounced(engine)

        await _retry(engine, task)
        await engine.until(lambda: _confirmations(engine, number, 2))
        (next_task,) = [one for one in await engine.tasks(number) if one.closed_at is None]
        engine.mail.mood.refuses.clear()
        await _retry(engine, next_task.id)

        letters = await engine.until(lambda: _confirmations(engine, number, 3))
        assert letters[-1].state == LetterState.DELIVERED
        assert [one.key.partition("/again-")[2] for one in letters] == ["", "1", "2"]

    async def test_without_an_address_it_is_asked_for(self, engine: Engine) -> None:
        number = await words.by_hand(engine, responsible={**request_form()["responsible"], "email": ""})
        done = {"done": ["course", "account", "role"]}
        await engine.post("operator", f"/requests/{number}/setup/confirmation", done)
        await setups.finished(engine, number)
        task = await engine.until(lambda: _letter_task(engine, number))

        response = await _retry(engine, task)

        assert words.problem(response, 409) == "letter-without-address"
        assert not await _is_closed(engine, task)

    async def test_with_temporal_away_nothing_is_sent_and_nothing_said_to_be(
        self, engine: Engine, with_temporal_away: Engine
    ) -> None:
        _, task = await _bounced(engine)

        response = await _retry(with_temporal_away, task)

        assert words.problem(response, 503) == "unavailable"
        assert not await _is_closed(engine, task)


async def _bounced(engine: Engine) -> tuple[str, int]:
    """A request whose confirmation the agency's mail server does not take; the operator's task of it."""
    engine.mail.mood.refuses.add("zdrav@example.org")
    number = await engine.file()
    return number, await engine.until(lambda: _letter_task(engine, number))


async def _letter_task(engine: Engine, number: str) -> int | None:
    tasks = [one.id for one in await engine.tasks(number) if one.kind == "letter_undelivered"]
    return tasks[0] if tasks else None


async def _confirmations(engine: Engine, number: str, count: int) -> list[LetterRow] | None:
    letters = [one for one in await engine.letters(number) if one.notice == "confirmation"]
    is_settled = all(one.state != LetterState.WRITTEN for one in letters)
    return letters if is_settled and len(letters) == count else None


async def test_long_lists_are_read_on_by_number(engine: Engine, by_hand: str) -> None:
    tasks = [await words.open_task(engine, by_hand) for _ in range(3)]

    page = await _tasks(engine, query=f"after={tasks[0]}&limit=1")

    assert [one["id"] for one in page] == [tasks[1]]


async def _take_away(engine: Engine, task: int) -> None:
    """Nobody closes it by hand, and the other tests count the tasks of this kind."""
    async with engine.sessions.begin() as session:
        await session.delete(await session.get_one(Task, task))

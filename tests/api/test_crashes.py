"""The API dies between doing the work and keeping its answer: the same POST is done once and answered."""

from collections.abc import Awaitable, Callable
from typing import NamedTuple
from unittest.mock import patch
from uuid import uuid4

import httpx
import pytest

from models.tables import Task
from tests.api import words
from tests.engine import Engine, Json, request_form


class Post(NamedTuple):
    """A POST whose work is in Postgres alone, what it is on, and what it leaves in the journal."""

    role: str
    path: str
    body: Json
    on: Callable[[Engine], Awaitable[str]]
    journaled: str


async def _claimed(engine: Engine) -> str:
    number = await engine.file()
    await engine.post("reviewer", f"/requests/{number}/claim")
    return number


async def _without_post(engine: Engine) -> str:
    return await engine.file(responsible={**request_form()["responsible"], "post": ""})


async def _with_task(engine: Engine) -> str:
    return str(await words.open_task(engine, await engine.file()))


POSTS = [
    Post("reviewer", "/requests/{}/claim", {}, Engine.file, "Взято в работу"),
    Post("reviewer", "/requests/{}/release", {}, _claimed, "Снято с исполнителя"),
    Post("agency", "/requests/{}/responsible", {"post": "Методист"}, _without_post, "Сведения об ответств"),
    Post("operator", "/tasks/{}/close", {}, _with_task, "Задача Оператору снята"),
    Post("reviewer", "/requests/{}/texts", {"body": "Причина"}, Engine.file, ""),
]


async def _dies(engine: Engine, role: str, path: str, body: Json, key: str) -> httpx.Response:
    """The work is done, and the answer is not kept any more."""
    with patch("api.idempotency.Post.finish", side_effect=KeyError):
        return await engine.post(role, path, body, key=key)


@pytest.mark.parametrize("post", POSTS, ids=lambda post: post.path)
async def test_work_in_postgres_alone_is_undone_and_done_by_the_same_post(engine: Engine, post: Post) -> None:
    place, key = await post.on(engine), uuid4().hex
    path = post.path.format(place)

    died = await _dies(engine, post.role, path, post.body, key)
    done = await engine.post(post.role, path, post.body, key=key)
    again = await engine.post(post.role, path, post.body, key=key)

    assert died.status_code == 500
    assert done.is_success, done.text
    assert (again.status_code, again.json()) == (done.status_code, done.json())
    number = await _case(engine, place)
    assert sum(post.journaled in line for line in await engine.journal(number)) == 1 or not post.journaled


async def test_a_step_that_was_tried_again_is_answered_though_its_task_is_closed(engine: Engine) -> None:
    number, key = await _without_address(engine), uuid4().hex
    (task,) = await engine.until(lambda: engine.tasks(number))
    path = f"/tasks/{task.id}/retry"

    died = await _dies(engine, "operator", path, {}, key)
    await engine.until(lambda: _is_closed(engine, task.id))
    await words.age(engine, key, seconds=31)
    answered = await engine.post("operator", path, {}, key=key)
    anew = await engine.post("operator", path, {})

    assert died.status_code == 500
    assert answered.status_code == 200, answered.text
    assert (answered.json()["id"], answered.json()["closed_at"]) == (task.id, None)
    assert words.problem(anew, 409) == "task-closed"


async def test_a_letter_sent_anew_is_one_letter_whoever_dies_in_between(engine: Engine) -> None:
    engine.mail.mood.refuses.add("zdrav@example.org")
    number, key = await engine.file(), uuid4().hex
    (task,) = await engine.until(lambda: engine.tasks(number))
    engine.mail.mood.refuses.clear()
    path = f"/tasks/{task.id}/retry"

    died = await _dies(engine, "operator", path, {}, key)
    answered = await engine.post("operator", path, {}, key=key)

    assert died.status_code == 500
    assert answered.status_code == 200, answered.text
    letters = await engine.until(lambda: _delivered(engine, number))
    assert len(letters) == 2


async def _without_address(engine: Engine) -> str:
    """A case that the engine gave to the operator: it may be asked to try again."""
    number = await engine.file(responsible={**request_form()["responsible"], "email": ""})
    await engine.approve(number)
    return number


async def _is_closed(engine: Engine, task: int | None) -> bool:
    async with engine.sessions() as session:
        return (await session.get_one(Task, task)).closed_at is not None


async def _delivered(engine: Engine, number: str) -> list[str]:
    """The confirmations, once the newest has arrived."""
    states = [one.state for one in await engine.letters(number) if one.notice == "confirmation"]
    return states if "delivered" in states else []


async def _case(engine: Engine, place: str) -> str:
    """Of a task, else the case itself."""
    if not place.isdecimal():
        return place
    async with engine.sessions() as session:
        return str((await session.get_one(Task, int(place))).number)

"""What the operator does over HTTP, and the particulars of the responsible that are added."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import httpx
import pytest

from models.deadlines import local_date
from models.requests import Stage
from models.setup import Check
from models.tables import Task
from models.terms import Clause
from tests.api import words
from tests.engine import Engine, Json, request_form
from tests.workflows import setups

CHECKS = ["course", "account", "role"]


async def _confirm(engine: Engine, number: str, *, key: str | None = None, **body: object) -> httpx.Response:
    return await engine.post("operator", f"/requests/{number}/setup/confirmation", body, key=key)


def _named(*checks: str) -> list[Json]:
    return [{"code": check, "name": Check(check).russian} for check in checks]


async def _tasks(engine: Engine, role: str = "operator", query: str = "limit=500") -> list[Json]:
    return list(await engine.get(role, f"/tasks?{query}"))


class TestConfirming:
    async def test_the_list_shrinks_tick_by_tick_and_the_last_one_ends_the_work(self, engine: Engine) -> None:
        number = await words.by_hand(engine)

        first = await _confirm(engine, number, done=["course"], url="http://test.example.org/course/12")
        last = await _confirm(engine, number, done=["role", "account"])

        assert first.json() == {"done": _named("course"), "left": _named("account", "role")}
        assert last.json() == {"done": _named(*CHECKS), "left": []}
        await setups.finished(engine, number)
        register = await engine.get("agency", "/register")
        local = next(one for one in register if one["code"] == "local")
        shelves = [local, *local["categories"]]
        (course,) = [one for shelf in shelves for one in shelf["courses"] if one["request"] == number]
        assert course["url"] == "http://test.example.org/course/12"

    async def test_the_first_answer_comes_again_after_the_case_is_done(self, engine: Engine) -> None:
        number, key = await words.by_hand(engine), uuid4().hex
        first = await _confirm(engine, number, key=key, done=CHECKS)
        await setups.finished(engine, number)

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

"""Something is away, or broken: a clear answer, and nothing lost."""

import asyncio
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from unittest.mock import patch
from uuid import uuid4

import pytest
import structlog
from fastapi import FastAPI
from sqlalchemy import update
from sqlmodel import col

from models.requests import Stage
from models.tables import CaseRow
from tests.api import words
from tests.engine import API, Engine, request_form


class TestPostgresAway:
    @pytest.mark.parametrize("path", ["/requests", "/requests/2026-000001", "/register", "/tasks"])
    async def test_reading_is_unavailable(self, with_postgres_away: Engine, path: str) -> None:
        response = await with_postgres_away.call("reviewer", "GET", path)

        assert words.problem(response, 503) == "unavailable"
        assert response.headers["Retry-After"] == "5"

    async def test_acting_is_unavailable(self, with_postgres_away: Engine) -> None:
        response = await with_postgres_away.post("agency", "/requests", request_form())

        assert words.problem(response, 503) == "unavailable"

    async def test_the_health_check_says_so(self, with_postgres_away: Engine) -> None:
        response = await words.send(with_postgres_away.app, "GET", "/health")

        assert words.problem(response, 503) == "unavailable"


class TestTemporalAway:
    async def test_a_request_is_registered_all_the_same_and_started_by_upkeep(
        self, engine: Engine, with_temporal_away: Engine
    ) -> None:
        response = await with_temporal_away.post("agency", "/requests", request_form())
        number = response.json()["number"]
        await _look_old(engine, number)

        await engine.look_after(number)

        assert response.status_code == 201
        await words.until_stage(engine, number, Stage.REVIEW)

    async def test_the_health_check_says_so(self, with_temporal_away: Engine) -> None:
        response = await words.send(with_temporal_away.app, "GET", "/health")

        assert words.problem(response, 503) == "unavailable"

    async def test_contacts_are_kept_all_the_same(self, engine: Engine, with_temporal_away: Engine) -> None:
        number = await words.by_hand(engine)

        response = await with_temporal_away.post(
            "agency", f"/requests/{number}/responsible", {"post": "Методист"}
        )

        assert response.status_code == 200, response.text
        assert (await engine.row(number)).responsible_post == "Методист"


async def test_all_is_well_when_it_is(engine: Engine) -> None:
    response = await words.send(engine.app, "GET", "/health")

    assert response.json() == {"status": "ok"}


class TestTheUnexpected:
    SECRET = "ivanova@example.org"

    async def test_it_is_answered_without_details_and_logged_without_the_text(self, engine: Engine) -> None:
        with (
            patch("api.listing.page", side_effect=ValueError(self.SECRET)),
            structlog.testing.capture_logs() as logs,
        ):
            response = await engine.call("reviewer", "GET", "/requests")

        assert words.problem(response, 500) == "internal"
        assert self.SECRET not in response.text
        assert response.headers["X-Content-Type-Options"] == "nosniff"
        (line,) = [one for one in logs if one["log_level"] == "error"]
        assert (line["error"], line["path"]) == ("ValueError", f"{API}/requests")
        assert self.SECRET not in str(logs)

    async def test_a_post_that_broke_off_is_in_flight_and_then_done(self, engine: Engine) -> None:
        number, key = await engine.file(), uuid4().hex
        path = f"/requests/{number}/decision"
        with patch("api.updates.Updates.send", side_effect=ValueError(self.SECRET)):
            broken = await engine.post("reviewer", path, words.REFUSAL, key=key)
        meanwhile = await engine.post("reviewer", path, words.REFUSAL, key=key)
        await words.age(engine, key, seconds=31)

        done = await engine.post("reviewer", path, words.REFUSAL, key=key)

        assert words.problem(broken, 500) == "internal"
        assert words.problem(meanwhile, 409) == "in-flight"
        assert done.status_code == 200


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/requests", 200),
        ("GET", "/register", 200),
        ("GET", "/nowhere", 404),
        ("PUT", "/requests", 405),
    ],
)
async def test_no_answer_is_kept_by_caches_or_taken_for_another_kind(
    engine: Engine, method: str, path: str, status: int
) -> None:
    response = await engine.call("agency", method, path)

    assert response.status_code == status
    assert response.headers["Cache-Control"] == "no-store"
    assert response.headers["X-Content-Type-Options"] == "nosniff"


async def test_a_sender_who_goes_away_halfway_has_sent_nothing(engine: Engine) -> None:
    answered = await _break_off(engine.app, b'{"wanted": "cou')

    assert answered == []


async def _break_off(app: FastAPI, beginning: bytes) -> list[object]:
    """Begin a POST and disappear; what was answered to nobody."""
    messages: Iterator[dict[str, object]] = iter(
        [{"type": "http.request", "body": beginning, "more_body": True}, {"type": "http.disconnect"}]
    )
    answered: list[object] = []

    async def receive() -> dict[str, object]:
        return next(messages)

    async def send(message: object) -> None:
        answered.append(message)

    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "POST",
        "path": f"{API}/requests",
        "raw_path": b"",
        "query_string": b"",
        "headers": [],
        "scheme": "http",
        "server": ("api", 80),
    }
    async with asyncio.timeout(60):
        await app(scope, receive, send)
    return answered


async def _look_old(engine: Engine, number: str) -> None:
    """As if it had been filed a minute ago: upkeep leaves to the API what it has only just written."""
    async with engine.sessions.begin() as session:
        await session.execute(
            update(CaseRow)
            .where(col(CaseRow.number) == number)
            .values(opened_at=datetime.now(UTC) - timedelta(minutes=1))
        )

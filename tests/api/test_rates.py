"""How often one caller may call: what is over it is answered 429, and passes by itself."""

import time
from unittest.mock import patch

import pytest
from httpx import Response

from api.rates import Rate
from tests.api import words
from tests.engine import API, Engine


@pytest.fixture
def slow(engine: Engine) -> Engine:
    """An API that lets one key call twenty times at once, and strangers ten times."""
    return engine.api_with(calls_per_second=2, bad_calls_per_second=1)


async def until_429(engine: Engine, key: str, path: str, *, at_once: int, a_second: int) -> list[Response]:
    """Call until it is too much: after as many as may come at once and the few that time has given since."""
    answers: list[Response] = []
    began = time.monotonic()
    while not answers or answers[-1].status_code != 429:
        answers.append(await engine.call(key, "GET", path))
        assert len(answers) <= at_once + a_second * (time.monotonic() - began) + 1
    return answers


async def test_what_is_over_the_rate_is_told_when_to_come_again(slow: Engine) -> None:
    *passed, told_off = await until_429(slow, "reviewer", "/calendar/amendments", at_once=20, a_second=2)

    assert len(passed) >= 20
    assert {answer.status_code for answer in passed} == {403}
    assert words.problem(told_off, 429) == "rate-limited"
    assert told_off.headers["Retry-After"] == "1"


async def test_one_key_takes_nothing_from_another_and_a_stranger_nothing_from_a_key(slow: Engine) -> None:
    for _ in range(25):
        await slow.call("reviewer", "GET", "/calendar/amendments")
    *strangers, told_off = await until_429(slow, "nobody's key", "/register", at_once=10, a_second=1)

    other = await slow.call("agency", "GET", "/calendar/amendments")
    keyless = await words.send(slow.app, "GET", f"{API}/register")

    assert len(strangers) >= 10
    assert {one.status_code for one in strangers} == {401}
    assert words.problem(told_off, 429) == words.problem(keyless, 429) == "rate-limited"
    assert other.status_code == 403


async def test_no_limit_is_no_limit(engine: Engine) -> None:
    unlimited = engine.api_with(calls_per_second=0)

    answers = [await unlimited.call("reviewer", "GET", "/calendar/amendments") for _ in range(40)]

    assert {answer.status_code for answer in answers} == {403}


def test_calls_come_back_at_the_rate_and_no_faster() -> None:
    rate = Rate(2)
    with patch("api.rates.time.monotonic") as now:
        now.return_value = 100.0
        at_once = [rate.wait("key") for _ in range(21)]
        now.return_value = 101.0
        later = [rate.wait("key") for _ in range(3)]

    assert at_once == [0.0] * 20 + [0.5]
    assert later == [0.0, 0.0, 0.5]


def test_callers_that_went_away_are_forgotten() -> None:
    rate = Rate(1)
    with patch("api.rates._TIDY_FROM", 100), patch("api.rates.time.monotonic") as now:
        for second in range(1000):
            now.return_value = float(second * 10)
            rate.wait(f"address-{second}")

    assert len(rate._full_at) <= 100

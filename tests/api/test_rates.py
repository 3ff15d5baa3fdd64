"""How often one caller may call: what is over it is answered 429, and passes by itself."""

from unittest.mock import patch

import pytest

from api.rates import Rate
from tests.api import words
from tests.engine import API, Engine


@pytest.fixture
def slow(engine: Engine) -> Engine:
    """An API that lets one key call twenty times at once, and strangers ten times."""
    return engine.api_with(calls_per_second=2, bad_calls_per_second=1)


async def test_what_is_over_the_rate_is_told_when_to_come_again(slow: Engine) -> None:
    answers = [await slow.call("reviewer", "GET", "/calendar/amendments") for _ in range(20)]
    # Meanwhile it may have got a few calls more.
    while answers[-1].status_code != 429:
        answers.append(await slow.call("reviewer", "GET", "/calendar/amendments"))

    assert {answer.status_code for answer in answers[:20]} == {403}
    assert words.problem(answers[-1], 429) == "rate-limited"
    assert answers[-1].headers["Retry-After"] == "1"


async def test_one_key_takes_nothing_from_another_and_a_stranger_nothing_from_a_key(slow: Engine) -> None:
    for _ in range(25):
        await slow.call("reviewer", "GET", "/calendar/amendments")
    strangers = [await slow.call("nobody's key", "GET", "/register") for _ in range(10)]
    while strangers[-1].status_code != 429:
        strangers.append(await slow.call("nobody's key", "GET", "/register"))

    other = await slow.call("agency", "GET", "/calendar/amendments")
    keyless = await words.send(slow.app, "GET", f"{API}/register")

    assert [one.status_code for one in strangers[:10]] == [401] * 10
    assert words.problem(strangers[-1], 429) == words.problem(keyless, 429) == "rate-limited"
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

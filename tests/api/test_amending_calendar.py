"""The calendar's amendments over HTTP: first what would move, then moving it, once."""

from datetime import date, timedelta
from uuid import uuid4

import httpx
import pytest

from models.tables import AmendmentRow
from models.terms import Clause
from tests.api import words
from tests.engine import Engine, Json

ROUTE = "/calendar/amendments"
DECREE = "постановление от 01.03.2021 № 10"


def _off(day: date) -> Json:
    return {"day": str(day), "working": False, "decree": DECREE}


async def _paper(engine: Engine, received_on: date) -> tuple[str, date]:
    """A paper letter of that day, and its last day: years ago, where no other test's case is."""
    number = await engine.file_paper(str(received_on))
    await engine.reviewing(number)
    clause = await engine.clause(number, Clause.REVIEW)
    assert clause is not None
    return number, clause.last_day


async def _last_day(engine: Engine, number: str) -> date:
    clause = await engine.clause(number, Clause.REVIEW)
    assert clause is not None
    return clause.last_day


async def _apply(engine: Engine, body: Json, key: str | None = None) -> httpx.Response:
    return await engine.post("supervisor", ROUTE, body, key=key)


async def test_a_preview_says_what_would_move_and_moves_nothing(engine: Engine) -> None:
    number, last_day = await _paper(engine, date(2021, 3, 1))

    response = await engine.post("admin", f"{ROUTE}/preview", _off(last_day))

    (moved,) = [one for one in response.json()["moved"] if one["number"] == number]
    assert (moved["clause"], moved["last_day"]) == ("4.2", str(last_day))
    assert moved["new_last_day"] > str(last_day)
    assert await _last_day(engine, number) == last_day
    assert str(last_day) not in [one["day"] for one in await engine.get("admin", ROUTE)]


async def test_an_amendment_moves_what_it_said_it_would(engine: Engine) -> None:
    number, last_day = await _paper(engine, date(2021, 5, 11))

    response = await _apply(engine, _off(last_day))

    (moved,) = [one for one in response.json()["moved"] if one["number"] == number]
    assert response.status_code == 201
    await engine.until(lambda: _is_moved(engine, number, last_day))
    assert str(await _last_day(engine, number)) == moved["new_last_day"]
    assert {"day": str(last_day), "working": False, "decree": DECREE}.items() <= (
        await engine.get("supervisor", ROUTE)
    )[-1].items()


async def test_the_same_amendment_sent_twice_is_entered_once(engine: Engine) -> None:
    key, body = uuid4().hex, _off(date(2020, 6, 3))

    first, second = await _apply(engine, body, key), await _apply(engine, body, key)

    assert first.json() == second.json()
    days = [one["day"] for one in await engine.get("admin", ROUTE)]
    assert days.count("2020-06-03") == 1


async def test_an_amendment_that_crashed_in_between_is_entered_once(engine: Engine) -> None:
    key, body = uuid4().hex, _off(date(2020, 6, 4))
    first = await _apply(engine, body, key)
    await words.age(engine, key, seconds=31)

    again = await _apply(engine, body, key)

    assert again.json()["id"] == first.json()["id"]


async def test_with_temporal_away_it_is_in_force_all_the_same_and_upkeep_has_cases_moved(
    engine: Engine, with_temporal_away: Engine
) -> None:
    number, last_day = await _paper(engine, date(2021, 8, 2))

    response = await _apply(with_temporal_away, _off(last_day))
    await _look_old(engine, response.json()["id"])
    await engine.upkeep.round()

    assert response.status_code == 201
    assert number in [one["number"] for one in response.json()["moved"]]
    await engine.until(lambda: _is_moved(engine, number, last_day))


@pytest.mark.parametrize(
    ("changes", "fields"),
    [
        ({"day": "9999-12-31"}, {"day": "год — от 2019 до 2100"}),
        ({"day": 0}, {"day": "нужна дата в виде ГГГГ-ММ-ДД"}),
        ({"working": "no"}, {"working": "нужно true или false"}),
        ({"working": 0}, {"working": "нужно true или false"}),
        ({"decree": ""}, {"decree": "слишком коротко"}),
    ],
)
@pytest.mark.parametrize("route", [ROUTE, f"{ROUTE}/preview"])
async def test_nonsense_is_named(engine: Engine, route: str, changes: Json, fields: dict[str, str]) -> None:
    response = await engine.post("admin", route, {**_off(date(2020, 6, 5)), **changes})

    assert words.wrong_fields(response) == fields


async def _is_moved(engine: Engine, number: str, last_day: date) -> bool:
    return await _last_day(engine, number) != last_day


async def _look_old(engine: Engine, amendment: int) -> None:
    """As if it had been entered a minute ago: upkeep leaves to the API what it has only just written."""
    async with engine.sessions.begin() as session:
        row = await session.get_one(AmendmentRow, amendment)
        row.entered_at -= timedelta(minutes=1)

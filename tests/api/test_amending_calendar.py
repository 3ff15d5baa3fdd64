"""The calendar's amendments over HTTP: first what would move, then moving it, once."""

import asyncio
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
    await engine.look_after(number)

    assert response.status_code == 201
    assert number in [one["number"] for one in response.json()["moved"]]
    await engine.until(lambda: _is_moved(engine, number, last_day))


async def test_two_who_amend_a_day_at_once_enter_it_once(engine: Engine) -> None:
    body = _off(date(2020, 6, 8))

    answers = await asyncio.gather(*(_apply(engine, body) for _ in range(4)))

    assert sorted(answer.status_code for answer in answers) == [201, 409, 409, 409]
    days = [one["day"] for one in await engine.get("admin", ROUTE)]
    assert days.count("2020-06-08") == 1


@pytest.mark.parametrize(
    ("changes", "type", "detail"),
    [
        ({"day": "2020-06-06"}, "day-unchanged", "День 06.06.2020 и без того выходной (суббота)."),
        ({"day": "2020-06-12"}, "day-unchanged", "День 12.06.2020 и без того выходной (День России)."),
        ({"working": True}, "day-unchanged", "День 09.06.2020 и без того рабочий."),
        ({"day": "2020-06-10"}, "day-amended-already", "сначала отмените это изменение"),
        ({"day": "2020-06-10", "working": True}, "day-amended-already", f"уже изменён ({DECREE})"),
    ],
)
async def test_what_repeats_or_contradicts_is_refused_and_said_why(
    engine: Engine, changes: Json, type: str, detail: str
) -> None:
    await _apply(engine, _off(date(2020, 6, 10)))
    before = await engine.get("admin", ROUTE)
    body = {**_off(date(2020, 6, 9)), **changes}

    for route in (ROUTE, f"{ROUTE}/preview"):
        answer = await engine.post("admin", route, body)
        assert words.problem(answer, 409) == type
        assert detail in answer.json()["detail"]

    assert await engine.get("admin", ROUTE) == before


@pytest.mark.parametrize(
    ("day", "working", "note"),
    [("2020-06-05", False, "День уже прошёл"), ("2100-06-04", False, ""), ("2100-06-05", True, "")],
)
async def test_a_day_already_past_is_taken_and_said_to_be(
    engine: Engine, day: str, working: bool, note: str
) -> None:
    body = {"day": day, "working": working, "decree": DECREE}

    response = await engine.post("admin", f"{ROUTE}/preview", body)

    assert response.status_code == 200, response.text
    assert response.json()["note"].startswith(note)
    assert bool(response.json()["note"]) == bool(note)


async def test_an_amendment_is_taken_back_with_who_when_and_by_what(engine: Engine) -> None:
    number, last_day = await _paper(engine, date(2021, 9, 1))
    amendment = (await _apply(engine, _off(last_day))).json()
    await engine.until(lambda: _is_moved(engine, number, last_day))

    key = uuid4().hex
    first, second = [await _withdraw(engine, amendment["id"], key) for _ in range(2)]
    await engine.until(lambda: _is_back(engine, number, last_day))

    assert (first.status_code, second.json()) == (201, first.json())
    assert number in [one["number"] for one in first.json()["moved"]]
    entered, withdrawn = (await engine.get("admin", ROUTE))[-2:]
    assert (entered["in_force"], entered["working"], entered["decree"]) == (False, False, DECREE)
    assert (withdrawn["in_force"], withdrawn["working"], withdrawn["day"]) == (False, None, str(last_day))
    assert withdrawn["decree"] == "постановление от 02.03.2021 № 11"
    assert withdrawn["entered_by"] != entered["entered_by"]
    assert withdrawn["entered_at"] > entered["entered_at"]
    assert (await _apply(engine, _off(last_day))).status_code == 201


async def test_what_is_in_force_no_more_is_not_taken_back(engine: Engine) -> None:
    amendment = (await _apply(engine, _off(date(2020, 6, 11)))).json()["id"]
    withdrawal = (await _withdraw(engine, amendment)).json()["id"]

    for gone in (amendment, withdrawal):
        assert words.problem(await _withdraw(engine, gone), 409) == "amendment-not-in-force"
    assert words.problem(await _withdraw(engine, 2**31 - 1), 404) == "not-found"


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


async def _withdraw(engine: Engine, amendment: int, key: str | None = None) -> httpx.Response:
    body = {"decree": "постановление от 02.03.2021 № 11"}
    return await engine.post("admin", f"{ROUTE}/{amendment}/withdrawal", body, key=key)


async def _is_back(engine: Engine, number: str, last_day: date) -> bool:
    return await _last_day(engine, number) == last_day


async def _is_moved(engine: Engine, number: str, last_day: date) -> bool:
    return await _last_day(engine, number) != last_day


async def _look_old(engine: Engine, amendment: int) -> None:
    """As if it had been entered a minute ago: upkeep leaves to the API what it has only just written."""
    async with engine.sessions.begin() as session:
        row = await session.get_one(AmendmentRow, amendment)
        row.entered_at -= timedelta(minutes=1)

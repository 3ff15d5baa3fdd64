"""«What if this day becomes a day off»: who moves and who would hear of it; nothing is applied."""

from datetime import date

import pytest

from models.tables import ClauseRow
from models.terms import Clause
from tests.api import words
from tests.engine import Engine, Json

ROUTE = "/calendar/what-if"


async def _paper(engine: Engine, received_on: date, title: str = "Курс") -> ClauseRow:
    """A paper letter of that day under review: years ago, where no other test's case is."""
    number = await engine.file_paper(str(received_on), course_name=title)
    await engine.reviewing(number)
    clause = await engine.clause(number, Clause.REVIEW)
    assert clause is not None
    return clause


async def _ask(engine: Engine, day: date, *, is_working: bool = False, role: str = "supervisor") -> Json:
    return dict(await engine.get(role, f"{ROUTE}?day={day}&is_working={str(is_working).lower()}"))


def _of(answer: Json, number: str) -> Json | None:
    return next((one for one in answer["moved"] if one["number"] == number), None)


async def test_it_says_which_case_moves_where_and_who_must_be_told(engine: Engine) -> None:
    clause = await _paper(engine, date(2022, 3, 1), "Охрана труда 2022")

    answer = await _ask(engine, clause.last_day)

    assert _of(answer, clause.number) == {
        "number": clause.number,
        "case_name": f"Запрос № {clause.number}",
        "title": "Охрана труда 2022",
        "organisation": "zdrav",
        "organisation_name": "Департамент здравоохранения Тюменской области",
        "clause": "4.2",
        "last_day": "2022-03-31",
        "new_last_day": "2022-04-01",
        "overdue": True,
        "would_be_overdue": True,
        "told": [
            {"code": "agency", "name": "инициатор"},
            {"code": "reviewer", "name": "рассматривающие"},
        ],
    }
    assert (answer["day"], answer["is_working"]) == ("2022-03-31", False)
    assert answer["note"].startswith("День уже прошёл")


async def test_nothing_is_applied(engine: Engine) -> None:
    clause = await _paper(engine, date(2022, 4, 1))
    amendments = await engine.get("admin", "/calendar/amendments")
    # Its letters have gone: nothing more comes by itself.
    await engine.until(lambda: _told(engine, clause.number))
    journal = await engine.journal(clause.number)

    assert _of(await _ask(engine, clause.last_day, role="admin"), clause.number)

    again = await engine.clause(clause.number, Clause.REVIEW)
    assert again is not None
    assert again.last_day == clause.last_day
    assert await engine.get("admin", "/calendar/amendments") == amendments
    assert await engine.journal(clause.number) == journal


async def test_where_only_a_reminder_moves_nobody_is_told(engine: Engine) -> None:
    clause = await _paper(engine, date(2022, 6, 1))  # due on Friday 1 July; a reminder on the day before

    moved = _of(await _ask(engine, date(2022, 6, 30)), clause.number)

    assert moved is not None
    assert (moved["last_day"], moved["new_last_day"], moved["told"]) == ("2022-07-01", "2022-07-01", [])


async def test_a_day_that_touches_nobody_moves_nobody(engine: Engine) -> None:
    clause = await _paper(engine, date(2022, 8, 1))

    assert _of(await _ask(engine, date(2022, 10, 3)), clause.number) is None
    assert (await _ask(engine, date(2100, 10, 4)))["note"] == ""


async def test_what_it_says_is_what_the_amendment_then_does(engine: Engine, calendar_as_before: None) -> None:
    clause = await _paper(engine, date(2022, 9, 1))
    foretold = _of(await _ask(engine, clause.last_day), clause.number)
    assert foretold is not None

    body = {"day": str(clause.last_day), "working": False, "decree": "постановление № 1"}
    answer = (await engine.post("supervisor", "/calendar/amendments", body)).json()

    moved = _of(answer, clause.number)
    assert moved is not None
    assert moved.items() <= foretold.items()
    # Taking it back may be supposed too.
    back = _of(await _ask(engine, clause.last_day, is_working=True), clause.number)
    assert back is not None
    assert (back["last_day"], back["new_last_day"]) == (foretold["new_last_day"], foretold["last_day"])


@pytest.mark.parametrize(
    ("day", "is_working", "detail"),
    [
        ("2022-06-04", False, "День 04.06.2022 и без того выходной (суббота)."),
        ("2022-06-03", True, "День 03.06.2022 и без того рабочий."),
    ],
)
async def test_a_day_that_is_so_already_is_said_to_be(
    engine: Engine, day: str, is_working: bool, detail: str
) -> None:
    response = await engine.call("admin", "GET", f"{ROUTE}?day={day}&is_working={is_working}")

    assert words.problem(response, 409) == "day-unchanged"
    assert response.json()["detail"] == detail


@pytest.mark.parametrize(
    ("query", "fields"),
    [
        ("is_working=true", {"day": "поле обязательно"}),
        ("day=2022-06-04", {"is_working": "поле обязательно"}),
        ("day=0&is_working=true", {"day": "нужна дата в виде ГГГГ-ММ-ДД"}),
        ("day=2022-02-30&is_working=true", {"day": "нужна дата в виде ГГГГ-ММ-ДД"}),
        ("day=9999-12-31&is_working=true", {"day": "год — от 2019 до 2100"}),
        ("day=2022-06-04&is_working=perhaps", {"is_working": "нужно true или false"}),
    ],
)
async def test_nonsense_is_named(engine: Engine, query: str, fields: dict[str, str]) -> None:
    assert words.wrong_fields(await engine.call("admin", "GET", f"{ROUTE}?{query}")) == fields


async def _told(engine: Engine, number: str) -> bool:
    """Whether the reviewers have their letter, and the journal its line."""
    return any("рассмотрите запрос" in line for line in await engine.journal(number))

"""The clause ledger over HTTP: of a case, of a period, in sum, as a workbook; each role its own."""

import io
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from python_calamine import CalamineWorkbook

from api.auth import Role
from models.deadlines import local_date
from models.ledger import State
from models.requests import Stage
from tests.api import course_cases, words
from tests.engine import Engine, Json, request_form


def _today() -> date:
    return local_date(datetime.now(UTC))


def _days(query: str = "") -> str:
    """The period of today, whatever the tests have opened."""
    return f"?from={_today() - timedelta(days=1)}&to={_today()}{query}"


async def _lines(engine: Engine, key: str, number: str) -> dict[str, Json]:
    """A case's lines by clause."""
    case = await engine.get(key, f"/cases/{number}/ledger")
    return {line["clause"]: line for line in case["lines"]}


def _clock(case: Json) -> dict[str, tuple[int, int]]:
    return {one["party"]["code"]: (one["days"], one["running"]) for one in case["clock"]}


async def _of_period(engine: Engine, key: str, limit: int = 1000, query: str = "") -> list[Json]:
    items: list[Json] = []
    cursor = ""
    while True:
        page = await engine.get(key, f"/ledger{_days(query)}&limit={limit}{cursor}")
        items += page["items"]
        if page["next"] is None:
            return items
        cursor = f"&cursor={page['next']}"


async def test_a_case_that_went_through_is_kept_clause_by_clause(engine: Engine) -> None:
    number = await words.done(engine, course_name="Охрана труда, журнал")

    lines = await _lines(engine, "agency", number)

    assert list(lines) == ["4.1", "4.2", "4.3"]
    assert {line["state"]["code"] for line in lines.values()} == {"kept"}
    assert lines["4.2"]["by"] == "Петров Сергей Ильич"
    assert lines["4.3"]["by"] == "система"
    assert lines["4.3"]["evidence"] == (
        "Проверено в Moodle: что создано и какие права даны. Исполнено системой: роль «учитель» настроена"
    )
    assert lines["4.1"]["last_day"] is None
    assert lines["4.2"]["started_on"] == lines["4.3"]["started_on"] == str(_today())
    assert all(line["by"] and line["evidence"] and line["done_at"] for line in lines.values())
    case = await engine.get("agency", f"/cases/{number}/ledger")
    assert (case["case_name"], case["title"]) == (f"Запрос № {number}", "Охрана труда, журнал")
    assert _clock(case) == dict.fromkeys(("agency", "authority", "operator"), (0, 0))


async def test_a_case_under_review_runs_the_authoritys_clock(engine: Engine) -> None:
    number = await engine.file_paper("2026-03-02")

    async def overdue() -> Json | None:
        line = (await _lines(engine, "reviewer", number))["4.2"]
        return line if line["state"]["code"] == "late" else None

    line = await engine.until(overdue)

    late = (_today() - date(2026, 4, 1)).days
    assert (line["last_day"], line["late_days"], line["done_at"]) == ("2026-04-01", late, None)
    assert line["late_by"].startswith(f"на {late} д")
    assert line["running"]
    assert line["by"] == line["evidence"] == ""
    case = await engine.get("reviewer", f"/cases/{number}/ledger")
    assert _clock(case)["authority"] == ((_today() - date(2026, 3, 2)).days, 1)
    assert case["lines"][2] == {
        "clause": "4.3",
        "clause_title": "Настройка роли «учитель» Оператором",
        "party": {"code": "operator", "name": "Оператор"},
        "state": {"code": "not_yet_due", "name": "срок не наступил"},
        "started_on": None,
        "last_day": None,
        "done_at": None,
        "late_by": "",
        "late_days": 0,
        "by": "",
        "evidence": "",
        "spent_days": 0,
        "running": False,
    }


async def test_a_late_decision_is_late_by_what_was_recorded(engine: Engine) -> None:
    number = await engine.file_paper("2026-03-02")
    await engine.reviewing(number)
    await engine.approve(number)
    await words.until_stage(engine, number, Stage.DONE)

    line = (await _lines(engine, "supervisor", number))["4.2"]

    late = (_today() - date(2026, 4, 1)).days
    assert line["state"]["code"] == "late"
    assert line["late_days"] == late
    assert line["late_by"] in line["evidence"]
    assert line["done_at"] is not None
    assert not line["running"]


@pytest.mark.parametrize("incomplete", [True, False])
async def test_what_was_refused_needs_no_setup(engine: Engine, incomplete: bool) -> None:
    """Also where the engine itself has refused at once."""
    number = await engine.file(goal="") if incomplete else await words.refused(engine)
    await words.until_stage(engine, number, Stage.REFUSED)

    lines = await _lines(engine, "agency", number)

    states = {clause: line["state"]["code"] for clause, line in lines.items()}
    assert states == {"4.1": "kept", "4.2": "kept", "4.3": "does_not_apply"}
    assert lines["4.2"]["by"] == ("система" if incomplete else "Петров Сергей Ильич")
    assert lines["4.2"]["evidence"].startswith("Отказ")


async def test_what_was_withdrawn_was_nobodys_term(engine: Engine) -> None:
    number = await engine.file()
    await engine.reviewing(number)
    await engine.post("agency", f"/requests/{number}/withdrawal", {"reason": "Не нужен"})
    await words.until_stage(engine, number, Stage.WITHDRAWN)

    states = {
        clause: one["state"]["code"] for clause, one in (await _lines(engine, "agency", number)).items()
    }

    assert states == {"4.1": "kept", "4.2": "does_not_apply", "4.3": "does_not_apply"}


async def test_the_time_between_a_refusal_and_the_next_request_is_the_agencys(engine: Engine) -> None:
    refused = await words.refused(engine)
    number = await engine.file(previous=refused)

    line = (await _lines(engine, "agency", number))["4.1"]

    assert line["started_on"] == str(_today())
    assert line["spent_days"] == 0


async def test_a_period_lists_its_cases_in_pages_that_lose_and_double_nothing(engine: Engine) -> None:
    few = await words.issue(engine, Role.AGENCY, "trud")
    filed = [(await engine.post(few, "/requests", request_form())).json()["number"] for _ in range(5)]

    in_pages = await _of_period(engine, few, limit=2)
    at_once = await _of_period(engine, few)

    numbers = [case["number"] for case in in_pages]
    assert [number for number in numbers if number in filed] == filed
    assert len(numbers) == len(set(numbers))
    assert numbers == [case["number"] for case in at_once]
    assert {len(case["lines"]) for case in at_once if case["number"] in filed} == {3}


async def test_a_period_holds_both_its_days_and_no_others(engine: Engine) -> None:
    number = await engine.file()
    today = _today()

    async def listed(first: date, last: date) -> bool:
        page = await engine.get("agency", f"/ledger?from={first}&to={last}&limit=1000")
        return number in [case["number"] for case in page["items"]]

    assert await listed(today, today)
    assert not await listed(today - timedelta(days=30), today - timedelta(days=1))
    assert not await listed(today + timedelta(days=1), today + timedelta(days=30))


async def test_each_sees_the_ledger_of_their_own_cases(engine: Engine) -> None:
    own = await engine.file(responsible={**request_form()["responsible"], "email": "ledger@example.org"})
    other = await engine.file()
    ordered = await words.by_hand(engine)
    keys = {
        "agency": {own, other, ordered},
        "supervisor": {own, other, ordered},
        "operator": {ordered},
        await words.issue(engine, Role.RESPONSIBLE, "zdrav", email="ledger@example.org"): {own},
        await words.issue(engine, Role.AGENCY, "trud"): set[str](),
    }

    for key, seen in keys.items():
        numbers = {case["number"] for case in await _of_period(engine, key)}
        totals = await engine.get(key, f"/ledger/totals{_days()}")
        assert numbers & {own, other, ordered} == seen
        assert totals["cases"] == len(numbers)
        for number in (own, other, ordered):
            response = await engine.call(key, "GET", f"/cases/{number}/ledger")
            assert response.status_code == (200 if number in seen else 404)


async def test_a_courses_case_has_its_one_clause(engine: Engine) -> None:
    course = await course_cases.course_of(engine, await words.done(engine))

    async with course_cases.consultation(engine, course, date(2026, 11, 2)) as number:
        (line,) = (await _lines(engine, "operator", number)).values()
        listed = {case["number"]: case for case in await _of_period(engine, "agency")}

    assert (line["clause"], line["party"]["code"]) == ("4.3–4.4", "operator")
    assert (line["started_on"], line["last_day"]) == ("2026-11-02", "2026-11-05")
    assert line["state"]["code"] == "late"
    assert _clock(listed[number])["operator"] == ((_today() - date(2026, 11, 2)).days, 1)


async def test_totals_are_those_of_the_lines(engine: Engine) -> None:
    await words.done(engine)
    await words.refused(engine)
    cases = await _of_period(engine, "supervisor")
    lines = [line for case in cases for line in case["lines"]]

    totals = await engine.get("supervisor", f"/ledger/totals{_days()}")

    assert totals["cases"] == len(cases)
    for clause in totals["clauses"]:
        of_clause = [line["state"]["code"] for line in lines if line["clause"] == clause["clause"]]
        counts = {one["state"]["code"]: one["count"] for one in clause["states"]}
        assert counts == {state: of_clause.count(state) for state in State}
    by_clause = {clause["clause"]: clause for clause in totals["clauses"]}
    assert (by_clause["4.2"]["unit"], by_clause["4.3"]["unit"]) == ("calendar_days", "working_days")
    assert by_clause["4.3"]["done"] >= 1
    assert by_clause["4.3"]["median"] <= by_clause["4.3"]["p90"]
    for party, in_sum in _clock(totals).items():
        of_cases = [_clock(case).get(party, (0, 0)) for case in cases]
        assert in_sum == (sum(days for days, _ in of_cases), sum(running for _, running in of_cases))


async def test_the_workbook_has_the_same_lines(engine: Engine) -> None:
    number = await words.done(engine, course_name="=1+1; журнал")
    lines = [line for case in await _of_period(engine, "agency") for line in case["lines"]]

    response = await engine.call("agency", "GET", f"/ledger.xlsx{_days()}")

    assert response.headers["Content-Disposition"].startswith('attachment; filename="punkty-')
    book = CalamineWorkbook.from_filelike(io.BytesIO(response.content))
    table = book.get_sheet_by_name("Пункты").to_python()
    assert [row[3] for row in table[1:]] == [line["clause"] for line in lines]
    assert [row[6] for row in table[1:]] == [line["state"]["name"] for line in lines]
    assert [row[1] for row in table if row[0] == f"Запрос № {number}"] == ["=1+1; журнал"] * 3
    totals = {str(row[0]).split()[0]: row for row in book.get_sheet_by_name("Сводка").to_python() if row[0]}
    assert totals["4.3"][1] == [line["state"]["code"] for line in lines if line["clause"] == "4.3"].count(
        "kept"
    )


@pytest.mark.parametrize("route", ["/ledger", "/ledger/totals", "/ledger.xlsx"])
@pytest.mark.parametrize(
    ("query", "fields"),
    [
        ("to=2026-01-01", {"from": "поле обязательно"}),
        ("from=2026-01-01", {"to": "поле обязательно"}),
        ("from=0&to=2026-01-01", {"from": "нужна дата в виде ГГГГ-ММ-ДД"}),
        ("from=2018-12-31&to=2026-01-01", {"from": "год — от 2019 до 2100"}),
        ("from=2026-01-02&to=2026-01-01", {"to": "раньше начала периода"}),
    ],
)
async def test_a_period_that_is_none_is_named(
    engine: Engine, route: str, query: str, fields: dict[str, str]
) -> None:
    assert words.wrong_fields(await engine.call("agency", "GET", f"{route}?{query}")) == fields


@pytest.mark.parametrize("query", ["limit=0", "limit=1001", "cursor=nonsense", "cursor=e30="])
async def test_a_wrong_parameter_is_named(engine: Engine, query: str) -> None:
    response = await engine.call("agency", "GET", f"/ledger{_days()}&{query}")

    assert list(words.wrong_fields(response)) == [query.partition("=")[0]]


async def test_a_period_without_cases_is_empty_everywhere(engine: Engine) -> None:
    nothing = "?from=2019-01-01&to=2019-01-02"

    page = await engine.get("supervisor", f"/ledger{nothing}")
    totals: Any = await engine.get("supervisor", f"/ledger/totals{nothing}")
    workbook = await engine.call("supervisor", "GET", f"/ledger.xlsx{nothing}")

    assert page == {"items": [], "next": None}
    assert (totals["cases"], totals["clauses"]) == (0, [])
    book = CalamineWorkbook.from_filelike(io.BytesIO(workbook.content))
    assert len(book.get_sheet_by_name("Пункты").to_python()) == 1

"""`GET /deadlines`: the most urgent first, each role its own, pages that neither lose nor double."""

import io
from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import pytest
from python_calamine import CalamineWorkbook

from api.auth import Role
from api.schemas.deadlines import WaitedFor
from models import deadlines, russian
from models.calendar import WorkCalendar
from models.deadlines import Deadline, local_date
from models.requests import Stage
from models.terms import Clause, Recipient
from tests.api import course_cases, words
from tests.engine import Engine, Json, request_form
from tests.workflows import replacements, standing
from tests.workflows.courses import building


async def _items(engine: Engine, key: str, query: str = "", *, limit: int = 200) -> list[Json]:
    """The whole list, page by page."""
    items: list[Json] = []
    cursor = ""
    while True:
        page = await engine.get(key, f"/deadlines?limit={limit}{cursor}{query}")
        items += page["items"]
        if page["next"] is None:
            return items
        cursor = f"&cursor={page['next']}"


async def _numbers(engine: Engine, key: str, query: str = "", *, limit: int = 200) -> list[str]:
    return [item["number"] for item in await _items(engine, key, query, limit=limit)]


async def test_a_deadline_says_what_is_left_who_is_waited_for_and_why(engine: Engine) -> None:
    number = await standing.under_review(engine, course_name="Охрана труда 2026")
    clause = await engine.clause(number, Clause.REVIEW)
    assert clause is not None
    left = deadlines.days_left(Deadline.model_validate(clause.deadline), datetime.now(UTC), WorkCalendar())

    (item,) = [one for one in await _items(engine, "reviewer") if one["number"] == number]

    assert item == {
        "number": number,
        "case_name": f"Запрос № {number}",
        "title": "Охрана труда 2026",
        "organisation": "zdrav",
        "organisation_name": "Департамент здравоохранения Тюменской области",
        "clause": "4.2",
        "clause_title": "Рассмотрение запроса и решение",
        "last_day": str(clause.last_day),
        "due_at": f"{clause.last_day + timedelta(days=1)}T00:00:00+05:00",
        "days_left": left,
        "unit": "calendar_days",
        "standing": russian.left(left),
        "overdue": False,
        "pressure": "in_time",
        "claimed_by": "",
        "provisional": clause.is_provisional,
        "waits_for": "reviewer",
        "waits_for_name": "рассматривающие",
        "why": clause.explanation["sentence"],
        "explanation": f"http://api.example.org/api/v1/cases/{number}/deadlines",
    }
    assert 30 <= left <= 45


async def test_the_most_urgent_come_first_in_pages_that_lose_and_double_nothing(engine: Engine) -> None:
    later = await engine.file_paper("2026-03-10")
    late = await engine.file_paper("2026-03-02")
    latest = await standing.under_review(engine)
    for number in (late, later):
        await engine.reviewing(number)

    items = await _items(engine, "reviewer", limit=2)

    numbers = [item["number"] for item in items]
    assert [one for one in numbers if one in (late, later, latest)] == [late, later, latest]
    assert len(numbers) == len(set(numbers))
    assert [item["due_at"] for item in items] == sorted(item["due_at"] for item in items)


async def test_what_is_late_says_so_with_a_negative_number(engine: Engine) -> None:
    late = await engine.file_paper("2026-03-02")

    async def listed() -> list[Json]:
        items = await _items(engine, "supervisor", "&overdue=true")
        return [one for one in items if one["number"] == late]

    (item,) = await engine.until(listed)

    days = (local_date(datetime.now(UTC)) - date(2026, 4, 1)).days
    assert item["days_left"] == -days
    assert item["standing"].startswith(f"просрочено на {days} ")
    assert late not in await _numbers(engine, "supervisor", "&overdue=false")


async def test_what_is_decided_is_due_no_more(engine: Engine) -> None:
    closed = await words.refused(engine)

    assert closed not in await _numbers(engine, "supervisor")


async def test_agencies_and_responsibles_see_their_own_alone(engine: Engine) -> None:
    responsible = request_form()["responsible"]
    own, nobodys = [
        await standing.under_review(engine, responsible={**responsible, "email": email})
        for email in ("own@example.org", "")
    ]
    responsible = await words.issue(engine, Role.RESPONSIBLE, "zdrav", email="own@example.org")
    colleague = await words.issue(engine, Role.RESPONSIBLE, "zdrav", email="other@example.org")
    stranger = await words.issue(engine, Role.AGENCY, "trud")

    assert {own, nobodys} <= set(await _numbers(engine, "agency"))
    assert await _numbers(engine, responsible) == [own]
    assert await _numbers(engine, colleague) == []
    assert not {own, nobodys} & set(await _numbers(engine, stranger))
    assert await _numbers(engine, stranger, "&agency=zdrav") == []


async def test_the_operator_sees_what_was_ordered(engine: Engine) -> None:
    under_review, ordered = await standing.under_review(engine), await words.by_hand(engine)

    items = {item["number"]: item for item in await _items(engine, "operator")}

    assert under_review not in items
    assert (items[ordered]["clause"], items[ordered]["waits_for"]) == ("4.3", "operator")
    assert items[ordered]["unit"] == "working_days"


async def test_filters_narrow_the_list_together(engine: Engine) -> None:
    under_review, ordered = await standing.under_review(engine), await words.by_hand(engine)

    of_clause = await _items(engine, "supervisor", "&clause=4.3&agency=zdrav")
    waiting = await _items(engine, "supervisor", "&waits_for=reviewer")
    contradicting = await _numbers(engine, "supervisor", "&waits_for=reviewer&clause=4.3")

    assert ordered in [one["number"] for one in of_clause]
    assert {(one["clause"], one["organisation"]) for one in of_clause} == {("4.3", "zdrav")}
    assert under_review in [one["number"] for one in waiting]
    assert {one["waits_for"] for one in waiting} == {"reviewer"}
    assert contradicting == []


async def test_ones_own_are_those_that_one_has_taken_or_that_wait_for_oneself(engine: Engine) -> None:
    word = f"Ю{uuid4().hex[:8]}"
    taken, _ = [await standing.under_review(engine, course_name=f"{word} {n}") for n in range(2)]
    ordered = await words.by_hand(engine, course_name=f"{word} заказан")
    await engine.post("reviewer", f"/requests/{taken}/claim")
    other = await words.issue(engine, Role.REVIEWER, "di")

    mine = f"&waits_for=me&search={word}"
    assert await _numbers(engine, "reviewer", mine) == [taken]
    assert await _numbers(engine, "operator", mine) == [ordered]
    for nobody in (other, "supervisor", "agency", "admin"):
        assert await _numbers(engine, nobody, mine) == []
    totals = await engine.get("reviewer", f"/deadlines/totals?waits_for=me&search={word}")
    assert totals == {"overdue": 0, "at_risk": 0, "in_time": 1}
    table = await engine.call("reviewer", "GET", f"/deadlines.csv?waits_for=me&search={word}")
    assert len(table.content.decode().splitlines()) == 2


async def test_a_course_without_a_day_is_nobodys_until_its_responsible_names_one(engine: Engine) -> None:
    email = f"teacher.{uuid4().hex[:8]}@example.org"
    course = (await replacements.held(engine, email=email)).course
    teacher = await replacements.key_of(engine, email)
    await building(engine, course)
    assert await _numbers(engine, teacher, "&waits_for=me") == []

    tomorrow = str(local_date(datetime.now(UTC)) + timedelta(days=1))
    await engine.post(teacher, f"/courses/{course.id}/authoring/plan", {"planned_on": tomorrow})

    assert await _numbers(engine, teacher, "&waits_for=me") == [f"authoring-{course.id}"]
    assert f"authoring-{course.id}" not in await _numbers(engine, "agency", "&waits_for=me")


def test_whoever_can_be_waited_for_can_be_asked_for() -> None:
    assert {one.value for one in WaitedFor} == {"me", *Recipient}


async def test_a_courses_case_is_seen_by_its_owner_its_responsible_and_staff(engine: Engine) -> None:
    """The list's rule is the rule of a single case, for cases that are no requests too."""
    email = f"teacher.{uuid4().hex[:8]}@example.org"
    request = await words.done(engine, responsible={**request_form()["responsible"], "email": email})
    course = await course_cases.course_of(engine, request)
    teacher = await words.issue(engine, Role.RESPONSIBLE, "zdrav", email=email)
    keys = {
        teacher: True,
        engine.keys["agency"]: True,
        **{engine.keys[role]: True for role in ("reviewer", "supervisor", "operator", "admin")},
        await words.issue(engine, Role.AGENCY, "trud"): False,
        await words.issue(engine, Role.RESPONSIBLE, "zdrav", email="colleague@example.org"): False,
    }

    async with course_cases.consultation(engine, course, date(2026, 11, 2)) as number:
        for key, sees in keys.items():
            assert (number in await _numbers(engine, key)) is sees
            single = await engine.call(key, "GET", f"/cases/{number}/deadlines")
            assert single.status_code == (200 if sees else 404)

        await course_cases.end_powers(engine, course, email, date(2026, 11, 20))
        assert number not in await _numbers(engine, teacher)


async def test_a_case_moves_from_one_clause_to_the_next(engine: Engine) -> None:
    number = await words.by_hand(engine)
    assert (await engine.row(number)).stage == Stage.SETUP

    clauses = [one["clause"] for one in await _items(engine, "agency") if one["number"] == number]

    assert clauses == ["4.3"]


@pytest.mark.parametrize(
    "query",
    ["limit=0", "limit=201", "overdue=perhaps", "clause=4.10", "waits_for=nobody", "agency=%00"],
)
async def test_a_wrong_parameter_is_named(engine: Engine, query: str) -> None:
    response = await engine.call("reviewer", "GET", f"/deadlines?{query}")

    assert list(words.wrong_fields(response)) == [query.partition("=")[0]]


@pytest.mark.parametrize("cursor", ["nonsense", "я", "%00", "bnVsbA==", "e30=", "W10="])
async def test_a_cursor_that_is_none_of_ours_is_named(engine: Engine, cursor: str) -> None:
    response = await engine.call("reviewer", "GET", f"/deadlines?cursor={cursor}")

    assert list(words.wrong_fields(response)) == ["cursor"]


async def test_a_cursor_of_another_list_is_none_of_ours(engine: Engine) -> None:
    for _ in range(2):
        await standing.under_review(engine)
    other = (await engine.get("reviewer", "/requests?order=newest&limit=1"))["next"]

    response = await engine.call("reviewer", "GET", f"/deadlines?cursor={other}")

    assert list(words.wrong_fields(response)) == ["cursor"]


async def test_a_search_finds_every_word_whatever_its_case_and_totals_count_the_same(engine: Engine) -> None:
    word = f"Щ{uuid4().hex[:8]}"
    number = await standing.under_review(engine, course_name=f"Охрана {word} труда")
    late = await engine.file_paper("2019-03-04", course_name=f"{word} 100%_")
    await engine.reviewing(late)

    async def is_overdue() -> bool:
        clause = await engine.clause(late, Clause.REVIEW)
        return clause is not None and clause.is_overdue

    await engine.until(is_overdue)

    found = await _numbers(engine, "reviewer", f"&search={word.lower()}")
    assert found == [late, number]
    assert await _numbers(engine, "reviewer", f"&search=труда {word}") == [number]
    assert await _numbers(engine, "reviewer", f"&search={word} %25_") == [late]
    assert await _numbers(engine, "reviewer", f"&search={number}") == [number]
    assert await _numbers(engine, "reviewer", f"&search={word}&pressure=overdue") == [late]
    assert await engine.get("reviewer", f"/deadlines/totals?search={word}") == {
        "overdue": 1,
        "at_risk": 0,
        "in_time": 1,
    }


async def test_the_whole_list_comes_as_a_table_as_it_is_filtered(engine: Engine) -> None:
    word = f"Ж{uuid4().hex[:8]}"
    filed = [await standing.under_review(engine, course_name=f"=Охрана {word} {n}") for n in range(2)]
    await engine.post("reviewer", f"/requests/{filed[0]}/claim")

    csv = await engine.call("reviewer", "GET", f"/deadlines.csv?search={word}&clause=4.2")
    assert csv.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert csv.headers["Content-Disposition"].startswith('attachment; filename="v-rabote-20')
    heading, *rows = csv.content.decode("utf-8-sig").splitlines()
    assert heading.startswith("Дело;Название;Организация;Пункт;")
    assert [row.split(";")[:2] for row in rows] == [
        [f"Запрос № {number}", f"'=Охрана {word} {n}"] for n, number in enumerate(filed)
    ]
    assert [row.rpartition(";")[2] for row in rows] == ["Петров Сергей Ильич", ""]

    xlsx = await engine.call("reviewer", "GET", f"/deadlines.xlsx?search={word}")
    book = CalamineWorkbook.from_filelike(io.BytesIO(xlsx.content))
    _, *cells = book.get_sheet_by_name("В работе").to_python()
    assert [row[1] for row in cells] == [f"=Охрана {word} {n}" for n in range(2)]
    assert cells[0][5:10] == ["рассматривающие", cells[0][6], "", cells[0][8], "в срок"]
    assert isinstance(cells[0][6], date)

    nothing = await engine.call("reviewer", "GET", f"/deadlines.csv?search={word}&pressure=overdue")
    assert nothing.content.decode("utf-8-sig").splitlines() == [heading]
    stranger = await words.issue(engine, Role.AGENCY, "trud")
    assert (await engine.call(stranger, "GET", f"/deadlines.csv?search={word}")).content == nothing.content

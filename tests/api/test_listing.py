"""Lists of requests: order, filters, and pages that neither lose nor double."""

import base64
import json
from typing import Any
from uuid import uuid4

import pytest

from api.auth import Role
from models.requests import Stage
from models.terms import Clause
from tests.api import words
from tests.engine import Engine, request_form
from tests.workflows import standing

ALL = "order=newest"


@pytest.fixture
async def agency(engine: Engine) -> str:
    """The key of an agency of which nothing is listed but what the test files: the others are old."""
    return await words.issue(engine, Role.AGENCY, "trud")


async def _file(engine: Engine, agency: str) -> str:
    response = await engine.post(agency, "/requests", request_form())
    assert response.status_code == 201, response.text
    return str(response.json()["number"])


async def _pages(engine: Engine, key: str, query: str, *, limit: int, count: int = 100) -> list[list[str]]:
    """Numbers page by page, to the end or for so many pages."""
    pages: list[list[str]] = []
    cursor = ""
    while len(pages) < count:
        page = await engine.get(key, f"/requests?{query}&limit={limit}{cursor}")
        pages.append([item["number"] for item in page["items"]])
        if page["next"] is None:
            break
        cursor = f"&cursor={page['next']}"
    return pages


async def test_three_pages_lose_and_double_nothing_while_new_ones_are_filed(
    engine: Engine, agency: str
) -> None:
    before = [await _file(engine, agency) for _ in range(5)]
    first = await engine.get(agency, f"/requests?{ALL}&limit=2")
    await _file(engine, agency)
    second = await engine.get(agency, f"/requests?{ALL}&limit=2&cursor={first['next']}")
    await _file(engine, agency)

    third = await engine.get(agency, f"/requests?{ALL}&limit=2&cursor={second['next']}")

    seen = [item["number"] for page in (first, second, third) for item in page["items"]]
    assert seen[:5] == before[::-1]
    assert len(seen) == len(set(seen))


async def test_the_most_urgent_come_first_whenever_they_were_filed(engine: Engine) -> None:
    late = await engine.file_paper("2026-03-02")
    later = await engine.file_paper("2026-03-10")
    latest = await standing.under_review(engine)
    for number in (late, later):
        await engine.reviewing(number)

    pages = await _pages(engine, "reviewer", "", limit=3)

    numbers = [number for page in pages for number in page]
    assert [one for one in numbers if one in (late, later, latest)] == [late, later, latest]
    assert len(numbers) == len(set(numbers))


async def test_a_request_whose_term_is_not_known_yet_is_listed_last(
    engine: Engine, with_temporal_away: Engine
) -> None:
    waiting = await standing.under_review(engine)
    unstarted = await with_temporal_away.file()

    pages = await _pages(engine, "reviewer", "", limit=2)

    numbers = [number for page in pages for number in page]
    assert numbers.index(unstarted) > numbers.index(waiting)
    assert len(numbers) == len(set(numbers))


async def test_closed_cases_are_in_the_list_of_all_and_not_in_the_urgent_one(engine: Engine) -> None:
    closed = await words.refused(engine)

    urgent = await _pages(engine, "agency", "", limit=200)
    newest = await _pages(engine, "agency", ALL, limit=200)

    assert closed not in urgent[0]
    assert closed in newest[0]


async def test_filters_narrow_the_list_together(engine: Engine, agency: str) -> None:
    overdue = await engine.file_paper("2026-03-02")
    await engine.until(lambda: _is_overdue(engine, overdue))
    await _file(engine, agency)

    page = await engine.get("reviewer", "/requests?overdue=true&agency=zdrav&stage=review&limit=200")
    nothing = await engine.get("reviewer", "/requests?overdue=true&agency=zdrav&stage=done")

    items = {item["number"]: item for item in page["items"]}
    assert items[overdue]["standing"].startswith("просрочено")
    assert {(item["overdue"], item["agency"], item["stage"]) for item in page["items"]} == {
        (True, "zdrav", "review")
    }
    assert nothing["items"] == []


async def test_what_is_not_overdue_is_all_the_rest(engine: Engine) -> None:
    closed = await words.refused(engine)

    page = await engine.get("reviewer", f"/requests?{ALL}&overdue=false&limit=200")

    assert closed in [item["number"] for item in page["items"]]
    assert not any(item["overdue"] for item in page["items"])


async def test_an_agency_lists_its_own_whatever_it_filters_by(engine: Engine, agency: str) -> None:
    mine = await _file(engine, agency)
    theirs = await standing.under_review(engine)

    own = await engine.get(agency, f"/requests?{ALL}&limit=200")
    other = await engine.get(agency, f"/requests?{ALL}&agency=zdrav")

    numbers = [item["number"] for item in own["items"]]
    assert mine in numbers
    assert theirs not in numbers
    assert other["items"] == []


async def test_the_operator_lists_only_what_was_ordered(engine: Engine) -> None:
    under_review, ordered = await standing.under_review(engine), await words.by_hand(engine)

    page = await engine.get("operator", f"/requests?{ALL}&limit=200")

    numbers = [item["number"] for item in page["items"]]
    assert ordered in numbers
    assert under_review not in numbers
    assert {item["stage"] for item in page["items"]} <= {Stage.SETUP, Stage.DONE}


def _encoded(cursor: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(cursor).encode()).decode()


_GOOD = {"order": "urgent", "number": "2026-000001", "due_at": "2026-12-24T19:00:00Z"}


@pytest.mark.parametrize(
    "cursor",
    [
        "nonsense",
        "я",
        "%00",
        _encoded(None),
        _encoded([]),
        _encoded([None, "2026-000001"]),
        _encoded({}),
        _encoded({**_GOOD, "more": 1}),
        _encoded({**_GOOD, "order": "newest"}),
        _encoded({**_GOOD, "number": "2026-000001\x00"}),
        _encoded({**_GOOD, "number": 1}),
        _encoded({**_GOOD, "due_at": "2026-12-24T19:00:00"}),
        _encoded({**_GOOD, "due_at": "tomorrow"}),
        _encoded({**_GOOD, "due_at": 10**30}),
        _encoded({**_GOOD, "number": "9" * 150}),
    ],
)
async def test_a_cursor_that_is_none_of_ours_is_named(engine: Engine, cursor: str) -> None:
    response = await engine.call("reviewer", "GET", f"/requests?cursor={cursor}")

    assert list(words.wrong_fields(response)) == ["cursor"]


@pytest.mark.parametrize(
    "query",
    [
        "limit=0",
        "limit=201",
        "limit=many",
        "stage=lost",
        "overdue=perhaps",
        "order=random",
        "agency=%00",
        f"agency={'x' * 255}",
        "&".join(["stage=review"] * 7),
    ],
)
async def test_a_wrong_parameter_is_named(engine: Engine, query: str) -> None:
    response = await engine.call("reviewer", "GET", f"/requests?{query}")

    assert next(iter(words.wrong_fields(response))).split(".")[0] == query.partition("=")[0]


async def test_an_agency_that_does_not_exist_has_no_requests(engine: Engine) -> None:
    page = await engine.get("reviewer", f"/requests?agency={uuid4().hex}")

    assert page == {"items": [], "next": None}


async def _is_overdue(engine: Engine, number: str) -> bool:
    clause = await engine.clause(number, Clause.REVIEW)
    return clause is not None and clause.is_overdue

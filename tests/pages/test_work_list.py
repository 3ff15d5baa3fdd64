"""The work list: counters that filter, search, order, and claiming on the row."""

import re
from datetime import timedelta
from urllib.parse import unquote
from uuid import uuid4

import pytest

from api.auth import Role
from models.terms import Clause
from tests.api import words
from tests.engine import Engine, today
from tests.pages.people import SignIn


def numbers(page: str) -> list[str]:
    return re.findall(r'<th scope="row"><a href="/cases/([^"]+)"', page)


def counters(page: str) -> dict[str, int]:
    return {name: int(n) for name, n in re.findall(r'<a class="(\w+)"[^>]*><b>(\d+)</b>', page)}


def _days_ago(n: int) -> str:
    return str((today() - timedelta(days=n)).date())


@pytest.fixture
async def mark(stand: Engine) -> str:
    """A word by which the cases of one test are found."""
    return f"м{uuid4().hex[:10]}"


async def test_the_most_urgent_come_first_and_counters_filter(
    stand: Engine, signed_in: SignIn, mark: str
) -> None:
    fresh = await stand.file(course_name=f"Свежий {mark}")
    late = await stand.file_paper(_days_ago(40), course_name=f"Поздний {mark}")
    near = await stand.file_paper(_days_ago(10), course_name=f"Близкий {mark}")
    for number in (fresh, late, near):
        await stand.reviewing(number)

    async def is_overdue() -> bool:
        clause = await stand.clause(late, Clause.REVIEW)
        return clause is not None and clause.is_overdue

    await stand.until(is_overdue)
    reviewer = await signed_in("reviewer")

    page = await reviewer.page(f"/?search={mark.upper()}")
    assert numbers(page) == [late, near, fresh]
    assert counters(page) == {"overdue": 1, "at_risk": 0, "in_time": 2}
    assert "просрочено на" in page

    link = re.search(r'class="overdue" href="([^"]+)"', page)
    assert link
    assert numbers(await reviewer.page(link[1].replace("&amp;", "&"))) == [late]


async def test_a_reminder_puts_a_case_at_risk(stand: Engine, signed_in: SignIn, mark: str) -> None:
    number = await stand.file(course_name=mark)
    review = await stand.reviewing(number)
    clause = await stand.clause(number, Clause.REVIEW)
    assert clause
    await stand.skip(review, to=clause.due_at - timedelta(hours=1))

    page = await (await signed_in("reviewer")).page(f"/?search={mark}&pressure=at_risk")

    assert numbers(page) == [number]
    assert counters(page) == {"overdue": 0, "at_risk": 1, "in_time": 0}
    assert 'class="term at_risk"' in page


async def test_pages_lose_and_double_nothing(
    stand: Engine, signed_in: SignIn, mark: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("api.pages.work_list._ON_A_PAGE", 2)
    filed = [await stand.file(course_name=f"{mark} {n}") for n in range(5)]
    for number in filed:
        await stand.reviewing(number)
    reviewer = await signed_in("reviewer")
    seen, path = [], f"/?search={mark}"

    while path:
        page = await reviewer.page(path)
        seen += numbers(page)
        found = re.search(r'href="([^"]+)" rel="next"', page)
        path = found[1].replace("&amp;", "&") if found else ""

    assert seen == sorted(filed)


async def test_claiming_on_the_row_comes_back_to_the_list(
    stand: Engine, signed_in: SignIn, mark: str
) -> None:
    number = await stand.file(course_name=mark)
    await stand.reviewing(number)
    reviewer = await signed_in("reviewer")

    answer = await reviewer.send(f"/cases/{number}/claim", next=f"/?search={mark}")

    assert unquote(str(answer.url)).endswith(f"/?search={mark}")
    assert f"Запрос № {number} взят вами в работу." in answer.text
    assert "Петров Сергей Ильич</td>" in answer.text


async def test_an_agency_sees_its_own_alone(stand: Engine, signed_in: SignIn, mark: str) -> None:
    number = await stand.file(course_name=mark)
    await stand.reviewing(number)
    stranger = await signed_in(await words.issue(stand, Role.AGENCY, "trud", "Чужой"))

    assert numbers(await stranger.page(f"/?search={mark}")) == []
    assert numbers(await (await signed_in("agency")).page(f"/?search={mark}")) == [number]


@pytest.mark.parametrize(
    "query", ["pressure=x", "clause=x", "waits_for=x", "search=%25", "search=%00", "search=_%5C"]
)
async def test_a_filter_of_nonsense_breaks_nothing(signed_in: SignIn, query: str) -> None:
    await (await signed_in("reviewer")).page(f"/?{query}")


async def test_a_cursor_of_nonsense_is_told(signed_in: SignIn) -> None:
    assert (await (await signed_in("reviewer")).open("/?cursor=x")).status_code == 422

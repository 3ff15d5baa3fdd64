"""The work list: counters that filter, search, order, and claiming on the row."""

import re
from datetime import timedelta
from html import unescape
from urllib.parse import quote, unquote
from uuid import uuid4

import pytest

from api.auth import Role
from models.deadlines import local_date
from models.terms import Clause
from tests.api import words
from tests.engine import Engine, today
from tests.pages.people import SignIn
from tests.workflows import replacements, sign_ups, standing
from tests.workflows.courses import building
from tests.workflows.trainings import course_of_its_own


def numbers(page: str) -> list[str]:
    return re.findall(r'<th scope="row"><a href="/cases/([^"]+)"', page)


def counters(page: str) -> dict[str, int]:
    return {name: int(n) for name, n in re.findall(r'<a class="(\w+)"[^>]*><b>(\d+)</b>', page)}


def _days_ago(n: int) -> str:
    return str(local_date(today() - timedelta(days=n)))


@pytest.fixture
async def mark(stand: Engine) -> str:
    """A word by which the cases of one test are found."""
    return f"м{uuid4().hex[:10]}"


async def test_the_most_urgent_come_first_and_counters_filter(
    stand: Engine, signed_in: SignIn, mark: str
) -> None:
    fresh = await standing.under_review(stand, course_name=f"Свежий {mark}")
    late = await stand.file_paper(_days_ago(40), course_name=f"Поздний {mark}")
    near = await stand.file_paper(_days_ago(10), course_name=f"Близкий {mark}")
    for number in (late, near):
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

    narrowed = await reviewer.page(f"/?search={mark}&clause=4.2&waits_for=reviewer")
    assert counters(narrowed) == counters(page)
    link = re.search(r'class="overdue" href="([^"]+)"', narrowed)
    assert link
    assert {"clause=4.2", "waits_for=reviewer", "pressure=overdue"} < set(
        re.split(r"[?&]", unescape(link[1]))
    )
    overdue = await reviewer.page(unescape(link[1]))
    assert numbers(overdue) == [late]
    assert counters(overdue) == counters(page)
    assert counters(await reviewer.page(f"/?search={mark}&clause=4.3")) == dict.fromkeys(counters(page), 0)


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
    filed = [await standing.under_review(stand, course_name=f"{mark} {n}") for n in range(5)]
    reviewer = await signed_in("reviewer")
    seen, path = [], f"/?search={mark}&clause=4.2&pressure=in_time"

    while path:
        page = await reviewer.page(path)
        seen += numbers(page)
        found = re.search(r'href="([^"]+)" rel="next"', page)
        path = unescape(found[1]) if found else ""
        assert not path or {f"search={quote(mark)}", "clause=4.2", "pressure=in_time"} < set(
            re.split("[?&]", path)
        )

    table = await reviewer.open(f"/download/deadlines.csv?search={quote(mark)}&pressure=in_time")
    assert len(table.text.splitlines()) == 1 + len(filed), "all rows and not those of a page"
    assert seen == sorted(filed)


async def test_claiming_on_the_row_comes_back_to_the_list(
    stand: Engine, signed_in: SignIn, mark: str
) -> None:
    number = await standing.under_review(stand, course_name=mark)
    reviewer = await signed_in("reviewer")

    answer = await reviewer.send(f"/cases/{number}/claim", next=f"/?search={mark}")

    assert unquote(str(answer.url)).endswith(f"/?search={mark}")
    assert f"Запрос № {number} взят вами в работу." in answer.text
    assert "Петров Сергей Ильич</td>" in answer.text


async def test_ticked_requests_are_assigned_and_each_that_was_not_says_why(
    stand: Engine, signed_in: SignIn, mark: str
) -> None:
    filed = [await standing.under_review(stand, course_name=f"{mark} {n}") for n in range(3)]
    await words.issue(stand, Role.REVIEWER, "di", f"Соколова {mark}")
    supervisor, reviewer = await signed_in("supervisor"), await signed_in("reviewer")
    at = f"/?search={mark}"
    page = await supervisor.page(at)
    ticks = re.findall(r'type="checkbox" form="assign" name="number" value="([^"]+)"', page)
    sokolova = re.search(rf'<option value="(\d+)">Соколова {mark}', page)
    assert ticks == filed
    assert sokolova

    said = await supervisor.send(at, number=filed[0], to=sokolova[1], next=at)
    assert "Назначено запросов: 1." in said.text
    assert numbers(said.text) == filed
    assert f"Соколова {mark}</td>" in said.text

    none = await reviewer.send(at, next=at)
    assert (none.status_code, "Отметьте запросы" in none.text) == (409, True)
    some = await reviewer.send(at, number=[*filed[:2], "2019-000001"], next=at)
    assert some.status_code == 409
    assert "Назначено запросов: 1 из 3." in some.text
    assert f"Запрос № {filed[0]}: Запрос уже взял в работу другой сотрудник." in some.text
    assert "Запрос № 2019-000001: Не найдено." in some.text
    assert numbers(some.text) == filed
    assert re.findall(r'name="number" value="([^"]+)"', some.text) == filed[2:]

    all_of_them = await supervisor.send(at, number=filed, to=sokolova[1], next=at)
    assert all_of_them.text.count(f"Соколова {mark}</td>") == 3
    assert (await (await signed_in("operator")).send("/", number=filed[0])).status_code == 403


async def test_a_filter_is_kept_under_a_name_opened_and_deleted(
    stand: Engine, signed_in: SignIn, mark: str
) -> None:
    agency, stranger = await signed_in("agency"), await signed_in("reviewer")
    assert "Сохранить этот отбор" not in await agency.page("/")
    assert "Сохранить этот отбор" in await agency.page(f"/?search={mark}")

    kept = await agency.send("/saved-filters", name=f"<b>{mark}", clause="4.2", search=f"a&b {mark}")
    assert f"Отбор «&lt;b&gt;{mark}» сохранён." in kept.text
    link = re.search(rf'<a href="([^"]+)" aria-current="true">&lt;b&gt;{mark}</a>', kept.text)
    assert link
    assert unescape(link[1]) == f"/?clause=4.2&search=a%26b+{quote(mark)}"
    assert f'value="a&amp;b {mark}"' in await agency.page(unescape(link[1]))
    assert mark not in await stranger.page("/")

    form = re.search(r'action="(/saved-filters/\d+/deletion)"', kept.text)
    assert form
    assert (await stranger.send(form[1])).status_code == 404
    gone = await agency.send(form[1], next="/?clause=4.2")
    assert str(gone.url).endswith("/?clause=4.2")
    assert "Отбор удалён." in gone.text
    assert mark not in gone.text


async def test_ones_own_are_filtered_and_kept_like_any_other_filter(
    stand: Engine, signed_in: SignIn, mark: str
) -> None:
    taken, _ = [await standing.under_review(stand, course_name=f"{mark} {n}") for n in range(2)]
    reviewer = await signed_in("reviewer")
    await reviewer.send(f"/cases/{taken}/claim")

    page = await reviewer.page(f"/?waits_for=me&search={mark}")

    assert numbers(page) == [taken]
    assert counters(page)["in_time"] == 1
    assert '<option value="me" selected>' in page
    link = re.search(r'href="(/download/deadlines\.csv[^"]+)"', page)
    assert link
    assert len((await reviewer.open(unescape(link[1]))).text.splitlines()) == 2
    kept = await reviewer.send("/saved-filters", name=f"Мои {mark}", waits_for="me", search=mark)
    assert numbers(kept.text) == [taken]


async def test_an_agency_sees_its_own_alone(stand: Engine, signed_in: SignIn, mark: str) -> None:
    number = await standing.under_review(stand, course_name=mark)
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


def waits(page: str) -> str:
    """The box of what has no term; empty where there is none."""
    found = re.search(r'aria-labelledby="waiting">.*?</section>', page, re.DOTALL)
    return unescape(found[0]) if found else ""


async def test_open_tasks_stand_above_the_list_of_the_operator(
    stand: Engine, signed_in: SignIn, mark: str
) -> None:
    await words.open_task(stand, await words.by_hand(stand))
    operator = await signed_in("operator")

    async def is_counted() -> bool:
        opened = await stand.get("operator", "/tasks?limit=500")
        line = f'Открытые задачи: <a href="/tasks">{len(opened)}</a>'
        return line in waits(await operator.page(f"/?search={mark}"))

    await stand.until(is_counted)
    assert waits(await (await signed_in("reviewer")).page("/")) == ""


async def test_applications_wait_for_those_who_may_decide_until_they_have(
    stand: Engine, signed_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("api.awaited.MOST", 1000)
    course = await course_of_its_own(stand)
    number = str((await sign_ups.open_to_all(stand, course=course))["number"])
    link = f'href="/trainings/{number}/sign-ups?standing=applied"'
    owner, teacher = await signed_in("agency"), await signed_in("responsible")
    stranger = await signed_in(await words.issue(stand, Role.AGENCY, "trud"))
    assert link not in waits(await teacher.page("/"))

    ids = [await sign_ups.applied(stand, number, name) for name in ("anna", "boris")]

    for person in (owner, teacher):
        assert re.search(f"{re.escape(link)}>[^<]+: 2</a>", waits(await person.page("/")))
    assert link not in waits(await stranger.page("/"))
    for id in ids:
        assert (
            await stand.post("agency", f"/trainings/{number}/sign-ups/{id}/acceptance")
        ).status_code == 200
    assert link not in waits(await teacher.page("/"))


async def test_a_successor_is_asked_to_accept_from_the_letter_on(stand: Engine, signed_in: SignIn) -> None:
    email = replacements.address()
    held = await replacements.held(stand)
    form = replacements.successor(email=email)
    early = await replacements.reported(stand, held.person, replacements.days_ago(-5), successor=form)
    successor = await signed_in(await replacements.key_of(stand, email))
    assert early not in waits(await successor.page("/"))

    number = await replacements.awaiting_acceptance(stand, email)

    page = waits(await successor.page("/"))
    assert f'Вас просят принять учебные курсы: <a href="/replacements/{number}">' in page
    assert early not in page
    await successor.send(f"/replacements/{number}/acceptance")

    async def is_gone() -> bool:
        return number not in waits(await successor.page("/"))

    await stand.until(is_gone)


async def test_a_course_that_is_built_without_a_day_waits_for_its_responsible(
    stand: Engine, signed_in: SignIn
) -> None:
    email = replacements.address()
    course = (await replacements.held(stand, email=email)).course
    teacher = await signed_in(await replacements.key_of(stand, email))
    await building(stand, course)
    line = f'Курсу не назначен день готовности: <a href="/courses/{course.id}">{course.name}</a>'
    assert line in waits(await teacher.page("/"))

    await teacher.send(f"/courses/{course.id}/plan", planned_on=_days_ago(-9))

    assert waits(await teacher.page("/")) == ""


async def test_where_more_waits_than_is_named_it_says_where_the_others_are(
    stand: Engine, signed_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("api.awaited.MOST", 1)
    email = replacements.address()
    courses = [(await replacements.held(stand, email=email)).course for _ in range(2)]
    for course in courses:
        await building(stand, course)

    page = waits(await (await signed_in(await replacements.key_of(stand, email))).page("/"))

    assert f'<a href="/courses/{courses[0].id}">{courses[0].name}</a> <a href="/courses">и другие</a>' in page
    assert f'href="/courses/{courses[1].id}"' not in page

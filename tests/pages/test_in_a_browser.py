"""In a real browser: the ways from signing in to done, at two widths, without JavaScript."""

from uuid import uuid4

import pytest
from playwright.async_api import Browser, expect

from devstack import chromium
from models.regulation import PROVISIONS
from models.requests import Stage
from models.tables import Course
from models.terms import Recipient
from tests.api import words
from tests.engine import Engine, request_form
from tests.pages import browser as browsers
from tests.pages.test_case import HOSTILE

pytestmark = pytest.mark.skipif(chromium.CHROMIUM is None, reason=chromium.NONE)

REVIEWER, AGENCY = "Петров Сергей Ильич", "Департамент здравоохранения (система)"
OPERATOR = "Кузнецов Олег Борисович"
PEOPLE = {
    "operator": OPERATOR,
    "supervisor": "Орлова Анна Викторовна",
    "admin": "Администратор администратор",
}
_OF_A_REQUEST = ("/", "/requests", "/cases/{number}", "/cases/{number}/receipt", "/cases/2019-000001")
PAGES = {
    REVIEWER: (*_OF_A_REQUEST, "/requests/paper"),
    AGENCY: (*_OF_A_REQUEST, "/requests/new"),
    "operator": ("/tasks", "/tasks?closed=true"),
    "supervisor": (
        "/clauses",
        "/clauses?months=12&clause=4.2",
        "/calendar",
        "/ladders",
        "/rehearsals",
        "/rehearsals/{report}",
    ),
    "admin": (
        "/administration",
        "/calendar?day=2027-05-14&working=no",
        "/calendar?day=x",
        "/letters",
        "/letters/{letter}",
        "/ladders?failed=true",
    ),
    "": ("/sign-in", "/register", "/certificates", "/claim", "/status"),
}
"""Who looks at what; `test_every_page.py` sees to it that no page is left out."""


@pytest.fixture(scope="module")
async def hostile(stand: Engine) -> str:
    """A request with hostile text in every field; its number."""
    person = {**request_form()["responsible"], "name": HOSTILE, "post": HOSTILE, "phone": HOSTILE}
    number = await stand.file(
        course_name=HOSTILE, goal=HOSTILE, learners={"description": HOSTILE}, responsible=person
    )
    await stand.reviewing(number)
    return number


@pytest.mark.parametrize("holder", [REVIEWER, AGENCY])
async def test_pages_fit_and_have_no_barriers(browser: Browser, url: str, hostile: str, holder: str) -> None:
    paths = [path.format(number=hostile) for path in PAGES[holder]]
    async with await browser.new_context() as context:
        page = await chromium.sign_in(context, url, holder)

        found = await browsers.problems(page, url, paths)

    assert [one for one in found if "404" not in one] == []


async def test_the_longest_words_of_the_work_list_fit(browser: Browser, url: str, hostile: str) -> None:
    """A term that ended decades ago, whoever is waited for: no session of tests has such rows for sure."""
    async with await browser.new_context() as context:
        page = await chromium.sign_in(context, url, REVIEWER)
        await page.goto(f"{url}/?search={hostile}")
        longest = {".term": "просрочено на 12345678 рабочих дней", **_longest_words()}
        for selector, text in longest.items():
            await page.locator(f"tbody {selector}").first.evaluate(
                "(place, text) => { place.textContent = text }", text
            )

        assert await browsers.shortcomings(page) == []


def _longest_words() -> dict[str, str]:
    words = [word for one in Recipient for word in one.russian.split()]
    titles = [word for one in PROVISIONS.values() for word in one.title.split()]
    return {
        "[data-label='Кого ждут']": max(words, key=len),
        "[data-label='Пункт'] .soft": max(titles, key=len),
    }


@pytest.mark.parametrize("role", PEOPLE)
async def test_cabinets_of_operator_supervisor_and_administrator_fit_and_have_no_barriers(
    browser: Browser, url: str, stand: Engine, hostile: str, role: str
) -> None:
    await words.open_task(stand, hostile)
    table = {"title": hostile, "headings": [hostile], "rows": [[hostile]]}
    body = {"title": hostile, "introduction": hostile, "tables": [table]}
    report = (await stand.post("admin", "/rehearsals", body)).json()["id"]
    paths = [path.format(letter="refusal", report=report) for path in PAGES[role]]
    async with await browser.new_context() as context:
        page = await chromium.sign_in(context, url, PEOPLE[role])

        found = await browsers.problems(page, url, paths)

    assert [one for one in found if "422" not in one] == []


async def test_an_administrator_issues_a_key_and_revokes_it(browser: Browser, url: str) -> None:
    async with await browser.new_context(java_script_enabled=False) as context:
        page = await chromium.sign_in(context, url, PEOPLE["admin"])
        await page.get_by_role("link", name="Организации и ключи").click()
        await page.get_by_label("Роль").select_option("agency")
        await page.get_by_label("Организация", exact=True).select_option("zdrav")
        await page.get_by_label("Кому").fill("Ключ из браузера")
        await page.get_by_role("button", name="Выдать").click()
        await expect(page.locator("#secret")).to_contain_text("seo_")

        row = page.locator("tr", has_text="Ключ из браузера").first
        await row.locator("summary").click()
        await row.get_by_role("button", name="Отозвать ключ").click()
        await expect(page.get_by_role("status")).to_contain_text("отозван")


async def test_public_pages_fit_and_have_no_barriers(browser: Browser, url: str, stand: Engine) -> None:
    async with stand.sessions.begin() as session:
        session.add(Course(subsystem="edu", name=HOSTILE, owner="zdrav"))
    async with await browser.new_context() as context:
        assert await browsers.problems(await context.new_page(), url, list(PAGES[""])) == []


@pytest.mark.parametrize("scripts", [True, False], ids=["with-javascript", "without"])
async def test_a_request_from_filing_to_done(
    browser: Browser, url: str, stand: Engine, scripts: bool
) -> None:
    """The agency files, the reviewer finds it on the list and approves, the agency sees that it is done."""
    title = f"Первая помощь {'со сценарием' if scripts else 'без сценария'}"
    async with (
        await browser.new_context(java_script_enabled=scripts) as of_agency,
        await browser.new_context(java_script_enabled=scripts) as of_reviewer,
    ):
        agency = await chromium.sign_in(of_agency, url, AGENCY)
        await agency.get_by_role("link", name="Новый запрос").first.click()
        await agency.get_by_label("Подсистема").select_option("edu")
        await agency.get_by_label("Категория, в которой создать курс").select_option("2")
        await agency.get_by_label("Название учебного курса").fill(title)
        await agency.get_by_label("Цель").fill("Обучение водителей")
        await agency.get_by_role("button", name="Проверить").click()
        await expect(agency.get_by_text("Чего не хватает")).to_be_visible()
        await agency.get_by_label("Кто будет учиться").fill("Водители, 40 человек")
        await agency.get_by_label("Порядок доступа").select_option("by_responsible")
        await agency.get_by_label("Фамилия, имя, отчество").fill("Иванова Мария Петровна")
        await agency.get_by_label("Электронная почта").fill("m.ivanova@example.org")
        await agency.get_by_role("button", name="Подать запрос").click()
        await expect(agency.get_by_text("Запрос зарегистрирован.")).to_be_visible()
        number = agency.url.split("/")[-2]
        await stand.reviewing(number)

        reviewer = await chromium.sign_in(of_reviewer, url, REVIEWER)
        await reviewer.get_by_label("Номер, название, организация").fill(title)
        await reviewer.get_by_role("button", name="Показать").click()
        await reviewer.get_by_role("button", name=f"Взять в работу: Запрос № {number}").click()
        await reviewer.get_by_role("link", name=f"Запрос № {number}").click()
        await reviewer.get_by_label("Создать: запрос уйдёт Оператору").check()
        await reviewer.get_by_role("textbox", name="Причина").fill("Аналогов нет")
        await reviewer.get_by_role("button", name="Принять решение").click()
        await expect(reviewer.get_by_text("Принято решение создать.")).to_be_visible()

        await words.until_stage(stand, number, Stage.DONE)
        await agency.goto(f"{url}/cases/{number}")
        await expect(agency.get_by_text("исполнен", exact=True)).to_be_visible()


async def test_ticked_requests_are_assigned_and_a_filter_is_kept(
    browser: Browser, url: str, stand: Engine
) -> None:
    """Without JavaScript: the boxes stand in the rows and belong to the form above them."""
    mark = f"н{uuid4().hex[:10]}"
    filed = [await stand.file(course_name=f"{mark} {n}") for n in range(3)]
    for number in filed:
        await stand.reviewing(number)
    async with await browser.new_context(java_script_enabled=False) as context:
        page = await chromium.sign_in(context, url, PEOPLE["supervisor"])
        await page.goto(f"{url}/?search={mark}")
        for number in filed[:2]:
            await page.get_by_label(f"Отметить: Запрос № {number}").check()
        await page.get_by_label("Отмеченные запросы назначить").select_option(label=REVIEWER)
        await page.get_by_role("button", name="Назначить").click()
        await expect(page.get_by_role("status")).to_have_text("Назначено запросов: 2.")
        await expect(page.get_by_role("cell", name=REVIEWER)).to_have_count(2)

        await page.get_by_text("Сохранить этот отбор").click()
        await page.get_by_label("Название отбора").fill(f"Поток {mark}")
        await page.get_by_role("button", name="Сохранить").click()
        await page.goto(url)
        await page.get_by_role("link", name=f"Поток {mark}").click()
        await expect(page.get_by_role("row")).to_have_count(4)
        await page.get_by_role("button", name=f"Удалить отбор: Поток {mark}").click()
        await expect(page.get_by_text("Отбор удалён.")).to_be_visible()


async def test_one_box_ticks_all_requests_of_the_page(browser: Browser, url: str, stand: Engine) -> None:
    mark = f"все{uuid4().hex[:10]}"
    for n in range(2):
        await stand.reviewing(await stand.file(course_name=f"{mark} {n}"))
    async with await browser.new_context() as context:
        page = await chromium.sign_in(context, url, PEOPLE["supervisor"])
        await page.goto(f"{url}/?search={mark}")
        await page.get_by_label("Отметить все на этой странице").check()
        await page.get_by_label("Отмеченные запросы назначить").select_option(label=REVIEWER)
        await page.get_by_role("button", name="Назначить").click()
        await expect(page.get_by_role("status")).to_have_text("Назначено запросов: 2.")


async def test_a_page_shows_what_others_did_without_being_asked(
    browser: Browser, url: str, stand: Engine
) -> None:
    number = await stand.file()
    await stand.reviewing(number)
    async with await browser.new_context() as context:
        page = await chromium.sign_in(context, url, AGENCY)
        async with page.expect_response(f"{url}/cases/{number}/state"):
            await page.goto(f"{url}/cases/{number}")

        await stand.approve(number)

        await expect(page.get_by_text("исполнен", exact=True)).to_be_visible(timeout=20_000)

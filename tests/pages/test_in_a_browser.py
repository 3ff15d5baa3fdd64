"""In a real browser: the ways from signing in to done, at two widths, by keyboard, without JavaScript."""

import pytest
from playwright.async_api import Browser, Locator, Page, expect

from devstack import chromium
from models.requests import Stage
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


@pytest.fixture(scope="module")
async def hostile(stand: Engine) -> str:
    """A request with hostile text in every field; its number."""
    person = {**request_form()["responsible"], "name": HOSTILE, "post": HOSTILE, "phone": HOSTILE}
    number = await stand.file(
        course_name=HOSTILE, goal=HOSTILE, learners={"description": HOSTILE}, responsible=person
    )
    await stand.reviewing(number)
    return number


@pytest.mark.parametrize("width", browsers.WIDTHS)
@pytest.mark.parametrize("holder", [REVIEWER, AGENCY])
async def test_pages_fit_and_have_no_barriers(
    browser: Browser, url: str, hostile: str, width: int, holder: str
) -> None:
    paths = ["/", "/requests", f"/cases/{hostile}", f"/cases/{hostile}/receipt", "/cases/2019-000001"]
    paths.append("/requests/new" if holder == AGENCY else "/requests/paper")
    async with await browser.new_context(viewport={"width": width, "height": 800}) as context:
        page = await chromium.sign_in(context, url, holder)

        found = await browsers.problems(page, url, paths)

    assert [one for one in found if "404" not in one] == []


@pytest.mark.parametrize("width", browsers.WIDTHS)
@pytest.mark.parametrize(
    ("role", "paths"),
    [
        ("operator", ["/tasks", "/tasks?closed=true"]),
        ("supervisor", ["/clauses", "/clauses?months=12&clause=4.2", "/calendar", "/ladders", "/rehearsals"]),
        (
            "admin",
            [
                "/administration",
                "/calendar?day=2027-05-14&working=no",
                "/calendar?day=x",
                "/letters",
                "/letters/refusal",
                "/ladders?failed=true",
            ],
        ),
    ],
)
async def test_cabinets_of_operator_supervisor_and_administrator_fit_and_have_no_barriers(
    browser: Browser, url: str, stand: Engine, hostile: str, width: int, role: str, paths: list[str]
) -> None:
    await words.open_task(stand, hostile)
    async with await browser.new_context(viewport={"width": width, "height": 800}) as context:
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
        await row.get_by_role("button").click()
        await expect(page.get_by_role("status")).to_contain_text("отозван")


@pytest.mark.parametrize("width", browsers.WIDTHS)
async def test_signing_in_fits_and_has_no_barriers(browser: Browser, url: str, width: int) -> None:
    async with await browser.new_context(viewport={"width": width, "height": 800}) as context:
        assert await browsers.problems(await context.new_page(), url, ["/sign-in"]) == []


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


async def test_a_refusal_by_keyboard_alone(browser: Browser, url: str, stand: Engine) -> None:
    number = await stand.file()
    await stand.reviewing(number)
    async with await browser.new_context() as context:
        page = await chromium.sign_in(context, url, REVIEWER)
        await page.goto(f"{url}/cases/{number}")
        await page.keyboard.press("Tab")
        await expect(page.get_by_role("link", name="К содержанию")).to_be_focused()
        await page.keyboard.press("Enter")
        await _tab_to(page, page.get_by_label("Создать: запрос уйдёт Оператору"))
        await page.keyboard.press("ArrowDown")
        await _tab_to(page, page.get_by_label("Основание п. 4.2"))
        await page.keyboard.press("ArrowDown")
        await _tab_to(page, page.get_by_label("перечень Пользователей учебного курса"))
        await page.keyboard.press("Space")
        await _tab_to(page, page.get_by_role("textbox", name="Причина"))
        await page.keyboard.type("Нет перечня")
        await _tab_to(page, page.get_by_role("button", name="Принять решение"))
        await page.keyboard.press("Enter")
        await expect(page.get_by_text("Запросу отказано.")).to_be_visible()


async def _tab_to(page: Page, there: Locator) -> None:
    for _ in range(60):
        await page.keyboard.press("Tab")
        if await there.evaluate("it => it === document.activeElement"):
            return
    raise AssertionError("the keyboard does not get there")


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

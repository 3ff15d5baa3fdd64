"""Filing in a real browser: checked while it is filled in, a draft with a file, Enter that drops nothing."""

import pytest
from playwright.async_api import Browser, FilePayload, expect

from devstack import chromium
from tests.api.test_drafts import LIST
from tests.engine import Engine
from tests.pages import browser as browsers
from tests.pages.test_in_a_browser import AGENCY

pytestmark = pytest.mark.skipif(chromium.CHROMIUM is None, reason=chromium.NONE)


async def test_a_request_is_checked_as_it_is_typed_and_kept_as_a_draft(
    browser: Browser, url: str, stand: Engine
) -> None:
    async with await browser.new_context(viewport={"width": 1280, "height": 800}) as context:
        page = await chromium.sign_in(context, url, AGENCY)
        await page.goto(f"{url}/requests/new")
        await page.get_by_label("Подсистема").select_option("edu")
        await page.get_by_label("Категория, в которой создать курс").select_option("2")
        await page.get_by_label("Название учебного курса").fill("Гигиена в дороге")
        await expect(page.get_by_text("цель учебного курса")).to_be_visible()
        await page.get_by_label("Цель").fill("Обучение водителей")
        await expect(page.get_by_text("цель учебного курса")).to_have_count(0)
        file = FilePayload(name="Список.csv", mimeType="text/csv", buffer=LIST)
        await page.get_by_label("Или файлом").set_input_files(file)
        await page.get_by_role("button", name="Сохранить черновик").click()
        await expect(page.get_by_text("Черновик, не подан.").first).to_be_visible()
        draft = page.url.removeprefix(url)

        await page.get_by_label("Название учебного курса").press("Enter")
        await expect(page.get_by_text("Приложен: Перечень Пользователей")).to_be_visible()
        await expect(page.get_by_text("перечень Пользователей учебного курса")).to_have_count(0)
        await page.goto(f"{url}{draft}")
        assert await page.get_by_label("Цель").input_value() == "Обучение водителей"
        assert await browsers.problems(page, url, [draft, "/status"]) == []


async def test_only_categories_of_the_chosen_subsystem_are_offered(browser: Browser, url: str) -> None:
    async with await browser.new_context() as context:
        page = await chromium.sign_in(context, url, AGENCY)
        await page.goto(f"{url}/requests/new")
        subsystem = page.get_by_label("Подсистема")
        category = page.get_by_label("Категория, в которой создать курс")
        offered = category.locator("option:not([disabled])[data-of]")
        everything = await offered.count()

        await subsystem.select_option("edu")
        await category.select_option("2")
        of_edu = {await one.get_attribute("data-of") for one in await offered.all()}
        await subsystem.select_option("local")
        of_local = {await one.get_attribute("data-of") for one in await offered.all()}

        assert of_edu == {"edu"}
        assert of_local <= {"local"}
        assert await category.input_value() == ""
        await subsystem.select_option("")
        assert await offered.count() == everything

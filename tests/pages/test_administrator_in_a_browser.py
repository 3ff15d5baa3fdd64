"""The administrator in a real browser: words of a letter tried, a report of a rehearsal, with long words."""

import pytest
from playwright.async_api import Browser

from devstack import chromium
from tests.engine import Engine
from tests.pages import browser as browsers
from tests.pages.test_in_a_browser import PEOPLE
from tests.pages.test_rehearsals import REPORT

pytestmark = pytest.mark.skipif(chromium.CHROMIUM is None, reason=chromium.NONE)


async def test_words_of_a_letter_and_a_report_fit_and_have_no_barriers(
    browser: Browser, url: str, stand: Engine
) -> None:
    columns = [f"медиана, дней {at}" for at in range(10)]
    wide = {"title": "Итог", "headings": columns, "rows": [["п. 4.2 Рассмотрение запроса"] * 10]}
    kept = await stand.post("admin", "/rehearsals", {**REPORT, "tables": [wide, *REPORT["tables"]]})
    async with await browser.new_context() as context:
        page = await chromium.sign_in(context, url, PEOPLE["admin"])
        assert await browsers.problems(page, url, [f"/rehearsals/{kept.json()['id']}"]) == []
        await page.goto(f"{url}/letters/withdrawal")
        await page.get_by_label("Тема").fill("Больше не нужно: {{ номер }}")
        await page.get_by_label("Начало письма").fill("w" * 300 + "\n\n{{ организация }}")
        await page.get_by_role("button", name="Посмотреть").click()
        await page.get_by_text("Ничего не сохранено").wait_for()
        assert await browsers.shortcomings(page) == []

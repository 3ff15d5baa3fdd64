"""The cabinet of the responsible in a real browser: from a list to its learners, at two widths."""

import pytest
from playwright.async_api import Browser, expect

from devstack import chromium
from models.tables import Course
from tests import claims
from tests.engine import Engine
from tests.pages import browser as browsers
from tests.pages.test_case import HOSTILE
from tests.workflows import enrolments
from tests.workflows.trainings import course_of_its_own

pytestmark = pytest.mark.skipif(chromium.CHROMIUM is None, reason=chromium.NONE)

RESPONSIBLE = "Иванова Мария Петровна"
PAGES = (
    "/courses",
    "/courses/{course}",
    "/cases/authoring-{course}",
    "/cases/{talk}",
    "/cases/{listed}",
    "/cases/{listed}/learners",
    "/cases/{codes}",
    "/cases/{codes}/learners/unclaimed",
)


@pytest.fixture(scope="module")
async def course(stand: Engine) -> Course:
    return await course_of_its_own(stand)


@pytest.fixture(scope="module")
async def paths(stand: Engine, course: Course) -> list[str]:
    """Pages of the cabinet, with hostile text wherever people write."""
    asked = await stand.post("responsible", f"/courses/{course.id}/consultations", {"text": HOSTILE})
    lines = [*enrolments.people(2), enrolments.person("Кривых", HOSTILE.replace('"', ""))]
    listed = await enrolments.planned(stand, course, enrolments.table(lines), filename=f"{'w' * 90}.csv")
    codes = (await claims.a_list(stand, mails=1, without=1, course=course)).number
    await stand.post("responsible", f"/courses/{course.id}/authoring/readiness")
    numbers = {"course": course.id, "talk": asked.json()["number"], "listed": listed, "codes": codes}
    return [path.format(**numbers) for path in PAGES]


async def test_pages_fit_and_have_no_barriers(browser: Browser, url: str, paths: list[str]) -> None:
    async with await browser.new_context() as context:
        page = await chromium.sign_in(context, url, RESPONSIBLE)

        assert await browsers.problems(page, url, paths) == []


@pytest.mark.parametrize("scripts", [True, False], ids=["with-javascript", "without"])
async def test_learners_from_the_file_to_the_course(
    browser: Browser, url: str, stand: Engine, course: Course, scripts: bool
) -> None:
    """The responsible finds the course, uploads a list, reads its plan, confirms it and sees it done."""
    content = enrolments.table([*enrolments.people(2), enrolments.person("Кривых", "кривой")])
    async with await browser.new_context(java_script_enabled=scripts) as context:
        page = await chromium.sign_in(context, url, RESPONSIBLE)
        await page.get_by_role("link", name="Мои курсы").click()
        await page.goto(f"{url}/courses")
        await page.get_by_role("link", name=course.name).click()
        await page.get_by_label("Файл CSV или XLSX").set_input_files(
            {"name": "список.csv", "mimeType": "text/csv", "buffer": content}
        )
        await page.get_by_role("button", name="Загрузить").click()
        await expect(page.get_by_text("Список принят")).to_be_visible()
        number = page.url.rpartition("/")[2]
        await enrolments.until_state(stand, number, "planned")
        await stand.until_waiting(enrolments.handle(stand, number))
        if not scripts:
            await page.reload()
        await expect(page.get_by_role("cell", name="с ошибк")).to_be_visible(timeout=20_000)
        await page.get_by_role("button", name="Подтвердить план").click()
        await expect(page.get_by_text("План подтверждён")).to_be_visible()
        await enrolments.until_state(stand, number, "done")
        if not scripts:
            await page.reload()
        await expect(page.locator("main").get_by_text("Записано на курс: 2 из 2")).to_be_visible()

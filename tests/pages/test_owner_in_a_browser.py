"""The owner's cabinet in a real browser: the way of a training, and every page at two widths."""

from datetime import UTC, datetime, timedelta

import pytest
from playwright.async_api import Browser, expect

from devstack import chromium
from tests import certificates
from tests.engine import Engine
from tests.pages import browser as browsers
from tests.pages.test_case import HOSTILE
from tests.workflows import enrolments, replacements, sign_ups, words
from tests.workflows.trainings import course_of_its_own

pytestmark = pytest.mark.skipif(chromium.CHROMIUM is None, reason=chromium.NONE)

OWNER = "Департамент здравоохранения (система)"
PAGES = (
    "/trainings",
    "/trainings/{over}",
    "/trainings/{training}",
    "/trainings/{training}/sign-ups",
    "/sign-up/{training}",
    "/trainings/{over}/results",
    "/trainings/{over}/certification",
    "/certifications/{decision}",
    "/replacements",
    "/replacements/new",
    "/replacements/{replaced}",
    "/cases/{replaced}",
)


@pytest.fixture(scope="module")
async def hostile(stand: Engine) -> list[str]:
    """Pages of the cabinet with hostile text in every field."""
    at = datetime(2026, 12, 10, 9, tzinfo=UTC)
    people = [certificates.person(HOSTILE, organisation=HOSTILE, completed_at=at)]
    over = await certificates.over(stand, *people, title=HOSTILE)
    decision = str((await certificates.decide(stand, over, signatory_name=HOSTILE))["number"])
    await certificates.finished(stand, decision)
    open_to_all = await sign_ups.open_to_all(stand, course=await course_of_its_own(stand), places=1)
    training = str(open_to_all["number"])
    for name in ("anna", "boris"):
        response = await sign_ups.sign_up(stand, training, name, surname=HOSTILE, organisation=HOSTILE)
        assert response.status_code == 201, response.text
    held = await replacements.held(stand)
    successor = replacements.successor(name=HOSTILE, post=HOSTILE)
    ended = replacements.days_ago(1)
    replaced = await replacements.reported(stand, held.person, ended, successor=successor)
    numbers = {"over": over, "training": training, "decision": decision, "replaced": replaced}
    return [path.format(**numbers) for path in PAGES]


async def test_pages_fit_and_have_no_barriers(browser: Browser, url: str, hostile: list[str]) -> None:
    found: list[str] = []
    async with await browser.new_context() as context:
        page = await chromium.sign_in(context, url, OWNER)
        page.on("console", lambda message: found.append(message.text) if message.type == "error" else None)
        page.on("dialog", lambda dialog: found.append(dialog.message))
        for path in hostile:
            response = await page.goto(url + path)
            assert response
            assert response.status == 200, path
            for details in await page.locator("details").all():
                await details.evaluate("it => { it.open = true }")
            found += [f"{path}: {one}" for one in await browsers.shortcomings(page)]

    assert found == []


@pytest.mark.parametrize("scripts", [True, False], ids=["with-javascript", "without"])
async def test_an_owner_sets_a_training_up_and_closes_it(
    browser: Browser, url: str, stand: Engine, scripts: bool
) -> None:
    course, other = [await course_of_its_own(stand) for _ in range(2)]
    for one in (course, other):
        people = enrolments.table(enrolments.people(1))
        await enrolments.registered(stand, one, people, filename=f"{one.name}.csv")
    today = words.local_today()
    async with await browser.new_context(java_script_enabled=scripts) as context:
        page = await chromium.sign_in(context, url, OWNER)
        await page.get_by_role("link", name="Обучения", exact=True).click()
        await page.get_by_label("Учебный курс").select_option(str(course.id))
        await expect(page.get_by_label(f"{other.name}.csv")).to_be_visible(visible=not scripts)
        await page.get_by_label(f"{course.name}.csv").check()
        await page.get_by_label("Название обучения").fill("Зимний поток")
        await page.get_by_label("Первый день").fill(str(today))
        await page.get_by_label("Последний день обязательно").fill(str(today + timedelta(days=9)))
        await page.get_by_role("button", name="Назначить").click()
        await expect(page.get_by_text("Обучение назначено.")).to_be_visible()
        await stand.until_waiting(stand.client.get_workflow_handle(page.url.split("/")[-1]))
        await page.get_by_role("link", name="Результаты", exact=True).click()
        await expect(page.get_by_role("heading", name="Итоги")).to_be_visible()
        await page.get_by_role("link", name="К обучению").click()
        await page.get_by_text("Закрыть досрочно").first.click()
        await page.get_by_label("Почему").fill("Все завершили")
        await page.get_by_role("button", name="Закрыть досрочно").click()
        await expect(page.get_by_text("Обучение закрыто; результаты сохраняются.")).to_be_visible()

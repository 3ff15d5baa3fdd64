"""`python -m devstack.pictures`: tells the stories, and pictures what people see of them, for docs/.

On the stack that runs, or on one started for them.
"""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

from playwright.async_api import Browser, FloatRect, Page, ViewportSize

from devstack import chromium, command, scenes, settings, temporal_build
from devstack.demo import approved, course, overdue, reconciled, world
from devstack.demo.course import Told
from devstack.demo.telling import say
from devstack.demo.world import World
from devstack.keys import HOLDERS
from devstack.request_form import request_form
from devstack.settings import DevstackSettings
from devstack.stack import Stack
from models import ids
from models.deadlines import local_date
from models.exit import run_and_leave

FOLDER = Path(__file__).parents[1] / "docs" / "pictures"
_PAPER = {"Сортировка пострадавших": 40, "Ведение медицинской карты": 26, "Этика и общение с пациентом": 12}
"""Courses asked for by paper, and how many days ago."""
_SIZE = ViewportSize(width=1280, height=800)
_TALLEST = 1700
"""Of a picture, in pixels: the rest of a long page tells no more."""


def main() -> int:
    if chromium.CHROMIUM is None:
        print(chromium.NONE)
        return 1
    return asyncio.run(command.until_stopped(_picture(settings.read())))


async def _picture(configured: DevstackSettings) -> int:
    async with _stack(configured), World.opened(configured) as opened, chromium.running() as browser:
        await approved.tell(opened)
        await overdue.tell(opened)
        told = await course.tell(opened)
        await reconciled.tell(opened, told)
        number = await _file_some(opened)
        for role, pages in (await _pages(opened, told, number)).items():
            await _take(browser, configured.api_url, role, pages)
        await _take_temporal(browser, configured, number)
    return 0


@asynccontextmanager
async def _stack(configured: DevstackSettings) -> AsyncIterator[None]:
    if await world.runs(configured):
        yield
        return
    temporal = None if configured.temporal_address else temporal_build.find()
    async with Stack(configured, temporal):
        yield


async def _pages(opened: World, told: Told, number: str) -> Mapping[str, Mapping[str, str]]:
    """Who looks at what: file -> path, by role; nobody's are public."""
    training = await scenes.results(opened)
    alike = await scenes.likeness(opened, told.name)
    return {
        "reviewer": {"work-list": "/", "case": f"/cases/{number}", "decision": f"/cases/{alike}#alike"},
        "agency": {
            "filing": "/requests/new",
            "results": f"/trainings/{training}/results",
            "training": f"/trainings/{training}",
        },
        "responsible": {
            "course": f"/courses/{told.id}",
            "learners": f"/cases/{await scenes.plan(opened, told.id)}",
        },
        "operator": {"tasks": "/tasks"},
        "supervisor": {"clauses": "/clauses"},
        "admin": {"calendar": "/calendar", "letters": "/letters"},
        "": {"register": "/register"},
    }


async def _file_some(opened: World) -> str:
    """Requests in every state of urgency; the number of a fresh one."""
    for name, days in _PAPER.items():
        received_on = local_date(opened.began_at) - timedelta(days=days)
        form = request_form(agency="zdrav", course_name=name, received_on=str(received_on))
        await opened.post("reviewer", "/requests/paper", form, status=201)
    form = request_form(
        course_name="Неотложная помощь на догоспитальном этапе",
        responsible={
            "name": "Белова Ольга Игоревна",
            "post": "Методист",
            "email": "o.belova@example.org",
            "phone": "",
        },
    )
    number = str((await opened.post("agency", "/requests", form, status=201))["number"])
    await opened.letter(number, "", to="reviewer@example.org")
    return number


async def _take(browser: Browser, url: str, role: str, pages: Mapping[str, str]) -> None:
    context = await browser.new_context(viewport=_SIZE, locale="ru-RU", timezone_id="Asia/Yekaterinburg")
    page = await (chromium.sign_in(context, url, HOLDERS[role].name) if role else context.new_page())
    for name, path in pages.items():
        await page.goto(f"{url}{path}")
        await _shoot(page, name, path)
    await context.close()


async def _take_temporal(browser: Browser, configured: DevstackSettings, number: str) -> None:
    """The card of a case in the Temporal UI."""
    page = await browser.new_page(viewport=_SIZE, locale="ru-RU", timezone_id="Asia/Yekaterinburg")
    path = f"/namespaces/{configured.namespace}/workflows/{ids.review_id(number)}"
    await page.goto(configured.ui_url + path)
    await page.wait_for_url("**/timeline")
    await page.get_by_text("User Metadata").click()
    # The UI shows what a workflow tells in frames of its own; the card is the last.
    await page.locator("iframe").last.content_frame.get_by_text("Пункт Регламента").wait_for()
    await _shoot(page, "temporal", path)
    await page.close()


async def _shoot(page: Page, name: str, path: str) -> None:
    """The whole page, as far as it tells something; from where a path's `#` leads, what one sees there."""
    file = FOLDER / f"{name}.png"
    if "#" in path:
        await page.screenshot(path=file)
    else:
        height = min(_TALLEST, await page.evaluate("document.documentElement.scrollHeight"))
        clip = FloatRect(x=0, y=0, width=_SIZE["width"], height=height)
        await page.screenshot(path=file, full_page=True, clip=clip)
    say(f"{name}.png: {path}")


if __name__ == "__main__":
    run_and_leave(lambda: command.run(main))

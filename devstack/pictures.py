"""`python -m devstack.pictures`: tells the stories, and pictures what people see of them, for docs/.

On the stack that runs, or on one started for them.
"""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

from playwright.async_api import Browser, ViewportSize

from devstack import chromium, command, settings, temporal_build
from devstack.demo import approved, course, overdue, world
from devstack.demo.course import Told
from devstack.demo.telling import say
from devstack.demo.world import World
from devstack.keys import HOLDERS
from devstack.request_form import request_form
from devstack.settings import DevstackSettings
from devstack.stack import Stack
from models.deadlines import local_date
from models.exit import run_and_leave

FOLDER = Path(__file__).parents[1] / "docs" / "pictures"
_PAPER = {"Сортировка пострадавших": 40, "Ведение медицинской карты": 26, "Этика и общение с пациентом": 12}
"""Courses asked for by paper, and how many days ago."""
_SIZE = ViewportSize(width=1280, height=800)


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
        for role, pages in (await _pages(opened, told)).items():
            await _take(browser, configured.api_url, role, pages)
    return 0


@asynccontextmanager
async def _stack(configured: DevstackSettings) -> AsyncIterator[None]:
    if await world.runs(configured):
        yield
        return
    temporal = None if configured.temporal_address else temporal_build.find()
    async with Stack(configured, temporal):
        yield


async def _pages(opened: World, told: Told) -> Mapping[str, Mapping[str, str]]:
    """Who looks at what: file -> path, by role; nobody's are public."""
    number = await _file_some(opened)
    trainings = await opened.get("agency", f"/courses/{told.id}/trainings")
    training = trainings[0]["number"]
    lists = await opened.get("responsible", f"/courses/{told.id}/enrolments")
    enrolment = next(one["number"] for one in lists if one["counts"])
    return {
        "reviewer": {"work-list": "/", "case": f"/cases/{number}"},
        "agency": {
            "filing": "/requests/new",
            "results": f"/trainings/{training}/results",
            "training": f"/trainings/{training}",
        },
        "responsible": {"course": f"/courses/{told.id}", "learners": f"/cases/{enrolment}"},
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
        await page.screenshot(path=FOLDER / f"{name}.png", full_page=True)
        say(f"{name}.png: {path}")
    await context.close()


if __name__ == "__main__":
    run_and_leave(lambda: command.run(main))

"""Debian's Chromium, found on the PATH, and signing in as a demonstration person."""

import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from playwright.async_api import Browser, BrowserContext, Page, async_playwright

# The shell has no windows to draw: a third of the work less.
_NAMES = ("chromium-headless-shell", "chromium", "chromium-browser")
CHROMIUM = next(filter(None, map(shutil.which, _NAMES)), None)
NONE = "Chromium нет (apt-get install chromium-headless-shell или chromium)."


@asynccontextmanager
async def running() -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        # Root, as in CI, has no sandbox in Chromium; a graphics card would be imitated, which takes longer.
        options = ["--no-sandbox", "--disable-gpu"]
        yield await playwright.chromium.launch(executable_path=CHROMIUM, args=options)


async def sign_in(context: BrowserContext, url: str, holder: str) -> Page:
    """A page of the person of this name."""
    page = await context.new_page()
    await page.goto(f"{url}/sign-in")
    await page.get_by_role("button", name=holder).click()
    await page.wait_for_url(f"{url}/")
    return page

"""A real browser: Debian's Chromium, found on the PATH."""

import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib.resources import files

from playwright.async_api import Browser, BrowserContext, Page, async_playwright

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
NONE = "Chromium нет: тесты в браузере пропущены (apt-get install chromium)."
WIDTHS = (360, 1280)

_AXE = files("axe_playwright_python").joinpath("axe.min.js").read_text()
_RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]}


@asynccontextmanager
async def running() -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        # Root, as in CI, has no sandbox in Chromium.
        yield await playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])


async def sign_in(context: BrowserContext, url: str, holder: str) -> Page:
    """A page of the person of this name."""
    page = await context.new_page()
    await page.goto(f"{url}/sign-in")
    await page.get_by_role("button", name=holder).click()
    return page


async def is_too_wide(page: Page) -> bool:
    """Whether one has to scroll sideways."""
    return bool(await page.evaluate("document.documentElement.scrollWidth > window.innerWidth"))


async def barriers(page: Page) -> list[str]:
    """What axe finds against WCAG 2.1 AA: rule and element."""
    # In the page's own world a policy without inline scripts would keep axe out: so by the debugger's.
    await page.evaluate(_AXE)
    found = await page.evaluate("rules => axe.run(document, rules)", _RULES)
    return [f"{one['id']}: {node['html'][:120]}" for one in found["violations"] for node in one["nodes"]]

"""What a real browser shows: whether it fits, and what hinders people."""

from importlib.resources import files

from playwright.async_api import Page

WIDTHS = (360, 900, 1280)
"""Of a telephone, of half a screen and of a desk."""

_STICKING_OUT = """() => {
    const shown = window.innerWidth, all = [...document.querySelectorAll("body *")];
    if (document.documentElement.scrollWidth <= shown) return "";
    const out = all.filter(one => one.getBoundingClientRect().right > shown);
    return `${document.documentElement.scrollWidth} of ${shown}: ${out.at(-1)?.outerHTML.slice(0, 300)}`;
}"""
"""Nothing, or how wide the page is and the innermost element that makes it so."""

_AXE = files("axe_playwright_python").joinpath("axe.min.js").read_text()
_RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]}


async def shortcomings(page: Page) -> list[str]:
    """What is wrong with the page that is open: scrolling sideways at a width, barriers (at the last)."""
    found = []
    for width in WIDTHS:
        await page.set_viewport_size({"width": width, "height": 800})
        if out := await page.evaluate(_STICKING_OUT):
            found.append(f"too wide for {width}: {out}")
    return found + await _barriers(page)


async def _barriers(page: Page) -> list[str]:
    """What axe finds against WCAG 2.1 AA: rule and element."""
    # In the page's own world a policy without inline scripts would keep axe out: so by the debugger's.
    await page.evaluate(_AXE)
    found = await page.evaluate("rules => axe.run(document, rules)", _RULES)
    return [f"{one['id']}: {node['html'][:120]}" for one in found["violations"] for node in one["nodes"]]


async def problems(page: Page, url: str, paths: list[str]) -> list[str]:
    """What is wrong with pages: errors of the console, scrolling sideways, barriers."""
    found: list[str] = []
    page.on("console", lambda message: found.append(message.text) if message.type == "error" else None)
    page.on("dialog", lambda dialog: found.append(dialog.message))
    for path in paths:
        await page.goto(url + path)
        found += [f"{path}: {one}" for one in await shortcomings(page)]
    return found

"""Somebody at a page with the keyboard alone: each stop of Tab must be seen, and follow the page's order."""

from datetime import date

from playwright.async_api import FileChooser, Locator, Page, expect

_STOP = """() => {
    const it = document.activeElement, style = getComputedStyle(it), box = it.getBoundingClientRect();
    // The parts of a day have marks of the browser's own.
    const is_outlined = it.type === "date"
        || style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2;
    const is_shown = box.width > 0 && box.bottom > 0 && box.top < innerHeight && box.right > 0;
    const last = window.lastStop;
    const is_later = !last || !last.isConnected || last === it
        || Boolean(last.compareDocumentPosition(it) & Node.DOCUMENT_POSITION_FOLLOWING);
    window.lastStop = it;
    return is_outlined && is_shown && is_later && it.tabIndex === 0 ? "" : it.outerHTML.slice(0, 150);
}"""
"""What is wrong with where the focus is; blank when nothing is."""
_MOST_STOPS = 80


class Keyboard:
    """Hands that have no mouse."""

    def __init__(self, page: Page) -> None:
        self.page = page
        # From the first listener on choosers come here: one added just before the key may be too late.
        page.on("filechooser", lambda chooser: None)

    async def skip_to_content(self) -> None:
        """Past the menu, by the page's first stop."""
        await self.page.keyboard.press("Tab")
        await expect(self.page.get_by_role("link", name="К содержанию")).to_be_focused()
        await self.page.keyboard.press("Enter")

    async def to(self, there: Locator) -> None:
        """Forward to an element."""
        for _ in range(_MOST_STOPS):
            await self.page.keyboard.press("Tab")
            wrong = await self.page.evaluate(_STOP)
            assert wrong == "", wrong
            if await there.evaluate("it => it === document.activeElement"):
                return
        raise AssertionError("the keyboard does not get there")

    async def press(self, name: str, *keys: str, role: str = "button") -> None:
        """Go to a button, a link or a box, and press it."""
        await self.to(self.page.get_by_role(role, name=name, exact=True).first)  # type: ignore[arg-type]
        for key in keys or ("Enter",):
            await self.page.keyboard.press(key)

    async def write(self, label: str, text: str) -> None:
        """Go to a field and write."""
        await self.to(self.page.get_by_label(label, exact=True).first)
        await self.page.keyboard.type(text)

    async def choose(self, label: str, *, down: int = 1) -> None:
        """Go to a list, and so many options down."""
        await self.to(self.page.get_by_label(label, exact=True).first)
        for _ in range(down):
            await self.page.keyboard.press("ArrowDown")

    async def write_day(self, label: str, day: date) -> None:
        """A browser takes a day in the order of its own language."""
        field = self.page.get_by_label(label, exact=True).first
        await self.to(field)
        for order in ("%m%d%Y", "%d%m%Y"):
            await self.page.keyboard.type(day.strftime(order))
            if await field.input_value() == str(day):
                return
            await self.page.keyboard.press("ArrowLeft")
            await self.page.keyboard.press("ArrowLeft")
        raise AssertionError("the field does not take the day")

    async def open_files(self, label: str) -> FileChooser:
        await self.to(self.page.get_by_label(label, exact=True))
        async with self.page.expect_file_chooser() as opening:
            await self.page.keyboard.press("Enter")
        return await opening.value

    async def is_told(self, text: str) -> None:
        """The focus is on the message of what was done."""
        await expect(self.page.locator(":focus")).to_contain_text(text)

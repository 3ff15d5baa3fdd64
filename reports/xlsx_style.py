"""How the XLSX of results looks: colours and formats of cells."""

from typing import Any

from xlsxwriter import Workbook

INK, ACCENT, SOFT, PALE, GREY = "#1F3A5F", "#2F6DA8", "#9DB9D6", "#EEF3F8", "#5F6B7A"
DONE = "#3C8C6E"
_FONT = {"font_name": "Calibri", "font_size": 11}


class Styles:
    """Formats of one workbook."""

    def __init__(self, book: Workbook) -> None:
        def style(**properties: Any) -> Any:
            return book.add_format({**_FONT, "valign": "vcenter", **properties})

        self.title = style(bold=True, font_size=16, font_color=INK)
        self.section = style(bold=True, font_size=12, font_color=INK, bottom=1, bottom_color=SOFT)
        self.label = style(font_color=GREY)
        self.fact = style(text_wrap=True, align="left")
        self.notice = style(text_wrap=True, bg_color="#FFF4DC", valign="top", indent=1)
        self.heading = style(
            bold=True, font_color="#FFFFFF", bg_color=INK, text_wrap=True, align="center", border=1,
            border_color=SOFT,
        )  # fmt: skip
        self.text = style(align="left")
        self.number = style()
        self.count = style(num_format="#,##0")
        self.share = style(num_format="0.0%")
        self.percent = style(num_format="0.0")
        self.day = style(num_format="dd.mm.yyyy", align="center")
        self.moment = style(num_format="dd.mm.yyyy hh:mm", align="center")

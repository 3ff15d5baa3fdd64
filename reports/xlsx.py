"""What every XLSX of ours has in common: rows on disk, nothing typed that becomes a formula, one look."""

import io
import tempfile
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, date, datetime
from typing import Generic, NamedTuple, TypeVar

from xlsxwriter import Workbook
from xlsxwriter.worksheet import Worksheet

from reports.xlsx_style import Styles

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
Value = str | float | date | None
Row = TypeVar("Row")

_CELL_MAX = 32_767
"""Characters that a cell of Excel takes."""


def workbook(title: str, made_at: datetime, write: Callable[[Workbook, Styles], None]) -> bytes:
    """The whole file; the same instant and the same cells give the same bytes.

    Args:
        title: Of the file, as its properties show it.
        made_at: Aware.
        write: Adds the sheets, each written from its top to its bottom.
    """
    content = io.BytesIO()
    # Should writing fail, the rows on disk go with the folder.
    with tempfile.TemporaryDirectory() as folder:
        options = {
            "constant_memory": True,
            "tmpdir": folder,
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
        }
        with Workbook(content, options) as book:
            book.set_properties(
                {
                    "title": title,
                    "author": "Система электронного обучения Тюменской области",
                    "created": made_at.astimezone(UTC).replace(tzinfo=None),
                }
            )
            write(book, Styles(book))
    return content.getvalue()


def write_cell(sheet: Worksheet, row: int, at: int, value: Value, style: object) -> None:
    """A value by its type; nothing for None and for an empty text."""
    match value:
        case None | "":
            return
        case str():
            sheet.write_string(row, at, value[:_CELL_MAX], style)
        case date():
            sheet.write_datetime(row, at, value, style)
        case _:
            sheet.write_number(row, at, value, style)


class Column(NamedTuple, Generic[Row]):
    """A column of a table."""

    heading: str
    width: int
    style: str
    """Of `Styles`."""
    value: Callable[[Row], Value]


def write_table(
    sheet: Worksheet, columns: Sequence[Column[Row]], rows: Iterable[Row], styles: Styles
) -> None:
    """Headings, rows and filters: the whole sheet."""
    formats = [getattr(styles, column.style) for column in columns]
    for at, column in enumerate(columns):
        sheet.set_column(at, at, column.width)
    write_headings(sheet, 0, [column.heading for column in columns], styles)
    written = 0
    for written, row in enumerate(rows, start=1):
        for at, column in enumerate(columns):
            write_cell(sheet, written, at, column.value(row), formats[at])
    finish_table(sheet, rows=written, columns=len(columns))


def write_headings(sheet: Worksheet, row: int, headings: Sequence[str], styles: Styles) -> None:
    """Headings of two lines."""
    sheet.set_row(row, 32)
    for at, heading in enumerate(headings):
        sheet.write_string(row, at, heading, styles.heading)


def finish_table(sheet: Worksheet, *, rows: int, columns: int) -> None:
    """Filters under a frozen heading, and pages of A4 that repeat it."""
    sheet.freeze_panes(1, 1)
    sheet.autofilter(0, 0, max(1, rows), columns - 1)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0)
    sheet.set_footer("&Rстраница &P из &N")

"""Results of clause 4.7 as XLSX: a summary with charts of Excel's own, and learners as a table with filters.

Rows go to disk as they are written, so 50,000 learners take little memory. Nothing that people typed
becomes a formula or a link, and the same results give the same bytes.
"""

import io
import tempfile
from datetime import UTC, date, datetime

from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from models.result_summary import summarise
from models.results import Results
from reports import results_xlsx_summary
from reports.results_table import COLUMNS, Column, Kind, Value, text
from reports.results_xlsx_style import Styles

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_CELL_MAX = 32_767
"""Characters that a cell of Excel takes."""
_NARROWEST, _WIDEST = 12, 60


def workbook(results: Results) -> bytes:
    """The whole file. Blocks for some seconds at 50,000 learners: call it in a thread."""
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
                    "title": f"Результаты обучения: {results.course}",
                    "author": "Система электронного обучения Тюменской области",
                    "created": results.read_at.astimezone(UTC).replace(tzinfo=None),
                }
            )
            styles = Styles(book)
            summary = book.add_worksheet(results_xlsx_summary.SHEET)
            table = book.add_worksheet("Результаты")
            results_xlsx_summary.write(book, summary, results, summarise(results), styles)
            _write_table(table, results, styles)
    return content.getvalue()


def _write_table(sheet: Worksheet, results: Results, styles: Styles) -> None:
    headings = [column.heading(results) for column in COLUMNS]
    formats = [_format(column, styles) for column in COLUMNS]
    for at, (column, heading) in enumerate(zip(COLUMNS, headings, strict=True)):
        sheet.set_column(at, at, _width(column, heading, results))
        sheet.write_string(0, at, heading, styles.heading)
    for row, learner in enumerate(results.learners, start=1):
        for at, column in enumerate(COLUMNS):
            _write(sheet, row, at, column.value(learner), formats[at])
    sheet.set_row(0, 32)
    sheet.freeze_panes(1, 1)
    sheet.autofilter(0, 0, max(1, len(results.learners)), len(COLUMNS) - 1)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0)
    sheet.set_footer("&Rстраница &P из &N")


def _write(sheet: Worksheet, row: int, at: int, value: Value, style: Format) -> None:
    match value:
        case None | "":
            return
        case str():
            sheet.write_string(row, at, value[:_CELL_MAX], style)
        case datetime() | date():
            sheet.write_datetime(row, at, value, style)
        case _:
            sheet.write_number(row, at, value, style)


def _format(column: Column, styles: Styles) -> Format:
    return {
        Kind.TEXT: styles.text,
        Kind.NUMBER: styles.number,
        Kind.DAY: styles.day,
        Kind.MOMENT: styles.moment,
    }[column.kind]


def _width(column: Column, heading: str, results: Results) -> int:
    """Room for the longest value, and for the heading over two lines, with the filter's button."""
    if column.kind is Kind.TEXT:
        longest = max((len(text(column.value(one))) for one in results.learners), default=0)
    else:
        longest = len("24.11.2026 14:05") if column.kind is Kind.MOMENT else 0
    return min(_WIDEST, max(_NARROWEST, longest + 2, len(heading) // 2 + 6))

"""Results of clause 4.7 as XLSX: a summary with charts of Excel's own, and learners as a table with filters.

Rows go to disk as they are written, so 50,000 learners take little memory. Nothing that people typed
becomes a formula or a link, and the same results give the same bytes.
"""

from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from models.result_summary import summarise
from models.results import Results
from reports import results_xlsx_summary, xlsx
from reports.results_table import COLUMNS, Column, Kind, text
from reports.xlsx_style import Styles

_NARROWEST, _WIDEST = 12, 60


def workbook(results: Results) -> bytes:
    """The whole file. Blocks for some seconds at 50,000 learners: call it in a thread."""

    def write(book: Workbook, styles: Styles) -> None:
        summary = book.add_worksheet(results_xlsx_summary.SHEET)
        table = book.add_worksheet("Результаты")
        results_xlsx_summary.write(book, summary, results, summarise(results), styles)
        _write_table(table, results, styles)

    return xlsx.workbook(f"Результаты обучения: {results.course}", results.read_at, write)


def _write_table(sheet: Worksheet, results: Results, styles: Styles) -> None:
    headings = [column.heading(results) for column in COLUMNS]
    formats = [_format(column, styles) for column in COLUMNS]
    for at, (column, heading) in enumerate(zip(COLUMNS, headings, strict=True)):
        sheet.set_column(at, at, _width(column, heading, results))
        sheet.write_string(0, at, heading, styles.heading)
    for row, learner in enumerate(results.learners, start=1):
        for at, column in enumerate(COLUMNS):
            xlsx.write_cell(sheet, row, at, column.value(learner), formats[at])
    sheet.set_row(0, 32)
    xlsx.finish_table(sheet, rows=len(results.learners), columns=len(COLUMNS))


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

"""The sheet «Сводка» of results: facts, what can't be seen, totals, and tables with their charts."""

from datetime import date

from xlsxwriter import Workbook
from xlsxwriter.chart import Chart
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from models.result_summary import Step, Summary
from models.results import Results, State
from reports import results_xlsx_charts as charts
from reports.results_table import NO_DATA, facts
from reports.xlsx_style import Styles

SHEET = "Сводка"
_LAST = 6
"""The last column of the tables; charts stand to the right of it."""
_CHART_ROWS = 17
_CHARACTERS_A_LINE = 105

Cell = tuple[str | float | date | None, Format]


def write(book: Workbook, sheet: Worksheet, results: Results, summary: Summary, styles: Styles) -> None:
    """Fill the sheet from top to bottom: rows that are written already are on disk."""
    page = _Page(sheet, styles)
    page.title("Результаты обучения")
    for label, value in facts(results):
        page.fact(label, value)
    if results.unseen:
        page.section("Чего в отчёте нет")
        for words in results.unseen_words:
            page.notice(words)
    _totals(page, summary)
    _distribution(page, summary, book)
    _over_time(page, summary, book)
    _organisations(page, summary, book)


class _Page:
    """Writes rows one after the other."""

    def __init__(self, sheet: Worksheet, styles: Styles) -> None:
        self.sheet, self.styles, self.at, self._chart_at = sheet, styles, 0, 1
        sheet.set_column(0, 0, 44)
        sheet.set_column(1, _LAST, 13)
        sheet.hide_gridlines(2)
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.fit_to_pages(1, 0)

    def title(self, text: str) -> None:
        self.sheet.set_row(0, 28)
        self.row(text, self.styles.title)

    def fact(self, label: str, value: str) -> None:
        self.sheet.write_string(self.at, 0, label, self.styles.label)
        self._wide(1, value, self.styles.fact)

    def notice(self, text: str) -> None:
        self._wide(0, text, self.styles.notice)

    def section(self, text: str) -> None:
        self.at += 1
        self.sheet.set_row(self.at, 22)
        for column in range(_LAST + 1):
            self.sheet.write_string(self.at, column, "" if column else text, self.styles.section)
        self.at += 1

    def headings(self, *texts: str) -> None:
        self.sheet.set_row(self.at, 32)
        for column, text in enumerate(texts):
            self.sheet.write_string(self.at, column, text, self.styles.heading)
        self.at += 1

    def row(self, label: str | date, style: Format, *cells: Cell) -> None:
        """A label and its values; a value that isn't known is «нет данных»."""
        for column, (value, shape) in enumerate(((label, style), *cells)):
            match value:
                case None:
                    self.sheet.write_string(self.at, column, NO_DATA, self.styles.label)
                case str():
                    self.sheet.write_string(self.at, column, value, shape)
                case date():
                    self.sheet.write_datetime(self.at, column, value, shape)
                case _:
                    self.sheet.write_number(self.at, column, value, shape)
        self.at += 1

    def chart(self, chart: Chart, description: str) -> None:
        """Beside the tables, under the chart before."""
        options = {"description": description, "object_position": 2}
        self.sheet.insert_chart(self._chart_at, _LAST + 2, chart, options)
        self._chart_at += _CHART_ROWS

    def _wide(self, first: int, text: str, style: Format) -> None:
        lines = 1 + len(text) // _CHARACTERS_A_LINE
        self.sheet.set_row(self.at, 16 * lines + 2)
        self.sheet.merge_range(self.at, first, self.at, _LAST, "", style)
        # Not by merge_range: it would look in the text for formulas, links and numbers.
        self.sheet.write_string(self.at, first, text, style)
        self.at += 1


def _totals(page: _Page, summary: Summary) -> None:
    totals, styles = summary.totals, page.styles
    page.section("Итоги")
    page.row("Обучающихся", styles.text, (totals.learners, styles.count))
    for state, count in totals.states.items():
        shown = totals.completed if state is State.COMPLETED else count
        page.row(f"      {state.russian}", styles.text, (shown, styles.count))
    page.row("Приступили к обучению", styles.text, (totals.begun, styles.count))
    page.row("Доля завершивших (без отчисленных)", styles.text, (totals.share, styles.share))
    page.row("С оценкой", styles.text, (totals.graded, styles.count))
    page.row("Средняя оценка, %", styles.text, (totals.mean, styles.percent))
    page.row("Медиана оценок, %", styles.text, (totals.median, styles.percent))


def _distribution(page: _Page, summary: Summary, book: Workbook) -> None:
    page.section("Распределение оценок")
    if not summary.bins:
        page.row(NO_DATA, page.styles.label)
        return
    page.headings("Оценка", "Обучающихся")
    first = page.at
    for tenth in summary.bins:
        page.row(tenth.label, page.styles.text, (tenth.count, page.styles.count))
    chart = charts.distribution(book, SHEET, first, page.at - 1)
    page.chart(chart, "Столбцы: сколько обучающихся получили оценку в каждом десятке процентов")


def _over_time(page: _Page, summary: Summary, book: Workbook) -> None:
    page.section(f"Завершение обучения {summary.step.russian}")
    if not summary.completions:
        page.row(NO_DATA, page.styles.label)
        return
    page.headings("День" if summary.step is Step.DAY else "С этого дня", "Завершили", "Всего к этому времени")
    first = page.at
    for point in summary.completions:
        counts = [(count, page.styles.count) for count in (point.count, point.altogether)]
        page.row(point.since, page.styles.day, *counts)
    chart = charts.over_time(book, SHEET, first, page.at - 1, summary.step)
    page.chart(chart, "Столбцы: сколько обучающихся завершили обучение; линия: сколько всего к этому времени")


def _organisations(page: _Page, summary: Summary, book: Workbook) -> None:
    page.section("По организациям")
    styles = page.styles
    page.headings("Организация", "Обучающихся", "Приступили", "Завершили", "Доля", "Средняя, %", "Медиана, %")
    first = page.at
    for organisation in summary.organisations:
        totals = organisation.totals
        counts = [(count, styles.count) for count in (totals.learners, totals.begun, totals.completed)]
        means = [(mean, styles.percent) for mean in (totals.mean, totals.median)]
        page.row(organisation.name, styles.text, *counts, (totals.share, styles.share), *means)
    if summary.organisations:
        last = min(page.at, first + charts.ORGANISATIONS) - 1
        chart = charts.by_organisation(book, SHEET, first, last, knows_completion=summary.knows_completion)
        page.chart(chart, "Полосы: сколько обучающихся в каждой из организаций и сколько из них завершили")

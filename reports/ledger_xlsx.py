"""The clause ledger of a period as XLSX: totals with usual times, and every clause of every case as a table.

Nothing that people typed becomes a formula or a link, and the same ledger gives the same bytes.
"""

from collections.abc import Sequence
from datetime import date, datetime
from typing import NamedTuple

from xlsxwriter import Workbook
from xlsxwriter.worksheet import Worksheet

from models import cases, ledger_totals
from models.deadlines import LOCAL_ZONE
from models.ledger import CaseLedger, Line, State
from models.ledger_totals import ClauseSummary, Load
from models.regulation import PROVISIONS
from reports import ledger_xlsx_months, xlsx
from reports.xlsx import Column, write_headings, write_table
from reports.xlsx_style import Styles


class _Row(NamedTuple):
    case: CaseLedger
    line: Line


_COLUMNS: tuple[Column[_Row], ...] = (
    Column("Дело", 26, "text", lambda one: cases.label(one.case.number)),
    Column("Название", 40, "text", lambda one: one.case.title),
    Column("Организация", 40, "text", lambda one: one.case.organisation_name),
    Column("Пункт", 10, "text", lambda one: one.line.fact.clause.value),
    Column("Содержание пункта", 40, "text", lambda one: PROVISIONS[one.line.fact.clause].title),
    Column("Чьё время", 22, "text", lambda one: one.line.party.russian),
    Column("Состояние", 18, "text", lambda one: one.line.state.russian),
    Column("Начало", 12, "day", lambda one: one.line.fact.started_on),
    Column("Последний день", 12, "day", lambda one: one.line.fact.last_day),
    Column("Исполнено", 18, "moment", lambda one: _local(one.line.fact.done_at)),
    Column("Опоздание", 24, "text", lambda one: one.line.late_by),
    Column("Опоздание, дней", 12, "count", lambda one: one.line.late_days),
    Column("Ушло календарных дней", 14, "count", lambda one: one.line.spent),
    Column("Кто исполнил", 30, "text", lambda one: one.line.fact.by),
    Column("Запись журнала", 60, "text", lambda one: one.line.fact.evidence),
)


def workbook(
    found: Sequence[CaseLedger], first: date, last: date, now: datetime, laden: Sequence[Load] = ()
) -> bytes:
    """The whole file. Blocks for some seconds at 10,000 cases: call it in a thread.

    Args:
        found: The cases opened in the period.
        first: The period's first day.
        last: Its last day, included.
        now: As of when; written on the sheet.
        laden: The load of reviewers, for whom it is shown to.
    """

    def write(book: Workbook, styles: Styles) -> None:
        _write_totals(book.add_worksheet("Сводка"), found, _period(first, last, now), styles)
        ledger_xlsx_months.write(book, ledger_totals.by_month(found, first, last), styles)
        if laden:
            _write_load(book.add_worksheet("Нагрузка"), laden, styles)
        rows = (_Row(case, line) for case in found for line in case.lines)
        write_table(book.add_worksheet("Пункты"), _COLUMNS, rows, styles)

    return xlsx.workbook("Журнал исполнения пунктов Регламента", now, write)


def _period(first: date, last: date, now: datetime) -> str:
    at = now.astimezone(LOCAL_ZONE)
    return f"Дела, открытые с {first:%d.%m.%Y} по {last:%d.%m.%Y}; состояние на {at:%d.%m.%Y %H:%M}"


def _write_totals(sheet: Worksheet, found: Sequence[CaseLedger], period: str, styles: Styles) -> None:
    lines = [line for case in found for line in case.lines]
    sheet.set_column(0, 0, 58)
    sheet.set_column(1, 7, 16)
    sheet.set_row(0, 28)
    sheet.write_string(0, 0, "Журнал исполнения пунктов Регламента", styles.title)
    sheet.write_string(1, 0, f"{period}; дел: {len(found)}", styles.label)
    headings = ("Пункт", *(state.russian for state in State), "исполнений", "медиана", "90 %", "дни")
    write_headings(sheet, 3, headings, styles)
    summaries = ledger_totals.summarise(lines)
    for row, summary in enumerate(summaries, start=4):
        _write_clause(sheet, row, summary, styles)
    below = 5 + len(summaries)
    write_headings(sheet, below, ("Чьё время", "календарных дней", "идёт сейчас, пунктов"), styles)
    for row, spent in enumerate(ledger_totals.clock(lines), start=below + 1):
        sheet.write_string(row, 0, spent.party.russian, styles.text)
        sheet.write_number(row, 1, spent.days, styles.count)
        sheet.write_number(row, 2, spent.running, styles.count)


def _write_clause(sheet: Worksheet, row: int, summary: ClauseSummary, styles: Styles) -> None:
    clause = summary.clause
    sheet.write_string(row, 0, f"{clause.value} {PROVISIONS[clause].title}", styles.text)
    numbers = [*(summary.states[state] for state in State), *summary.usual]
    for at, number in enumerate(numbers, start=1):
        if number is not None:
            sheet.write_number(row, at, number, styles.count)
    days = "рабочие" if summary.unit.is_working else "календарные"
    sheet.write_string(row, len(numbers) + 1, days, styles.text)


def _write_load(sheet: Worksheet, laden: Sequence[Load], styles: Styles) -> None:
    sheet.set_column(0, 0, 40)
    sheet.set_column(1, 4, 16)
    write_headings(sheet, 0, ("Кто", "ждут решения", "решено", "с опозданием", "медиана, дней"), styles)
    for row, one in enumerate(laden, start=1):
        xlsx.write_cell(sheet, row, 0, one.holder, styles.text)
        for at, count in enumerate(one[1:], start=1):
            xlsx.write_cell(sheet, row, at, count, styles.count)
    xlsx.finish_table(sheet, rows=len(laden), columns=5)


def _local(at: datetime | None) -> datetime | None:
    """Excel knows no time zones: the region's own time."""
    return at.astimezone(LOCAL_ZONE).replace(tzinfo=None) if at else None

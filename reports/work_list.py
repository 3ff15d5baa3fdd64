"""The work list as XLSX and as CSV: every term that runs, as it is filtered, the most urgent first.

Nothing that people typed becomes a formula or a link.
"""

from collections.abc import Sequence
from datetime import date, datetime
from typing import NamedTuple

from xlsxwriter import Workbook

from models.deadlines import LOCAL_ZONE
from reports import table_csv, xlsx
from reports.xlsx import Column, Value
from reports.xlsx_style import Styles


class Term(NamedTuple):
    """A term that runs, in words."""

    case_name: str
    title: str
    organisation: str
    clause: str
    clause_title: str
    waits_for: str
    last_day: date
    is_provisional: bool
    standing: str
    """«осталось 3 рабочих дня»"""
    pressure: str
    """«под угрозой»"""
    claimed_by: str


_COLUMNS: tuple[Column[Term], ...] = (
    Column("Дело", 26, "text", lambda one: one.case_name),
    Column("Название", 40, "text", lambda one: one.title),
    Column("Организация", 40, "text", lambda one: one.organisation),
    Column("Пункт", 10, "text", lambda one: one.clause),
    Column("Содержание пункта", 40, "text", lambda one: one.clause_title),
    Column("Кого ждут", 24, "text", lambda one: one.waits_for),
    Column("Последний день", 14, "day", lambda one: one.last_day),
    Column("Предварительно", 16, "text", lambda one: "да" if one.is_provisional else ""),
    Column("Осталось", 30, "text", lambda one: one.standing),
    Column("Срочность", 16, "text", lambda one: one.pressure),
    Column("В работе у", 30, "text", lambda one: one.claimed_by),
)


def workbook(terms: Sequence[Term], now: datetime) -> bytes:
    """The whole file. Blocks for a second at 10,000 terms: call it in a thread.

    Args:
        terms: What is filtered, in its order.
        now: Aware; as of when.
    """

    def write(book: Workbook, styles: Styles) -> None:
        xlsx.write_table(book.add_worksheet("В работе"), _COLUMNS, terms, styles)

    return xlsx.workbook("В работе", now, write)


def csv_file(terms: Sequence[Term]) -> bytes:
    """The whole file: the headings, then a row a term."""
    rows = ([_text(column.value(one)) for column in _COLUMNS] for one in terms)
    return table_csv.BEGINNING + table_csv.lines([[column.heading for column in _COLUMNS], *rows])


def filename(now: datetime, extension: str) -> str:
    """`v-rabote-2026-11-24.csv`, by the local day."""
    return f"v-rabote-{now.astimezone(LOCAL_ZONE).date()}.{extension}"


def _text(value: Value) -> str:
    return value.strftime("%d.%m.%Y") if isinstance(value, date) else table_csv.defused(str(value or ""))

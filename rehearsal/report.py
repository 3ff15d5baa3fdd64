"""The report of a rehearsal: Markdown, XLSX, JSON for the page of rehearsals, and what the terminal shows."""

import json
from collections.abc import Sequence
from datetime import UTC, date, datetime
from pathlib import Path

from xlsxwriter import Workbook

from rehearsal.comparison import Cell, Rehearsed, Table, tables
from reports import xlsx
from reports.xlsx_style import Styles

FILES = ("report.json", "report.md", "report.xlsx")
_ON_TERMINAL = ("Итог по пунктам", "Кому сколько писем")
_NARROW, _WIDE = 12, 45


def write(rehearsed: Rehearsed, folder: Path) -> str:
    """All files, each whole or not there at all; what the terminal shows."""
    found = tables(rehearsed)
    contents = (_json(rehearsed, found), _markdown(rehearsed, found).encode(), _workbook(rehearsed, found))
    for name, content in zip(FILES, contents, strict=True):
        part = folder / f"{name}.part"
        part.write_bytes(content)
    for name in FILES:
        (folder / f"{name}.part").replace(folder / name)
    return "\n".join(_plain(table) for table in found if table.title in _ON_TERMINAL)


def remove(folder: Path) -> None:
    """What an earlier rehearsal left, finished or not."""
    for name in FILES:
        (folder / name).unlink(missing_ok=True)
        (folder / f"{name}.part").unlink(missing_ok=True)


def _introduction(rehearsed: Rehearsed) -> str:
    return (
        f"Репетиция на {rehearsed.year} год: запросов — {rehearsed.requests}, жребий — {rehearsed.seed}."
        " Люди выдуманы и в обеих половинах одни и те же; письма, сроки и эскалации — настоящей системы."
        " Курсы настраивает Оператор вручную: то, что система делает в Moodle сама, срока не расходует."
        " Оператор в отпуске с 12 по 25 июля. Дни в итоге считаются так, как их считает действующий срок."
    )


def _markdown(rehearsed: Rehearsed, found: Sequence[Table]) -> str:
    parts = [f"# {_line(rehearsed.title)}\n\n{_introduction(rehearsed)}\n"]
    for table in found:
        if table.is_long:
            parts.append(f"## {table.title}\n\nСтрок: {len(table.rows)} — в `report.xlsx`.\n")
            continue
        lines = [table.headings, ["---"] * len(table.headings), *table.rows]
        text = "\n".join(f"| {' | '.join(_line(_text(cell)) for cell in line)} |" for line in lines)
        parts.append(f"## {table.title}\n\n{text if table.rows else 'Нет.'}\n")
    return "\n".join(parts)


def _json(rehearsed: Rehearsed, found: Sequence[Table]) -> bytes:
    """As `POST /rehearsals` takes it: what the Markdown says."""
    short = [table for table in found if not table.is_long]
    said = {
        "title": " ".join(rehearsed.title.split()),
        "introduction": _introduction(rehearsed),
        "tables": [
            {
                "title": table.title,
                "headings": list(table.headings),
                "rows": [[" ".join(_text(cell).split()) for cell in line] for line in table.rows],
            }
            for table in short
        ],
    }
    return json.dumps(said, ensure_ascii=False, indent=1).encode()


def _line(text: str) -> str:
    """Nothing in it ends a cell of a table or a line."""
    return " ".join(text.split()).replace("|", "\\|")


def _text(cell: Cell) -> str:
    match cell:
        case None:
            return "—"
        case date():
            return f"{cell:%d.%m.%Y}"
        case _:
            return str(cell)


def _plain(table: Table) -> str:
    """For a terminal: columns in line."""
    lines = [[_text(cell) for cell in line] for line in (table.headings, *table.rows)]
    widths = [max(len(line[at]) for line in lines) for at in range(len(table.headings))]
    text = ["  ".join(f"{cell:<{width}}" for cell, width in zip(line, widths, strict=True)) for line in lines]
    return "\n".join([table.title, *(f"  {line.rstrip()}" for line in text), ""])


def _workbook(rehearsed: Rehearsed, found: Sequence[Table]) -> bytes:
    def add(book: Workbook, styles: Styles) -> None:
        for table in found:
            _write_sheet(book, styles, table)

    # Not the moment of writing: the same rehearsal gives the same bytes.
    return xlsx.workbook(f"Репетиция: {rehearsed.title}", datetime(rehearsed.year, 1, 1, tzinfo=UTC), add)


def _write_sheet(book: Workbook, styles: Styles, table: Table) -> None:
    sheet = book.add_worksheet(table.title)
    for at, heading in enumerate(table.headings):
        width = max((len(_text(row[at])) for row in table.rows), default=0)
        sheet.set_column(at, at, min(max(width + 2, _NARROW), _WIDE))
        sheet.write_string(0, at, heading, styles.heading)
    by_type = {date: styles.day, int: styles.count}
    for row, line in enumerate(table.rows, start=1):
        for at, cell in enumerate(line):
            xlsx.write_cell(sheet, row, at, cell, by_type.get(type(cell), styles.text))
    xlsx.finish_table(sheet, rows=len(table.rows), columns=len(table.headings))

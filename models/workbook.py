"""Reads an XLSX in a process of its own, within bounds: `python -m models.workbook < file`.

`models/spreadsheets.py` runs it. It answers in lines of JSON: `{"sheet": …}` and then `[number, cells]` a
row, or `{"fault": …, "row": …}` alone. What breaks the bounds ends it by a signal, and nothing else with it.
"""

import io
import json
import resource
import sys
import zipfile
from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

from python_calamine import (
    CalamineError,
    CalamineSheet,
    CalamineWorkbook,
    SheetTypeEnum,
    SheetVisibleEnum,
    load_workbook,
)

from models.spreadsheets import Fault, Row, SpreadsheetError, limited

MEMORY_MAX = 384 * 2**20
"""Bytes of address space."""
SECONDS_MAX = 60
UNPACKED_MAX = 128 * 2**20
"""Bytes of all that the archive holds: 50,000 people take 25 MB."""
RATIO_MAX = 200
"""Unpacked to packed: an honest book has 10 to 30, one of empty coloured cells up to 100."""


def answer(content: bytes) -> Iterator[Any]:
    """The lines of the answer. All rows are checked before the first is given."""
    try:
        check_archive(content)
        try:
            name, sheet = _first_filled(load_workbook(io.BytesIO(content)))
        except CalamineError as error:
            raise SpreadsheetError(Fault.BROKEN) from error
        for _ in _rows(sheet):
            pass
    except SpreadsheetError as error:
        yield {"fault": error.fault, "row": error.row}
        return
    yield {"sheet": name}
    yield from _rows(sheet)


def check_archive(content: bytes) -> None:
    """Look at the archive's directory before anything is unpacked.

    Raises:
        SpreadsheetError: it is broken, not a book, encrypted, or unpacks to too much.
    """
    try:
        entries = zipfile.ZipFile(io.BytesIO(content)).infolist()
    except (zipfile.BadZipFile, NotImplementedError):
        raise SpreadsheetError(Fault.BROKEN) from None
    if any(entry.flag_bits & 1 for entry in entries):
        raise SpreadsheetError(Fault.ENCRYPTED)
    if "xl/workbook.xml" not in (entry.filename for entry in entries):
        raise SpreadsheetError(Fault.NOT_A_TABLE)
    unpacked = sum(entry.file_size for entry in entries)
    if unpacked > UNPACKED_MAX or unpacked > RATIO_MAX * len(content):
        raise SpreadsheetError(Fault.TOO_HEAVY)


def _first_filled(book: CalamineWorkbook) -> tuple[str, CalamineSheet]:
    for index, sheet in enumerate(book.sheets_metadata):
        if sheet.typ == SheetTypeEnum.WorkSheet and sheet.visible == SheetVisibleEnum.Visible:
            read = book.get_sheet_by_index(index)
            if any(_text(cell).strip() for row in read.iter_rows() for cell in row):
                return sheet.name, read
    raise SpreadsheetError(Fault.EMPTY)


def _rows(sheet: CalamineSheet) -> Iterator[Row]:
    return limited(_filled_down(sheet))


def _filled_down(sheet: CalamineSheet) -> Iterator[tuple[str, ...]]:
    """Rows of text; what is merged over several rows stands in each of them, as a reader sees it."""
    left = sheet.start[1] if sheet.start else 0
    merged = {
        (top, column - left): bottom
        for (top, column), (bottom, _) in sheet.merged_cell_ranges or ()
        if bottom > top
    }
    going: dict[int, tuple[int, str]] = {}
    for number, row in enumerate(sheet.iter_rows()):
        cells = [_text(cell) for cell in row]
        for column, (bottom, text) in list(going.items()):
            if number > bottom:
                del going[column]
            elif not cells[column]:
                cells[column] = text
        if merged:
            for column, text in enumerate(cells):
                if text and (number, column) in merged:
                    going[column] = (merged[number, column], text)
        yield tuple(cells)


def _text(value: object) -> str:
    """A cell as a person reads it: no «.0» after whole numbers, dates as 24.11.2026."""
    match value:
        case str():
            return value
        case bool():
            return "да" if value else "нет"
        case float():
            return str(int(value)) if value.is_integer() else repr(value)
        case datetime():
            return value.strftime("%d.%m.%Y %H:%M")
        case date():
            return value.strftime("%d.%m.%Y")
        case time():
            return value.strftime("%H:%M")
        case timedelta() | _:
            return str(value)


def _bound(limit: int, most: int) -> None:
    resource.setrlimit(limit, (most, most))


def main(arguments: Sequence[str] = ()) -> None:
    _bound(resource.RLIMIT_AS, MEMORY_MAX)
    _bound(resource.RLIMIT_CPU, SECONDS_MAX)
    _bound(resource.RLIMIT_CORE, 0)
    content = sys.stdin.buffer.read()
    out = sys.stdout.buffer
    for line in answer(content):
        out.write(json.dumps(line, ensure_ascii=False).encode() + b"\n")


if __name__ == "__main__":
    main()

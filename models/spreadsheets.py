"""Lists that people send: the bytes of a CSV or XLSX file in, rows of text out.

A CSV is read here, in a stream. An XLSX is read by `models/workbook.py` in a process of its own: a file
of 5 KB can name a cell at the far corner of the sheet, and the library then asks for all the memory
there is and takes its process down.
"""

import codecs
import csv
import io
import json
import subprocess
import sys
import tempfile
from collections import Counter, deque
from collections.abc import Iterable, Iterator
from enum import StrEnum
from itertools import islice
from pathlib import Path
from typing import IO, NamedTuple

SIZE_MAX = 16 * 2**20
"""Bytes of a file."""
ROWS_MAX = 50_100
"""50,000 people, and a hundred lines of title, headings and notes."""
COLUMNS_MAX = 50
CELL_MAX = 1000
"""Characters of a cell."""


class Fault(StrEnum):
    """Why a file can't be read."""

    EMPTY = "empty"
    TOO_BIG = "too-big"
    TOO_MANY_ROWS = "too-many-rows"
    TOO_MANY_COLUMNS = "too-many-columns"
    CELL_TOO_LONG = "cell-too-long"
    NOT_A_TABLE = "not-a-table"
    OLD_EXCEL = "old-excel"
    ENCRYPTED = "encrypted"
    BROKEN = "broken"
    TOO_HEAVY = "too-heavy"
    """Small as a file, and huge when unpacked or laid out."""
    CUT = "cut"
    ENCODING = "encoding"
    QUOTES = "quotes"


class SpreadsheetError(Exception):
    """A file can't be read; `fault` says why, `row` where if that is known, `str()` says it in Russian."""

    def __init__(self, fault: Fault, row: int | None = None) -> None:
        super().__init__((f"Строка {row}: " if row else "") + _WHY[fault])
        self.fault = fault
        self.row = row


class Row(NamedTuple):
    number: int
    """As Excel shows it: from 1, blank lines counted, a line break inside a cell not."""
    cells: tuple[str, ...]
    """Without spaces around; trailing blank cells are left out."""


class Table(NamedTuple):
    sheet: str
    """The first visible sheet that isn't empty; blank for a CSV."""
    rows: Iterator[Row]
    """Those that aren't blank. To be read once."""


def read(content: bytes) -> Table:
    """The rows of a CSV (UTF-8, UTF-16 with BOM, cp1251; `;`, `,`, tab) or XLSX. Blocks: call it in a thread.

    Everything is checked before the first row is given; what it takes of memory doesn't grow with the
    number of rows. An XLSX takes up to `workbook.MEMORY_MAX` more, in a process of its own: read few at
    a time.

    Raises:
        SpreadsheetError: the file can't be read, or is over a limit.
    """
    if len(content) > SIZE_MAX:
        raise SpreadsheetError(Fault.TOO_BIG)
    if not content.strip():
        raise SpreadsheetError(Fault.EMPTY)
    if content.startswith(b"PK"):
        return _workbook(content)
    if content.startswith(_OLE):
        is_encrypted = "EncryptedPackage".encode("utf-16-le") in content
        raise SpreadsheetError(Fault.ENCRYPTED if is_encrypted else Fault.OLD_EXCEL)
    return _delimited(content)


def limited(rows: Iterable[tuple[str, ...]]) -> Iterator[Row]:
    """Number rows, leave out blank ones, and stop at the first that is over a limit.

    Raises:
        SpreadsheetError: there are too many rows or columns, a cell is too long, nothing is there.
    """
    count = 0
    for number, raw in enumerate(rows, start=1):
        cells = _trimmed(raw)
        if not cells:
            continue
        count += 1
        if count > ROWS_MAX:
            raise SpreadsheetError(Fault.TOO_MANY_ROWS)
        if len(cells) > COLUMNS_MAX:
            raise SpreadsheetError(Fault.TOO_MANY_COLUMNS, number)
        if any(len(cell) > CELL_MAX for cell in cells):
            raise SpreadsheetError(Fault.CELL_TOO_LONG, number)
        yield Row(number, cells)
    if not count:
        raise SpreadsheetError(Fault.EMPTY)


def _trimmed(cells: Iterable[str]) -> tuple[str, ...]:
    stripped = [cell.strip() for cell in cells]
    while stripped and not stripped[-1]:
        stripped.pop()
    return tuple(stripped)


def _delimited(content: bytes) -> Table:
    if content.removeprefix(codecs.BOM_UTF8).lstrip().startswith(b"<"):
        raise SpreadsheetError(Fault.NOT_A_TABLE)  # an «.xls» that is a web page inside
    encoding = _encoding(content)
    delimiter = _delimiter(content, encoding)
    deque(limited(_records(content, encoding, delimiter)), maxlen=0)
    return Table("", limited(_records(content, encoding, delimiter)))


def _encoding(content: bytes) -> str:
    """The one encoding in which the whole file makes sense; it is never guessed.

    Words in cp1251 are not valid UTF-8, and UTF-8 with a fault in it has bytes that no Russian text has
    in cp1251, so that neither passes for the other.
    """
    is_utf16 = content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    if not is_utf16 and b"\0" in content:
        raise SpreadsheetError(Fault.NOT_A_TABLE)
    encoding = "utf-16" if is_utf16 else "utf-8-sig"
    try:
        content.decode(encoding)
    except UnicodeDecodeError as error:
        if error.reason in ("unexpected end of data", "truncated data"):
            raise SpreadsheetError(Fault.CUT) from None
        if not is_utf16 and _is_cp1251(content):
            return "cp1251"
        raise SpreadsheetError(Fault.ENCODING, content.count(b"\n", 0, error.start) + 1) from None
    return encoding


def _is_cp1251(content: bytes) -> bool:
    beyond_ascii = bytes(set(content.translate(None, delete=bytes(range(0x80)))))
    return set(beyond_ascii.decode("cp1251", "replace")) <= _RUSSIAN


def _delimiter(content: bytes, encoding: str) -> str:
    """The one by which most of the first rows have as many cells as each other, and then the most cells."""

    def evenness(delimiter: str) -> tuple[int, int]:
        widths: Counter[int] = Counter()
        try:
            for record in islice(_records(content, encoding, delimiter), _LOOKED_AT):
                widths[len(record)] += len(record) > 1
        except SpreadsheetError:
            pass  # a wrong delimiter leaves a quote in the middle of a cell
        return max(((rows, width) for width, rows in widths.items()), default=(0, 0))

    return max(";,\t", key=evenness)


def _records(content: bytes, encoding: str, delimiter: str) -> Iterator[tuple[str, ...]]:
    number = 1
    lines = io.TextIOWrapper(io.BytesIO(content), encoding, newline="")
    try:
        for record in csv.reader(lines, delimiter=delimiter, strict=True):
            yield tuple(record)
            number += 1
    except csv.Error as error:
        fault = Fault.CELL_TOO_LONG if "field larger" in str(error) else Fault.QUOTES
        raise SpreadsheetError(fault, number) from None


def _workbook(content: bytes) -> Table:
    answer = tempfile.TemporaryFile()  # noqa: SIM115 - it lives until the last row is read
    try:
        return Table(_asked(content, answer), _answered(answer))
    except BaseException:
        answer.close()
        raise


def _asked(content: bytes, answer: IO[bytes]) -> str:
    """Let `models/workbook.py` write its answer; gives the name of the sheet."""
    with tempfile.TemporaryFile() as given:
        given.write(content)
        given.seek(0)
        process = subprocess.run(
            [sys.executable, "-m", "models.workbook"],
            cwd=Path(__file__).parent.parent,
            # Whatever a file does to the library, the passwords of the engine are not there.
            env={"PYTHONDONTWRITEBYTECODE": "1"},
            stdin=given,
            stdout=answer,
            stderr=subprocess.DEVNULL,
            check=False,
        )
    if process.returncode != 0:
        raise SpreadsheetError(Fault.TOO_HEAVY if process.returncode < 0 else Fault.BROKEN)
    answer.seek(0)
    head = json.loads(answer.readline())
    if "fault" in head:
        raise SpreadsheetError(Fault(head["fault"]), head["row"])
    return str(head["sheet"])


def _answered(answer: IO[bytes]) -> Iterator[Row]:
    with answer:
        for line in answer:
            number, cells = json.loads(line)
            yield Row(number, tuple(cells))


_LOOKED_AT = 50
_OLE = bytes.fromhex("d0cf11e0a1b11ae1")
_RUSSIAN = frozenset(
    "".join(map(chr, range(ord("А"), ord("я") + 1))) + "ЁёІіЇїЄєЎўҐґ№«»„“”‘’–—…•·°§©®™\xa0\xad"
)
_WHY = {
    Fault.EMPTY: "В файле нет ни одной заполненной строки.",
    Fault.TOO_BIG: f"Файл больше {SIZE_MAX // 2**20} МБ. Разделите список на части.",
    Fault.TOO_MANY_ROWS: "В файле больше 50 000 строк. Разделите список на части.",
    Fault.TOO_MANY_COLUMNS: f"больше {COLUMNS_MAX} столбцов. Уберите лишние.",
    Fault.CELL_TOO_LONG: f"в ячейке больше {CELL_MAX} знаков.",
    Fault.NOT_A_TABLE: "Это не таблица CSV и не книга XLSX. Сохраните список в одном из этих видов.",
    Fault.OLD_EXCEL: "Это книга старого Excel (XLS). Сохраните её как «Книга Excel (XLSX)».",
    Fault.ENCRYPTED: "Файл защищён паролем. Снимите защиту и отправьте его снова.",
    Fault.BROKEN: "Файл повреждён: его не удаётся открыть. Сохраните его заново.",
    Fault.TOO_HEAVY: (
        "Файл слишком велик в развёрнутом виде. Скопируйте строки списка в новую книгу и сохраните её."
    ),
    Fault.CUT: "Файл обрывается посередине знака: он передан не полностью. Отправьте его снова.",
    Fault.ENCODING: "Не удаётся прочитать русские буквы. Сохраните файл в кодировке UTF-8 или Windows-1251.",
    Fault.QUOTES: "кавычка не закрыта или стоит посередине ячейки.",
}

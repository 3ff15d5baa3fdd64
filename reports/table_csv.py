"""What every CSV of ours has in common, for a spreadsheet in Russian: UTF-8 with BOM, semicolons."""

import csv
import io
from codecs import BOM_UTF8
from collections.abc import Iterable

MEDIA_TYPE = "text/csv; charset=utf-8"
BEGINNING = BOM_UTF8
_FORMULA_BEGINS = ("=", "+", "-", "@", "\t", "\r", "\n")


def defused(cell: str) -> str:
    """Text that a spreadsheet would run as a formula, made plain text by an apostrophe."""
    return f"'{cell}" if cell.startswith(_FORMULA_BEGINS) else cell


def lines(rows: Iterable[list[str]]) -> bytes:
    """Rows as they stand in the file, behind its `BEGINNING`."""
    written = io.StringIO(newline="")
    csv.writer(written, delimiter=";").writerows(rows)
    return written.getvalue().encode()

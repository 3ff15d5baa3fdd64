"""Results of clause 4.7 as CSV, for a spreadsheet in Russian: UTF-8 with BOM, semicolons, decimal commas."""

import csv
import io
from codecs import BOM_UTF8
from collections.abc import Iterable, Iterator

from models.results import LearnerResult, Results
from reports.results_table import COLUMNS, Column, Kind, text

MEDIA_TYPE = "text/csv; charset=utf-8"
_ROWS_AT_ONCE = 500
_FORMULA_BEGINS = ("=", "+", "-", "@", "\t", "\r", "\n")


def chunks(results: Results) -> Iterator[bytes]:
    """The file in parts, for a streamed answer: the headings, then a row a learner."""
    yield BOM_UTF8 + _lines([[column.heading(results) for column in COLUMNS]])
    for first in range(0, len(results.learners), _ROWS_AT_ONCE):
        learners = results.learners[first : first + _ROWS_AT_ONCE]
        yield _lines([_cell(column, learner) for column in COLUMNS] for learner in learners)


def defused(cell: str) -> str:
    """Text that a spreadsheet would run as a formula, made plain text by an apostrophe."""
    return f"'{cell}" if cell.startswith(_FORMULA_BEGINS) else cell


def _cell(column: Column, learner: LearnerResult) -> str:
    shown = text(column.value(learner))
    return defused(shown) if column.kind is Kind.TEXT else shown


def _lines(rows: Iterable[list[str]]) -> bytes:
    lines = io.StringIO(newline="")
    csv.writer(lines, delimiter=";").writerows(rows)
    return lines.getvalue().encode()

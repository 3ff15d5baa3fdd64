"""Results of clause 4.7 as CSV, with decimal commas."""

from collections.abc import Iterator

from models.results import LearnerResult, Results
from reports.results_table import COLUMNS, Column, Kind, text
from reports.table_csv import BEGINNING, defused, lines

_ROWS_AT_ONCE = 500


def chunks(results: Results) -> Iterator[bytes]:
    """The file in parts, for a streamed answer: the headings, then a row a learner."""
    yield BEGINNING + lines([[column.heading(results) for column in COLUMNS]])
    for first in range(0, len(results.learners), _ROWS_AT_ONCE):
        learners = results.learners[first : first + _ROWS_AT_ONCE]
        yield lines([_cell(column, learner) for column in COLUMNS] for learner in learners)


def _cell(column: Column, learner: LearnerResult) -> str:
    shown = text(column.value(learner))
    return defused(shown) if column.kind is Kind.TEXT else shown

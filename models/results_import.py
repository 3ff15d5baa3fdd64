"""Clause 4.7 - results of a subsystem without web services: rows of a file in, results or what is wrong out.

The persons are read as in the lists of clause 4.5, with the same checks. The values hold persons: they
stay in Postgres and never cross Temporal.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import chain, islice
from typing import NamedTuple

from models import headings, learners
from models.headings import HeadingsError
from models.learners import Learner
from models.results import LearnerResult, Unseen
from models.results_cells import Column, Flaw, Given, Problem, read_cells
from models.spreadsheets import Row

# Headings without case, ё, punctuation and spaces; the per cent sign stays, for it tells two columns apart.
_NO_DATA = r"(нетданных)?"
_KNOWN = {
    Column.STATE: r"состояние|статус|итог|результат",
    Column.PROGRESS: r"прогресс%?|выполнено%",
    Column.GRADE: r"оценка|балл|баллы|(набрано|количество|сумма)баллов|итоговаяоценка",
    Column.GRADE_MAX: r"максимум|максимальн(ый|ая)(балл|оценка)|наибольш(ий|ая)(балл|оценка)|изскольки",
    Column.PERCENT: r"оценка%|процент|%|результат%",
    Column.BEGUN: r"начато|начало|датаначала",
    Column.COMPLETED: r"заверш(ено|ение)|окончание|дата(завершения|окончания|прохождения|тестирования|сдачи)",
    Column.LAST_SEEN: r"последнее(посещение|обращение)|последнийвход",
}
_UNSEEN = {
    Unseen.GRADES: (Column.GRADE, Column.PERCENT),
    Unseen.PROGRESS: (Column.PROGRESS,),
    Unseen.LAST_ACCESS: (Column.LAST_SEEN,),
}


@dataclass(frozen=True, slots=True)
class WrongResult:
    """A row that is set aside."""

    row: int
    """As Excel shows it."""
    shown: str
    """The name as far as it can be read, for a person to recognise the row."""
    problems: tuple[Problem, ...]


class Imported(NamedTuple):
    """What a file holds."""

    learners: tuple[LearnerResult, ...]
    wrong: tuple[WrongResult, ...]
    unseen: tuple[Unseen, ...]
    """What the file has no column for: `Results.unseen` of results whose origin is `imported`."""


def read_results(rows: Iterable[Row], at: datetime) -> Imported:
    """Read a whole file. Of two rows of one person the first counts, and the second is wrong.

    Args:
        rows: See `spreadsheets.read`.
        at: Now, aware: nothing can have happened later.

    Raises:
        HeadingsError: The columns can't be told, or there is none for the state.
    """
    going = iter(rows)
    first = list(islice(going, headings.LOOKED_AT))
    heading, who = headings.find(first)
    columns = _find(heading)
    below = chain((row for row in first if row.number > heading.number), going)
    taken, wrong = [], []
    for entry in _entries(
        (row for row in below if not headings.is_no_person(row, heading)), who, columns, at
    ):
        if isinstance(entry, WrongResult):
            wrong.append(entry)
        else:
            taken.append(entry)
    unseen = tuple(one for one, needs in _UNSEEN.items() if not any(column in columns for column in needs))
    return Imported(tuple(taken), tuple(wrong), unseen)


def _find(heading: Row) -> dict[Column, int]:
    plain = [_plain(cell) for cell in heading.cells]
    found: dict[Column, int] = {}
    for column, pattern in _KNOWN.items():
        positions = [at for at, text in enumerate(plain) if re.fullmatch(f"({pattern}){_NO_DATA}", text)]
        if len(positions) > 1:
            named = ", ".join(f"«{heading.cells[position]}»" for position in positions)
            why = (
                f"Строка {heading.number}: несколько столбцов означают одно и то же: {named}. Оставьте один."
            )
            raise HeadingsError(why, doubtful=tuple(heading.cells[position] for position in positions))
        if positions:
            found[column] = positions[0]
    if Column.STATE not in found:
        why = (
            "Не найден заголовок столбца «Состояние»: «не начато», «в процессе», «завершено», «не пройдено»."
        )
        raise HeadingsError(why, missing=("Состояние",))
    return found


def _plain(heading: str) -> str:
    text = heading.casefold().replace("ё", "е")
    return "".join(sign for sign in text if sign.isalpha() or sign == "%")


def _entries(
    rows: Iterable[Row], who: headings.Columns, columns: dict[Column, int], at: datetime
) -> Iterator[LearnerResult | WrongResult]:
    seen: dict[str, int] = {}
    for row in rows:
        person = learners.read_row(row, who)
        cells = {column: row.cells[place] for column, place in columns.items() if place < len(row.cells)}
        if person is None:
            if any(cells.values()):
                yield WrongResult(row.number, "", (Problem(Flaw.NO_PERSON, Flaw.NO_PERSON.russian),))
            continue
        given, problems = read_cells(cells, at)
        if isinstance(person, Learner):
            earlier = seen.setdefault(person.key, row.number)
            if earlier != row.number:
                problems.append(Problem(Flaw.DUPLICATE, f"{Flaw.DUPLICATE.russian}: строка {earlier}"))
        else:
            problems = [*(Problem(one.flaw, one.words) for one in person.problems), *problems]
        if isinstance(person, Learner) and given and not problems:
            yield _result(person, given)
        else:
            shown = person.full_name if isinstance(person, Learner) else person.shown
            yield WrongResult(row.number, shown, tuple(problems))


def _result(person: Learner, given: Given) -> LearnerResult:
    return LearnerResult(
        name=person.full_name,
        email=person.email,
        organisation=person.organisation,
        post=person.post,
        **given._asdict(),
    )

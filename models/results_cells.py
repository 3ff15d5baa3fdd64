"""Cells of a file of results as values, or as what is wrong with them in Russian."""

import math
import re
from collections.abc import Mapping
from datetime import date, datetime
from enum import StrEnum
from typing import NamedTuple

from models.deadlines import LOCAL_ZONE, local_date
from models.results import State


class Column(StrEnum):
    """What the engine reads of a file of results besides the persons."""

    STATE = "state"
    PROGRESS = "progress"
    GRADE = "grade"
    GRADE_MAX = "grade_max"
    PERCENT = "percent"
    """The grade in per cent: read where there are no points."""
    BEGUN = "begun"
    COMPLETED = "completed"
    LAST_SEEN = "last_seen"


class Flaw(StrEnum):
    """What is wrong with the results of a row; what is wrong with the person is `learners.Flaw`."""

    NO_PERSON = "no-person"
    NO_STATE = "no-state"
    UNKNOWN_STATE = "unknown-state"
    NOT_A_NUMBER = "not-a-number"
    NO_GRADE_MAX = "no-grade-max"
    GRADE_OUT_OF_RANGE = "grade-out-of-range"
    PROGRESS_OUT_OF_RANGE = "progress-out-of-range"
    BAD_DATE = "bad-date"
    IN_THE_FUTURE = "in-the-future"
    COMPLETED_BEFORE_BEGUN = "completed-before-begun"
    CONTRADICTION = "contradiction"
    DUPLICATE = "duplicate-person"

    @property
    def russian(self) -> str:
        return _FLAWS[self]


_FLAWS = {
    Flaw.NO_PERSON: "не указано, чей это результат",
    Flaw.NO_STATE: "не указано состояние",
    Flaw.UNKNOWN_STATE: "неизвестное состояние",
    Flaw.NOT_A_NUMBER: "это не число",
    Flaw.NO_GRADE_MAX: "не указан максимум, из которого поставлена оценка",
    Flaw.GRADE_OUT_OF_RANGE: "оценка меньше нуля или больше максимума",
    Flaw.PROGRESS_OUT_OF_RANGE: "прогресс меньше 0 или больше 100 %",
    Flaw.BAD_DATE: "это не дата вида 24.11.2026",
    Flaw.IN_THE_FUTURE: "дата ещё не наступила",
    Flaw.COMPLETED_BEFORE_BEGUN: "завершено раньше, чем начато",
    Flaw.CONTRADICTION: "есть дата завершения, а по состоянию обучение не завершено",
    Flaw.DUPLICATE: "этот человек уже есть в файле",
}


class Problem(NamedTuple):
    flaw: StrEnum
    """This module's `Flaw`, or that of `models/learners.py`."""
    words: str
    """In Russian."""


class Given(NamedTuple):
    """Fields of `LearnerResult` that a row gives."""

    state: State
    progress: int | None
    grade: float | None
    grade_max: float | None
    begun_on: date | None
    completed_at: datetime | None
    last_seen_at: datetime | None


# Words of our own reports first, then those of other programs.
_STATES = {
    State.NOT_BEGUN: r"не (начат[оа]?|начала?|начал\(а\)|приступала?|проходила?)",
    State.IN_PROGRESS: r"в процессе|начат[оа]?|начала?|проходит( обучение)?|не заверш(ено|ила?)",
    State.COMPLETED: r"заверш(ено|ила?)|пройден[оа]?|прош(ел|ла)|сдано|сдала?|зачет|зачтено",
    State.FAILED: r"не (пройден[оа]?|прош(ел|ла)|сдано|сдала?|зачтено)|не ?зачет",
    State.UNKNOWN: r"нет данных",
    State.LEFT: r"отчислена?|отчислен\(а\)|выбыла?|покинула?( обучение)?",
}


def read_cells(cells: Mapping[Column, str], at: datetime) -> tuple[Given | None, list[Problem]]:
    """Read the cells of a row; of what is blank or has no column nothing is known.

    Returns:
        The values, None where the state can't be told, and what is wrong: values with problems are of no use.
    """
    problems: list[Problem] = []
    state = _state(cells.get(Column.STATE, ""), problems)
    progress = _progress(cells.get(Column.PROGRESS, ""), problems)
    grade, grade_max = _grade(cells, problems)
    begun_at, completed_at, last_seen_at = (
        _moment(cells.get(column, ""), at, problems)
        for column in (Column.BEGUN, Column.COMPLETED, Column.LAST_SEEN)
    )
    begun_on = local_date(begun_at) if begun_at else None
    if begun_on and completed_at and local_date(completed_at) < begun_on:
        problems.append(Problem(Flaw.COMPLETED_BEFORE_BEGUN, Flaw.COMPLETED_BEFORE_BEGUN.russian))
    if completed_at and state in (State.NOT_BEGUN, State.IN_PROGRESS):
        problems.append(Problem(Flaw.CONTRADICTION, Flaw.CONTRADICTION.russian))
    if state is None:
        return None, problems
    return Given(state, progress, grade, grade_max, begun_on, completed_at, last_seen_at), problems


def _state(cell: str, problems: list[Problem]) -> State | None:
    text = " ".join(cell.casefold().replace("ё", "е").split())
    for state, pattern in _STATES.items():
        if re.fullmatch(pattern, text):
            return state
    problems.append(_problem(Flaw.UNKNOWN_STATE if text else Flaw.NO_STATE, cell))
    return None


def _progress(cell: str, problems: list[Problem]) -> int | None:
    progress = _number(cell, problems)
    if progress is None:
        return None
    if not 0 <= progress <= 100:
        problems.append(_problem(Flaw.PROGRESS_OUT_OF_RANGE, cell))
        return None
    return int(progress)


def _grade(cells: Mapping[Column, str], problems: list[Problem]) -> tuple[float | None, float | None]:
    """Points with their maximum in a column, or «45 из 50», «45/50», or a per cent."""
    cell, most_cell = cells.get(Column.GRADE, ""), cells.get(Column.GRADE_MAX, "")
    if not cell:
        cell = _with_per_cent(cells.get(Column.PERCENT, ""))
    if match := re.fullmatch(r"(.+?)\s*(?:из|/)\s*(.+)", cell):
        cell, most_cell = match.groups()
    elif cell.endswith("%"):
        most_cell = "100"
    grade, most = _number(cell, problems), _number(most_cell, problems)
    if grade is None:
        return None, most
    if most is None or most <= 0:
        problems.append(_problem(Flaw.NO_GRADE_MAX, cell))
    elif not 0 <= grade <= most:
        problems.append(_problem(Flaw.GRADE_OUT_OF_RANGE, f"{cell} из {most:g}"))
    return grade, most


def _with_per_cent(cell: str) -> str:
    return cell if not cell or cell.endswith("%") else f"{cell}%"


def _number(cell: str, problems: list[Problem]) -> float | None:
    text = re.sub(r"[\s%]", "", cell).replace(",", ".")
    if not text:
        return None
    try:
        number = float(text) if text.isascii() else math.nan
    except ValueError:
        number = math.nan
    if not math.isfinite(number):
        problems.append(_problem(Flaw.NOT_A_NUMBER, cell))
        return None
    return number


_FORMS = (
    "%d.%m.%Y",
    "%d.%m.%Y %H:%M",
    "%d.%m.%Y %H:%M:%S",
    "%Y-%m-%d",
    "%Y-%m-%d %H:%M",
    "%Y-%m-%d %H:%M:%S",
)


def _moment(cell: str, at: datetime, problems: list[Problem]) -> datetime | None:
    """A local date with or without a time; without one it is the beginning of the day."""
    if not cell:
        return None
    for form in _FORMS:
        try:
            found = datetime.strptime(cell.replace("T", " "), form).replace(tzinfo=LOCAL_ZONE)
        except ValueError:
            continue
        if found > at:
            problems.append(_problem(Flaw.IN_THE_FUTURE, cell))
        return found
    problems.append(_problem(Flaw.BAD_DATE, cell))
    return None


def _problem(flaw: Flaw, cell: str) -> Problem:
    shown = cell if len(cell) <= 40 else f"{cell[:39]}…"
    return Problem(flaw, f"{flaw.russian}: «{shown}»" if shown else flaw.russian)

"""The table of learners that every report of clause 4.7 has: its columns, and values as people read them."""

from collections.abc import Callable
from datetime import date, datetime
from enum import Enum, auto
from typing import NamedTuple

from models.deadlines import LOCAL_ZONE
from models.results import LearnerResult, Results, Unseen

NO_DATA = "нет данных"

Value = str | int | float | date | datetime | None


class Kind(Enum):
    """What a column holds."""

    TEXT = auto()
    NUMBER = auto()
    DAY = auto()
    MOMENT = auto()


class Column(NamedTuple):
    """A column of the table.

    Attributes:
        title: Its heading where everything is seen.
        kind: What its values are; moments are local times without a zone, for tables know none.
        value: The value of a learner; None is an empty cell.
        unseen: What makes the column empty for everybody.
    """

    title: str
    kind: Kind
    value: Callable[[LearnerResult], Value]
    unseen: frozenset[Unseen] = frozenset()

    def heading(self, results: Results) -> str:
        """«Оценка», or «Оценка (нет данных)» where an empty cell would pass for a fact."""
        return f"{self.title} ({NO_DATA})" if self.unseen & set(results.unseen) else self.title


def _local(at: datetime | None) -> datetime | None:
    # To the minute: that is what reports show, and a filter by what is shown has to find it.
    return at and at.astimezone(LOCAL_ZONE).replace(second=0, microsecond=0, tzinfo=None)


_GRADES = frozenset({Unseen.GRADES})
_COMPLETION = frozenset({Unseen.COMPLETION, Unseen.CRITERIA})

COLUMNS = (
    Column("ФИО", Kind.TEXT, lambda one: one.name),
    Column("Почта", Kind.TEXT, lambda one: one.email, frozenset({Unseen.EMAILS})),
    Column("Организация", Kind.TEXT, lambda one: one.organisation),
    Column("Должность", Kind.TEXT, lambda one: one.post),
    Column("Состояние", Kind.TEXT, lambda one: one.state.russian),
    Column("Прогресс, %", Kind.NUMBER, lambda one: one.progress, frozenset({Unseen.PROGRESS})),
    Column("Оценка", Kind.NUMBER, lambda one: one.grade, _GRADES),
    Column("Максимум", Kind.NUMBER, lambda one: one.grade_max, _GRADES),
    Column("Оценка, %", Kind.NUMBER, lambda one: rounded(one.percent), _GRADES),
    Column("Начато", Kind.DAY, lambda one: one.begun_on),
    Column("Завершено", Kind.MOMENT, lambda one: _local(one.completed_at), _COMPLETION),
    Column(
        "Последнее посещение",
        Kind.MOMENT,
        lambda one: _local(one.last_seen_at),
        frozenset({Unseen.LAST_ACCESS}),
    ),
)


def rounded(percent: float | None) -> float | None:
    """To a tenth, downwards: 89.96 % is below 90 and must not look as if it were on it."""
    return None if percent is None else int(percent * 10 + 1e-9) / 10


def text(value: Value) -> str:
    """A value as it is read in Russian: 24.11.2026, 24.11.2026 14:05, 66,7; blank where there is none."""
    match value:
        case None:
            return ""
        case datetime():
            return value.strftime("%d.%m.%Y %H:%M")
        case date():
            return value.strftime("%d.%m.%Y")
        case float():
            return f"{value:.2f}".rstrip("0").rstrip(".").replace(".", ",")
        case _:
            return str(value)


def moment(at: datetime) -> str:
    """«24.11.2026 14:05 (UTC+5)»: when the results were read."""
    return f"{text(_local(at))} (UTC+5)"


def period(results: Results) -> str:
    """«01.12.2026 – 20.12.2026»; blank for a course as a whole."""
    days = [text(day) for day in (results.starts_on, results.ends_on) if day]
    return " – ".join(days)


def filename(results: Results, extension: str) -> str:
    """`rezultaty-2026-11-24.xlsx`: Latin letters only, for mail and HTTP headers."""
    return f"rezultaty-{results.read_at.astimezone(LOCAL_ZONE).date()}.{extension}"


def facts(results: Results) -> list[tuple[str, str]]:
    """What a report is of, as labels and values; what isn't known has no line."""
    selection = results.selection.words if results.selection else ""
    lines = [
        ("Учебный курс", results.course),
        ("Обучение", results.training),
        ("Период", period(results)),
        ("Владелец", results.owner),
        ("Подсистема", results.subsystem),
        ("Данные", f"{results.origin.russian} {moment(results.read_at)}"),
        ("Отбор", selection),
    ]
    return [(label, value) for label, value in lines if value]

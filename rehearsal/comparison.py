"""The year under the changed terms beside the same year under those in force, as tables."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from models.calendar import WorkCalendar
from models.changed_terms import IN_FORCE, Terms, described
from models.lateness import days_between
from models.ledger_totals import usual
from models.letters import Notice
from models.regulation import PROVISIONS
from models.terms import Clause, Recipient
from rehearsal.facts import Ended, Outcome, Sent

Cell = str | int | date | None


@dataclass(frozen=True)
class Table:
    """A table of the report; a long one stands in the workbook alone."""

    title: str
    headings: Sequence[str]
    rows: Sequence[Sequence[Cell]]
    is_long: bool = False


@dataclass(frozen=True)
class Rehearsed:
    """Two lives of one year."""

    title: str
    year: int
    requests: int
    seed: int
    terms: Terms
    before: Outcome
    """Under the terms in force."""
    after: Outcome
    """Under the changed ones."""


def tables(rehearsed: Rehearsed) -> list[Table]:
    """In the order in which they are read."""
    return [
        _terms(rehearsed.terms),
        _clauses(rehearsed),
        _roles(rehearsed),
        _breaches(rehearsed),
        _escalations(rehearsed),
        _all_terms(rehearsed),
        _all_letters(rehearsed),
    ]


def _terms(changed: Terms) -> Table:
    rows = [
        (
            _clause(clause),
            described(term),
            "как сейчас" if changed[clause] == term else described(changed[clause]),
        )
        for clause, term in IN_FORCE.items()
    ]
    return Table("Сроки", ("Пункт", "действует", "репетируется"), rows)


def _clauses(rehearsed: Rehearsed) -> Table:
    """Days are counted as the term in force counts them, for both sets alike."""
    ended = ("дел", "в срок", "с опозданием", "медиана, дней", "90 %, дней")
    headings = ("Пункт", "Сроки", *ended, "писем", "напоминаний", "эскалаций")
    rows: list[Sequence[Cell]] = []
    for clause in IN_FORCE:
        for name, outcome in _both(rehearsed):
            rows.append((_clause(clause), name, *_counts(clause, outcome)))
    return Table("Итог по пунктам", headings, rows)


def _counts(clause: Clause, outcome: Outcome) -> tuple[Cell, ...]:
    ended = [one for one in outcome.ended if one.clause is clause]
    late = sum(one.is_late for one in ended)
    spent = usual(took(one) for one in ended)
    letters = [one for one in outcome.letters if one.clause is clause]
    return len(ended), len(ended) - late, late, spent.median, spent.p90, *_letters(letters)


def took(one: Ended) -> int:
    """Days from the event to the end, in the unit of the term in force."""
    return days_between(one.started_on, one.ended_on, IN_FORCE[one.clause].unit, WorkCalendar())


def _letters(letters: Sequence[Sent]) -> tuple[int, int, int]:
    """All, reminders, escalations."""
    notices = [one.notice for one in letters]
    return len(notices), notices.count(Notice.REMINDER), notices.count(Notice.ESCALATION)


def _roles(rehearsed: Rehearsed) -> Table:
    rows: list[Sequence[Cell]] = []
    for recipient in Recipient:
        before, after = (
            _letters([one for one in outcome.letters if one.to is recipient])
            for _, outcome in _both(rehearsed)
        )
        if before[0] or after[0]:
            pairs = (f"{was} → {becomes}" for was, becomes in zip(before, after, strict=True))
            rows.append((recipient.russian, *pairs, after[0] - before[0]))
    headings = ("Кому (действует → репетируется)", "писем", "напоминаний", "эскалаций", "разница в письмах")
    return Table("Кому сколько писем", headings, rows)


def _breaches(rehearsed: Rehearsed) -> Table:
    """Whoever is late under either set."""
    lives = [{(one.ordinal, one.clause): one for one in outcome.ended} for _, outcome in _both(rehearsed)]
    keys = sorted({key for life in lives for key, one in life.items() if one.is_late})
    rows: list[Sequence[Cell]] = []
    for key in keys:
        one = next(life[key] for life in lives if key in life)
        rows.append((key[0], one.title, key[1].value, *(_breach(life.get(key)) for life in lives)))
    headings = ("Запрос", "Курс", "Пункт", "действует", "репетируется")
    return Table("Нарушения сроков", headings, rows)


def _breach(one: Ended | None) -> str:
    if one is None:
        return "—"
    days = f"срок {one.last_day:%d.%m.%Y}, исполнено {one.ended_on:%d.%m.%Y}"
    return f"{days}, с опозданием {one.late_by}" if one.is_late else f"{days}, в срок"


def _escalations(rehearsed: Rehearsed) -> Table:
    def line(name: str, one: Sent) -> Sequence[Cell]:
        return name, one.on, one.ordinal, one.clause.value, one.to.russian

    escalations = _of_letters(rehearsed, line, lambda one: one.notice is Notice.ESCALATION)
    return Table("Эскалации", ("Сроки", "День", "Запрос", "Пункт", "Кому"), list(escalations))


def _all_terms(rehearsed: Rehearsed) -> Table:
    headings = ("Сроки", "Запрос", "Курс", "Пункт", "Начало", "Последний день", "Исполнено", "Дней")
    rows: list[Sequence[Cell]] = []
    for name, outcome in _both(rehearsed):
        for one in outcome.ended:
            days = (one.started_on, one.last_day, one.ended_on, took(one))
            rows.append((name, one.ordinal, one.title, one.clause.value, *days, one.late_by))
    return Table("Все сроки", (*headings, "С опозданием"), rows, is_long=True)


def _all_letters(rehearsed: Rehearsed) -> Table:
    def line(name: str, one: Sent) -> Sequence[Cell]:
        return name, one.on, one.ordinal, one.clause.value, one.notice.russian, one.to.russian

    letters = list(_of_letters(rehearsed, line, lambda one: True))
    return Table("Все письма", ("Сроки", "День", "Запрос", "Пункт", "Письмо", "Кому"), letters, is_long=True)


def _of_letters(
    rehearsed: Rehearsed, line: Callable[[str, Sent], Sequence[Cell]], wanted: Callable[[Sent], bool]
) -> Iterator[Sequence[Cell]]:
    for name, outcome in _both(rehearsed):
        yield from (line(name, one) for one in outcome.letters if wanted(one))


def _both(rehearsed: Rehearsed) -> tuple[tuple[str, Outcome], tuple[str, Outcome]]:
    return ("действует", rehearsed.before), ("репетируется", rehearsed.after)


def _clause(clause: Clause) -> str:
    return f"п. {clause.value} {PROVISIONS[clause].title}"

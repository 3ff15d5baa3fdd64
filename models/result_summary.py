"""What results come to: totals, organisations, distribution of grades, completions over time. Pure."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from statistics import fmean, median

from models.deadlines import local_date
from models.lines import same
from models.results import NO_ORGANISATION, LearnerResult, Results, State

_BINS = 10
_MOST_DAYS = 31
_MOST_WEEKS = 26
_MOST_MONTHS = 36


@dataclass(frozen=True)
class Totals:
    """Counts of some learners.

    Attributes:
        learners: All of them, those who left too.
        states: How many are in each state; every state is a key.
        begun: With a trace of work.
        completed: None where completion can't be seen: that nobody completed would be no fact.
        share: Of those who didn't leave, what part completed, 0 to 1; None where it isn't known.
        graded: How many have a grade; the mean and the median are of these, in per cent.
    """

    learners: int
    states: dict[State, int]
    begun: int
    completed: int | None
    share: float | None
    graded: int
    mean: float | None
    median: float | None

    @property
    def left(self) -> int:
        return self.states[State.LEFT]


@dataclass(frozen=True)
class Organisation:
    """Totals of one organisation, under the spelling that most of its learners have."""

    name: str
    totals: Totals


@dataclass(frozen=True)
class Bin:
    """How many grades lie in a tenth of the scale: from `low` up to the next; the last includes 100 %."""

    low: int
    count: int

    @property
    def label(self) -> str:
        """«0–9 %», «90–100 %»"""
        return f"{self.low}–{100 if self.low == 90 else self.low + 9} %"


class Step(StrEnum):
    """What one point of a curve over time stands for."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    YEAR = "year"

    @property
    def russian(self) -> str:
        """«по дням»"""
        return _STEPS[self]


_STEPS = {
    Step.DAY: "по дням",
    Step.WEEK: "по неделям",
    Step.MONTH: "по месяцам",
    Step.YEAR: "по годам",
}


@dataclass(frozen=True)
class Completions:
    """How many completed in the day, week (from Monday), month or year that begins on `since`."""

    since: date
    count: int
    altogether: int
    """Of all, by its end."""


@dataclass(frozen=True)
class Summary:
    """What results come to. Names organisations, no persons."""

    totals: Totals
    organisations: tuple[Organisation, ...]
    """The most learners first."""
    bins: tuple[Bin, ...]
    """Ten, or none when there are no grades."""
    step: Step
    completions: tuple[Completions, ...]
    """Without gaps; empty when no completion has a date."""

    @property
    def knows_completion(self) -> bool:
        return self.totals.completed is not None


def summarise(results: Results) -> Summary:
    """Everything that a summary shows of the results."""
    knows = results.shows_completion
    step, completions = _over_time(results)
    return Summary(
        totals=count(results.learners, knows_completion=knows),
        organisations=_by_organisation(results.learners, knows_completion=knows),
        bins=_distribution(results.learners),
        step=step,
        completions=completions,
    )


def count(learners: Iterable[LearnerResult], *, knows_completion: bool = True) -> Totals:
    """The totals of some learners; `knows_completion` is False where completion can't be seen."""
    learners = tuple(learners)
    found = Counter(learner.state for learner in learners)
    states = {state: found[state] for state in State}
    stayed = len(learners) - states[State.LEFT]
    completed = states[State.COMPLETED] if knows_completion else None
    percents = [learner.percent for learner in learners if learner.percent is not None]
    return Totals(
        learners=len(learners),
        states=states,
        begun=sum(learner.has_begun for learner in learners),
        completed=completed,
        share=completed / stayed if completed is not None and stayed else None,
        graded=len(percents),
        mean=fmean(percents) if percents else None,
        median=median(percents) if percents else None,
    )


def _by_organisation(
    learners: Iterable[LearnerResult], *, knows_completion: bool
) -> tuple[Organisation, ...]:
    groups: dict[str, list[LearnerResult]] = {}
    for learner in learners:
        groups.setdefault(same(learner.organisation), []).append(learner)
    organisations = [
        Organisation(_spelling(group), count(group, knows_completion=knows_completion))
        for group in groups.values()
    ]
    return tuple(sorted(organisations, key=lambda one: (-one.totals.learners, same(one.name))))


def _spelling(group: list[LearnerResult]) -> str:
    spellings = Counter(learner.organisation for learner in group)
    return spellings.most_common(1)[0][0] or NO_ORGANISATION


def _distribution(learners: Iterable[LearnerResult]) -> tuple[Bin, ...]:
    percents = [learner.percent for learner in learners if learner.percent is not None]
    if not percents:
        return ()
    found = Counter(min(int(percent) // 10, _BINS - 1) for percent in percents)
    return tuple(Bin(low=10 * n, count=found[n]) for n in range(_BINS))


def _over_time(results: Results) -> tuple[Step, tuple[Completions, ...]]:
    """From the training's start to its end, or to the last completion where one came later.

    What was completed before the start (the course is older than the training) is in `altogether` only.
    """
    days = [
        local_date(learner.completed_at)
        for learner in results.learners
        if learner.completed_at and learner.state is State.COMPLETED
    ]
    if not days or not results.shows_completion:
        return Step.DAY, ()
    first = results.starts_on or min(days)
    last = max(days)
    if results.ends_on:
        last = max(last, min(results.ends_on, local_date(results.read_at)))
    last = max(first, last)
    step = _step_for((last - first).days + 1)
    found = Counter(_beginning(day, step) for day in days if day >= first)
    altogether = sum(day < first for day in days)
    points = []
    for since in _points(first, last, step):
        altogether += found[since]
        points.append(Completions(since, found[since], altogether))
    return step, tuple(points)


def _step_for(days: int) -> Step:
    if days <= _MOST_DAYS:
        return Step.DAY
    if days <= 7 * _MOST_WEEKS:
        return Step.WEEK
    return Step.MONTH if days <= 31 * _MOST_MONTHS else Step.YEAR


def _beginning(day: date, step: Step) -> date:
    match step:
        case Step.DAY:
            return day
        case Step.WEEK:
            return day - timedelta(days=day.weekday())
        case Step.MONTH:
            return day.replace(day=1)
        case Step.YEAR:
            return day.replace(month=1, day=1)


def _points(first: date, last: date, step: Step) -> Iterator[date]:
    longest = {Step.DAY: 1, Step.WEEK: 7, Step.MONTH: 31, Step.YEAR: 366}[step]
    since = _beginning(first, step)
    while since <= last:
        yield since
        since = _beginning(since + timedelta(days=longest), step)

"""Results of clause 4.7 as PDF: a summary for the head's desk, then the learners by organisation."""

from itertools import groupby
from typing import Any

from models.deadlines import local_date
from models.lines import same
from models.result_summary import Completions, Organisation, Step, Summary, summarise
from models.results import NO_ORGANISATION, LearnerResult, Results, State, in_order
from reports import apart, results_table
from reports.results_table import NO_DATA, text

MEDIA_TYPE = "application/pdf"
LEARNERS_MAX = 2000
"""With more the PDF has the summary alone, and says where the learners are."""
ORGANISATIONS_MAX = 100
"""The largest ones that are shown."""

_DASH = "–"
_TITLES = ("Оценка", "Начато", "Завершено")
_LABELS = {Step.DAY: "%d.%m", Step.WEEK: "%d.%m", Step.MONTH: "%m.%y", Step.YEAR: "%Y"}


def document(results: Results) -> bytes:
    """The whole file. Blocks for seconds at 2,000 learners: call it in a thread."""
    summary = summarise(results)
    facts = {
        "facts": [{"label": label, "value": value} for label, value in results_table.facts(results)],
        "unseen": list(results.unseen_words),
        "tiles": _tiles(summary),
        "states": _states(summary),
        "bins": [{"label": tenth.label.removesuffix(" %"), "count": tenth.count} for tenth in summary.bins],
        "step": summary.step.russian,
        "completions": [_point(point, summary.step) for point in summary.completions],
        "organisations": [_organisation(one) for one in summary.organisations[:ORGANISATIONS_MAX]],
        "organisations_left_out": _left_out(len(summary.organisations), ORGANISATIONS_MAX),
        "headings": _headings(results),
        "groups": _groups(results),
        "learners_left_out": _left_out(len(results.learners), LEARNERS_MAX),
    }
    title = f"Результаты обучения: {results.course}"
    return apart.pdf("results", title, facts, dated=local_date(results.read_at))


def _tiles(summary: Summary) -> list[dict[str, str]]:
    """The four numbers that a head asks for."""
    totals = summary.totals
    left = f"из них отчислены: {_count(totals.left)}" if totals.left else ""
    graded = f"медиана {_percent(totals.median)}, оценок {_count(totals.graded)}" if totals.graded else ""
    unknown = totals.states[State.UNKNOWN]
    begun = _percent(100 * totals.begun / totals.learners) if totals.learners else ""
    begun += f", нет данных: {_count(unknown)}" if unknown else ""
    return [
        {"value": _count(totals.learners), "label": "обучающихся", "note": left},
        {"value": _count(totals.begun), "label": "приступили", "note": begun},
        {"value": _count(totals.completed), "label": "завершили", "note": _share(totals.share)},
        {"value": _percent(totals.mean), "label": "средняя оценка", "note": graded},
    ]


def _states(summary: Summary) -> list[dict[str, Any]]:
    totals = summary.totals
    return [
        {"code": state, "label": state.russian, "count": count, "shown": _count(count)}
        for state, count in totals.states.items()
        if count and not (state is State.COMPLETED and totals.completed is None)
    ]


def _point(point: Completions, step: Step) -> dict[str, Any]:
    return {
        "label": point.since.strftime(_LABELS[step]),
        "count": point.count,
        "altogether": point.altogether,
    }


def _organisation(organisation: Organisation) -> list[str]:
    totals = organisation.totals
    counts = [_count(count) for count in (totals.learners, totals.begun, totals.completed)]
    means = [_share(totals.share), _percent(totals.mean), _percent(totals.median)]
    return [organisation.name, *(_DASH if cell == NO_DATA else cell for cell in (*counts, *means))]


def _headings(results: Results) -> list[str]:
    """Those of the table with the same titles, where the report says what can't be seen."""
    known = {column.title: column.heading(results) for column in results_table.COLUMNS}
    progress = known["Прогресс, %"].replace(", %", "")
    return ["№", "ФИО, должность", known["Состояние"], progress, *(known[title] for title in _TITLES)]


def _groups(results: Results) -> list[dict[str, Any]]:
    if len(results.learners) > LEARNERS_MAX:
        return []
    numbered = enumerate(in_order(results.learners), start=1)
    groups = (list(group) for _, group in groupby(numbered, lambda pair: same(pair[1].organisation)))
    return [
        {
            "organisation": group[0][1].organisation or NO_ORGANISATION,
            "learners": [_row(number, learner) for number, learner in group],
        }
        for group in groups
    ]


def _row(number: int, learner: LearnerResult) -> dict[str, Any]:
    completed_on = local_date(learner.completed_at) if learner.completed_at else None
    grade = text(learner.grade)
    return {
        "number": number,
        "name": learner.name,
        "post": learner.post,
        "code": learner.state,
        "state": learner.state.russian,
        "progress": "" if learner.progress is None else f"{learner.progress} %",
        "grade": f"{grade} из {text(learner.grade_max)}" if grade and learner.grade_max else grade,
        "begun": text(learner.begun_on),
        "completed": text(completed_on),
    }


def _left_out(count: int, most: int) -> str:
    return _count(count) if count > most else ""


def _count(count: int | None) -> str:
    return NO_DATA if count is None else f"{count:,}".replace(",", "\u202f")


def _percent(percent: float | None) -> str:
    return NO_DATA if percent is None else f"{text(results_table.rounded(percent))}\u00a0%"


def _share(share: float | None) -> str:
    return NO_DATA if share is None else _percent(100 * share)

"""Results of clause 4.7: percents, selections and what they come to, as tables of cases."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
from pydantic import ValidationError

from models.deadlines import LOCAL_ZONE
from models.result_summary import Step, count, summarise
from models.results import LearnerResult, Origin, Results, Selection, State, Unseen, in_order


def learner(state: State = State.IN_PROGRESS, **known: Any) -> LearnerResult:
    return LearnerResult(**{"name": "Иванова Мария", "state": state} | known)


def completed(on: date, **known: Any) -> LearnerResult:
    at = datetime(on.year, on.month, on.day, 12, tzinfo=LOCAL_ZONE)
    return learner(State.COMPLETED, completed_at=at, **known)


def results(*learners: LearnerResult, **known: Any) -> Results:
    facts = {
        "course": "Первая помощь",
        "owner": "Департамент здравоохранения",
        "subsystem": "Единая платформа",
        "read_at": datetime(2026, 12, 20, 9, tzinfo=LOCAL_ZONE),
    }
    return Results(**facts | known, learners=learners)


@pytest.mark.parametrize(
    ("grade", "grade_max", "percent", "why"),
    [
        (45, 50, 90, "of its own greatest"),
        (0, 50, 0, "nothing is a grade too"),
        (None, 50, None, "no grade"),
        (45, None, None, "no greatest to compare with"),
        (0, 0, None, "a course without a grade has the greatest of 0"),
        (110, 100, 100, "extra credit"),
        (-5, 100, 0, "a penalty"),
    ],
)
def test_a_grade_in_per_cent(
    grade: float | None, grade_max: float | None, percent: float | None, why: str
) -> None:
    assert learner(grade=grade, grade_max=grade_max).percent == percent, why


@pytest.mark.parametrize(
    ("result", "begun", "why"),
    [
        (learner(State.NOT_BEGUN), False, "as the state says"),
        (learner(State.IN_PROGRESS), True, "as the state says"),
        (learner(State.FAILED), True, "as the state says"),
        (learner(State.LEFT), False, "left without a trace"),
        (learner(State.UNKNOWN), False, "nothing shows it"),
        (learner(State.UNKNOWN, grade=5), True, "a grade shows it"),
        (learner(State.LEFT, progress=0), False, "0 % is no trace"),
        (learner(State.LEFT, progress=10), True, "left half-way"),
        (learner(State.LEFT, grade=0), True, "left with a grade"),
        (
            learner(State.LEFT, begun_on=date(2026, 12, 1)),
            True,
            "left, and the day of the beginning is known",
        ),
    ],
)
def test_who_has_begun(result: LearnerResult, begun: bool, why: str) -> None:
    assert result.has_begun is begun, why


@pytest.mark.parametrize(
    "wrong",
    [
        {"progress": 101},
        {"progress": -1},
        {"progress": 99.5},
        {"grade": float("nan")},
        {"grade_max": float("inf")},
        {"completed_at": datetime(2026, 12, 1)},  # noqa: DTZ001  # what is refused
        {"state": "graduated"},
    ],
)
def test_what_cannot_be_a_result(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        learner(**wrong)


def test_names_are_one_line_that_any_document_can_show() -> None:
    odd = learner(name=" Иванова\n\tМария\x00\u202e\ud800 ", organisation="ГБУЗ\r\n«ОКБ № 1»")

    assert (odd.name, odd.organisation) == ("Иванова Мария", "ГБУЗ «ОКБ № 1»")


_ANNA = learner(organisation="ГБУЗ «ОКБ № 1»", grade=60, grade_max=100)
_BORIS = completed(date(2026, 12, 5), organisation="Школа", grade=80, grade_max=100)
_VERA = learner(State.NOT_BEGUN)


@pytest.mark.parametrize(
    ("selection", "taken", "words"),
    [
        (Selection(), (_ANNA, _BORIS, _VERA), ""),
        (Selection(organisation='гбуз "окб №1"'), (_ANNA,), 'организация «гбуз "окб №1"»'),
        (Selection(organisation=""), (_VERA,), "организация не указана"),
        (
            Selection(states=frozenset({State.COMPLETED, State.NOT_BEGUN})),
            (_BORIS, _VERA),
            "состояние: не начато, завершено",
        ),
        (Selection(grade_from=60), (_ANNA, _BORIS), "оценка от 60 %"),
        (Selection(grade_from=60.5, grade_to=80), (_BORIS,), "оценка от 60.5 % до 80 %"),
        (Selection(grade_to=79.9), (_ANNA,), "оценка до 79.9 %"),
        (Selection(completed_from=date(2026, 12, 5)), (_BORIS,), "завершено с 5 декабря 2026 г."),
        (Selection(completed_from=date(2026, 12, 6)), (), "завершено с 6 декабря 2026 г."),
        (
            Selection(organisation="Школа", completed_to=date(2026, 12, 5)),
            (_BORIS,),
            "организация «Школа»; завершено по 5 декабря 2026 г.",
        ),
    ],
)
def test_a_selection_takes_some_learners_and_says_which(
    selection: Selection, taken: tuple[LearnerResult, ...], words: str
) -> None:
    assert results(_ANNA, _BORIS, _VERA).select(selection).learners == taken
    assert selection.words == words


def test_a_completion_belongs_to_the_day_of_tyumen() -> None:
    at_night = learner(State.COMPLETED, completed_at=datetime(2026, 12, 5, 19, 0, tzinfo=UTC))

    assert Selection(completed_from=date(2026, 12, 6)).takes(at_night)


def test_learners_stand_by_organisation_and_name_in_the_russian_order() -> None:
    names = [("Яма", "Б"), ("", "А"), ("ёлка", "Жук"), ("Елка", "Ёжиков"), ("ЕЛКА", "Егоров"), ("Ель", "А")]
    people = [learner(organisation=organisation, name=name) for organisation, name in names]

    assert [(one.organisation, one.name) for one in in_order(people)] == [
        ("ЕЛКА", "Егоров"),
        ("Елка", "Ёжиков"),
        ("ёлка", "Жук"),
        ("Ель", "А"),
        ("Яма", "Б"),
        ("", "А"),
    ]


@pytest.mark.parametrize(
    ("states", "share", "begun", "why"),
    [
        ([], None, 0, "nobody"),
        ([State.LEFT], None, 0, "only who left: no part of nothing"),
        ([State.COMPLETED, State.LEFT], 1.0, 1, "who left doesn't spoil the share"),
        ([State.COMPLETED, State.FAILED, State.NOT_BEGUN, State.IN_PROGRESS], 0.25, 3, "each state"),
    ],
)
def test_totals(states: list[State], share: float | None, begun: int, why: str) -> None:
    totals = count(learner(state) for state in states)

    assert (totals.share, totals.begun, totals.learners) == (share, begun, len(states)), why
    assert totals.states == {state: states.count(state) for state in State}


@pytest.mark.parametrize("unseen", [Unseen.COMPLETION, Unseen.CRITERIA])
def test_what_is_not_seen_is_unknown_and_not_nought(unseen: Unseen) -> None:
    summary = summarise(results(learner(), completed(date(2026, 12, 5)), unseen=(unseen,)))

    assert (summary.totals.completed, summary.totals.share) == (None, None)
    assert summary.organisations[0].totals.completed is None
    assert summary.completions == ()


def test_hidden_grades_make_no_mean_and_no_distribution() -> None:
    summary = summarise(results(learner(), learner(), unseen=(Unseen.GRADES,)))

    assert (summary.totals.graded, summary.totals.mean, summary.totals.median) == (0, None, None)
    assert summary.bins == ()


def test_mean_and_median_are_of_those_with_a_grade() -> None:
    grades = [(10, 100), (50, 50), (8, 10), (None, 100)]
    totals = count(learner(grade=grade, grade_max=most) for grade, most in grades)

    assert (totals.graded, totals.median) == (3, 80)
    assert totals.mean == pytest.approx(190 / 3)


def test_an_organisation_is_one_under_its_commonest_spelling() -> None:
    spellings = ['ГБУЗ "ОКБ №1"', "ГБУЗ «ОКБ № 1»", "ГБУЗ «ОКБ № 1»", "Школа 7", ""]
    found = summarise(results(*(learner(organisation=one) for one in spellings))).organisations

    assert [(one.name, one.totals.learners) for one in found] == [
        ("ГБУЗ «ОКБ № 1»", 3),
        ("организация не указана", 1),
        ("Школа 7", 1),
    ]


@pytest.mark.parametrize(
    ("percent", "place"), [(0, 0), (9.99, 0), (10, 1), (89.99, 8), (90, 9), (99.9, 9), (100, 9), (120, 9)]
)
def test_a_grade_lies_in_its_tenth(percent: float, place: int) -> None:
    bins = summarise(results(learner(grade=percent, grade_max=100))).bins

    assert [one.count for one in bins] == [int(n == place) for n in range(10)]
    assert [one.label for one in bins] == [f"{10 * n}–{10 * n + 9} %" for n in range(9)] + ["90–100 %"]


@pytest.mark.parametrize(
    ("period", "days", "step", "points", "why"),
    [
        ((None, None), [], Step.DAY, [], "nobody completed"),
        (
            (None, None),
            [date(2026, 12, 5), date(2026, 12, 7), date(2026, 12, 7)],
            Step.DAY,
            [(date(2026, 12, 5), 1, 1), (date(2026, 12, 6), 0, 1), (date(2026, 12, 7), 2, 3)],
            "a day without completions is shown",
        ),
        (
            (date(2026, 12, 18), date(2027, 1, 10)),
            [date(2026, 12, 19)],
            Step.DAY,
            [(date(2026, 12, 18), 0, 0), (date(2026, 12, 19), 1, 1), (date(2026, 12, 20), 0, 1)],
            "from the start, and not past the moment of reading",
        ),
        (
            (date(2026, 12, 1), date(2026, 12, 2)),
            [date(2026, 11, 1), date(2026, 12, 3)],
            Step.DAY,
            [(date(2026, 12, 1), 0, 1), (date(2026, 12, 2), 0, 1), (date(2026, 12, 3), 1, 2)],
            "before the start: counted altogether; after the end: shown",
        ),
        (
            (date(2026, 11, 11), date(2026, 12, 12)),
            [date(2026, 11, 15), date(2026, 11, 16)],
            Step.WEEK,
            [
                (date(2026, 11, 9), 1, 1),
                (date(2026, 11, 16), 1, 2),
                (date(2026, 11, 23), 0, 2),
                (date(2026, 11, 30), 0, 2),
                (date(2026, 12, 7), 0, 2),
            ],
            "32 days go by weeks, from Monday",
        ),
        (
            (date(2026, 4, 30), date(2026, 12, 31)),
            [date(2026, 4, 30), date(2026, 5, 1), date(2026, 12, 19)],
            Step.MONTH,
            [
                (date(2026, month, 1), count, total)
                for month, count, total in [
                    (4, 1, 1),
                    (5, 1, 2),
                    *((month, 0, 2) for month in range(6, 12)),
                    (12, 1, 3),
                ]
            ],
            "most of a year goes by months",
        ),
        (
            (None, None),
            [date(2020, 2, 29), date(2024, 1, 1)],
            Step.YEAR,
            [(date(2020 + n, 1, 1), int(n in (0, 4)), 2 if n == 4 else 1) for n in range(5)],
            "years go by years",
        ),
        (
            (date(2027, 1, 11), None),
            [date(2026, 12, 5)],
            Step.DAY,
            [(date(2027, 1, 11), 0, 1)],
            "not begun yet",
        ),
    ],
)
def test_completions_over_time(
    period: tuple[date | None, date | None],
    days: list[date],
    step: Step,
    points: list[tuple[date, int, int]],
    why: str,
) -> None:
    starts_on, ends_on = period
    summary = summarise(results(*map(completed, days), starts_on=starts_on, ends_on=ends_on))

    shown = [(point.since, point.count, point.altogether) for point in summary.completions]
    assert (summary.step, shown) == (step, points), why


def test_results_are_kept_as_json_and_read_again() -> None:
    kept = results(_ANNA, _BORIS, unseen=(Unseen.LAST_ACCESS,)).select(Selection(grade_from=10))

    assert Results.model_validate_json(kept.model_dump_json()) == kept


@pytest.mark.parametrize("code", [*State, *Origin, *Step])
def test_every_code_has_russian_words(code: State | Origin | Step) -> None:
    assert code.russian


def test_what_is_unseen_has_its_reason_by_where_the_results_come_from() -> None:
    everything = tuple(Unseen)
    read = results(unseen=everything).unseen_words
    imported = results(unseen=everything, origin=Origin.IMPORTED).unseen_words

    assert len(read) == len(imported) == len(everything)
    assert read[0] == "Оценки: они скрыты от служебной учётной записи системы."
    assert imported[0] == "Оценки: в загруженном файле их нет."

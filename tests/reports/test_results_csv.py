"""Results as CSV: what Excel in Russian opens, and nothing that it would run."""

import csv
import io
import tracemalloc
from datetime import UTC, date, datetime

import pytest

from models.results import LearnerResult, Results, State, Unseen
from reports import results_csv
from reports.table_csv import defused
from tests.reports.samples import results

FORMULA = '=HYPERLINK("http://evil.example";"x")'


def rows(shown: Results) -> list[list[str]]:
    content = b"".join(results_csv.chunks(shown))
    assert content.startswith(b"\xef\xbb\xbf")
    assert content.endswith(b"\r\n")
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""), delimiter=";"))


def test_a_learner_is_a_row_under_russian_headings() -> None:
    known = LearnerResult(
        name="Ёлкина Мария",
        email="elkina@zdrav.example",
        organisation="ГБУЗ «ОКБ № 1»; терапия",
        post="врач",
        state=State.COMPLETED,
        progress=100,
        grade=44.985,
        grade_max=50,
        begun_on=date(2026, 12, 1),
        completed_at=datetime(2026, 12, 5, 19, 5, 59, tzinfo=UTC),
        last_seen_at=datetime(2026, 12, 6, 4, 0, tzinfo=UTC),
    )
    unknown = LearnerResult(name="Петров", state=State.NOT_BEGUN)

    assert rows(results(learners=(known, unknown))) == [
        [
            "ФИО",
            "Почта",
            "Организация",
            "Должность",
            "Состояние",
            "Прогресс, %",
            "Оценка",
            "Максимум",
            "Оценка, %",
            "Начато",
            "Завершено",
            "Последнее посещение",
        ],
        [
            "Ёлкина Мария",
            "elkina@zdrav.example",
            "ГБУЗ «ОКБ № 1»; терапия",
            "врач",
            "завершено",
            "100",
            "44,98",
            "50",
            "89,9",
            "01.12.2026",
            "06.12.2026 00:05",
            "06.12.2026 09:00",
        ],
        ["Петров", "", "", "", "не начато", "", "", "", "", "", "", ""],
    ]


def test_what_cannot_be_seen_is_said_in_the_heading() -> None:
    heading = rows(results(0, unseen=tuple(Unseen)))[0]

    assert [title for title in heading if "нет данных" in title] == [
        "Почта (нет данных)",
        "Прогресс, % (нет данных)",
        "Оценка (нет данных)",
        "Максимум (нет данных)",
        "Оценка, % (нет данных)",
        "Завершено (нет данных)",
        "Последнее посещение (нет данных)",
    ]


@pytest.mark.parametrize(
    ("cell", "shown"),
    [
        (FORMULA, f"'{FORMULA}"),
        ("+7 3452 00-00-00", "'+7 3452 00-00-00"),
        ("-1+1", "'-1+1"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("\t=1", "'\t=1"),
        ("\r=1", "'\r=1"),
        ("Иванова = Петрова", "Иванова = Петрова"),
        ("", ""),
    ],
)
def test_a_formula_is_defused(cell: str, shown: str) -> None:
    assert defused(cell) == shown


def test_a_formula_in_any_field_of_text_is_defused_and_numbers_stay() -> None:
    hostile = LearnerResult(
        name=FORMULA,
        email=FORMULA,
        organisation=FORMULA,
        post=FORMULA,
        state=State.FAILED,
        grade=-5,
        grade_max=10,
    )

    row = rows(results(learners=(hostile,)))[1]

    assert row[:4] == [f"'{FORMULA}"] * 4
    assert row[6:9] == ["-5", "10", "0"]


def test_a_long_report_is_streamed() -> None:
    long = results(5000)
    tracemalloc.start()
    sizes = [len(chunk) for chunk in results_csv.chunks(long)]
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert len(sizes) == 11
    assert peak < sum(sizes) / 2

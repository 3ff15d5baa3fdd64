"""Results from a file (clause 4.7, «Локальное тестирование»): what is read, and what is set aside and why."""

import io
from datetime import date, datetime
from typing import Any

import pytest
from xlsxwriter import Workbook

from models import learners, spreadsheets
from models.deadlines import LOCAL_ZONE
from models.headings import HeadingsError
from models.results import LearnerResult, State, Unseen
from models.results_cells import Flaw
from models.results_import import Imported, read_results
from models.spreadsheets import Row
from reports import results_csv
from tests.reports.samples import results

AT = datetime(2026, 12, 21, 12, tzinfo=LOCAL_ZONE)
HEADING = (
    "ФИО",
    "Почта",
    "Состояние",
    "Прогресс, %",
    "Оценка",
    "Максимум",
    "Начато",
    "Завершено",
    "Последний вход",
)
MARY = ("Иванова Мария Петровна", "ivanova@zdrav.ru")


def local(year: int, month: int, day: int, hour: int = 0, minute: int = 0) -> datetime:
    return datetime(year, month, day, hour, minute, tzinfo=LOCAL_ZONE)


def read(*rows: tuple[str, ...], heading: tuple[str, ...] = HEADING) -> Imported:
    return read_results((Row(n, cells) for n, cells in enumerate((heading, *rows), start=1)), AT)


def test_a_row_is_a_result() -> None:
    found = read(
        (*MARY, "Завершено", "100", "44,5", "50", "01.12.2026", "05.12.2026 14:05", "06.12.2026 09:00:30")
    )

    assert found.learners == (
        LearnerResult(
            name="Иванова Мария Петровна",
            email="ivanova@zdrav.ru",
            state=State.COMPLETED,
            progress=100,
            grade=44.5,
            grade_max=50,
            begun_on=date(2026, 12, 1),
            completed_at=local(2026, 12, 5, 14, 5),
            last_seen_at=datetime(2026, 12, 6, 9, 0, 30, tzinfo=LOCAL_ZONE),
        ),
    )
    assert (found.wrong, found.unseen) == ((), ())


@pytest.mark.parametrize(
    ("words", "state"),
    [
        *((state.russian.upper(), state) for state in State),
        ("не приступал", State.NOT_BEGUN),
        ("не  начала", State.NOT_BEGUN),
        ("Проходит обучение", State.IN_PROGRESS),
        ("не завершила", State.IN_PROGRESS),
        ("прошёл", State.COMPLETED),
        ("прошла", State.COMPLETED),
        ("Сдала", State.COMPLETED),
        ("зачёт", State.COMPLETED),
        ("не сдал", State.FAILED),
        ("незачет", State.FAILED),
        ("не прошла", State.FAILED),
        ("выбыл", State.LEFT),
        ("отчислена", State.LEFT),
    ],
)
def test_states_are_known_by_their_words(words: str, state: State) -> None:
    assert read((*MARY, words)).learners[0].state is state


@pytest.mark.parametrize(
    ("cells", "known"),
    [
        ({"Оценка": "45 из 50"}, {"grade": 45, "grade_max": 50}),
        ({"Оценка": "45/50", "Максимум": "100"}, {"grade": 45, "grade_max": 50}),
        ({"Оценка": "90 %"}, {"grade": 90, "grade_max": 100}),
        ({"Оценка": "1 045,5", "Максимум": "2 000"}, {"grade": 1045.5, "grade_max": 2000}),
        ({"Оценка": "0", "Максимум": "5"}, {"grade": 0, "grade_max": 5}),
        ({"Максимум": "5"}, {"grade": None, "grade_max": 5}),
        ({"Прогресс, %": "66,7 %"}, {"progress": 66}),
        ({"Начато": "2026-12-01"}, {"begun_on": date(2026, 12, 1)}),
        ({"Завершено": "05.12.2026"}, {"completed_at": local(2026, 12, 5)}),
        ({"Завершено": "2026-12-05T14:05:00"}, {"completed_at": local(2026, 12, 5, 14, 5)}),
        ({"Завершено": "21.12.2026 12:00"}, {"completed_at": AT}),
        ({}, {"progress": None, "grade": None, "begun_on": None, "completed_at": None}),
    ],
)
def test_cells_are_read(cells: dict[str, str], known: dict[str, Any]) -> None:
    found = read(
        tuple(
            ({"Состояние": "завершено"} | dict(zip(HEADING, MARY, strict=False)) | cells).get(t, "")
            for t in HEADING
        )
    )

    assert found.wrong == ()
    assert {name: getattr(found.learners[0], name) for name in known} == known


@pytest.mark.parametrize(
    ("cells", "flaw", "words"),
    [
        ({"Состояние": ""}, Flaw.NO_STATE, "не указано состояние"),
        ({"Состояние": "отлично"}, Flaw.UNKNOWN_STATE, "неизвестное состояние: «отлично»"),
        (
            {"Оценка": "55", "Максимум": "50"},
            Flaw.GRADE_OUT_OF_RANGE,
            "оценка меньше нуля или больше максимума: «55 из 50»",
        ),
        ({"Оценка": "-1", "Максимум": "50"}, Flaw.GRADE_OUT_OF_RANGE, None),
        ({"Оценка": "101 %"}, Flaw.GRADE_OUT_OF_RANGE, None),
        ({"Оценка": "5"}, Flaw.NO_GRADE_MAX, "не указан максимум, из которого поставлена оценка: «5»"),
        ({"Оценка": "5", "Максимум": "0"}, Flaw.NO_GRADE_MAX, None),
        ({"Оценка": "пять", "Максимум": "5"}, Flaw.NOT_A_NUMBER, "это не число: «пять»"),
        ({"Оценка": "nan", "Максимум": "5"}, Flaw.NOT_A_NUMBER, None),
        ({"Оценка": "1e999", "Максимум": "5"}, Flaw.NOT_A_NUMBER, None),
        ({"Оценка": "٤", "Максимум": "5"}, Flaw.NOT_A_NUMBER, None),
        ({"Прогресс, %": "101"}, Flaw.PROGRESS_OUT_OF_RANGE, None),
        ({"Начато": "31.02.2026"}, Flaw.BAD_DATE, "это не дата вида 24.11.2026: «31.02.2026»"),
        ({"Завершено": "вчера"}, Flaw.BAD_DATE, None),
        ({"Завершено": "12/05/2026"}, Flaw.BAD_DATE, None),
        ({"Завершено": "21.12.2026 12:01"}, Flaw.IN_THE_FUTURE, "дата ещё не наступила: «21.12.2026 12:01»"),
        ({"Начато": "05.12.2026", "Завершено": "04.12.2026"}, Flaw.COMPLETED_BEFORE_BEGUN, None),
        ({"Состояние": "в процессе", "Завершено": "04.12.2026"}, Flaw.CONTRADICTION, None),
        ({"ФИО": "Иванова"}, learners.Flaw.ONE_WORD, None),
        ({"Почта": "ivanova.zdrav.ru"}, learners.Flaw.EMAIL_MALFORMED, None),
        ({"ФИО": "", "Почта": ""}, Flaw.NO_PERSON, "не указано, чей это результат"),
    ],
)
def test_a_wrong_row_is_set_aside_with_its_number_and_reason(
    cells: dict[str, str], flaw: Flaw | learners.Flaw, words: str | None
) -> None:
    row = {"Состояние": "завершено"} | dict(zip(HEADING, MARY, strict=False)) | cells
    found = read(tuple(row.get(title, "") for title in HEADING), ("Петров Пётр", "", "сдал"))

    assert [one.name for one in found.learners] == ["Петров Пётр"]
    assert [one.row for one in found.wrong] == [2]
    assert [problem.flaw for problem in found.wrong[0].problems] == [flaw]
    if words:
        assert found.wrong[0].problems[0].words == words


def test_everything_that_is_wrong_with_a_row_is_said_at_once() -> None:
    found = read(("Иванова", "", "отлично", "200", "9", "5", "вчера"))

    assert [problem.flaw for problem in found.wrong[0].problems] == [
        learners.Flaw.ONE_WORD,
        Flaw.UNKNOWN_STATE,
        Flaw.PROGRESS_OUT_OF_RANGE,
        Flaw.GRADE_OUT_OF_RANGE,
        Flaw.BAD_DATE,
    ]
    assert found.wrong[0].shown == "Иванова"


@pytest.mark.parametrize(
    ("one", "other", "is_same"),
    [
        (MARY, ("Иванова М П", "IVANOVA@zdrav.ru"), True),
        (("Иванова Мария", ""), ("ИВАНОВА  МАРИЯ", ""), True),
        (MARY, ("Иванова Мария Петровна", "other@zdrav.ru"), False),
    ],
)
def test_a_person_counts_once(one: tuple[str, str], other: tuple[str, str], is_same: bool) -> None:
    found = read((*one, "сдал"), (*other, "не сдал"))

    assert found.learners[0].state is State.COMPLETED
    assert len(found.learners) == (1 if is_same else 2)
    assert [problem.words for wrong in found.wrong for problem in wrong.problems] == (
        ["этот человек уже есть в файле: строка 2"] if is_same else []
    )


@pytest.mark.parametrize(
    ("heading", "unseen"),
    [
        (("ФИО", "Почта", "Статус"), (Unseen.GRADES, Unseen.PROGRESS, Unseen.LAST_ACCESS)),
        (("ФИО", "Почта", "Статус", "Набрано баллов"), (Unseen.PROGRESS, Unseen.LAST_ACCESS)),
        (("ФИО", "Почта", "Статус", "Процент"), (Unseen.PROGRESS, Unseen.LAST_ACCESS)),
        (HEADING, ()),
    ],
)
def test_what_the_file_has_no_column_for_is_said(
    heading: tuple[str, ...], unseen: tuple[Unseen, ...]
) -> None:
    assert read((*MARY, "сдал"), heading=heading).unseen == unseen


def test_a_per_cent_is_read_where_there_are_no_points() -> None:
    heading = ("ФИО", "Почта", "Состояние", "Оценка", "Максимум", "Оценка, %")

    points, alone = read(
        (*MARY, "сдал", "45", "50", "90"), ("Петров Пётр", "", "сдал", "", "", "80"), heading=heading
    ).learners

    assert (points.grade, points.grade_max, alone.grade, alone.grade_max) == (45, 50, 80, 100)


@pytest.mark.parametrize(
    ("heading", "says"),
    [
        (("ФИО", "Почта", "Оценка"), "Не найден заголовок столбца «Состояние»"),
        (("ФИО", "Почта", "Состояние", "Статус"), "«Состояние», «Статус»"),
        (("Почта", "Состояние"), "ФИО"),
    ],
)
def test_columns_that_cannot_be_told_refuse_the_file(heading: tuple[str, ...], says: str) -> None:
    with pytest.raises(HeadingsError, match=says):
        read(("Иванова Мария", "", "сдал"), heading=heading)


def test_an_exported_report_is_imported_as_it_was() -> None:
    exported = results(300)
    content = b"".join(results_csv.chunks(exported))

    found = read_results(spreadsheets.read(content).rows, AT)

    assert (found.wrong, found.unseen) == ((), ())
    assert found.learners == exported.learners


def test_dates_and_numbers_of_a_book_are_read() -> None:
    content = io.BytesIO()
    with Workbook(content) as book:
        sheet, day = book.add_worksheet(), book.add_format({"num_format": "dd.mm.yyyy"})
        sheet.write_row(0, 0, HEADING)
        sheet.write_row(1, 0, [*MARY, "сдала", 100, 44.5, 50])
        sheet.write_datetime(1, 6, date(2026, 12, 1), day)
        sheet.write_datetime(1, 7, datetime(2026, 12, 5, 14, 5), day)  # noqa: DTZ001  # a book knows no zones

    found = read_results(spreadsheets.read(content.getvalue()).rows, AT)

    assert found.wrong == ()
    assert found.learners[0].grade == 44.5
    assert found.learners[0].begun_on == date(2026, 12, 1)
    assert found.learners[0].completed_at == local(2026, 12, 5, 14, 5)


@pytest.mark.parametrize("flaw", Flaw)
def test_every_flaw_has_russian_words(flaw: Flaw) -> None:
    assert flaw.russian

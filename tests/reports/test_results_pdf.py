"""Results as PDF, read back as text."""

import io
import re

import pytest
from pypdf import PdfReader
from pypdf.generic import DictionaryObject

from models.results import LearnerResult, Origin, Results, Selection, State, Unseen
from reports import results_pdf
from reports.apart import pdf
from tests.reports.samples import READ_AT, results

HOSTILE = '#panic("1") $x$ *b* @ref <label> \\ [#read("/etc/passwd")] // "q" `raw`'


def pages(shown: Results) -> list[str]:
    reader = PdfReader(io.BytesIO(results_pdf.document(shown)))
    return [re.sub(r"\s+", " ", page.extract_text()) for page in reader.pages]


def test_the_first_page_is_the_summary() -> None:
    first = pages(results(240))[0]

    for said in (
        "Результаты обучения",
        "Оказание первой помощи",
        "Осенний поток 2026 года",
        "01.12.2026 – 20.12.2026",
        "прочитано из подсистемы 21.12.2026 09:30 (UTC+5)",
        "240 обучающихся",
        "149 завершили 64,2 %",
        "средняя оценка",
        "завершено: 149",
        "Распределение оценок, %",
        "Завершили обучение по дням, всего 149",
        "По организациям",
        "ГАУЗ ТО «Городская поликлиника № 17»",
        "организация не указана",
    ):
        assert said in first
    assert "Чего в отчёте нет" not in first


def test_of_whom_nothing_is_known_is_said_beside_who_began() -> None:
    people = [LearnerResult(name="Иванова Мария", state=state) for state in (State.UNKNOWN, State.COMPLETED)]

    assert "1 приступили 50 %, нет данных: 1" in pages(results(learners=people))[0]


def test_every_learner_stands_under_their_organisation() -> None:
    shown = results(240)
    text = " ".join(pages(shown)[1:])

    assert "240 Сидорова" in text
    for learner in shown.learners:
        assert learner.name in text
    assert text.index("ГАУЗ ТО «Городская поликлиника № 17»") < text.index("организация не указана")


def test_what_cannot_be_seen_is_said() -> None:
    shown = results(20, unseen=tuple(Unseen))
    text = " ".join(pages(shown))

    assert "Чего в отчёте нет" in text
    for words in shown.unseen_words:
        assert words in text
    assert "Завершено (нет данных)" in text


def test_no_completion_and_no_grades_leave_no_chart_that_looks_like_a_fact() -> None:
    blind = tuple(one.model_copy(update={"grade": None}) for one in results(20).learners)
    text = pages(results(learners=blind, unseen=(Unseen.CRITERIA, Unseen.GRADES)))[0]

    assert "нет данных завершили" in text
    assert text.count("нет данных") >= 4
    assert "завершено:" not in text


def test_imported_and_selected_results_say_so() -> None:
    shown = results(20, origin=Origin.IMPORTED).select(Selection(grade_from=60))

    first = pages(shown)[0]

    assert "загружено ответственным лицом из файла 21.12.2026" in first
    assert "оценка от 60 %" in first


@pytest.mark.parametrize(("count", "has_names"), [(30, True), (31, False)])
def test_a_list_too_long_for_paper_is_left_to_the_tables(
    count: int, has_names: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(results_pdf, "LEARNERS_MAX", 30)

    text = " ".join(pages(results(count)))

    assert ("ФИО, должность" in text) is has_names
    assert ("поимённый список такой длины в PDF не выводится" in text) is not has_names


def test_of_many_organisations_the_largest_are_shown() -> None:
    many = [LearnerResult(name="А", organisation=f"Школа {n}", state=State.COMPLETED) for n in range(150)]
    twice = LearnerResult(name="А", organisation="Школа 149", state=State.COMPLETED)

    text = " ".join(pages(results(learners=(*many, twice))))

    assert "Всего организаций: 150" in text
    assert text.index("Школа 149 2") < text.index("Школа 0 1")


def test_nobody_makes_a_report_all_the_same() -> None:
    assert "0 обучающихся" in pages(results(0))[0]


def test_typed_text_is_shown_verbatim_and_never_executed() -> None:
    person = LearnerResult(name=HOSTILE, organisation=HOSTILE, post=HOSTILE, state=State.LEFT)
    shown = results(course=HOSTILE, training=HOSTILE, owner=HOSTILE, learners=(person,))

    text = " ".join(pages(shown)).replace(" ", "")

    assert text.count(HOSTILE.replace(" ", "")) >= 6


def test_signs_without_a_glyph_and_long_words_break_nothing() -> None:
    person = LearnerResult(name="漢字 🙂 Иванова", organisation="я" * 300, post="о" * 300, state=State.FAILED)

    assert "Иванова" in " ".join(pages(results(learners=(person,))))


def test_a_report_carries_its_title_language_date_and_words_for_its_charts() -> None:
    content = results_pdf.document(results(20))
    reader = PdfReader(io.BytesIO(content))

    assert reader.metadata is not None
    assert reader.metadata.title == "Результаты обучения: Оказание первой помощи"
    assert str(reader.metadata.get("/CreationDate")).startswith("D:20261221")
    assert str(reader.root_object["/Lang"]) == "ru"
    told = [str(one["/Alt"]) for one in _objects(reader) if "/Alt" in one]
    assert len(told) == 3
    assert any("от 90–100 %: " in words for words in told)
    assert content == results_pdf.document(results(20))


def _objects(reader: PdfReader) -> list[DictionaryObject]:
    found = (reader.get_object(number) for numbers in reader.xref.values() for number in numbers)
    packed = (reader.get_object(number) for number in reader.xref_objStm)
    return [one for one in (*found, *packed) if isinstance(one, DictionaryObject)]


def test_a_document_that_cannot_be_set_is_an_error() -> None:
    with pytest.raises(RuntimeError, match="no-such"):
        pdf("no-such", "Ничего", {}, dated=READ_AT.date())

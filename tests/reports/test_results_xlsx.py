"""Results as XLSX: read by another library, and by opening the XML."""

import io
import re
import zipfile
from datetime import UTC, date, datetime
from typing import Any

import pytest
from python_calamine import CalamineWorkbook

from models.results import LearnerResult, Results, Selection, State, Unseen
from reports import results_xlsx
from tests.reports.samples import results

FORMULA = '=HYPERLINK("http://evil.example","x")'


def sheets(shown: Results) -> dict[str, list[list[Any]]]:
    book = CalamineWorkbook.from_filelike(io.BytesIO(results_xlsx.workbook(shown)))
    return {name: book.get_sheet_by_name(name).to_python() for name in book.sheet_names}


def parts(shown: Results) -> dict[str, str]:
    with zipfile.ZipFile(io.BytesIO(results_xlsx.workbook(shown))) as archive:
        return {name: archive.read(name).decode() for name in archive.namelist()}


def charts(shown: Results) -> list[str]:
    return [xml for name, xml in sorted(parts(shown).items()) if name.startswith("xl/charts/")]


def summary(shown: Results) -> dict[str, Any]:
    return {str(row[0]).strip(): row[1] for row in sheets(shown)["Сводка"]}


def test_the_table_has_dates_as_dates_and_numbers_as_numbers() -> None:
    known = LearnerResult(
        name="Ёлкина Мария",
        email="elkina@zdrav.example",
        organisation="ГБУЗ «ОКБ № 1»",
        post="врач",
        state=State.COMPLETED,
        progress=100,
        grade=44.985,
        grade_max=50,
        begun_on=date(2026, 12, 1),
        completed_at=datetime(2026, 12, 5, 19, 5, 59, tzinfo=UTC),
        last_seen_at=datetime(2026, 12, 6, 4, 0, tzinfo=UTC),
    )

    heading, row = sheets(results(learners=(known,)))["Результаты"]

    assert heading[0] == "ФИО"
    assert row[:5] == ["Ёлкина Мария", "elkina@zdrav.example", "ГБУЗ «ОКБ № 1»", "врач", "завершено"]
    assert row[5:9] == [100, 44.985, 50, 89.9]
    assert row[9:] == [date(2026, 12, 1), datetime(2026, 12, 6, 0, 5), datetime(2026, 12, 6, 9, 0)]  # noqa: DTZ001


def test_the_summary_tells_what_of_whom_and_when() -> None:
    shown = results(240).select(Selection(states=frozenset({State.COMPLETED})))
    facts = summary(shown)

    assert facts["Учебный курс"] == "Оказание первой помощи"
    assert facts["Обучение"] == "Осенний поток 2026 года"
    assert facts["Период"] == "01.12.2026 – 20.12.2026"
    assert facts["Данные"] == "прочитано из подсистемы 21.12.2026 09:30 (UTC+5)"
    assert facts["Отбор"] == "состояние: завершено"
    assert facts["Обучающихся"] == facts["завершено"] == len(shown.learners)
    assert facts["Доля завершивших (без отчисленных)"] == 1


def test_every_table_has_its_native_chart_over_its_own_cells() -> None:
    shown = results(240)
    rows = sheets(shown)["Сводка"]
    found = charts(shown)

    assert [re.findall(r"<a:t>([^<]+)</a:t>", xml)[0] for xml in found] == [
        "Распределение оценок",
        "Завершение обучения по дням",
        "По организациям (до 10 крупнейших)",
    ]
    for xml, first_label in zip(found, ["0–9 %", date(2026, 12, 1), None], strict=True):
        for sheet, column, first, last in re.findall(r"<c:f>(\w+)!\$(\w)\$(\d+):\$\w\$(\d+)</c:f>", xml):
            cells = [row["ABCDEFG".index(column)] for row in rows[int(first) - 1 : int(last)]]
            assert sheet == "Сводка"
            assert len(cells) > 1
            assert "" not in cells
            if column == "A" and first_label:
                assert cells[0] == first_label
            if column != "A":
                assert all(isinstance(cell, int | float) for cell in cells)


def test_charts_are_told_to_those_who_cannot_see_them() -> None:
    drawing = parts(results(240))["xl/drawings/drawing1.xml"]

    assert len(re.findall(r'descr="[А-Я][^"]{30,}"', drawing)) == 3


def test_the_table_has_filters_and_its_heading_stays() -> None:
    xml = parts(results(240))["xl/worksheets/sheet2.xml"]

    assert '<autoFilter ref="A1:L241"/>' in xml
    assert re.search(r'<pane xSplit="1" ySplit="1" topLeftCell="B2" [^>]*state="frozen"/>', xml)


def test_columns_are_as_wide_as_what_is_in_them() -> None:
    xml = parts(results(240))["xl/worksheets/sheet2.xml"]
    widths = {
        column: float(width)
        for first, last, width in re.findall(r'<col min="(\d+)" max="(\d+)" width="([\d.]+)"', xml)
        for column in range(int(first), int(last) + 1)
    }

    assert sorted(widths) == list(range(1, 13))
    assert len("ГБУЗ ТО «Областная клиническая больница № 1»") < widths[3] <= 61
    assert widths[4] < widths[3]
    assert all(width > len("24.11.2026 14:05") for column, width in widths.items() if column >= 11)


@pytest.mark.parametrize("unseen", Unseen)
def test_what_cannot_be_seen_is_said_on_the_summary(unseen: Unseen) -> None:
    shown = results(3, unseen=(unseen,))
    text = [cell for row in sheets(shown)["Сводка"] for cell in row]

    assert "Чего в отчёте нет" in text
    assert shown.unseen_words[0] in text


def test_unknown_completion_is_no_data_and_has_no_curve() -> None:
    shown = results(30, unseen=(Unseen.CRITERIA,))

    assert summary(shown)["завершено"] == "нет данных"
    assert summary(shown)["Доля завершивших (без отчисленных)"] == "нет данных"
    assert len(charts(shown)) == 2
    assert "Завершили" not in charts(shown)[-1]


def test_nobody_makes_a_file_all_the_same() -> None:
    shown = sheets(results(0))

    assert len(shown["Результаты"]) == 1
    assert charts(results(0)) == []


def test_nothing_typed_becomes_a_formula_or_a_link() -> None:
    hostile = {"name": FORMULA, "email": "http://evil.example", "organisation": FORMULA, "post": "{=1+1}"}
    shown = results(
        course=FORMULA,
        training="http://evil.example",
        owner="123",
        learners=(LearnerResult(**hostile, state=State.COMPLETED),),
    )
    found = parts(shown)

    assert all("<f>" not in xml for name, xml in found.items() if "worksheets" in name)
    assert not any("hyperlink" in xml for name, xml in found.items() if name.endswith(".rels"))
    assert sheets(shown)["Результаты"][1][:4] == list(hostile.values())
    assert summary(shown)["Учебный курс"] == FORMULA
    assert summary(shown)["Владелец"] == "123"


def test_a_name_longer_than_a_cell_is_cut() -> None:
    long = LearnerResult(name="я" * 40_000, state=State.NOT_BEGUN)

    assert sheets(results(learners=(long,)))["Результаты"][1][0] == "я" * 32_767


def test_the_same_results_give_the_same_bytes() -> None:
    assert results_xlsx.workbook(results(50)) == results_xlsx.workbook(results(50))

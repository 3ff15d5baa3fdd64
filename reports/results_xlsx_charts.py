"""Charts of Excel's own over the tables of the sheet «Сводка»; rows are given from 0, both inclusive."""

from typing import Any

from xlsxwriter import Workbook
from xlsxwriter.chart import Chart

from models.result_summary import Step
from reports.xlsx_style import ACCENT, DONE, GREY, INK, SOFT

ORGANISATIONS = 10
"""How many of the largest are in the chart; the table has all."""

_FORMATS = {Step.DAY: "dd.mm", Step.WEEK: "dd.mm", Step.MONTH: "mm.yyyy", Step.YEAR: "yyyy"}
_SIZE = {"width": 620, "height": 320}
_FAINT: dict[str, Any] = {"visible": True, "line": {"color": "#DDE3EA", "width": 0.75}}
_TEXT = {"color": GREY, "size": 9}


def distribution(book: Workbook, sheet: str, first: int, last: int) -> Chart:
    """How many grades lie in each tenth of the scale."""
    chart = book.add_chart({"type": "column"})
    chart.add_series(
        {
            "name": "Обучающихся",
            "categories": [sheet, first, 0, last, 0],
            "values": [sheet, first, 1, last, 1],
            "fill": {"color": ACCENT},
            "gap": 40,
            "data_labels": {"value": True, "font": _TEXT, "num_format": "#,##0;;"},
        }
    )
    _dress(chart, "Распределение оценок")
    chart.set_legend({"none": True})
    return chart


def over_time(book: Workbook, sheet: str, first: int, last: int, step: Step) -> Chart:
    """Columns of who completed, and a line of how many had by then, on an axis of its own."""
    chart, line = book.add_chart({"type": "column"}), book.add_chart({"type": "line"})
    days = [sheet, first, 0, last, 0]
    bars = {"name": "Завершили", "fill": {"color": SOFT}, "gap": 30}
    chart.add_series({**bars, "categories": days, "values": [sheet, first, 1, last, 1]})
    altogether = {"name": "Всего к этому времени", "line": {"color": DONE, "width": 2.25}, "y2_axis": True}
    line.add_series({**altogether, "categories": days, "values": [sheet, first, 2, last, 2]})
    chart.combine(line)
    _dress(chart, f"Завершение обучения {step.russian}")
    chart.set_x_axis({"num_format": _FORMATS[step], "num_font": _TEXT, "text_axis": True})
    line.set_y2_axis({"min": 0, "num_font": _TEXT})
    chart.set_legend({"position": "bottom", "font": _TEXT})
    return chart


def by_organisation(book: Workbook, sheet: str, first: int, last: int, *, knows_completion: bool) -> Chart:
    """How many learners the largest organisations have, and how many of them completed if that is known."""
    chart = book.add_chart({"type": "bar"})
    shown = [("Обучающихся", 1, SOFT), ("Завершили", 3, DONE)][: 2 if knows_completion else 1]
    for name, column, colour in shown:
        chart.add_series(
            {
                "name": name,
                "categories": [sheet, first, 0, last, 0],
                "values": [sheet, first, column, last, column],
                "fill": {"color": colour},
                "gap": 50,
                "data_labels": {"value": True, "font": _TEXT},
            }
        )
    _dress(chart, f"По организациям (до {ORGANISATIONS} крупнейших)")
    # Every bar has its number; turned round, the axis would stand above them.
    chart.set_x_axis({"visible": False, "major_gridlines": {"visible": False}, "min": 0})
    chart.set_y_axis({"num_font": _TEXT, "reverse": True, "major_gridlines": {"visible": False}})
    chart.set_legend({"position": "bottom", "font": _TEXT})
    return chart


def _dress(chart: Chart, title: str) -> None:
    chart.set_title({"name": title, "name_font": {"color": INK, "size": 13, "bold": True}, "overlay": False})
    chart.set_size(_SIZE)
    chart.set_x_axis({"num_font": _TEXT})
    chart.set_y_axis({"num_font": _TEXT, "major_gridlines": _FAINT, "min": 0, "line": {"none": True}})
    chart.set_chartarea({"border": {"color": "#DDE3EA"}})

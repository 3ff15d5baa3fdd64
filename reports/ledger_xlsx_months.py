"""The sheet of months in the XLSX of the clause ledger: each clause month by month, and a chart of all."""

from collections.abc import Sequence

from xlsxwriter import Workbook

from models.ledger import State
from models.ledger_totals import MonthSummary
from models.terms import Clause
from reports.xlsx_style import DONE, GREY, Styles

_NAME = "По месяцам"
_SHOWN = {State.KEPT: DONE, State.LATE: "#A1221A", State.NOT_DUE: "#8A96A3"}
_ALL = "все пункты"


def write(book: Workbook, months: Sequence[MonthSummary], styles: Styles) -> None:
    """All clauses together first: the chart is theirs."""
    sheet = book.add_worksheet(_NAME)
    sheet.set_column(0, 1, 14)
    sheet.set_column(2, 1 + len(State), 18)
    for at, heading in enumerate(("Месяц", "Пункт", *(state.russian for state in State))):
        sheet.write_string(0, at, heading, styles.heading)
    clauses = [one for one in Clause if any(one in month.states for month in months)]
    row = 0
    for clause in (None, *clauses):
        for month in months:
            row += 1
            sheet.write_string(row, 0, f"{month.first:%m.%Y}", styles.text)
            sheet.write_string(row, 1, clause.value if clause else _ALL, styles.text)
            for at, count in enumerate(month.of(clause).values(), start=2):
                sheet.write_number(row, at, count, styles.count)
    sheet.freeze_panes(1, 0)
    sheet.autofilter(0, 0, row, 1 + len(State))
    _add_chart(book, len(months))


def _add_chart(book: Workbook, count: int) -> None:
    chart = book.add_chart({"type": "column", "subtype": "stacked"})
    for at, state in enumerate(State, start=2):
        if state in _SHOWN:
            chart.add_series(
                {
                    "name": state.russian,
                    "categories": [_NAME, 1, 0, count, 0],
                    "values": [_NAME, 1, at, count, at],
                    "fill": {"color": _SHOWN[state]},
                    "gap": 60,
                }
            )
    chart.set_title({"name": "Пункты дел по месяцу открытия", "overlay": False})
    chart.set_legend({"position": "bottom", "font": {"color": GREY, "size": 9}})
    chart.set_size({"width": 620, "height": 320})
    book.get_worksheet_by_name(_NAME).insert_chart(1, 3 + len(State), chart)

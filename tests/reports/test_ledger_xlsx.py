"""The clause ledger as a workbook: what stands in its cells."""

import io
from datetime import UTC, date, datetime
from typing import Any

from python_calamine import CalamineWorkbook

from models.calendar import WorkCalendar
from models.deadlines import LOCAL_ZONE
from models.ledger import CaseLedger, Fact, Ledger
from models.ledger_totals import load
from models.terms import Clause, Unit
from reports.ledger_xlsx import workbook

NOW = datetime(2026, 5, 18, 7, tzinfo=UTC)
FIRST, LAST = date(2026, 4, 1), date(2026, 6, 30)


def case(title: str = "Охрана труда") -> CaseLedger:
    facts = [
        Fact(
            Clause.REQUEST,
            done_at=datetime(2026, 4, 1, 5, 30, tzinfo=UTC),
            by="Департамент",
            evidence="Подан",
        ),
        Fact(
            Clause.REVIEW,
            outcome="approved",
            started_on=date(2026, 4, 1),
            last_day=date(2026, 5, 4),
            unit=Unit.CALENDAR_DAYS,
            # Already the next day in Tyumen.
            done_at=datetime(2026, 5, 4, 19, 30, tzinfo=UTC),
            late_by="на 1 день",
            by="Петров",
            evidence="=Решено",
        ),
        Fact(
            Clause.SETUP,
            outcome="approved",
            started_on=date(2026, 5, 5),
            last_day=date(2026, 5, 20),
            unit=Unit.WORKING_DAYS,
        ),
    ]
    ledger = Ledger(WorkCalendar(), NOW)
    opened_at = datetime(2026, 4, 1, 9, tzinfo=LOCAL_ZONE)
    lines = tuple(ledger.line(fact) for fact in facts)
    return CaseLedger("2026-000123", title, "zdrav", "Департамент здравоохранения", opened_at, None, lines)


def sheets(content: bytes) -> dict[str, list[list[Any]]]:
    book = CalamineWorkbook.from_filelike(io.BytesIO(content))
    return {name: book.get_sheet_by_name(name).to_python() for name in book.sheet_names}


def test_each_clause_is_a_row_in_the_regions_time() -> None:
    headings, *rows = sheets(workbook([case()], FIRST, LAST, NOW))["Пункты"]

    assert len(rows) == 3
    assert dict(zip(headings, rows[1], strict=True)) == {
        "Дело": "Запрос № 2026-000123",
        "Название": "Охрана труда",
        "Организация": "Департамент здравоохранения",
        "Пункт": "4.2",
        "Содержание пункта": "Рассмотрение запроса и решение",
        "Чьё время": "Уполномоченный орган",
        "Состояние": "нарушен",
        "Начало": date(2026, 4, 1),
        "Последний день": date(2026, 5, 4),
        "Исполнено": datetime(2026, 5, 5, 0, 30),  # noqa: DTZ001 - Excel knows no time zones
        "Опоздание": "на 1 день",
        "Опоздание, дней": 1,
        "Ушло календарных дней": 34,
        "Кто исполнил": "Петров",
        "Запись журнала": "=Решено",
    }
    assert rows[2][9] == ""  # not done yet


def test_the_summary_counts_and_says_what_is_usual() -> None:
    rows = sheets(workbook([case(), case()], FIRST, LAST, NOW))["Сводка"]

    texts = {str(row[0]): row[1:] for row in rows}
    assert "Дела, открытые с 01.04.2026 по 30.06.2026; состояние на 18.05.2026 12:00; дел: 2" in texts
    assert texts["4.2 Рассмотрение запроса и решение"] == [0, 2, 0, 0, 2, 34, 34, "календарные"]
    assert texts["4.3 Настройка роли «учитель» Оператором"] == [0, 0, 2, 0, 0, "", "", "рабочие"]
    assert texts["Уполномоченный орган"][:2] == [68, 0]
    assert texts["Оператор"][:2] == [26, 2]


def test_months_are_there_with_none_left_out_and_the_load_only_for_whom_it_is_given() -> None:
    laden = load([case()], {"=Сидоров": 3})

    without, shown = (sheets(workbook([case()], FIRST, LAST, NOW, one)) for one in ([], laden))

    months = shown["По месяцам"]
    assert [row[0] for row in months[1:4]] == ["04.2026", "05.2026", "06.2026"]
    assert months[1][1:] == ["все пункты", 1, 1, 1, 0]
    assert months[2][1:] == ["все пункты", 0, 0, 0, 0]
    assert ["04.2026", "4.2", 0, 1, 0, 0] in months
    assert shown["Нагрузка"][1:] == [["=Сидоров", 3, 0, 0, ""], ["Петров", 0, 1, 1, 34]]
    assert list(without) == ["Сводка", "По месяцам", "Пункты"]


def test_nothing_typed_becomes_a_formula_and_too_long_a_text_is_cut() -> None:
    rows = sheets(workbook([case("=1+1"), case("=" + "я" * 40_000)], FIRST, LAST, NOW))["Пункты"]

    assert rows[1][1] == "=1+1"
    assert len(str(rows[4][1])) == 32_767


def test_the_same_ledger_gives_the_same_bytes() -> None:
    assert workbook([case()], FIRST, LAST, NOW) == workbook([case()], FIRST, LAST, NOW)

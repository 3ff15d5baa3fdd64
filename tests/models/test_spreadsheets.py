"""Bytes of CSV and XLSX files: what is read, and what is refused with clear words."""

import csv
import io
import struct
import tracemalloc
import zipfile
from collections.abc import Callable
from contextlib import suppress
from datetime import date, datetime, time

import pytest
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st
from xlsxwriter.worksheet import Worksheet

from models import spreadsheets, workbook
from models.spreadsheets import Fault, Row, SpreadsheetError, Table, read

LIST = 'ФИО;Почта;Организация\nИванов Пётр;p@example.org;"ООО ""Ёлка"", №\xa05"\n'
READ = [("ФИО", "Почта", "Организация"), ("Иванов Пётр", "p@example.org", 'ООО "Ёлка", №\xa05')]


def cells(content: bytes) -> list[tuple[str, ...]]:
    return [row.cells for row in read(content).rows]


def fault(content: bytes) -> SpreadsheetError:
    with pytest.raises(SpreadsheetError) as caught:
        list(read(content).rows)
    return caught.value


def book(fill: Callable[[xlsxwriter.Workbook, Worksheet], object], sheet: str = "Люди") -> bytes:
    file = io.BytesIO()
    with xlsxwriter.Workbook(file, {"in_memory": True}) as opened:
        fill(opened, opened.add_worksheet(sheet))
    return file.getvalue()


def with_cells(*rows: tuple[object, ...]) -> bytes:
    return book(lambda _, sheet: [sheet.write_row(at, 0, row) for at, row in enumerate(rows)])


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1251", "utf-16"])
def test_a_csv_is_read_in_every_encoding_that_excel_saves(encoding: str) -> None:
    assert cells(LIST.encode(encoding)) == READ


@pytest.mark.parametrize("delimiter", [";", ",", "\t"])
@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
def test_a_csv_is_read_with_every_delimiter_and_end_of_line(delimiter: str, ending: str) -> None:
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter, lineterminator=ending).writerows(READ)

    assert cells(out.getvalue().encode()) == READ


def test_commas_in_titles_and_organisations_are_no_delimiters() -> None:
    text = "Список, 2026 год, курс\nФИО;Организация\nИванов Иван;ГБУЗ, Тюмень\nПетров Пётр;ООО\n"

    assert cells(text.encode())[2] == ("Иванов Иван", "ГБУЗ, Тюмень")


def test_rows_are_numbered_as_excel_shows_them() -> None:
    text = '\n\nФИО;Почта\n"Иванов\nИван";\n;;\nПетров Пётр;p@example.org\n'

    assert list(read(text.encode()).rows) == [
        Row(3, ("ФИО", "Почта")),
        Row(4, ("Иванов\nИван",)),
        Row(6, ("Петров Пётр", "p@example.org")),
    ]


@pytest.mark.parametrize("cut", range(1, 4))
def test_a_csv_cut_in_the_middle_of_a_character_is_not_guessed_at(cut: int) -> None:
    whole = "ФИО;Почта\nИванов Иван;🙂".encode()

    assert fault(whole[:-cut]).fault is Fault.CUT
    assert "обрывается" in str(fault(whole[:-cut]))


@pytest.mark.parametrize(
    ("content", "expected", "row"),
    [
        (b"", Fault.EMPTY, None),
        (b" \r\n ;;\n", Fault.EMPTY, None),
        ("ФИО\nИванов".encode("utf-16")[:-1], Fault.CUT, None),
        ("ФИО;Почта\nИванов".encode("cp866"), Fault.ENCODING, 1),
        ("ФИО;Почта\nИван".encode() + b"\xff\n" + "ов".encode(), Fault.ENCODING, 2),
        ("ФИО;Почта\nИванов;".encode() + b"\x98", Fault.ENCODING, 2),
        ('ФИО;Почта\nИванов;p@e.ru\n"Петров;x'.encode(), Fault.QUOTES, 3),
        ('ФИО;Почта\n"Иванов" Иван;p@e.ru'.encode(), Fault.QUOTES, 2),
        ("а" * 1001, Fault.CELL_TOO_LONG, 1),
        ("ФИО;Почта\n" + "а" * 200_000, Fault.CELL_TOO_LONG, 2),
        ("а;" * 50 + "а", Fault.TOO_MANY_COLUMNS, 1),
        ("Иванов\n" * 50_101, Fault.TOO_MANY_ROWS, None),
        (b"\x89PNG\r\n\x1a\n\0\0", Fault.NOT_A_TABLE, None),
        ("\ufeff <html><table>", Fault.NOT_A_TABLE, None),
        (bytes.fromhex("d0cf11e0a1b11ae1") + b"Workbook", Fault.OLD_EXCEL, None),
        (
            bytes.fromhex("d0cf11e0a1b11ae1") + "EncryptedPackage".encode("utf-16-le"),
            Fault.ENCRYPTED,
            None,
        ),
        (b"PK\x03\x04 and no more", Fault.BROKEN, None),
        (b"x" * (spreadsheets.SIZE_MAX + 1), Fault.TOO_BIG, None),
    ],
)
def test_what_can_not_be_read_is_refused(content: bytes | str, expected: Fault, row: int | None) -> None:
    error = fault(content.encode() if isinstance(content, str) else content)

    assert (error.fault, error.row) == (expected, row)


def test_the_largest_list_is_read() -> None:
    assert sum(1 for _ in read(("Иванов Иван;i@e.ru\n" * 50_100).encode("cp1251")).rows) == 50_100


def test_every_fault_speaks_russian() -> None:
    for each in Fault:
        assert str(SpreadsheetError(each)).endswith(".")


@given(
    st.lists(
        st.lists(
            st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), max_size=20), min_size=2
        ),
        min_size=1,
        max_size=8,
    )
)
def test_what_excel_would_write_is_read_back(rows: list[list[str]]) -> None:
    rows = [["ФИО", "Почта"], *(row[:50] for row in rows)]
    out = io.StringIO()
    csv.writer(out, delimiter=";", quoting=csv.QUOTE_ALL).writerows(rows)
    expected = [[cell.strip() for cell in row] for row in rows]
    for row in expected:
        while row and not row[-1]:
            row.pop()

    assert cells(out.getvalue().encode()) == [tuple(row) for row in expected if row]


@given(st.binary(max_size=300))
@settings(max_examples=300)
def test_any_bytes_are_read_or_refused(content: bytes) -> None:
    if not content.startswith(b"PK"):
        with suppress(SpreadsheetError):
            assert list(read(content).rows)


def test_an_xlsx_is_read_as_people_see_it() -> None:
    def fill(opened: xlsxwriter.Workbook, sheet: Worksheet) -> None:
        days = opened.add_format({"num_format": "dd.mm.yyyy"})
        sheet.write_row(2, 1, ["ФИО", "Почта", "Телефон"])
        sheet.write_row(3, 1, [" Иванов Иван ", "i@example.org", 89220000000])
        sheet.write_formula(4, 1, '="Петров"&" Пётр"', None, "Петров Пётр")
        sheet.write_formula(4, 3, "=1/2", None, 0.5)
        sheet.write_datetime(5, 1, datetime(2026, 11, 24), days)  # noqa: DTZ001 - Excel has no zones
        sheet.write_boolean(5, 2, True)
        sheet.write_blank(9000, 30, None, opened.add_format({"bold": True}))

    table = read(book(fill))

    assert table.sheet == "Люди"
    assert list(table.rows) == [
        Row(3, ("ФИО", "Почта", "Телефон")),
        Row(4, ("Иванов Иван", "i@example.org", "89220000000")),
        Row(5, ("Петров Пётр", "", "0.5")),
        Row(6, ("24.11.2026", "да")),
    ]


def test_what_is_merged_over_rows_stands_in_each_and_over_columns_in_the_first() -> None:
    def fill(opened: xlsxwriter.Workbook, sheet: Worksheet) -> None:
        sheet.merge_range(0, 1, 0, 3, "Слушатели", opened.add_format())
        sheet.write_column(1, 1, ["Иванов", "Петров", "Сидоров"])
        sheet.merge_range(1, 2, 2, 3, "Департамент", opened.add_format())

    assert cells(book(fill)) == [
        ("Слушатели",),
        ("Иванов", "Департамент"),
        ("Петров", "Департамент"),
        ("Сидоров",),
    ]


def test_of_ten_sheets_the_first_visible_one_with_something_in_it_is_read() -> None:
    def fill(opened: xlsxwriter.Workbook, sheet: Worksheet) -> None:
        sheet.write(0, 0, "  ")
        hidden = opened.add_worksheet("Скрытый")
        hidden.write(0, 0, "скрыто")
        hidden.hide()
        opened.add_chartsheet("График")
        for number in range(4, 11):
            opened.add_worksheet(f"Лист {number}").write(0, 0, f"лист {number}")

    table = read(book(fill))

    assert (table.sheet, [row.cells for row in table.rows]) == ("Лист 4", [("лист 4",)])


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (5.0, "5"),
        (0.3, "0.3"),
        (-2.0, "-2"),
        (True, "да"),
        (False, "нет"),
        (date(2026, 1, 2), "02.01.2026"),
        (datetime(2026, 1, 2, 3, 4), "02.01.2026 03:04"),  # noqa: DTZ001
        (time(9, 5), "09:05"),
        ("", ""),
    ],
)
def test_a_cell_is_text(value: object, text: str) -> None:
    assert workbook._text(value) == text


def repacked(content: bytes, change: dict[str, bytes | None]) -> bytes:
    """The archive with some of its files changed, added, or (None) left out."""
    out = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(content)) as source,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target,
    ):
        for name in source.namelist():
            if name not in change:
                target.writestr(name, source.read(name))
        for name, text in change.items():
            if text is not None:
                target.writestr(name, text)
    return out.getvalue()


ONE = with_cells(("ФИО",), ("Иванов Иван",))
SHEET = "xl/worksheets/sheet1.xml"


def bomb_by_size() -> bytes:
    return repacked(ONE, {"xl/media/zeros.bin": bytes(workbook.UNPACKED_MAX)})


def bomb_that_lies() -> bytes:
    """Says in its directory that what unpacks to 250 MB has 1,000 bytes."""
    text = (
        b'<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><si><t>'
        + bytes([65]) * 2**28
    )
    content = repacked(ONE, {"xl/sharedStrings.xml": text})
    entry = zipfile.ZipFile(io.BytesIO(content)).getinfo("xl/sharedStrings.xml")
    return content.replace(struct.pack("<L", entry.file_size), struct.pack("<L", 1000))


def far_corner() -> bytes:
    return book(lambda _, sheet: (sheet.write(0, 0, "ФИО"), sheet.write(1_048_575, 16_383, "x")))


def far_enough() -> bytes:
    """Fits into the address space only of a large machine."""
    return book(lambda _, sheet: (sheet.write(0, 0, "ФИО"), sheet.write(100_000, 1000, "x")))


def one_text_many_times() -> bytes:
    return book(
        lambda _, sheet: [sheet.write_row(row, 0, ["я" * 8000] * 10) for row in range(10_000)],
    )


@pytest.mark.parametrize("make", [bomb_by_size, far_corner, far_enough, one_text_many_times])
def test_a_bomb_takes_nothing_down(make: Callable[[], bytes]) -> None:
    content = make()
    assert len(content) < 2**20

    assert fault(content).fault is Fault.TOO_HEAVY


def test_a_bomb_that_lies_of_its_size_takes_nothing_down() -> None:
    assert fault(bomb_that_lies()).fault in (Fault.TOO_HEAVY, Fault.BROKEN)


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (ONE[: len(ONE) // 2], Fault.BROKEN),
        (repacked(ONE, {SHEET: b"<worksheet><sheetData><row"}), Fault.BROKEN),
        (repacked(ONE, {SHEET: None}), Fault.BROKEN),
        (repacked(ONE, {"xl/workbook.xml": None, "word/document.xml": b"<w/>"}), Fault.NOT_A_TABLE),
        (with_cells(("",)), Fault.EMPTY),
        (with_cells(("я" * 1001,)), Fault.CELL_TOO_LONG),
        (with_cells(("я",) * 51), Fault.TOO_MANY_COLUMNS),
    ],
)
def test_a_bad_book_is_refused(content: bytes, expected: Fault) -> None:
    assert fault(content).fault is expected


def test_an_encrypted_archive_is_told_from_a_broken_one() -> None:
    flagged = bytearray(ONE)
    flagged[flagged.rindex(b"PK\x01\x02") + 8] |= 1

    assert fault(bytes(flagged)).fault is Fault.ENCRYPTED


def test_a_long_list_takes_little_memory_in_this_process() -> None:
    content = (
        "Иванов Иван Иванович;ivanov@example.org;Департамент здравоохранения;специалист\n" * 50_000
    ).encode()
    tracemalloc.start()
    table: Table = read(content)
    assert sum(1 for _ in table.rows) == 50_000
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert peak < 4 * len(content)

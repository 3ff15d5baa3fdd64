"""Slips for learners without mail, and the sheet of self-registration."""

import io
import math
import re
from dataclasses import replace
from datetime import date

import pytest
import segno
from pypdf import PdfReader

from models.claims import new_code
from reports.instruction import Instruction, sheet, steps
from reports.qr import qr
from reports.slips import PART, Handout, Slip, parts

HOSTILE = '#panic("1") $x$ *b* _i_ \\ [#read("/etc/passwd")] `raw` = заголовок'
HANDOUT = Handout(
    "Первая помощь",
    "https://edu.example",
    "https://seo.example/claim",
    last_day=date(2026, 12, 24),
    issued_on=date(2026, 11, 24),
)
SLIP = Slip(
    "Алиев Вагиф Мамед оглы",
    "aliev.v-k3f9a2",
    "K7QF-2M9X-4DRT-HWLA-93CE",
    "https://seo.example/claim#K7QF2M9X4DRTHWLA93CE",
    "Департамент здравоохранения",
)
INSTRUCTION = Instruction(
    "Первая помощь",
    "https://edu.example/course/view.php?id=42",
    "https://edu.example",
    dated=date(2026, 11, 24),
    agency="Департамент здравоохранения",
    enrolment_key="Помощь-2026",
    open_until=date(2026, 12, 24),
    help="Иванова Мария, ivanova@zdrav.example",
)


def pages(content: bytes) -> list[str]:
    return [re.sub(r"\s+", " ", page.extract_text()) for page in PdfReader(io.BytesIO(content)).pages]


def slips(count: int) -> list[Slip]:
    return [replace(SLIP, name=f"Слушатель {number}", code=new_code()) for number in range(count)]


def test_a_slip_tells_how_to_get_in_and_until_when() -> None:
    (content,) = parts([SLIP], HANDOUT)
    (page,) = pages(content)

    for fact in (SLIP.name, SLIP.username, SLIP.code, SLIP.organisation, HANDOUT.course, HANDOUT.site_url):
        assert fact in page
    assert "действует по 24 декабря 2026 г." in page
    assert HANDOUT.claim_page_url in page


@pytest.mark.parametrize(("count", "sheets"), [(1, 1), (8, 1), (9, 2), (25, 4)])
def test_eight_slips_go_on_a_sheet_and_none_is_lost(count: int, sheets: int) -> None:
    people = slips(count)
    (content,) = parts(people, HANDOUT)
    shown = pages(content)

    assert len(shown) == sheets
    assert [code for page in shown for code in re.findall(r"(?:\w{4}-){4}\w{4}", page)] == [
        one.code for one in people
    ]


def test_many_slips_come_in_parts() -> None:
    people = slips(PART + 3)
    first, second = parts(people, HANDOUT)

    assert len(PdfReader(io.BytesIO(first)).pages) == math.ceil(PART / 8)
    assert [code for code in pages(second)[0].split() if code.count("-") == 4] == [
        one.code for one in people[PART:]
    ]


def test_nobody_makes_no_parts() -> None:
    assert list(parts([], HANDOUT)) == []


def test_long_texts_are_shortened_and_never_move_other_slips() -> None:
    long = replace(SLIP, name="Ъ" * 200, organisation="слово " * 50, username="u" * 100)
    (content,) = parts([long] * 8, replace(HANDOUT, course="Курс " * 50))

    assert len(pages(content)) == 1


def test_typed_text_is_shown_and_never_executed() -> None:
    hostile = replace(SLIP, name=HOSTILE[:60], organisation=HOSTILE)
    (content,) = parts([hostile], replace(HANDOUT, course=HOSTILE[:60]))

    assert HOSTILE[:30].replace(" ", "") in pages(content)[0].replace(" ", "")


def test_the_same_slips_give_the_same_bytes() -> None:
    assert list(parts([SLIP], HANDOUT)) == list(parts([SLIP], HANDOUT))


def test_a_qr_holds_its_address() -> None:
    # Each module of the symbol is a unit of the path, after four units of margin.
    matrix = segno.make_qr(SLIP.claim_url, error="m", mask=3)
    width = matrix.symbol_size(border=4)[0]

    assert f'width="{width}" height="{width}"' in qr(SLIP.claim_url)
    assert qr(SLIP.claim_url) != qr(SLIP.claim_url + "x")


def test_the_sheet_of_self_registration_tells_the_way_in() -> None:
    (page,) = pages(sheet(INSTRUCTION))

    for fact in (INSTRUCTION.course, INSTRUCTION.course_url, INSTRUCTION.agency, INSTRUCTION.help):
        assert fact in page
    assert "Записаться можно по 24 декабря 2026 г. включительно" in page
    assert "кодовое слово: Помощь-2026" in page


def test_what_a_course_does_not_have_is_not_spoken_of() -> None:
    least = Instruction("Курс", "https://edu.example/c", "https://edu.example", dated=date(2026, 11, 24))
    (page,) = pages(sheet(least))

    assert "кодовое слово" not in page
    assert "Записаться можно" not in page
    assert "Если не получается" not in page
    assert "Курс проводит" not in page
    assert steps(least)[-1] == "Нажмите «Записаться на курс»."


def test_the_sheet_shows_typed_text_verbatim() -> None:
    hostile = replace(INSTRUCTION, course=HOSTILE, agency=HOSTILE, help=HOSTILE, enrolment_key=HOSTILE)
    shown = " ".join(pages(sheet(hostile))).replace(" ", "")

    assert shown.count(HOSTILE.replace(" ", "")) == 4

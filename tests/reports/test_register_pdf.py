"""Appendix 1 as a PDF: the regulation's own tables, and what people typed stays text."""

import io
from datetime import date

from pypdf import PdfReader

from models.appendix import CATEGORIES, SUBSYSTEMS
from reports.register_pdf import Part, Shelf, document

ON = date(2026, 9, 1)


def _parts(course: str = "Курс") -> list[Part]:
    shelves = [
        Shelf(str(one.number), one.title, one.purpose, one.owner, [(course, one.owner)]) for one in CATEGORIES
    ]
    return [
        Part(
            one.number,
            one.title,
            one.address,
            one.purpose,
            one.owner,
            shelves if one.code == "edu" else [],
            [],
        )
        for one in SUBSYSTEMS
    ]


def _text(content: bytes) -> str:
    pages = PdfReader(io.BytesIO(content)).pages
    return " ".join(" ".join(page.extract_text().split()) for page in pages)


def test_it_has_every_row_of_the_appendix_and_its_day() -> None:
    text = _text(document(_parts(), ON))

    assert "Приложение № 1. Состав СЭО ТО" in text
    assert "на 1 сентября 2026 г." in text
    for one in SUBSYSTEMS:
        assert one.title in text
    for category in CATEGORIES:
        assert category.title.split()[0] in text
    assert "Владелец подсистемы" in text
    assert "Владелец категории" in text


def test_markup_in_a_name_stays_what_it_is() -> None:
    assert '#panic("x") *жирно*' in _text(document(_parts('#panic("x") *жирно* $x$'), ON))


def test_the_same_register_gives_the_same_bytes() -> None:
    assert document(_parts(), ON) == document(_parts(), ON)


def test_an_empty_register_is_a_page() -> None:
    assert "Подсистемы" in _text(document([], ON))

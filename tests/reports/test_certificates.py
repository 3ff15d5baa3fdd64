"""Certificates on paper (clause 4.9): what they say, that any name fits, and that none of many is lost."""

import io
import re
from dataclasses import replace
from datetime import date

import pytest
from pypdf import PdfReader

from models.certificate_facts import Certificate, Issue
from models.certificates import NAME_MAX, Award, Design, Whom
from reports import certificates
from reports.certificates import document, parts
from reports.qr import qr

HOSTILE = '#panic("1") $x$ *b* _i_ \\ [#read("/etc/passwd")] `raw` = заголовок'
CERTIFICATE = Certificate(
    "72-2026-000123",
    "K7QF-2M9X-4DRT",
    "Иванова Мария Петровна",
    date(2026, 12, 24),
    "https://seo.example/certificates/K7QF-2M9X-4DRT",
    grade="92 %",
)
ISSUE = Issue(
    Award(whom=Whom.COMPLETED, hours=36),
    "Оказание первой помощи",
    "Департамент здравоохранения Тюменской области",
    date(2026, 12, 1),
    date(2026, 12, 20),
    "https://seo.example/certificates",
    "Директор департамента",
    "Н. В. Логинова",
)
DESIGNS = pytest.mark.parametrize("design", list(Design))


def designed(design: Design, issue: Issue = ISSUE, **changes: object) -> Issue:
    return replace(issue, award=issue.award.model_copy(update={"design": design, **changes}))


def pages(content: bytes) -> list[str]:
    return [re.sub(r"\s+", " ", page.extract_text()) for page in PdfReader(io.BytesIO(content)).pages]


def letters(text: str) -> str:
    """Without case and everything that lines and spacing change."""
    return re.sub(r"\W", "", text).casefold()


@DESIGNS
def test_a_certificate_says_what_was_given_to_whom_and_how_to_check_it(design: Design) -> None:
    (page,) = pages(document(CERTIFICATE, designed(design)))

    told = letters(page)
    for fact in (CERTIFICATE.number, CERTIFICATE.code, CERTIFICATE.name, ISSUE.course, ISSUE.owner):
        assert letters(fact) in told
    for fact in ("сертификат", "36 академических часов", "1–20 декабря 2026 г", "24 декабря 2026 г"):
        assert letters(fact) in told
    assert letters(ISSUE.signatory_post + ISSUE.signatory_name) in told
    assert "seo.example/certificates" in page


@DESIGNS
def test_what_there_is_not_is_not_spoken_of(design: Design) -> None:
    issue = replace(designed(design, hours=None), signatory_post="", signatory_name="")
    (page,) = pages(document(CERTIFICATE, issue))

    for word in ("академич", "Объём", "результат", "Результат", "92", "взамен", "Взамен"):
        assert word not in page


@DESIGNS
def test_the_grade_and_the_replaced_document_are_shown(design: Design) -> None:
    issue = designed(design, shows_grade=True, document="Свидетельство")
    (page,) = pages(document(replace(CERTIFICATE, supersedes="72-2026-000007"), issue))

    assert "92 %" in page
    assert "72-2026-000007" in page
    assert "взамен" in page.lower()
    assert "свидетельство" in letters(page)


@DESIGNS
@pytest.mark.parametrize(
    "name",
    [
        "Константинопольская-Преображенская-" * 7 + "Майя",
        "Ш" * NAME_MAX,
        ("Щукина-Жукова " * 20)[:NAME_MAX].strip(),
        "Мономах",
        "Иванов Иван",
    ],
)
def test_any_name_is_whole_and_on_one_page(design: Design, name: str) -> None:
    issue = designed(design, replace(ISSUE, course="Курс " * 50, owner="Учреждение " * 22))
    (page,) = pages(document(replace(CERTIFICATE, name=name), issue))

    assert letters(name) in letters(page)
    assert letters("Курс " * 50) in letters(page)


@DESIGNS
def test_typed_text_is_shown_and_never_executed(design: Design) -> None:
    hostile = replace(
        ISSUE, course=HOSTILE, owner=HOSTILE, signatory_name=HOSTILE[:40], signatory_post=HOSTILE[:60]
    )
    (page,) = pages(document(replace(CERTIFICATE, name=HOSTILE), designed(design, hostile)))

    assert letters(page).count(letters(HOSTILE)) == 3


def test_the_same_certificate_gives_the_same_bytes_and_says_its_title() -> None:
    content = document(CERTIFICATE, ISSUE)

    assert content == document(CERTIFICATE, ISSUE)
    metadata = PdfReader(io.BytesIO(content)).metadata
    assert metadata is not None
    assert metadata.title == "Сертификат № 72-2026-000123"


def test_the_qr_is_that_of_its_own_certificate(monkeypatch: pytest.MonkeyPatch) -> None:
    shown: list[str] = []

    def noted(url: str) -> str:
        shown.append(url)
        return qr(url)

    monkeypatch.setattr(certificates, "qr", noted)
    document(CERTIFICATE, ISSUE)

    assert shown == [CERTIFICATE.check_url]


@DESIGNS
def test_many_come_in_parts_and_none_is_lost(design: Design, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(certificates, "PART", part := 40)
    many = [replace(CERTIFICATE, number=f"72-2026-{at:06}", name=f"Слушатель {at}") for at in range(part + 3)]
    first, second = parts(many, designed(design))

    shown = pages(first) + pages(second)
    assert len(shown) == part + 3
    for at, page in enumerate(shown):
        assert f"72-2026-{at:06}" in page
    # The border, the fonts and the rosette are there once.
    assert len(first) < 100_000 + part * 5_000


def test_nobody_makes_no_parts() -> None:
    assert list(parts([], ISSUE)) == []

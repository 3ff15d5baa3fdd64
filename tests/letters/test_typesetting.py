import io
import re
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date

import pytest
from pypdf import PdfReader

from activities.examples import ANALOGUE, APPROVED, FULL, MINIMAL, ORDERED, REFUSED, REVIEW_DEADLINE
from activities.rendering import REFUSAL_RULE, Link, Person
from activities.typesetting import DocumentKind, Typeset, typeset
from models.decisions import Ground
from models.regulation import PROVISIONS
from models.requests import Wanted
from models.terms import Clause

HOSTILE = '#panic("1") $x$ *b* _i_ @ref <label> \\ [#read("/etc/passwd")] // -- "q" `raw` = заголовок'


def pages(document: Typeset) -> list[str]:
    reader = PdfReader(io.BytesIO(document.content))
    return [re.sub(r"\s+", " ", page.extract_text()) for page in reader.pages]


def text(document: Typeset) -> str:
    return " ".join(pages(document))


def test_a_refusal_is_a_letter_of_the_department_with_ground_and_reason() -> None:
    document = typeset(DocumentKind.REFUSAL, FULL)
    shown = text(document)

    assert document.title == "Отказ по запросу № 2026-000123"
    assert document.filename == "otkaz-2026-000123.pdf"
    assert document.media_type == "application/pdf"
    assert "ДЕПАРТАМЕНТ ИНФОРМАТИЗАЦИИ ТЮМЕНСКОЙ ОБЛАСТИ" in shown
    assert "Департамент здравоохранения Тюменской области" in shown
    assert "На № 01-15/1234 от 20 ноября 2026 г." in shown
    assert "поступивший 24 ноября 2026 г., и 9 декабря 2026 г. принял решение об отказе" in shown
    assert REFUSAL_RULE in shown
    assert all(item in shown for item in REFUSED.missing)
    assert "Укажите, каким работникам предназначен курс." in shown
    assert "назовите в нём номер этого запроса: № 2026-000123" in shown
    assert "расшифровка подписи" in shown


def test_the_engines_own_refusal_is_dated_and_numbered_and_waits_for_no_signature() -> None:
    automatic = replace(REFUSED, is_automatic=True, reason="")

    shown = text(typeset(DocumentKind.REFUSAL, replace(FULL, decision=automatic)))

    assert "9 декабря 2026 г. № 2026-000123 На № 01-15/1234" in shown
    assert "Сформировано системой автоматически 9 декабря 2026 г., № 2026-000123" in shown
    assert "подпис" not in shown


def test_a_refusal_for_an_analogue_names_it_with_its_address() -> None:
    shown = text(typeset(DocumentKind.REFUSAL, replace(FULL, decision=ANALOGUE)))

    assert "«Оказание первой помощи»" in shown
    assert "https://edu.example/course/view.php?id=42" in shown


def test_a_refusal_outside_the_grounds_says_so() -> None:
    shown = text(typeset(DocumentKind.REFUSAL, replace(FULL, decision=replace(REFUSED, ground=Ground.OTHER))))

    assert "Вне оснований п. 4.2 Регламента" in shown
    assert REFUSAL_RULE not in shown


def test_a_late_refusal_tells_true_dates_and_makes_no_excuse() -> None:
    late = replace(REFUSED, late_by="на 5 дней")

    shown = text(typeset(DocumentKind.REFUSAL, replace(FULL, decision=late)))

    assert "9 декабря 2026 г. принял решение" in shown
    assert "на 5 дней" not in shown


def test_an_order_tells_the_operator_what_for_whom_and_until_when() -> None:
    document = typeset(DocumentKind.ORDER, ORDERED)
    shown = text(document)

    assert document.filename == "zapros-operatoru-2026-000123.pdf"
    assert PROVISIONS[Clause.SETUP].quote in shown
    for fact in (
        "Единая платформа",
        "Медицина",
        "Первая помощь",
        "Департамент здравоохранения Тюменской области",
        "Иванова Мария Петровна главный специалист ivanova@zdrav.example +7 3452 00-00-00",
        "регистрация Пользователей ответственным лицом",
        "поступил Оператору 9 декабря 2026 г.",
        "23 декабря 2026 г. (включительно)",
        "курс создан (скрытая оболочка)",
    ):
        assert fact in shown


def test_an_order_answers_no_letter_of_the_operators() -> None:
    shown = text(typeset(DocumentKind.ORDER, ORDERED))

    assert "На №" not in shown
    assert "Письмо инициатора № 01-15/1234 от 20 ноября 2026 г." in shown


@pytest.mark.parametrize("kind", DocumentKind)
def test_no_date_is_torn_in_two(kind: DocumentKind) -> None:
    longest = date(2026, 9, 28)
    decision = replace(REFUSED if kind is DocumentKind.REFUSAL else APPROVED, decided_on=longest)

    content = typeset(kind, replace(ORDERED, outgoing_on=longest, decision=decision)).content

    first = PdfReader(io.BytesIO(content)).pages[0].extract_text()
    lines = [line for line in first.splitlines() if "28 сентября" in line]
    assert lines
    assert all("28 сентября 2026" in re.sub(r"\s+", " ", line) for line in lines)


def test_an_order_never_gives_the_term_of_another_clause_as_the_operators() -> None:
    shown = text(typeset(DocumentKind.ORDER, replace(ORDERED, deadline=REVIEW_DEADLINE)))

    assert "24 декабря 2026 г." not in shown


@pytest.mark.parametrize("wanted", Wanted)
@pytest.mark.parametrize("kind", DocumentKind)
def test_the_least_of_facts_makes_a_document(kind: DocumentKind, wanted: Wanted) -> None:
    least = replace(
        MINIMAL,
        wanted=wanted,
        decision=replace(REFUSED, missing=(), reason="") if kind is DocumentKind.REFUSAL else None,
        order_received_on=FULL.order_received_on,
    )

    shown = text(typeset(kind, least))

    assert "№ 2026-000123" in shown
    assert "none" not in shown


@pytest.mark.parametrize("kind", DocumentKind)
def test_a_document_without_its_fact_is_refused(kind: DocumentKind) -> None:
    with pytest.raises(ValueError, match="needs"):
        typeset(kind, MINIMAL)


def test_typed_text_is_shown_verbatim_and_never_executed() -> None:
    hostile = replace(
        FULL,
        title=HOSTILE,
        agency_name=HOSTILE,
        goal=HOSTILE,
        responsible=Person(HOSTILE),
        decision=replace(ANALOGUE, reason=HOSTILE, analogue=Link(HOSTILE, HOSTILE), missing=(HOSTILE,)),
        checklist=(HOSTILE,),
    )

    # Spaces are left out, since lines break at slashes too.
    for kind in DocumentKind:
        assert text(typeset(kind, hostile)).replace(" ", "").count(HOSTILE.replace(" ", "")) >= 5


def test_control_characters_and_signs_without_a_glyph_break_nothing() -> None:
    odd = replace(FULL, decision=replace(REFUSED, reason="до\x00\x1b[0m\u202e после 漢字 🙂 \ud800 конец"))

    shown = text(typeset(DocumentKind.REFUSAL, odd))

    assert "после" in shown
    assert "конец" in shown


@pytest.mark.parametrize(
    "reason", ["Слова причины. " * 700, "я" * 10_000, "строка\n" * 1500], ids=["prose", "one word", "lines"]
)
def test_a_long_reason_flows_over_pages_and_loses_nothing(reason: str) -> None:
    shown = pages(typeset(DocumentKind.REFUSAL, replace(FULL, decision=replace(REFUSED, reason=reason))))

    assert len(shown) > 3
    # "я" alone is counted as letters, since lines are broken inside the word.
    sign = reason.split()[0] if " " in reason or "\n" in reason else "яя"
    assert "".join(shown).count(sign) >= reason.count(sign) * 0.97
    assert all(f"страница {n} из {len(shown)}" in page for n, page in enumerate(shown, 1))


def test_the_same_facts_give_the_same_bytes_in_any_thread() -> None:
    with ThreadPoolExecutor(4) as pool:
        documents = list(pool.map(lambda _: typeset(DocumentKind.ORDER, ORDERED), range(12)))

    assert len({document.content for document in documents}) == 1


def test_a_document_carries_its_title_language_and_the_date_of_its_fact() -> None:
    reader = PdfReader(io.BytesIO(typeset(DocumentKind.REFUSAL, FULL).content))

    assert reader.metadata is not None
    assert reader.metadata.title == "Отказ по запросу № 2026-000123"
    assert str(reader.metadata.get("/CreationDate")).startswith("D:20261209")
    assert str(reader.root_object["/Lang"]) == "ru"

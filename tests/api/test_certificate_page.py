"""The public page of a certificate (clause 4.9): what was given, when, and whether it still holds."""

import html
import re
from datetime import UTC, date, datetime
from typing import Any

import httpx
import pytest
from sqlmodel import col, select

from models import certifying
from models.certificates import Award, Whom, new_code
from models.certifying import Recipient
from models.tables import CertificateRow
from tests.certificates import COURSE, decided
from tests.engine import Engine

HOSTILE = '<script>alert("1")</script> & «Ко»'
REASON = "документ получен обманом"


async def page(engine: Engine, path: str) -> httpx.Response:
    transport = httpx.ASGITransport(engine.app)
    async with httpx.AsyncClient(transport=transport, base_url="http://api.example.org") as http:
        return await http.get(path)


def told(response: httpx.Response) -> str:
    return re.sub(
        r"\s+", " ", html.unescape(re.sub(r"<style>.*?</style>|<[^>]*>", " ", response.text, flags=re.S))
    )


async def given(engine: Engine, certification: str, **changes: Any) -> CertificateRow:
    one = Recipient(1, "Иванова Мария Петровна", grade="92 %")._replace(**changes)
    async with engine.sessions.begin() as session:
        await certifying.give(session, certification, [one], date(2026, 12, 24))
        query = select(CertificateRow).where(col(CertificateRow.certification) == certification)
        return (await session.scalars(query)).one()


@pytest.fixture
async def certificate(engine: Engine) -> CertificateRow:
    return await given(engine, await decided(engine))


async def test_a_certificate_that_holds_says_everything_that_stands_on_it(
    engine: Engine, certificate: CertificateRow
) -> None:
    response = await page(engine, f"/certificates/{certificate.code}")

    assert response.status_code == 200
    assert "Документ выдан и действует." in told(response)
    for fact in (certificate.number, certificate.name, COURSE, "Департамент здравоохранения"):
        assert fact in told(response)
    for fact in ("36 академических часов", "1–20 декабря 2026 г.", "24 декабря 2026 г.", "Сертификат"):
        assert fact in told(response)
    assert "92 %" not in told(response)


async def test_the_grade_is_shown_where_the_document_shows_it(engine: Engine) -> None:
    award = Award(whom=Whom.COMPLETED, shows_grade=True, document="Свидетельство")
    certificate = await given(engine, await decided(engine, award))

    shown = told(await page(engine, f"/certificates/{certificate.code}"))

    assert "Результат 92 %" in shown
    assert f"Свидетельство № {certificate.number}" in shown
    assert "Объём" not in shown


async def test_a_revoked_one_does_not_hold_and_why_is_not_told(
    engine: Engine, certificate: CertificateRow
) -> None:
    async with engine.sessions.begin() as session:
        at = datetime(2026, 12, 31, 20, tzinfo=UTC)
        await certifying.revoke(session, certificate.number, by="key-1", because=REASON, at=at)

    response = await page(engine, f"/certificates/{certificate.code}")

    assert response.status_code == 200
    # 20:00 in London is the next year in Tyumen.
    assert "Документ аннулирован 1 января 2027 г. и не действует." in told(response)
    assert REASON not in response.text


async def test_a_replaced_one_names_the_one_that_holds(engine: Engine, certificate: CertificateRow) -> None:
    async with engine.sessions.begin() as session:
        second = await certifying.reissue(session, certificate.number, "Иванова Майя", date(2026, 12, 30))

    old = await page(engine, f"/certificates/{certificate.code}")
    new = await page(engine, f"/certificates/{second.code}")

    assert f"30 декабря 2026 г. вместо него выдан документ № {second.number}" in told(old)
    assert second.code not in old.text
    assert "действует." in told(new)
    assert f"Взамен документа № {certificate.number}" in told(new)


@pytest.mark.parametrize("typed", ["lower", "spaced", "by hand"])
async def test_a_code_is_found_however_it_is_typed(
    engine: Engine, certificate: CertificateRow, typed: str
) -> None:
    code = certificate.code
    paths = {
        "lower": f"/certificates/{code.lower().replace('-', '')}",
        "spaced": f"/certificates/{code.replace('-', '%20')}",
        "by hand": f"/certificates?code={code.lower()}",
    }

    assert certificate.number in told(await page(engine, paths[typed]))


@pytest.mark.parametrize(
    "code",
    [
        pytest.param(new_code(), id="never given"),
        "0",
        "72-2026-000001",
        "%00",
        "%F0%28%8C%28",
        "Ж" * 2000,
        "<script>",
        "K7QF' OR '1'='1",
    ],
)
async def test_what_is_no_code_of_ours_gets_one_and_the_same_page(engine: Engine, code: str) -> None:
    response = await page(engine, f"/certificates/{code}")
    other = await page(engine, f"/certificates/{new_code()}")

    assert response.status_code == other.status_code == 404
    assert response.text == other.text
    assert "Документ не найден" in told(response)


async def test_a_code_can_be_typed_by_hand(engine: Engine) -> None:
    response = await page(engine, "/certificates")

    assert response.status_code == 200
    assert '<form method="get" action="/certificates">' in response.text


async def test_what_people_typed_is_shown_and_never_run(engine: Engine) -> None:
    certification = await decided(engine, course=HOSTILE, owner=HOSTILE)
    certificate = await given(engine, certification, name=HOSTILE)

    response = await page(engine, f"/certificates/{certificate.code}")

    assert "<script" not in response.text
    assert told(response).count(HOSTILE) == 3


async def test_the_page_runs_and_loads_nothing_and_nobody_keeps_it(
    engine: Engine, certificate: CertificateRow
) -> None:
    response = await page(engine, f"/certificates/{certificate.code}")

    assert response.headers["Content-Type"] == "text/html; charset=utf-8"
    assert response.headers["Content-Security-Policy"].startswith("default-src 'none'; style-src 'sha256-")
    assert response.headers["Cache-Control"] == "no-store"
    assert response.headers["X-Robots-Tag"] == "noindex"
    assert not re.search(r"<script|<img|<link|src=|http", response.text)


async def test_guessing_is_slowed_down_before_anything_is_looked_up(
    engine: Engine, certificate: CertificateRow
) -> None:
    slow = engine.api_with(bad_calls_per_second=0.1)
    guesses = [await page(slow, f"/certificates/{new_code()}") for _ in range(3)]

    late = await page(slow, f"/certificates/{certificate.code}")

    assert guesses[0].status_code == 404
    assert late.status_code == 429
    assert int(late.headers["Retry-After"]) >= 1
    assert certificate.name not in late.text


@pytest.mark.usefixtures("certificate")
async def test_while_postgres_is_away_the_page_says_so(with_postgres_away: Engine) -> None:
    response = await page(with_postgres_away, f"/certificates/{new_code()}")

    assert response.status_code == 503
    assert "Проверка сейчас недоступна" in told(response)

"""A certificate over the API (clause 4.9): its document, revocation and correction, for its owner alone."""

import asyncio
import io
from datetime import date

import pytest
from pypdf import PdfReader
from sqlmodel import col, select

from models import certifying
from models.certifying import Recipient
from models.tables import CertificateRow
from tests.api import words
from tests.certificates import COURSE, decided
from tests.engine import Engine, Json

NAME = "Семенова Мария Петровна"
CORRECTED = {"name": "Семёнова Мария Петровна"}
REASON = {"reason": "Документ выдан по ошибке"}


@pytest.fixture
async def certificate(engine: Engine) -> CertificateRow:
    certification = await decided(engine)
    async with engine.sessions.begin() as session:
        await certifying.give(session, certification, [Recipient(1, NAME)], date(2026, 12, 24))
        query = select(CertificateRow).where(col(CertificateRow.certification) == certification)
        return (await session.scalars(query)).one()


async def shown(engine: Engine, number: str) -> Json:
    return dict(await engine.get("agency", f"/certificates/{number}"))


async def test_the_owner_sees_what_was_given(engine: Engine, certificate: CertificateRow) -> None:
    got = await shown(engine, certificate.number)

    assert got == {
        "number": certificate.number,
        "document": "Сертификат",
        "name": NAME,
        "email": "",
        "course": COURSE,
        "issued_on": "2026-12-24",
        "standing": {"code": "valid", "name": "действует"},
        "supersedes": None,
        "replaced_by": None,
        "revoked_at": None,
        "revoked_because": "",
        "check_url": f"http://api.example.org/certificates/{certificate.code}",
    }


async def test_its_document_is_the_same_each_time(engine: Engine, certificate: CertificateRow) -> None:
    path = f"/certificates/{certificate.number}/document"
    first, second = [await engine.call("agency", "GET", path) for _ in range(2)]

    assert first.content == second.content
    assert first.headers["Content-Type"] == "application/pdf"
    (page,) = PdfReader(io.BytesIO(first.content)).pages
    assert certificate.number in page.extract_text()
    assert NAME in page.extract_text()


async def test_a_revoked_one_tells_its_owner_why(engine: Engine, certificate: CertificateRow) -> None:
    response = await engine.post("agency", f"/certificates/{certificate.number}/revocation", REASON)

    assert response.status_code == 200, response.text
    got = await shown(engine, certificate.number)
    assert response.json() == got
    assert (got["standing"]["code"], got["revoked_because"]) == ("revoked", REASON["reason"])
    (line,) = await engine.journal(certificate.certification)
    assert line == f"Аннулирован документ № {certificate.number}: {REASON['reason']}"


async def test_a_corrected_one_is_another_document(engine: Engine, certificate: CertificateRow) -> None:
    response = await engine.post("agency", f"/certificates/{certificate.number}/correction", CORRECTED)

    assert response.status_code == 201, response.text
    new, old = response.json(), await shown(engine, certificate.number)
    assert (new["name"], new["standing"]["code"]) == (CORRECTED["name"], "valid")
    assert (new["supersedes"], old["replaced_by"]) == (old["number"], new["number"])
    assert (old["name"], old["standing"]["code"]) == (NAME, "replaced")
    # Names of learners are not for the journal, which the staff read.
    (line,) = await engine.journal(certificate.certification)
    assert line == f"Вместо документа № {old['number']} выдан № {new['number']}"


@pytest.mark.parametrize(
    ("act", "status"), [("revocation", "already-revoked"), ("correction", "already-revoked")]
)
async def test_a_revoked_one_stays_so(
    engine: Engine, certificate: CertificateRow, act: str, status: str
) -> None:
    await engine.post("agency", f"/certificates/{certificate.number}/revocation", REASON)

    body = {"revocation": REASON, "correction": CORRECTED}[act]
    response = await engine.post("agency", f"/certificates/{certificate.number}/{act}", body)

    assert words.problem(response, 409) == status


async def test_the_same_name_corrects_nothing(engine: Engine, certificate: CertificateRow) -> None:
    path = f"/certificates/{certificate.number}/correction"

    assert words.problem(await engine.post("agency", path, {"name": f" {NAME} "}), 409) == "same-name"
    assert (await shown(engine, certificate.number))["standing"]["code"] == "valid"


async def test_a_repeated_correction_gives_one_document(engine: Engine, certificate: CertificateRow) -> None:
    path = f"/certificates/{certificate.number}/correction"
    first = await engine.post("agency", path, CORRECTED, key="correction-1")
    again = await engine.post("agency", path, CORRECTED, key="correction-1")

    assert again.json() == first.json()
    assert again.status_code == first.status_code == 201


async def test_of_two_corrections_at_once_one_is_made(engine: Engine, certificate: CertificateRow) -> None:
    path = f"/certificates/{certificate.number}/correction"
    bodies: list[Json] = [{"name": "Первая"}, {"name": "Вторая"}]

    answers = await asyncio.gather(*(engine.post("agency", path, body) for body in bodies))

    assert sorted(answer.status_code for answer in answers) == [201, 409]


@pytest.mark.parametrize(
    ("act", "body", "field"),
    [
        ("correction", {"name": "Ъ" * 251}, "name"),
        ("correction", {"name": " \n\u202e "}, "name"),
        ("correction", {}, "name"),
        ("revocation", {"reason": ""}, "reason"),
        ("revocation", {"reason": "Ъ" * 1001}, "reason"),
    ],
)
async def test_bad_input_is_named(
    engine: Engine, certificate: CertificateRow, act: str, body: Json, field: str
) -> None:
    response = await engine.post("agency", f"/certificates/{certificate.number}/{act}", body)

    assert list(words.wrong_fields(response)) == [field]


@pytest.mark.parametrize("number", ["72-2026-999999", "72-1999-000001"])
async def test_a_guessed_number_is_not_found(engine: Engine, number: str) -> None:
    assert words.problem(await engine.call("agency", "GET", f"/certificates/{number}"), 404) == "not-found"


@pytest.mark.parametrize("role", ["reviewer", "operator", "admin"])
async def test_the_staff_do_not_read_of_learners(
    engine: Engine, certificate: CertificateRow, role: str
) -> None:
    for what in ("", "/document"):
        response = await engine.call(role, "GET", f"/certificates/{certificate.number}{what}")

        assert words.problem(response, 403) == "forbidden"


async def test_what_is_not_the_callers_is_not_there(engine: Engine, certificate: CertificateRow) -> None:
    # The course has nobody responsible yet, so the responsible of another one does not see it.
    response = await engine.call("responsible", "GET", f"/certificates/{certificate.number}")

    assert words.problem(response, 404) == "not-found"
    answered = await engine.post("responsible", f"/certificates/{certificate.number}/revocation", REASON)
    assert words.problem(answered, 403) == "forbidden"

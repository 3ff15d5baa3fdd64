"""Clause 4.9: a certificate for its owner, who revokes it or has its name corrected."""

import asyncio
from collections.abc import Awaitable
from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Response
from fastapi.responses import JSONResponse
from sqlalchemy.ext.asyncio import AsyncSession

from api import courses, files
from api.auth import CallerDep, Role, allow
from api.deps import SessionsDep, SettingsDep
from api.documentation import acting, reading
from api.errors import Problem
from api.idempotency import Post, PostDep
from api.schemas.certificates import CertificateNumber, CertificateShown, CorrectionForm, RevocationForm
from models import certificate_facts, certifying, store
from models.certificates import CertificateRejected
from models.certifying import Found
from models.deadlines import local_date
from models.step import Step
from models.tables import CaseRow, CertificateRow, Course
from models.terms import Clause
from reports import certificates

router = APIRouter(prefix="/certificates/{number}", tags=["Сертификаты (п. 4.9)"])

_READERS = [allow(Role.AGENCY, Role.RESPONSIBLE)]
_OWNER = [allow(Role.AGENCY)]


async def _certificate(number: CertificateNumber, caller: CallerDep, sessions: SessionsDep) -> Found:
    """The document of this number, of a course that the caller may see."""
    async with sessions() as session:
        found = await certifying.load(session, number)
        if found is None:
            raise Problem("not-found")
        case = await session.get_one(CaseRow, found.certification.number)
        if not await courses.sees(session, caller, await session.get_one(Course, case.course)):
            raise Problem("not-found")
    return found


CertificateDep = Annotated[Found, Depends(_certificate)]


@router.get("", dependencies=_READERS, responses=reading("not-found", "invalid"))
async def show_certificate(found: CertificateDep, settings: SettingsDep) -> CertificateShown:
    """Документ: кому выдан, действует ли, чем заменён."""
    return CertificateShown.of(found, settings.public_url)


@router.get(
    "/document",
    dependencies=_READERS,
    responses={**reading("not-found", "invalid"), **files.told(certificates.MEDIA_TYPE)},
    response_class=Response,
)
async def certificate_document(found: CertificateDep, settings: SettingsDep) -> Response:
    """Документ для печати, PDF. Таким же он будет и через годы."""
    certificate = certificate_facts.certificate(found.row, settings.public_url)
    issue = certificate_facts.issue(found.certification, settings.public_url)
    content = await asyncio.to_thread(certificates.document, certificate, issue)
    return files.attachment(content, certificates.MEDIA_TYPE, f"{found.row.number}.pdf")


@router.post(
    "/revocation",
    dependencies=_OWNER,
    response_model=CertificateShown,
    responses=acting("not-found", "already-revoked", "already-replaced"),
)
async def revoke_certificate(
    form: RevocationForm, found: CertificateDep, post: PostDep, settings: SettingsDep
) -> JSONResponse:
    """Аннулировать документ: страница проверки сразу скажет, что он не действует."""
    at, number = datetime.now(UTC), found.row.number

    async def work(session: AsyncSession) -> CertificateShown:
        by = post.caller.actor
        row = await _accepted(certifying.revoke(session, number, by=by, because=form.reason, at=at))
        await _write(session, post, found, at, f"Аннулирован документ № {number}: {form.reason}")
        return CertificateShown.of(await certifying.stand(session, row), settings.public_url)

    return await post.at_once(work)


@router.post(
    "/correction",
    dependencies=_OWNER,
    status_code=201,
    response_model=CertificateShown,
    responses=acting("not-found", "already-revoked", "already-replaced", "same-name"),
)
async def correct_certificate(
    form: CorrectionForm, found: CertificateDep, post: PostDep, settings: SettingsDep
) -> JSONResponse:
    """Исправить имя: выдаётся новый документ со своим номером, прежний больше не действует."""
    at, number = datetime.now(UTC), found.row.number

    async def work(session: AsyncSession) -> CertificateShown:
        row = await _accepted(certifying.reissue(session, number, form.name, local_date(at)))
        await _write(session, post, found, at, f"Вместо документа № {number} выдан № {row.number}")
        return CertificateShown.of(await certifying.stand(session, row), settings.public_url)

    return await post.at_once(work, status=201)


async def _accepted(work: Awaitable[CertificateRow]) -> CertificateRow:
    """What a rule rejects is a problem of the same name."""
    try:
        return await work
    except CertificateRejected as rejected:
        raise Problem(rejected.rejection.value) from None


async def _write(session: AsyncSession, post: Post, found: Found, at: datetime, what: str) -> None:
    step = Step(number=found.certification.number, step=f"certificate/{post.id}", at=at)
    await store.write_once(session, step, Clause.CERTIFICATION, what, by=post.caller.actor)

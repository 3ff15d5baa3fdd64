"""Clause 4.9: a certificate for its owner, who revokes it or has its name corrected."""

import asyncio
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Response
from fastapi.responses import JSONResponse
from sqlalchemy.ext.asyncio import AsyncSession

from api import courses, files
from api.auth import CallerDep, Role, allow
from api.deps import SessionsDep, SettingsDep
from api.documentation import acting, reading
from api.errors import Problem
from api.idempotency import PostDep
from api.revising import Revised, Revising
from api.schemas.certificates import CertificateNumber, CertificateShown, CorrectionForm, RevocationForm
from api.starting import StartsDep
from models import certificate_facts, certifying
from models.certifying import Found
from models.deadlines import local_date
from models.letters import Notice
from models.tables import CaseRow, Course
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


async def _revising(
    found: CertificateDep, post: PostDep, starts: StartsDep, settings: SettingsDep
) -> Revising:
    return Revising(found.certification.number, post, starts, settings)


RevisingDep = Annotated[Revising, Depends(_revising)]


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
    form: RevocationForm, found: CertificateDep, revising: RevisingDep
) -> JSONResponse:
    """Аннулировать документ: страница проверки сразу скажет, что он не действует; обладателю уйдёт письмо."""
    number, by = found.row.number, revising.post.caller.actor

    async def work(session: AsyncSession, at: datetime) -> Revised:
        row = await certifying.revoke(session, number, by=by, because=form.reason, at=at)
        what = f"Аннулирован документ № {number}: {form.reason}"
        return Revised(row, what, Notice.CERTIFICATE_REVOKED)

    return await revising.once(work)


@router.post(
    "/correction",
    dependencies=_OWNER,
    status_code=201,
    response_model=CertificateShown,
    responses=acting("not-found", "already-revoked", "already-replaced", "same-name"),
)
async def correct_certificate(
    form: CorrectionForm, found: CertificateDep, revising: RevisingDep
) -> JSONResponse:
    """Исправить имя: выдаётся и уходит письмом новый документ со своим номером, прежний не действует."""
    number = found.row.number

    async def work(session: AsyncSession, at: datetime) -> Revised:
        row = await certifying.reissue(session, number, form.name, local_date(at))
        what = f"Вместо документа № {number} выдан № {row.number}"
        return Revised(row, what, Notice.CERTIFICATE_REPLACED)

    return await revising.once(work, status=201)

"""Clause 4.9: the owner decides who of a training gets a document; all of them are numbered and sent."""

import asyncio
from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Query, Response
from fastapi.responses import JSONResponse
from sqlalchemy import tuple_
from sqlmodel import col, func, select

from api import certifications, files
from api.auth import Role, allow
from api.certifications import CertificationDep
from api.cursors import Cursor
from api.deps import SessionsDep, SettingsDep
from api.documentation import acting, asking, reading
from api.errors import Problem
from api.opening import OpeningDep
from api.schemas.certificates import CertificateShown
from api.schemas.certifications import (
    CertificatePage,
    CertificationForm,
    CertificationShown,
    Participant,
    ParticipantPage,
)
from api.schemas.fields import Named
from api.trainings import TrainingDep
from models import certificate_facts, certifying, store, training_results
from models.results import State
from models.tables import CertificateRow, CertificationRow, ParticipantRow
from reports import certificates

router = APIRouter(tags=["Сертификаты (п. 4.9)"])

_READERS = [allow(Role.AGENCY, Role.RESPONSIBLE)]
_READING = reading("not-found", "invalid")

Limit = Annotated[int, Query(ge=1, le=500)]


class _AfterNumber(Cursor):
    number: str


class _AfterOrdinal(Cursor):
    ordinal: int


@router.post(
    "/trainings/{number}/certification",
    dependencies=[allow(Role.AGENCY)],
    status_code=201,
    response_model=CertificationShown,
    responses=acting(
        "not-found",
        "training-not-over",
        "no-grades",
        "no-completion",
        "unknown-participant",
        "nobody-to-certify",
        "name-unfit",
        "already-decided",
    ),
)
async def decide_certification(
    form: CertificationForm, training: TrainingDep, opening: OpeningDep
) -> JSONResponse:
    """Выдать документы по результатам обучения; каждому, у кого есть адрес, документ придёт письмом."""
    at, by = datetime.now(UTC), opening.post.caller.actor
    return await opening.once(
        lambda session: certifications.open_one(session, training.number, form, by=by, at=at)
    )


@router.post(
    "/trainings/{number}/certification/preview",
    dependencies=[allow(Role.AGENCY)],
    responses={**asking("not-found"), **files.told(certificates.MEDIA_TYPE)},
    response_class=Response,
)
async def try_certification(
    form: CertificationForm, training: TrainingDep, sessions: SessionsDep, settings: SettingsDep
) -> Response:
    """Как выглядел бы документ, PDF с пометкой «Образец»; ничего не выдаётся и не записывается."""
    async with store.looking(sessions) as session:
        facts = await certifications.sample(session, training, form, settings.public_url)
    content = await asyncio.to_thread(certificates.sample, *facts)
    return files.attachment(content, certificates.MEDIA_TYPE, f"obrazec-{training.number}.pdf")


@router.get("/trainings/{number}/certification", dependencies=_READERS, responses=_READING)
async def list_certifications(training: TrainingDep, sessions: SessionsDep) -> list[CertificationShown]:
    """Решения о выдаче документов по этому обучению, новые первыми."""
    query = select(CertificationRow).where(col(CertificationRow.training) == training.number)
    async with sessions() as session:
        rows = (await session.scalars(query.order_by(col(CertificationRow.decided_at).desc()))).all()
        return [await certifications.shown(session, row) for row in rows]


@router.get("/trainings/{number}/participants", dependencies=_READERS, responses=_READING)
async def list_participants(
    training: TrainingDep, sessions: SessionsDep, cursor: str | None = None, limit: Limit = 100
) -> ParticipantPage:
    """Участники обучения: кого можно назвать в решении поимённо."""
    query = select(ParticipantRow).where(col(ParticipantRow.training) == training.number)
    if cursor is not None:
        query = query.where(col(ParticipantRow.ordinal) > _AfterOrdinal.read(cursor).ordinal)
    async with sessions() as session:
        rows = (await session.scalars(query.order_by(col(ParticipantRow.ordinal)).limit(limit + 1))).all()
    people = [
        Participant(
            ordinal=row.ordinal,
            name=row.name,
            state=Named.of(State(row.state)),
            percent=training_results.learner(row).percent,
        )
        for row in rows[:limit]
    ]
    is_last = len(rows) <= limit
    return ParticipantPage(
        participants=people, next=None if is_last else str(_AfterOrdinal(ordinal=people[-1].ordinal))
    )


@router.get("/certifications/{number}", dependencies=_READERS, responses=_READING)
async def show_certification(row: CertificationDep, sessions: SessionsDep) -> CertificationShown:
    """Решение и его ход: сколько документов выдано, сколько писем доставлено."""
    async with sessions() as session:
        return await certifications.shown(session, row)


@router.get("/certifications/{number}/certificates", dependencies=_READERS, responses=_READING)
async def list_certificates(
    row: CertificationDep,
    sessions: SessionsDep,
    settings: SettingsDep,
    cursor: str | None = None,
    limit: Limit = 100,
) -> CertificatePage:
    """Документы решения по порядку номеров, вместе с аннулированными и заменёнными."""
    number = col(CertificateRow.number)
    query = select(CertificateRow).where(col(CertificateRow.certification) == row.number)
    if cursor is not None:
        after = _AfterNumber.read(cursor).number
        query = query.where(tuple_(func.length(number), number) > tuple_(len(after), after))
    async with sessions() as session:
        rows = (await session.scalars(query.order_by(func.length(number), number).limit(limit + 1))).all()
        page = [
            CertificateShown.of(await certifying.stand(session, one), settings.public_url)
            for one in rows[:limit]
        ]
    is_last = len(rows) <= limit
    return CertificatePage(
        certificates=page, next=None if is_last else str(_AfterNumber(number=page[-1].number))
    )


@router.get(
    "/certifications/{number}/print",
    dependencies=_READERS,
    responses={**_READING, **files.told(certificates.MEDIA_TYPE)},
    response_class=Response,
)
async def print_certificates(
    row: CertificationDep,
    sessions: SessionsDep,
    settings: SettingsDep,
    part: Annotated[int, Query(ge=1, le=1_000_000, description="Всего их print_parts.")] = 1,
) -> Response:
    """Действующие документы одним PDF для печати, до 250 в каждой части."""
    async with sessions() as session:
        rows = await certifications.to_print(session, row.number, part)
    if not rows:
        raise Problem("not-found")
    facts = [certificate_facts.certificate(one, settings.public_url) for one in rows]
    issue = certificate_facts.issue(row, settings.public_url)
    content = await asyncio.to_thread(lambda: b"".join(certificates.parts(facts, issue)))
    return files.attachment(content, certificates.MEDIA_TYPE, f"{row.number}-{part}.pdf")

"""Decisions of clause 4.9: opening one, showing how far it is, what of it is printed."""

from datetime import UTC, date, datetime
from typing import Annotated, Any

from fastapi import Depends
from sqlalchemy import func
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased
from sqlmodel import col, select

from api import mailings
from api.cases import CaseDep
from api.deps import SessionsDep
from api.errors import Problem
from api.opening import Opened
from api.schemas.certifications import CertificationForm, CertificationShown
from api.schemas.fields import Named
from models import certificate_facts, certificates, opening, training_results
from models.cases import Kind
from models.certificate_facts import Certificate, Issue
from models.certificates import Award, CertificateRejected
from models.certification import CertificationCase, CertificationStage
from models.deadlines import local_date
from models.results import Unseen
from models.tables import CaseRow, CertificateRow, CertificationRow, Course, Organisation, TrainingRow
from models.terms import Clause
from models.trainings import Stage
from reports.certificates import PART


async def _certification(case: CaseDep, sessions: SessionsDep) -> CertificationRow:
    """The decision of this number, about a course that the caller may see."""
    async with sessions() as session:
        row = await session.get(CertificationRow, case.number)
    if row is None:
        raise Problem("not-found")
    return row


CertificationDep = Annotated[CertificationRow, Depends(_certification)]


async def open_one(
    session: AsyncSession, number: str, form: CertificationForm, *, by: str, at: datetime
) -> Opened:
    """Check a decision and register it in the caller's transaction.

    Raises:
        Problem: By this decision nothing can be given: see `certificates.Rejection`.
    """
    # Held: of two that decide the same at once the second one sees the first.
    training = await session.get_one(TrainingRow, number, with_for_update=True)
    people = await _count(session, training, form.award)
    decision: dict[str, Any] = {
        "training": number,
        "award": form.award.model_dump(mode="json"),
        "signatory_post": form.signatory_post,
        "signatory_name": form.signatory_name,
    }
    if (await session.scalars(select(CertificationRow).filter_by(**decision))).first():
        raise Problem(certificates.Rejection.ALREADY_DECIDED.value)
    course = await session.get_one(Course, training.course)
    case = await opening.new_case(session, Kind.CERTIFICATION, course)
    argument = CertificationCase(case=case, people=people)
    what = f"Решение Владельца: {form.document} по обучению «{training.title}», человек — {people}"
    await opening.register(session, case, argument, at=at, clause=Clause.CERTIFICATION, what=what, by=by)
    row = CertificationRow(
        number=case.number,
        course=course.name,
        owner=case.agency_name,
        starts_on=training.starts_on,
        ends_on=_last_day(training),
        decided_by=by,
        decided_at=at,
        people=people,
        **decision,
    )
    session.add(row)
    await session.flush()
    return Opened(case, argument, await shown(session, row))


async def sample(
    session: AsyncSession, training: TrainingRow, form: CertificationForm, public_url: str
) -> tuple[Certificate, Issue]:
    """What a document by such a decision would say of an invented person; no number is taken."""
    course = await session.get_one(Course, training.course)
    owner = await session.get_one(Organisation, course.owner)
    issue = Issue(
        award=form.award,
        course=course.name,
        owner=owner.name,
        starts_on=training.starts_on,
        ends_on=_last_day(training),
        check_page_url=certificate_facts.check_page(public_url),
        signatory_post=form.signatory_post,
        signatory_name=form.signatory_name,
    )
    invented = Certificate(
        number="72-0000-000000",
        code="0000-0000-0000",
        name="Иванова Мария Петровна",
        issued_on=local_date(datetime.now(UTC)),
        check_url=issue.check_page_url,
        grade="92 %",
    )
    return invented, issue


def _last_day(training: TrainingRow) -> date:
    """Of what took place: one that was closed early did not last until its planned end."""
    return min(training.ends_on, local_date(training.closed_at)) if training.closed_at else training.ends_on


async def _count(session: AsyncSession, training: TrainingRow, award: Award) -> int:
    # A training whose last results are being read is not over yet.
    stage = Stage(training.state) if training.closed_at else Stage.RUNNING
    unseen = tuple(Unseen(one) for one in training.unseen)
    participants = await training_results.participants(session, training.number)
    try:
        return len(certificates.chosen(award, stage, unseen, participants))
    except CertificateRejected as rejected:
        raise Problem(rejected.rejection.value) from None


async def shown(session: AsyncSession, row: CertificationRow) -> CertificationShown:
    """The decision with its counts, as they stand."""
    case = await session.get_one(CaseRow, row.number)
    later = aliased(CertificateRow)
    counts = (
        select(
            func.count().filter(col(CertificateRow.supersedes).is_(None)),
            func.count(col(CertificateRow.revoked_at)),
            func.count(col(later.number)),
            func.count(),
        )
        .outerjoin(later, col(later.supersedes) == col(CertificateRow.number))
        .where(col(CertificateRow.certification) == row.number)
    )
    given, revoked, replaced, all_of_them = (await session.execute(counts)).one()
    return CertificationShown(
        **row.model_dump(exclude={"award", "owner", "decided_by"}),
        state=Named.of(_stage(case, row, given)),
        award=Award.model_validate(row.award),
        given=given,
        revoked=revoked,
        replaced=replaced,
        letters=await mailings.letters(session, row.number),
        print_parts=-(-(all_of_them - revoked - replaced) // PART),
    )


def _stage(case: CaseRow, row: CertificationRow, given: int) -> CertificationStage:
    if case.closed_at is not None:
        return CertificationStage.DONE
    return CertificationStage.MAILING if given == row.people else CertificationStage.NUMBERING


async def to_print(session: AsyncSession, number: str, part: int) -> list[CertificateRow]:
    """Documents in force of a part, by number; empty where there is no such part."""
    later = aliased(CertificateRow)
    query = (
        select(CertificateRow)
        .outerjoin(later, col(later.supersedes) == col(CertificateRow.number))
        .where(
            col(CertificateRow.certification) == number,
            col(CertificateRow.revoked_at).is_(None),
            col(later.number).is_(None),
        )
        .order_by(func.length(col(CertificateRow.number)), col(CertificateRow.number))
    )
    return list((await session.scalars(query.offset((part - 1) * PART).limit(PART))).all())

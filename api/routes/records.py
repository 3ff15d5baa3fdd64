"""What a case has left behind: journal, terms, letters, documents."""

from datetime import UTC, datetime

from fastapi import APIRouter, Response
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select

from api import files, listing
from api.auth import EVERYBODY, OPERATORS, STAFF, Caller, CallerDep, Role, allow
from api.cases import CaseDep
from api.deps import SessionsDep, SettingsDep
from api.documentation import reading
from api.errors import Problem
from api.schemas.fields import Named, RowId
from api.schemas.records import (
    DeadlineShown,
    DocumentShown,
    JournalLine,
    LetterShown,
    RungShown,
)
from models import deadlines, store
from models.attachments import Attached
from models.calendar import WorkCalendar
from models.deadlines import Deadline
from models.letters import LetterState, Notice
from models.regulation import PROVISIONS
from models.rungs import RungState
from models.tables import ClauseRow, Document, JournalEntry, LetterRow, RungRow
from models.terms import Clause, Recipient

router = APIRouter(prefix="/cases/{number}", tags=["Дело"])

_ANYBODY = [allow(*EVERYBODY)]
_READING = reading("not-found", "invalid")


@router.get("/journal", dependencies=_ANYBODY, responses=_READING)
async def journal(case: CaseDep, caller: CallerDep, sessions: SessionsDep) -> list[JournalLine]:
    """Журнал дела: кто, когда, по какому пункту и что сделал."""
    query = select(JournalEntry).where(col(JournalEntry.number) == case.number)
    async with sessions() as session:
        rows = (await session.scalars(query.order_by(col(JournalEntry.id)))).all()
    return [
        JournalLine(
            at=row.at,
            who=row.actor_name,
            clause=row.clause,
            what=row.what,
            # What Moodle answered is for those who work in it.
            evidence=row.evidence if caller.role in STAFF else None,
        )
        for row in rows
    ]


@router.get("/deadlines", dependencies=_ANYBODY, responses=_READING)
async def terms(case: CaseDep, sessions: SessionsDep, settings: SettingsDep) -> list[DeadlineShown]:
    """Сроки дела: почему эта дата, какие ступени прошли, кому и доставлены ли письма."""
    query = select(ClauseRow).where(col(ClauseRow.number) == case.number)
    async with sessions() as session:
        calendar = await store.load_calendar(session, settings.confirmed_years)
        rows = (await session.scalars(query.order_by(col(ClauseRow.clause)))).all()
        return [await _deadline(session, row, calendar) for row in rows]


@router.get("/letters", dependencies=_ANYBODY, responses=_READING)
async def letters(case: CaseDep, caller: CallerDep, sessions: SessionsDep) -> list[LetterShown]:
    """Письма по делу, как они отправлены, и доставлены ли; инициатору и ответственному — их собственные."""
    query = select(LetterRow).where(col(LetterRow.number) == case.number)
    async with sessions() as session:
        rows = (await session.scalars(query.order_by(col(LetterRow.written_at)))).all()
    return [
        LetterShown(
            **row.model_dump(),
            notice_name=Notice(row.notice).russian,
            recipient_name=Recipient(row.recipient).russian,
            state_name=LetterState(row.state).russian,
        )
        for row in rows
        if caller.reads(row.recipient)
    ]


@router.get("/documents", dependencies=_ANYBODY, responses=_READING)
async def documents(case: CaseDep, caller: CallerDep, sessions: SessionsDep) -> list[DocumentShown]:
    """Документы дела; результаты обучения — Владельцу и ответственному лицу (п. 4.7)."""
    query = select(Document).where(col(Document.number) == case.number).order_by(col(Document.id))
    async with sessions() as session:
        rows = (await session.scalars(query)).all()
    return [
        DocumentShown.model_validate(row.model_dump(exclude={"content"}))
        for row in rows
        if _opens(caller, row)
    ]


@router.get(
    "/documents/{document}",
    dependencies=_ANYBODY,
    responses={**_READING, 200: {"content": {"application/pdf": {}}}},
    response_class=Response,
)
async def document(
    case: CaseDep,
    document: RowId,
    caller: CallerDep,
    sessions: SessionsDep,
) -> Response:
    """Документ целиком."""
    async with sessions() as session:
        row = await session.get(Document, document)
    if row is None or row.number != case.number or not _opens(caller, row):
        raise Problem("not-found")
    return files.attachment(row.content, row.media_type, row.filename)


def _opens(caller: Caller, row: Document) -> bool:
    """Results tell of persons: they are for the owner and the responsible alone.

    The list of learners that a request was filed with is for the authority too, who decides on it.
    """
    if row.kind == Attached.LEARNERS:
        return caller.role not in (*OPERATORS, Role.ADMIN)
    return caller.role not in STAFF or not row.kind.startswith("results-")


async def _deadline(session: AsyncSession, row: ClauseRow, calendar: WorkCalendar) -> DeadlineShown:
    deadline = Deadline.model_validate(row.deadline)
    is_running = row.finished_at is None
    return DeadlineShown(
        clause=row.clause,
        clause_title=PROVISIONS[Clause(row.clause)].title,
        waits_for_name=listing.waiting_name(row.waits_for) if is_running else "",
        started_on=row.started_on,
        last_day=row.last_day,
        due_at=row.due_at,
        provisional=row.is_provisional,
        moved_from=row.moved_from,
        overdue=row.is_overdue,
        finished_at=row.finished_at,
        late_by=row.late_by,
        standing=deadlines.standing(deadline, datetime.now(UTC), calendar) if is_running else "",
        explanation=row.explanation,
        rungs=await _rungs(session, row),
    )


async def _rungs(session: AsyncSession, clause: ClauseRow) -> list[RungShown]:
    own = (col(RungRow.number) == clause.number, col(RungRow.clause) == clause.clause)
    rungs = (await session.scalars(select(RungRow).where(*own).order_by(col(RungRow.ordinal)))).all()
    letters = await _letters_of_rungs(session, clause)
    return [
        RungShown(
            ordinal=rung.ordinal,
            kind=rung.kind,
            label=rung.label,
            to=[Named.of(Recipient(one)) for one in rung.recipients],
            planned_at=rung.planned_at,
            state=rung.state,
            state_name=RungState(rung.state).russian,
            fired_at=rung.fired_at,
            letters=[line for ordinal, line in letters if ordinal == rung.ordinal],
        )
        for rung in rungs
    ]


async def _letters_of_rungs(session: AsyncSession, clause: ClauseRow) -> list[tuple[int | None, str]]:
    name = Clause(clause.clause).name.lower()
    query = select(LetterRow).where(
        col(LetterRow.number) == clause.number, col(LetterRow.key).startswith(f"{clause.number}/{name}/")
    )
    rows = (await session.scalars(query.order_by(col(LetterRow.written_at)))).all()
    return [
        (row.rung, f"{Recipient(row.recipient).russian}: {LetterState(row.state).russian}")
        for row in rows
        if row.rung is not None
    ]

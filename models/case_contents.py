"""What a sealed case file holds of a case, member by member, each read when it is asked for.

Learners are persons of the owner's alone: their lists and results are left out, what proves them is in.
"""

from collections.abc import AsyncIterator, Sequence
from datetime import UTC, date, datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import SQLModel, col

from models.case_file import readable
from models.tables import (
    AmendmentRow,
    BulkLetter,
    CandidateRow,
    CaseRow,
    Category,
    CertificateRow,
    CertificationRow,
    ClauseRow,
    Course,
    DecisionRow,
    Document,
    EnrolmentRow,
    JournalEntry,
    KeptHistory,
    LetterRow,
    ReplacementRow,
    Request,
    RungRow,
    Task,
    TextRow,
    ThreadLine,
    TrainingRow,
)

Member = tuple[str, bytes]

PERSONAL = ("results-", "learners")
"""Kinds of documents that tell of learners: the file proves them by their SHA-256."""


class _Rows(NamedTuple):
    """A member that is a list of rows under the case's number."""

    path: str
    table: Any
    order: tuple[str, ...]
    without: frozenset[str] = frozenset()
    case: str = "number"
    """The column that holds the case's number."""


_ROWS = (
    _Rows("decision.json", DecisionRow, ("number",)),
    _Rows("decision/seen.json", CandidateRow, ("kind", "ref")),
    _Rows("texts.json", TextRow, ("at", "id")),
    _Rows("terms.json", ClauseRow, ("clause",)),
    _Rows("terms/rungs.json", RungRow, ("clause", "ordinal")),
    _Rows("journal.json", JournalEntry, ("id",)),
    _Rows("tasks.json", Task, ("id",)),
    _Rows("letters.json", LetterRow, ("written_at", "key"), frozenset({"text", "html", "history_kept"})),
    _Rows("documents.json", Document, ("id",), frozenset({"content"})),
    _Rows("consultation.json", ThreadLine, ("id",)),
    _Rows("training.json", TrainingRow, ("number",)),
    _Rows("enrolment.json", EnrolmentRow, ("number",), frozenset({"content"})),
    _Rows("replacement.json", ReplacementRow, ("number",)),
    _Rows("certification.json", CertificationRow, ("number",)),
    _Rows(
        "certificates.json",
        CertificateRow,
        ("number",),
        frozenset({"name", "email", "grade", "code"}),
        "certification",
    ),
)
_UPKEEPS = frozenset({"checked_at", "histories_kept", "is_sealed"})


async def members(session: AsyncSession, case: CaseRow) -> AsyncIterator[Member]:
    """Everything, in a fixed order; no list of what the case hasn't.

    Args:
        session: A transaction that sees one state of Postgres from the first member to the last.
        case: The case.
    """
    yield "case.json", readable(_plain(case, _UPKEEPS))
    async for one in _of_request(session, case.number):
        yield one
    for rows in _ROWS:
        if found := await _read(session, rows, case.number):
            yield rows.path, readable(found)
    async for one in _evidence(session, case.number):
        yield one
    if counts := await _mailings(session, case.number):
        yield "mailings.json", readable(counts)
    async for one in _letters(session, case.number):
        yield one
    async for one in _documents(session, case.number):
        yield one
    async for one in _histories(session, case.number):
        yield one


async def _of_request(session: AsyncSession, number: str) -> AsyncIterator[Member]:
    request = await session.get(Request, number)
    if request is None:
        return
    learners = {"learners_listed": request.learners_listed}
    yield "request.json", readable(_plain(request, frozenset({"learners"})) | learners)
    for path, table in (("register/category.json", Category), ("register/course.json", Course)):
        made = (await session.scalars(select(table).where(col(table.request) == number))).first()
        if made is not None:
            yield path, readable(_plain(made))


async def _read(session: AsyncSession, rows: _Rows, number: str) -> list[dict[str, Any]]:
    table = rows.table
    columns = [column for column in table.__table__.columns if column.name not in rows.without]
    own = getattr(table, rows.case) == number
    query = select(*columns).where(own).order_by(*(getattr(table, one) for one in rows.order))
    return [_values(row) for row in (await session.execute(query)).mappings()]


async def _evidence(session: AsyncSession, number: str) -> AsyncIterator[Member]:
    """What Moodle answered, and the decrees that the case's days are counted by."""
    lines = select(col(JournalEntry.step), col(JournalEntry.at), col(JournalEntry.evidence)).where(
        col(JournalEntry.number) == number, col(JournalEntry.evidence).is_not(None)
    )
    if found := [
        _values(row) for row in (await session.execute(lines.order_by(col(JournalEntry.id)))).mappings()
    ]:
        yield "evidence.json", readable(found)
    newest = select(func.max(ClauseRow.calendar_version)).where(col(ClauseRow.number) == number)
    if version := await session.scalar(newest):
        amended = select(AmendmentRow).where(col(AmendmentRow.id) <= version).order_by(col(AmendmentRow.id))
        yield "calendar.json", readable([_plain(row) for row in await session.scalars(amended)])


async def _mailings(session: AsyncSession, number: str) -> list[dict[str, Any]]:
    """Letters to learners: how many of each mailing are in which state."""
    step, state = col(BulkLetter.step), col(BulkLetter.state)
    query = select(step, state, func.count().label("letters")).where(col(BulkLetter.number) == number)
    found = await session.execute(query.group_by(step, state).order_by(step, state))
    return [_values(row) for row in found.mappings()]


async def _letters(session: AsyncSession, number: str) -> AsyncIterator[Member]:
    keys: Sequence[str] = (
        await session.scalars(
            select(col(LetterRow.key)).where(col(LetterRow.number) == number).order_by(col(LetterRow.key))
        )
    ).all()
    for key in keys:
        content = select(col(LetterRow.text), col(LetterRow.html)).where(col(LetterRow.key) == key)
        text, html = (await session.execute(content)).one()
        path = f"letters/{key.removeprefix(f'{number}/')}"
        yield f"{path}.txt", text.encode()
        yield f"{path}.html", html.encode()


async def _documents(session: AsyncSession, number: str) -> AsyncIterator[Member]:
    own = select(col(Document.id), col(Document.kind), col(Document.filename)).where(
        col(Document.number) == number
    )
    for key, kind, filename in (await session.execute(own.order_by(col(Document.id)))).all():
        if not kind.startswith(PERSONAL):
            content = await session.scalar(select(col(Document.content)).where(col(Document.id) == key))
            yield f"documents/{kind}/{filename}", content or b""


async def _histories(session: AsyncSession, number: str) -> AsyncIterator[Member]:
    own = select(col(KeptHistory.workflow_id), col(KeptHistory.run_id)).where(
        col(KeptHistory.number) == number
    )
    order = (col(KeptHistory.workflow_id), col(KeptHistory.run_id))
    for workflow_id, run_id in (await session.execute(own.order_by(*order))).all():
        kept = await session.get_one(KeptHistory, (workflow_id, run_id))
        yield f"histories/{workflow_id}/{run_id}.json", readable(kept.history)
        session.expunge(kept)


def _plain(row: SQLModel, without: frozenset[str] = frozenset()) -> dict[str, Any]:
    return _values({name: value for name, value in row.model_dump().items() if name not in without})


def _values(row: Any) -> dict[str, Any]:
    return {str(name): _value(value) for name, value in row.items()}


def _value(value: Any) -> Any:
    """As JSON has it; instants in UTC, whatever zone the connection has."""
    match value:
        case datetime():
            return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
        case date() | UUID():
            return str(value)
        case _:
            return value

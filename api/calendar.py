"""Section 3 of the design - a day is amended by decree, or the amendment taken back; open cases move."""

import asyncio
from datetime import UTC, date, datetime

import structlog
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select
from temporalio.client import Client
from temporalio.service import RPCError

from api.errors import Problem
from api.idempotency import Post
from api.schemas.calendar import (
    AmendmentAnswer,
    AmendmentForm,
    AmendmentShown,
    MovedShown,
    PreviewAnswer,
    WhatIfAnswer,
    WouldMove,
)
from api.schemas.fields import Named
from models import amendments, cases, store
from models.amendments import Move, Objection
from models.calendar import Amendment, WorkCalendar
from models.deadlines import local_date
from models.settings import Settings
from models.starting import start_amendment
from models.tables import AmendmentRow, CaseRow, ClauseRow, Organisation

log = structlog.get_logger()

_STARTS_WITHIN_SECONDS = 5
_PAST = "День уже прошёл: пересчитаны сроки открытых дел, а записанные опоздания остаются."


async def listed(session: AsyncSession) -> list[AmendmentShown]:
    """Every amendment and every withdrawal of one, in the order of their entering."""
    rows = (await session.scalars(select(AmendmentRow).order_by(col(AmendmentRow.id)))).all()
    last = {row.day: row for row in rows}
    return [await _shown(session, row, is_last=last[row.day] is row) for row in rows]


async def preview(session: AsyncSession, form: AmendmentForm, settings: Settings) -> PreviewAnswer:
    """Which open cases would move, were this day amended.

    Raises:
        Problem: The day is amended already, or would be as it is.
    """
    before = await store.load_calendar(session, settings.confirmed_years)
    asked = Amendment(day=form.day, working=form.working, decree=form.decree)
    _check(asked, before)
    return PreviewAnswer(moved=await _moved(session, before, before.amended(asked)), note=_note(asked))


async def what_if(session: AsyncSession, day: date, working: bool, settings: Settings) -> WhatIfAnswer:
    """Which open clauses would move, were this day working or off, and who would hear of it.

    Raises:
        Problem: The day is so already.
    """
    before = await store.load_calendar(session, settings.confirmed_years)
    if before.is_working(day) is working:
        raise _unchanged(day, before)
    after = amendments.supposed(before, day, working=working)
    query = (
        select(ClauseRow, CaseRow, Organisation)
        .join(CaseRow, col(CaseRow.number) == col(ClauseRow.number))
        .join(Organisation, col(Organisation.code) == col(CaseRow.organisation))
        .where(col(ClauseRow.finished_at).is_(None))
        .order_by(col(ClauseRow.due_at), col(ClauseRow.number), col(ClauseRow.clause))
    )
    rows = (await session.execute(query)).all()
    of_clause = {(row.number, row.clause): (case, organisation) for row, case, organisation in rows}
    now = datetime.now(UTC)
    moved = amendments.moves([row for row, _, _ in rows], before, after)
    return WhatIfAnswer(
        day=day,
        is_working=working,
        moved=[_would_move(move, *of_clause[move.clause.number, move.clause.clause], now) for move in moved],
        note=_PAST if day < local_date(now) else "",
    )


def _would_move(move: Move, case: CaseRow, organisation: Organisation, now: datetime) -> WouldMove:
    return WouldMove(
        number=case.number,
        case_name=cases.label(case.number),
        title=case.title,
        organisation=organisation.code,
        organisation_name=organisation.name,
        clause=move.clause.clause,
        last_day=move.before.last_day,
        new_last_day=move.after.last_day,
        overdue=move.before.is_late(now),
        would_be_overdue=move.after.is_late(now),
        told=[Named.of(one) for one in move.told],
    )


async def amend(post: Post, form: AmendmentForm, client: Client, settings: Settings) -> AmendmentAnswer:
    """Put an amendment in force and have open cases moved; again: the same amendment.

    Raises:
        Problem: The day is amended already, or would be as it is.
    """
    async with post.sessions.begin() as session:
        await store.hold_amendments(session)
        row = await _entered(session, post)
        if row is None:
            asked = Amendment(day=form.day, working=form.working, decree=form.decree)
            _check(asked, await store.load_calendar(session, settings.confirmed_years))
            row = await _enter(session, post, asked, is_working=form.working)
        answer = await _answer(session, row, settings)
    await _move_open_cases(client, settings.task_queue, row)
    return answer


async def withdraw(
    post: Post, amendment: int, decree: str, client: Client, settings: Settings
) -> AmendmentAnswer:
    """Have the day as the production calendar has it, and open cases moved; again: the same withdrawal.

    Raises:
        Problem: There is no such amendment, or it is in force no more.
    """
    async with post.sessions.begin() as session:
        await store.hold_amendments(session)
        row = await _entered(session, post)
        if row is None:
            withdrawn = await _in_force(session, amendment)
            row = await _enter(session, post, withdrawn, is_working=None, decree=decree)
        answer = await _answer(session, row, settings)
    await _move_open_cases(client, settings.task_queue, row)
    return answer


async def _entered(session: AsyncSession, post: Post) -> AmendmentRow | None:
    """What this POST has entered before it was repeated."""
    return (await session.scalars(select(AmendmentRow).where(col(AmendmentRow.post_id) == post.id))).first()


async def _in_force(session: AsyncSession, amendment: int) -> Amendment:
    row = await session.get(AmendmentRow, amendment)
    if row is None:
        raise Problem("not-found")
    of_day = select(AmendmentRow).where(col(AmendmentRow.day) == row.day)
    last = (await session.scalars(of_day.order_by(col(AmendmentRow.id).desc()))).first()
    if last is not row or row.is_working is None:
        raise Problem("amendment-not-in-force")
    return Amendment(day=row.day, working=row.is_working, decree=row.decree)


def _check(asked: Amendment, calendar: WorkCalendar) -> None:
    match amendments.objection(asked, calendar):
        case Objection.AMENDED_ALREADY:
            known = calendar.amendment_of(asked.day)
            decree = known.decree if known else ""
            raise Problem(
                Objection.AMENDED_ALREADY,
                f"День {asked.day:%d.%m.%Y} уже изменён ({decree}): сначала отмените это изменение.",
            )
        case Objection.CHANGES_NOTHING:
            raise _unchanged(asked.day, calendar)


def _unchanged(day: date, calendar: WorkCalendar) -> Problem:
    why = "рабочий" if calendar.is_working(day) else f"выходной ({calendar.why_off(day)})"
    return Problem(Objection.CHANGES_NOTHING, f"День {day:%d.%m.%Y} и без того {why}.")


async def _enter(
    session: AsyncSession, post: Post, of: Amendment, *, is_working: bool | None, decree: str = ""
) -> AmendmentRow:
    row = AmendmentRow(
        post_id=post.id,
        day=of.day,
        is_working=is_working,
        decree=decree or of.decree,
        entered_by=post.caller.actor,
        entered_at=datetime.now(UTC),
    )
    session.add(row)
    await session.flush()
    return row


async def _answer(session: AsyncSession, row: AmendmentRow, settings: Settings) -> AmendmentAnswer:
    newest = row.id or 0
    before = await store.load_calendar(session, settings.confirmed_years, until=newest - 1)
    after = await store.load_calendar(session, settings.confirmed_years, until=newest)
    return AmendmentAnswer(
        **(await _shown(session, row, is_last=True)).model_dump(),
        moved=await _moved(session, before, after),
        note=_note(row),
    )


async def _moved(session: AsyncSession, before: WorkCalendar, after: WorkCalendar) -> list[MovedShown]:
    rows = (await session.scalars(select(ClauseRow).where(col(ClauseRow.finished_at).is_(None)))).all()
    return [
        MovedShown(
            number=move.clause.number,
            clause=move.clause.clause,
            last_day=move.before.last_day,
            new_last_day=move.after.last_day,
        )
        for move in amendments.moves(rows, before, after)
    ]


def _note(of: Amendment | AmendmentRow) -> str:
    return _PAST if of.day < local_date(datetime.now(UTC)) else ""


async def _shown(session: AsyncSession, row: AmendmentRow, *, is_last: bool) -> AmendmentShown:
    return AmendmentShown(
        id=row.id or 0,
        day=row.day,
        working=row.is_working,
        decree=row.decree,
        entered_by=await store.actor_name(session, row.entered_by),
        entered_at=row.entered_at,
        in_force=is_last and row.is_working is not None,
    )


async def _move_open_cases(client: Client, task_queue: str, row: AmendmentRow) -> None:
    """The amendment is in force already: when Temporal is away, upkeep starts the moving later."""
    try:
        async with asyncio.timeout(_STARTS_WITHIN_SECONDS):
            await start_amendment(client, task_queue, row.id or 0, row.day)
    except (RPCError, RuntimeError, TimeoutError) as error:
        log.warning("amendment not started yet", amendment=row.id, error=type(error).__name__)

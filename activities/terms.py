"""A clause's deadline put on record: computed by the calendar, explained, its ladder planned."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import delete, or_
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from models import amendments, russian, store
from models.calendar import WorkCalendar
from models.deadlines import Deadline, compute, hastened, postponed
from models.decisions import ENGINE
from models.explanations import explain
from models.rungs import RungState
from models.steps import MoveDeadline, OpenClause
from models.tables import AmendmentRow, ClauseRow, RungRow
from models.terms import Clause, Term


def compute_for(opening: OpenClause, calendar: WorkCalendar) -> Deadline:
    """The deadline of a clause that begins, or whose event is dated anew."""
    deadline = compute(opening.term, opening.started_on, calendar)
    if opening.term.pace is not None:
        return hastened(deadline, opening.at, opening.term.pace)
    return postponed(deadline, opening.at, calendar)


async def enter(
    session: AsyncSession, opening: OpenClause, deadline: Deadline, calendar: WorkCalendar
) -> None:
    """Show the clause with its deadline, in place of an earlier one."""
    values = {
        "workflow_id": opening.workflow_id,
        "term": opening.term.model_dump(mode="json"),
        "started_on": opening.started_on,
        "waits_for": opening.waits_for,
        **_computed(opening.term, deadline, calendar, opening.at),
    }
    clause = {"number": opening.number, "clause": opening.clause.value}
    if opening.anew:
        own = (col(RungRow.number) == opening.number, col(RungRow.clause) == opening.clause.value)
        await session.execute(delete(RungRow).where(*own))
        values |= {"finished_at": None, "late_by": "", "moved_from": None}
    statement = insert(ClauseRow).values({**clause, "opened_at": opening.at, **values})
    await session.execute(statement.on_conflict_do_update(index_elements=[*clause], set_=values))
    await _plan_rungs(session, opening.number, deadline, opening.at)


async def take_over(session: AsyncSession, move: MoveDeadline, confirmed_years: frozenset[int]) -> Deadline:
    """The deadline that an amendment gives a clause.

    Returns:
        The deadline on record: the old one where the clause has ended, or counts with the amendment already.
    """
    row = await session.get_one(ClauseRow, (move.number, move.deadline.clause.value), with_for_update=True)
    if row.finished_at is None and row.calendar_version < move.amendment:
        calendar = await store.load_calendar(session, confirmed_years, until=move.amendment)
        await _move(session, row, move, calendar)
    return Deadline.model_validate(row.deadline)


async def catch_up(session: AsyncSession, opening: OpenClause, calendar: WorkCalendar) -> ClauseRow:
    """The clause as it is on record, with what was amended while it had no process to be told of it."""
    row = await session.get_one(ClauseRow, (opening.number, opening.clause.value), with_for_update=True)
    before = await store.load_calendar(session, calendar.confirmed_years, until=row.calendar_version)
    if row.finished_at is None and amendments.is_moved(row, before, calendar):
        move = MoveDeadline(
            number=row.number,
            step=moving(opening.clause, calendar.version),
            at=opening.at,
            deadline=amendments.recomputed(row, calendar),
            amendment=calendar.version,
        )
        await _move(session, row, move, calendar)
    return row


def moving(clause: Clause, amendment: int) -> str:
    """The step of moving a clause by an amendment."""
    return f"{clause.name.lower()}/moved-{amendment}"


async def _move(session: AsyncSession, row: ClauseRow, move: MoveDeadline, calendar: WorkCalendar) -> None:
    amendment = await session.get(AmendmentRow, move.amendment)
    what = _moved(row.last_day, move.deadline.last_day, amendment.decree if amendment else "")
    by = amendment.entered_by if amendment else ENGINE
    await store.write_once(session, move, move.deadline.clause, what, by=by)
    deadline = postponed(move.deadline, move.at, calendar)
    if row.last_day != deadline.last_day:
        row.moved_from = row.last_day
    computed = _computed(Term.model_validate(row.term), deadline, calendar, move.at)
    for column, value in computed.items():
        setattr(row, column, value)
    await _plan_rungs(session, row.number, deadline, move.at)


def _computed(term: Term, deadline: Deadline, calendar: WorkCalendar, at: datetime) -> dict[str, Any]:
    """The columns of a clause that follow from its deadline at a moment."""
    explanation = explain(term, deadline.started_on, calendar)
    return {
        "deadline": deadline.model_dump(mode="json"),
        "calendar_version": calendar.version,
        "last_day": deadline.last_day,
        "due_at": deadline.due_at,
        "is_provisional": deadline.provisional,
        "explanation": explanation.model_dump(mode="json"),
        "is_overdue": deadline.is_late(at),
    }


async def _plan_rungs(session: AsyncSession, number: str, deadline: Deadline, at: datetime) -> None:
    """Those to go; what has gone stays as it is, unless it goes again."""
    for rung in deadline.rungs:
        values = {
            "planned_at": rung.at,
            "state": RungState.SKIPPED if rung.is_passed_over(at) else RungState.PLANNED,
            "fired_at": None,
        }
        described = {
            "number": number,
            "clause": deadline.clause.value,
            "ordinal": rung.ordinal,
            "kind": rung.kind.value,
            "label": rung.label,
            "recipients": [recipient.value for recipient in rung.to],
        }
        has_gone = col(RungRow.state).in_([RungState.SENT, RungState.ABSORBED])
        is_open = col(RungRow.state) == RungState.PLANNED
        statement = insert(RungRow).values({**described, **values})
        await session.execute(
            statement.on_conflict_do_update(
                index_elements=["number", "clause", "ordinal"],
                set_=values,
                where=or_(is_open, has_gone) if deadline.goes_again(rung, at) else is_open,
            )
        )


def _moved(last_day: date, new: date, decree: str) -> str:
    was, becomes = russian.date_words(last_day), russian.date_words(new)
    if last_day == new:
        return f"Изменён календарь ({decree}): напоминания перенесены, срок прежний — до {was}"
    return f"Срок перенесён: изменён календарь ({decree}), было {was}, стало {becomes}"

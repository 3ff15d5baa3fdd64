"""A clause's term in Postgres: its deadline, its ladder, whether it is overdue."""

from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col
from temporalio import activity

from activities import terms
from models import russian, store
from models.deadlines import Deadline
from models.requests import Stage
from models.rungs import RungKind, RungState
from models.steps import FireRung, MarkOverdue, MoveDeadline, OpenClause, Opened
from models.tables import ClauseRow, Request, RungRow
from models.terms import Clause

_OVERDUE = {
    Clause.REVIEW: "срок рассмотрения истёк, решения нет",
    Clause.SETUP: "срок исполнения истёк, работа не завершена",
    Clause.CONSULTATION: "срок ответа истёк, ответа нет",
    Clause.AUTHORING: "планируемая дата прошла, курс не объявлен готовым",
    Clause.REPLACEMENT: "срок истёк, о смене ответственного лица не сообщено или преемник не назначен",
}


class ClauseActivities:
    """Activities on clauses with a term."""

    def __init__(self, sessions: store.Sessions, confirmed_years: frozenset[int]) -> None:
        self._sessions = sessions
        self._confirmed_years = confirmed_years

    @activity.defn
    async def open_clause(self, opening: OpenClause) -> Opened:
        """Put the clause's deadline on record, by today's calendar; again: what is on record."""
        async with self._sessions.begin() as session:
            await store.hold_calendar(session)
            calendar = await store.load_calendar(session, self._confirmed_years)
            deadline = terms.compute_for(opening, calendar)
            if await store.write_once(session, opening, opening.clause, _opened(deadline)):
                await terms.enter(session, opening, deadline, calendar)
                await _enter_stage(session, opening)
                return Opened(deadline=deadline, is_finished=False)
            row = await terms.catch_up(session, opening, calendar)
            return Opened(
                deadline=Deadline.model_validate(row.deadline), is_finished=row.finished_at is not None
            )

    @activity.defn
    async def fire_rung(self, fire: FireRung) -> None:
        """Mark a rung as gone, and those below it that have not gone as absorbed."""
        async with self._sessions.begin() as session:
            rung = await session.get_one(RungRow, (fire.number, fire.clause.value, fire.ordinal))
            kind = "Напоминание" if rung.kind == RungKind.REMINDER else "Эскалация"
            if not await store.write_once(session, fire, fire.clause, f"{kind}: {rung.label}"):
                return
            rung.state, rung.fired_at = RungState.SENT, fire.at
            for ordinal in fire.absorbed:
                await _absorb(session, fire, ordinal)

    @activity.defn
    async def mark_overdue(self, mark: MarkOverdue) -> None:
        """From 24:00 of the last day the clause is overdue."""
        async with self._sessions.begin() as session:
            row = await session.get_one(ClauseRow, (mark.number, mark.clause.value))
            what = f"Просрочено: {_OVERDUE[mark.clause]} (до {russian.date_words(row.last_day)})"
            if await store.write_once(session, mark, mark.clause, what):
                row.is_overdue = True

    @activity.defn
    async def take_over_deadline(self, move: MoveDeadline) -> Deadline:
        """Put on record the deadline that an amended calendar gives."""
        async with self._sessions.begin() as session:
            return await terms.take_over(session, move, self._confirmed_years)


async def _absorb(session: AsyncSession, fire: FireRung, ordinal: int) -> None:
    lower = await session.get_one(RungRow, (fire.number, fire.clause.value, ordinal))
    if lower.state != RungState.PLANNED:
        return
    lower.state, lower.fired_at = RungState.ABSORBED, fire.at
    step = fire.model_copy(update={"step": f"{fire.step}/absorbed-{ordinal}"})
    await store.write_once(session, step, fire.clause, f"Поглощено более высокой ступенью: {lower.label}")


async def _enter_stage(session: AsyncSession, opening: OpenClause) -> None:
    """Lists show a request in the clause's stage; the day of the order is a fact of the request."""
    match opening.clause:
        case Clause.REVIEW:
            values: dict[str, object] = {"stage": Stage.REVIEW}
        case Clause.SETUP:
            values = {"stage": Stage.SETUP, "order_received_on": opening.started_on}
        case _:
            return
    await session.execute(update(Request).where(col(Request.number) == opening.number).values(values))


def _opened(deadline: Deadline) -> str:
    last_day = russian.date_words(deadline.last_day)
    what = f"Срок по п. {deadline.clause.value} — до {last_day}"
    if deadline.provisional:
        what += " (предварительно: перенос выходных этого года не утверждён)"
    return what

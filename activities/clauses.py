"""A clause's term in Postgres: its deadline, its ladder, whether it is overdue."""

from datetime import date, datetime

from sqlalchemy import update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col
from temporalio import activity

from models import russian, store
from models.deadlines import Deadline, Rung, RungKind, compute
from models.explanations import explain
from models.requests import Stage
from models.steps import FireRung, MarkOverdue, OpenClause, RecordMove
from models.tables import ClauseRow, Request, RungRow
from models.terms import Clause, Term

_STAGES = {Clause.REVIEW: Stage.REVIEW, Clause.SETUP: Stage.SETUP}

_OVERDUE = {
    Clause.REVIEW: "срок рассмотрения истёк, решения нет",
    Clause.SETUP: "срок исполнения истёк, работа не завершена",
}


class ClauseActivities:
    """Activities on clauses with a term."""

    def __init__(self, sessions: store.Sessions, confirmed_years: frozenset[int]) -> None:
        self._sessions = sessions
        self._confirmed_years = confirmed_years

    @activity.defn
    async def open_clause(self, opening: OpenClause) -> Deadline:
        """Compute the clause's deadline by today's calendar and show it; again: the same deadline."""
        async with self._sessions.begin() as session:
            calendar = await store.load_calendar(session, self._confirmed_years)
            deadline = compute(opening.term, opening.started_on, calendar)
            explanation = explain(opening.term, opening.started_on, calendar)
            is_new = await store.write_once(
                session,
                opening,
                opening.clause,
                f"Срок по п. {opening.clause.value} — до {russian.date_words(deadline.last_day)}"
                + (
                    " (предварительно: перенос выходных этого года не утверждён)"
                    if deadline.provisional
                    else ""
                ),
            )
            if not is_new:
                return await self._stored(session, opening.number, opening.clause)
            await self._show(session, opening, deadline, explanation.model_dump(mode="json"))
            return deadline

    @activity.defn
    async def fire_rung(self, fire: FireRung) -> None:
        """Mark a rung as gone and those below it as absorbed."""
        async with self._sessions.begin() as session:
            rung = await session.get_one(RungRow, (fire.number, fire.clause.value, fire.ordinal))
            kind = "Напоминание" if rung.kind == RungKind.REMINDER else "Эскалация"
            if not await store.write_once(session, fire, fire.clause, f"{kind}: {rung.label}"):
                return
            rung.state, rung.fired_at = "sent", fire.at
            for ordinal in fire.absorbed:
                lower = await session.get_one(RungRow, (fire.number, fire.clause.value, ordinal))
                lower.state, lower.fired_at = "absorbed", fire.at
                await store.write_once(
                    session,
                    fire.model_copy(update={"step": f"{fire.step}/absorbed-{ordinal}"}),
                    fire.clause,
                    f"Поглощено более высокой ступенью: {lower.label}",
                )

    @activity.defn
    async def mark_overdue(self, mark: MarkOverdue) -> None:
        """From 24:00 of the last day the clause is overdue."""
        async with self._sessions.begin() as session:
            row = await session.get_one(ClauseRow, (mark.number, mark.clause.value))
            what = f"Просрочено: {_OVERDUE[mark.clause]} (до {russian.date_words(row.last_day)})"
            if await store.write_once(session, mark, mark.clause, what):
                row.is_overdue = True

    @activity.defn
    async def record_move(self, move: RecordMove) -> None:
        """Show the deadline that an amended calendar gives; what has gone stays gone."""
        async with self._sessions.begin() as session:
            row = await session.get_one(ClauseRow, (move.number, move.clause.value))
            calendar = await store.load_calendar(session, self._confirmed_years)
            if not await store.write_once(session, move, move.clause, _moved(row.last_day, move)):
                return
            explanation = explain(Term.model_validate(row.term), row.started_on, calendar)
            if row.last_day != move.deadline.last_day:
                row.moved_from = row.last_day
            row.explanation = explanation.model_dump(mode="json")
            row.deadline = move.deadline.model_dump(mode="json")
            row.last_day, row.due_at = move.deadline.last_day, move.deadline.due_at
            row.is_provisional = move.deadline.provisional
            row.is_overdue = row.is_overdue and move.deadline.is_late(move.at)
            for rung in move.deadline.rungs:
                await session.execute(
                    update(RungRow)
                    .where(
                        col(RungRow.number) == move.number,
                        col(RungRow.clause) == move.clause.value,
                        col(RungRow.ordinal) == rung.ordinal,
                        col(RungRow.state) == "planned",
                    )
                    .values(planned_at=rung.at, state=_state(rung, move.at))
                )

    async def _stored(self, session: AsyncSession, number: str, clause: Clause) -> Deadline:
        row = await session.get_one(ClauseRow, (number, clause.value))
        return Deadline.model_validate(row.deadline)

    async def _show(
        self, session: AsyncSession, opening: OpenClause, deadline: Deadline, explanation: dict[str, object]
    ) -> None:
        values = {
            "number": opening.number,
            "clause": opening.clause.value,
            "workflow_id": opening.workflow_id,
            "term": opening.term.model_dump(mode="json"),
            "deadline": deadline.model_dump(mode="json"),
            "started_on": opening.started_on,
            "last_day": deadline.last_day,
            "due_at": deadline.due_at,
            "is_provisional": deadline.provisional,
            "explanation": explanation,
            "waits_for": opening.waits_for,
            "is_overdue": deadline.is_late(opening.at),
            "opened_at": opening.at,
        }
        statement = insert(ClauseRow).values(values)
        await session.execute(
            statement.on_conflict_do_update(index_elements=["number", "clause"], set_=values)
        )
        await session.execute(
            update(Request).where(col(Request.number) == opening.number).values(stage=_STAGES[opening.clause])
        )
        if deadline.rungs:
            await self._plan_rungs(session, opening, deadline)

    async def _plan_rungs(self, session: AsyncSession, opening: OpenClause, deadline: Deadline) -> None:
        """A rung that has gone stays gone."""
        rungs = [
            {
                "number": opening.number,
                "clause": opening.clause.value,
                "ordinal": rung.ordinal,
                "kind": rung.kind.value,
                "label": rung.label,
                "recipients": [recipient.value for recipient in rung.to],
                "planned_at": rung.at,
                "state": _state(rung, opening.at),
            }
            for rung in deadline.rungs
        ]
        statement = insert(RungRow).values(rungs)
        await session.execute(
            statement.on_conflict_do_update(
                index_elements=["number", "clause", "ordinal"],
                set_={"planned_at": statement.excluded.planned_at, "state": statement.excluded.state},
                where=col(RungRow.state) == "planned",
            )
        )


def _state(rung: Rung, now: datetime) -> str:
    """A reminder that is past already is not sent."""
    return "skipped" if rung.kind is RungKind.REMINDER and rung.at <= now else "planned"


def _moved(last_day: date, move: RecordMove) -> str:
    old, new = russian.date_words(last_day), russian.date_words(move.deadline.last_day)
    if old == new:
        return f"Изменён календарь: напоминания перенесены, срок прежний — до {old}"
    return f"Срок перенесён: изменён календарь, было {old}, стало {new}"

"""Clause 4.8 in Postgres: who told what and when, the end of powers, the successor's start."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col
from temporalio import activity

from activities import endings
from models import holdings, russian, store
from models.deadlines import local_date
from models.replacement import EndPowers, EndTerm, Fact, InSubsystem, PowersEnded, RecordFact, Work
from models.step import Step
from models.tables import ReplacementRow, Responsibility, TextRow
from models.terms import Clause

CLAUSE = Clause.REPLACEMENT


class ReplacementActivities:
    """Activities on a replacement's case."""

    def __init__(self, sessions: store.Sessions, confirmed_years: frozenset[int]) -> None:
        self._sessions = sessions
        self._confirmed_years = confirmed_years

    @activity.defn
    async def record_fact(self, record: RecordFact) -> None:
        """Who has told, appointed or accepted, and by how much late."""
        async with self._sessions.begin() as session:
            late = await self._late_by(session, record.number, record.at)
            text = await session.get_one(TextRow, UUID(record.text_id)) if record.text_id else None
            what = _told(record.fact, late) + (f": {text.body}" if text else "")
            if not await store.write_once(session, record, CLAUSE, what, by=record.by):
                return
            row = await session.get_one(ReplacementRow, record.number)
            match record.fact:
                case Fact.INFORMED:
                    row.informed_at = record.at
                case Fact.APPOINTED:
                    row.successor, row.appointed_at = record.person, record.at
                case Fact.ACCEPTED:
                    row.accepted_at = record.at
                case Fact.WITHDRAWN:
                    row.withdrawn_at = record.at
                    # Nothing had to be told or done, so nothing is late.
                    await endings.finish(session, record, CLAUSE, "")

    @activity.defn
    async def end_term(self, end: EndTerm) -> None:
        """The owner has done both; late is what clause 4.8 itself sets a term for: the telling."""
        async with self._sessions.begin() as session:
            row = await session.get_one(ReplacementRow, end.number)
            late = await self._late_by(session, end.number, row.informed_at or end.at)
            what = "Владелец сообщил и назначил новое ответственное лицо"
            if await store.write_once(session, end, CLAUSE, what):
                await endings.finish(session, end, CLAUSE, late)

    @activity.defn
    async def end_powers(self, end: EndPowers) -> PowersEnded:
        """The person is responsible for nothing of the case's owner from now on."""
        async with self._sessions.begin() as session:
            row = await session.get_one(ReplacementRow, end.number)
            day = russian.date_words(row.powers_ended_on)
            what = (
                f"Полномочия прекращены (последний день — {day}); новое ответственное лицо ещё не приступило"
            )
            if await store.write_once(session, end, CLAUSE, what):
                await _close_responsibilities(session, row)
            await session.flush()
            held = await holdings.of(session, end.number)
        return PowersEnded(subsystems=tuple(sorted({one.subsystem for one in held})))

    @activity.defn
    async def hand_over(self, step: InSubsystem) -> None:
        """The successor is responsible from now on for what of the case is in a subsystem."""
        async with self._sessions.begin() as session:
            what = f"Новое ответственное лицо приступило ({step.subsystem})"
            if not await store.write_once(session, step, CLAUSE, what):
                return
            row = await session.get_one(ReplacementRow, step.number)
            held = await holdings.of(session, step.number)
            for one in held:
                if one.subsystem == step.subsystem and await _is_free(session, one):
                    session.add(_responsibility(row, one, local_date(step.at)))

    @activity.defn
    async def next_case(self, step: Step) -> str:
        """Number of the later case that has taken from the successor all that this one gave; else empty."""
        query = select(col(Responsibility.until), col(Responsibility.ended_by)).where(
            col(Responsibility.given_by) == step.number
        )
        async with store.looking(self._sessions) as session:
            given = (await session.execute(query)).all()
        return max((later or "" for _, later in given), default="") if all(end for end, _ in given) else ""

    @activity.defn
    async def note_by_hand(self, step: InSubsystem) -> None:
        """The operator has done in a subsystem what the engine could not."""
        work = Work(step.step.split("/")[1].partition("-")[0])
        what = f"Выполнено Оператором вручную ({step.subsystem}): {work.russian}"
        async with self._sessions.begin() as session:
            if not await store.write_once(session, step, CLAUSE, what, by=step.by):
                return
            if work is Work.REMOVAL:
                row = await session.get_one(ReplacementRow, step.number, with_for_update=True)
                row.proof = {**row.proof, f"{step.subsystem}/by-hand": step.at.isoformat()}

    async def _late_by(self, session: AsyncSession, number: str, at: datetime) -> str:
        return await endings.late_by(session, number, CLAUSE, at, self._confirmed_years)


async def _close_responsibilities(session: AsyncSession, row: ReplacementRow) -> None:
    """Of this owner alone: what another owner trusts the person with stays."""
    held = await holdings.open_of(session, row.person, await holdings.owner_of(session, row.number))
    ids = [one.responsibility for one in held]
    await session.execute(
        update(Responsibility)
        .where(col(Responsibility.id).in_(ids))
        .values(until=row.powers_ended_on, ended_by=row.number)
    )


async def _is_free(session: AsyncSession, one: holdings.Held) -> bool:
    """Whether nobody has become responsible for it meanwhile."""
    query = select(col(Responsibility.id)).where(
        col(Responsibility.until).is_(None),
        col(Responsibility.category).is_not_distinct_from(one.category),
        col(Responsibility.course).is_not_distinct_from(one.course),
    )
    return (await session.scalars(query)).first() is None


def _responsibility(row: ReplacementRow, one: holdings.Held, since: date) -> Responsibility:
    return Responsibility(
        person=row.successor or 0,
        category=one.category,
        course=one.course,
        since=since,
        given_by=row.number,
    )


def _told(fact: Fact, late: str) -> str:
    match fact:
        case Fact.INFORMED:
            return "Владелец сообщил Оператору о прекращении полномочий" + (
                f", с опозданием {late}" if late else ""
            )
        case Fact.APPOINTED:
            return "Назначено новое ответственное лицо" + (
                f", {late} позже ориентира системы (срок назначения в Регламенте не установлен)"
                if late
                else ""
            )
        case Fact.ACCEPTED:
            return "Новое ответственное лицо подтвердило принятие"
        case Fact.WITHDRAWN:
            return "Сообщение о прекращении полномочий отозвано, ответственное лицо остаётся"

"""The case in Postgres: begun, searched for analogues, decided, set up, closed."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import func, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select
from temporalio import activity

from activities import register
from activities.catalogue import Catalogue
from activities.sites import Sites
from models import deadlines, similar, store
from models.analogues import Candidate
from models.deadlines import Deadline
from models.decisions import Decision, Ground, Outcome
from models.requests import Stage
from models.setup import Way
from models.step import Step
from models.steps import AnaloguesFound, CloseCase, Named, Note, RecordDecision, RecordSetup
from models.tables import CandidateRow, ClauseRow, DecisionRow, Request, TextRow
from models.terms import Clause


class CaseActivities:
    """Activities on a request's case."""

    def __init__(self, sessions: store.Sessions, sites: Sites, confirmed_years: frozenset[int]) -> None:
        self._sessions = sessions
        self._sites = sites
        self._catalogue = Catalogue(sessions, sites)
        self._confirmed_years = confirmed_years

    @activity.defn
    async def start_case(self, step: Step) -> None:
        """Note that the case runs, so that nobody starts it a second time."""
        async with self._sessions.begin() as session:
            await session.execute(
                update(Request)
                .where(col(Request.number) == step.number)
                .values(started_at=func.coalesce(col(Request.started_at), step.at))
            )

    @activity.defn
    async def find_analogues(self, step: Step) -> AnaloguesFound:
        """Keep the likeliest analogues as the reviewer will see them."""
        unread = await self._catalogue.refresh()
        async with self._sessions.begin() as session:
            request = await session.get_one(Request, step.number)
            titles = tuple(title for title in (request.category_name, request.course_name) if title)
            found = await similar.candidates(session, titles, except_for=step.number)
            if found:
                await session.execute(
                    insert(CandidateRow).on_conflict_do_nothing(), [_row(step.number, one) for one in found]
                )
            await store.write_once(session, step, Clause.REVIEW, _searched(found, unread))
        return AnaloguesFound(found=len(found), has_strong=any(one.needs_reason for one in found))

    @activity.defn
    async def is_known(self, named: Named) -> bool:
        """Whether the case has the reason, and the system the analogue, that a signal names."""
        texts = select(TextRow.id).where(col(TextRow.number) == named.number)
        async with self._sessions.begin() as session:
            reasons = {str(one) for one in (await session.scalars(texts)).all()}
            if not {named.reason_id} <= {None, *reasons}:
                return False
            return named.analogue is None or await similar.name_analogue(
                session, named.number, named.analogue
            )

    @activity.defn
    async def record_decision(self, record: RecordDecision) -> None:
        """Write the decision down and, when it approves, put the order into the operator's list."""
        decision = record.reviewed.decision
        async with self._sessions.begin() as session:
            # A term for deciding can't be missed by the agency that withdraws.
            late_by = (
                ""
                if decision.outcome is Outcome.WITHDRAWN
                else await self._late_by(session, record.number, Clause.REVIEW, decision.at)
            )
            what = _decided(decision) + (f", с опозданием {late_by}" if late_by else "")
            if not await store.write_once(session, record, Clause.REVIEW, what, by=decision.by):
                return
            session.add(
                DecisionRow(
                    number=record.number,
                    outcome=decision.outcome.value,
                    ground=decision.ground.value if decision.ground else None,
                    missing=[item.value for item in decision.missing],
                    analogue=decision.analogue,
                    reason_id=UUID(decision.reason_id) if decision.reason_id else None,
                    decided_by=decision.by,
                    decided_by_name=await store.actor_name(session, decision.by),
                    at=decision.at,
                    late_by=late_by,
                    order_received_on=record.reviewed.order_received_on,
                )
            )
            await _finish(session, record, Clause.REVIEW, late_by)
            if decision.outcome is Outcome.APPROVED:
                await _enter_stage(session, record.number, Stage.SETUP)

    @activity.defn
    async def record_setup(self, record: RecordSetup) -> None:
        """Enter the category and the course into the register, with their owner and responsible."""
        result = record.result
        async with self._sessions.begin() as session:
            late_by = await self._late_by(session, record.number, Clause.SETUP, result.at)
            who = "системой" if result.way is Way.ENGINE else "Оператором вручную"
            what = f"Исполнено {who}: роль «учитель» настроена" + (
                f", с опозданием {late_by}" if late_by else ""
            )
            if not await store.write_once(session, record, Clause.SETUP, what, by=result.by):
                return
            await register.enter(session, record.number, result, self._sites)
            await _finish(session, record, Clause.SETUP, late_by)

    @activity.defn
    async def close_case(self, close: CloseCase) -> None:
        """The request is answered; nothing of it is waited for any more."""
        async with self._sessions.begin() as session:
            if await store.write_once(session, close, Clause.REQUEST, f"Дело закрыто: {close.stage.russian}"):
                await session.execute(
                    update(Request)
                    .where(col(Request.number) == close.number)
                    .values(stage=close.stage.value, closed_at=close.at)
                )

    @activity.defn
    async def note(self, note: Note) -> None:
        """A line in the journal, with what was typed."""
        async with self._sessions.begin() as session:
            text = await session.get(TextRow, UUID(note.text_id)) if note.text_id else None
            what = f"{note.what}: {text.body}" if text else note.what
            await store.write_once(session, note, note.clause, what, by=note.by)

    async def _late_by(self, session: AsyncSession, number: str, clause: Clause, at: datetime) -> str:
        row = await session.get_one(ClauseRow, (number, clause.value))
        calendar = await store.load_calendar(session, self._confirmed_years)
        late = deadlines.lateness(Deadline.model_validate(row.deadline), at, calendar)
        return late.words if late else ""


async def _finish(session: AsyncSession, step: Step, clause: Clause, late_by: str) -> None:
    await session.execute(
        update(ClauseRow)
        .where(col(ClauseRow.number) == step.number, col(ClauseRow.clause) == clause.value)
        .values(finished_at=step.at, late_by=late_by, is_overdue=False, waits_for="")
    )


async def _enter_stage(session: AsyncSession, number: str, stage: Stage) -> None:
    await session.execute(update(Request).where(col(Request.number) == number).values(stage=stage.value))


def _row(number: str, one: Candidate) -> dict[str, object]:
    return {"number": number, **one.model_dump(mode="json")}


def _searched(found: tuple[Candidate, ...], unread: tuple[str, ...]) -> str:
    what = f"Поиск аналогов: найдено похожих — {len(found)}"
    if unread:
        what += f" (каталоги недоступны, поиск по прежним данным: {', '.join(unread)})"
    return what


def _decided(decision: Decision) -> str:
    match decision.outcome, decision.ground:
        case Outcome.APPROVED, _:
            return "Принято решение о создании, запрос направлен Оператору"
        case Outcome.WITHDRAWN, _:
            return "Запрос отозван инициатором"
        case _, Ground.INCOMPLETE:
            missing = "; ".join(item.russian for item in decision.missing)
            return f"Отказано: информация указана не полностью ({missing})"
        case _, Ground.ANALOGUE:
            return "Отказано: аналогичная категория или курс уже созданы"
        case _:
            return "Отказано вне оснований п. 4.2"

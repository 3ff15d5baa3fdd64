"""The case in Postgres: begun, searched for analogues, decided, set up, closed."""

from datetime import date
from uuid import UUID

from sqlalchemy import func, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select
from temporalio import activity

from activities import endings, register
from activities.authoring import open_authoring, opened_authoring
from activities.catalogue import Catalogue
from models import russian, similar, store
from models.analogues import Candidate
from models.authoring import Authoring
from models.deadlines import local_date
from models.decisions import Decision, Ground, Outcome, Reviewed
from models.requests import Item, Stage
from models.setup import Way
from models.step import Step
from models.steps import AnaloguesFound, CloseCase, Named, Note, RecordDecision, RecordSetup
from models.tables import CandidateRow, CaseRow, DecisionRow, Request, TextRow
from models.terms import Clause

_DECIDED = {
    Outcome.APPROVED: Stage.SETUP,
    Outcome.REFUSED: Stage.REFUSED,
    Outcome.WITHDRAWN: Stage.WITHDRAWN,
}
"""Where a request stands once it is decided."""


class CaseActivities:
    """Activities on a request's case."""

    def __init__(
        self, sessions: store.Sessions, catalogue: Catalogue, confirmed_years: frozenset[int]
    ) -> None:
        self._sessions = sessions
        self._catalogue = catalogue
        self._confirmed_years = confirmed_years

    @activity.defn
    async def start_case(self, step: Step) -> None:
        """Note that the case runs, so that nobody starts it a second time."""
        async with self._sessions.begin() as session:
            await session.execute(
                update(CaseRow)
                .where(col(CaseRow.number) == step.number)
                .values(started_at=func.coalesce(col(CaseRow.started_at), step.at))
            )

    @activity.defn
    async def find_analogues(self, step: Step) -> AnaloguesFound:
        """Keep the likeliest analogues as the reviewer will see them."""
        unread = await self._catalogue.refresh()
        async with self._sessions.begin() as session:
            request = await session.get_one(Request, step.number)
            titles = tuple(title for title in (request.category_name, request.course_name) if title)
            found = await similar.candidates(session, titles, except_for=step.number, target=request.category)
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
    async def record_decision(self, record: RecordDecision) -> Reviewed:
        """Write the decision down and, when it approves, put the order into the operator's list.

        The order has come on the day of this attempt, by the workflow's clock: one that failed put
        nothing into the list.

        Returns:
            The decision on record, which is another one where the review was begun anew by hand.
        """
        decision = record.decision
        is_approved = decision.outcome is Outcome.APPROVED
        ordered_on = local_date(activity.info().started_time) if is_approved else None
        async with self._sessions.begin() as session:
            # A term for deciding can't be missed by the agency that withdraws.
            late_by = (
                ""
                if decision.outcome is Outcome.WITHDRAWN
                else await endings.late_by(
                    session, record.number, Clause.REVIEW, decision.at, self._confirmed_years
                )
            )
            what = _decided(decision, ordered_on) + (f", с опозданием {late_by}" if late_by else "")
            if not await store.write_once(session, record, Clause.REVIEW, what, by=decision.by):
                return await _on_record(session, record.number)
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
                )
            )
            await endings.finish(session, record, Clause.REVIEW, late_by)
            await _enter_stage(session, record.number, _DECIDED[decision.outcome], ordered_on)
        return Reviewed(
            decision=decision.model_copy(update={"is_late": bool(late_by)}), order_received_on=ordered_on
        )

    @activity.defn
    async def decision_on_record(self, step: Step) -> Reviewed:
        """What a review that was begun anew by hand has decided before."""
        async with self._sessions() as session:
            return await _on_record(session, step.number)

    @activity.defn
    async def record_setup(self, record: RecordSetup) -> Authoring | None:
        """Enter the category and the course into the register, with their owner and responsible.

        Returns:
            The input of the course's own case (clause 4.4); None where no course was asked for.
        """
        result = record.result
        async with self._sessions.begin() as session:
            late_by = await endings.late_by(
                session, record.number, Clause.SETUP, result.at, self._confirmed_years
            )
            who = "системой" if result.way is Way.ENGINE else "Оператором вручную"
            what = f"Исполнено {who}: роль «учитель» настроена" + (
                f", с опозданием {late_by}" if late_by else ""
            )
            if not await store.write_once(session, record, Clause.SETUP, what, by=result.by):
                return await opened_authoring(session, record.number)
            await register.enter(session, record.number, result, self._catalogue.sites)
            await endings.finish(session, record, Clause.SETUP, late_by)
            await _enter_stage(session, record.number, Stage.DONE)
            return await open_authoring(session, record)

    @activity.defn
    async def close_case(self, close: CloseCase) -> None:
        """Nothing of the case is waited for any more."""
        async with self._sessions.begin() as session:
            if await store.write_once(session, close, close.clause, close.what):
                closed = update(CaseRow).where(col(CaseRow.number) == close.number)
                await session.execute(closed.values(closed_at=close.at))

    @activity.defn
    async def note(self, note: Note) -> None:
        """A line in the journal, with what was typed."""
        async with self._sessions.begin() as session:
            text = await session.get(TextRow, UUID(note.text_id)) if note.text_id else None
            what = f"{note.what}: {text.body}" if text else note.what
            await store.write_once(session, note, note.clause, what, by=note.by)


async def _enter_stage(
    session: AsyncSession, number: str, stage: Stage, ordered_on: date | None = None
) -> None:
    """With what was decided or done, not when the case is closed: letters go out between."""
    values: dict[str, object] = {"stage": stage.value}
    if ordered_on is not None:
        values["order_received_on"] = ordered_on
    await session.execute(update(Request).where(col(Request.number) == number).values(values))


async def _on_record(session: AsyncSession, number: str) -> Reviewed:
    row = await session.get_one(DecisionRow, number)
    request = await session.get_one(Request, number)
    decision = Decision(
        outcome=Outcome(row.outcome),
        ground=Ground(row.ground) if row.ground else None,
        missing=tuple(Item(item) for item in row.missing),
        analogue=row.analogue,
        reason_id=str(row.reason_id) if row.reason_id else None,
        by=row.decided_by,
        at=row.at,
        is_late=bool(row.late_by),
    )
    return Reviewed(decision=decision, order_received_on=request.order_received_on)


def _row(number: str, one: Candidate) -> dict[str, object]:
    return {"number": number, **one.model_dump(mode="json")}


def _searched(found: tuple[Candidate, ...], unread: tuple[str, ...]) -> str:
    what = f"Поиск аналогов: найдено похожих — {len(found)}"
    if unread:
        what += f" (каталоги недоступны, поиск по прежним данным: {', '.join(unread)})"
    return what


def _decided(decision: Decision, ordered_on: date | None) -> str:
    if ordered_on is not None:
        return f"Принято решение о создании, запрос направлен Оператору {russian.date_words(ordered_on)}"
    match decision.outcome, decision.ground:
        case Outcome.WITHDRAWN, _:
            return "Запрос отозван инициатором"
        case _, Ground.INCOMPLETE:
            missing = "; ".join(item.russian for item in decision.missing)
            return f"Отказано: информация указана не полностью ({missing})"
        case _, Ground.ANALOGUE:
            return "Отказано: аналогичная категория или курс уже созданы"
        case _:
            return "Отказано вне оснований п. 4.2"

"""The small loop beside the worker: starts what a crash left unstarted, sees that open
cases and letters really run, keeps the histories that Temporal will forget, seals what is whole,
and clears up."""

import asyncio
import time
from collections.abc import Sequence
from datetime import datetime, timedelta

import structlog
from sqlalchemy import ColumnElement, Update, and_, func, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select
from sqlmodel.sql.expression import SelectOfScalar
from temporalio.client import Client, WorkflowExecutionStatus

from activities import rounds
from activities.histories import Histories, describe
from activities.purging import purge
from activities.sealing import Sealing
from models import ids, store
from models.certifying import REVISED
from models.letters import LetterState
from models.signing import SigningKey
from models.starting import start_amendment, start_case, start_certificate_letter, start_delivery
from models.step import Step
from models.tables import AmendmentRow, BulkLetter, CaseRow, KeptHistory, LetterRow, Task
from models.tasks import TaskKind
from models.terms import Clause

log = structlog.get_logger()

_API_STARTS_WITHIN = timedelta(seconds=10)
"""What the API has only just written, it is about to start itself."""

_PURGES_EVERY = timedelta(hours=1)


class Upkeep:
    """Runs beside the worker until it is cancelled; several at a time do no harm."""

    def __init__(
        self,
        sessions: store.Sessions,
        client: Client,
        task_queue: str,
        every: timedelta,
        key: SigningKey | None = None,
    ) -> None:
        self._sessions = sessions
        self._client = client
        self._task_queue = task_queue
        self._every = every
        self._histories = Histories(sessions, client)
        self._sealing = Sealing(sessions, key) if key else None
        self._last_letter = ""
        self._purge_at = 0.0

    async def run(self) -> None:
        """Do a round now and then; a round that fails is logged, and the next one tries again."""
        while True:
            try:
                await self.round()
            except Exception as error:  # noqa: BLE001 - Postgres is away: not the end of upkeep
                log.warning("upkeep failed", error=type(error).__name__)
            await asyncio.sleep(self._every.total_seconds())

    async def round(self) -> None:
        """One round of everything."""
        unstarted = select(CaseRow).where(_is_open_for_a_while(), col(CaseRow.started_at).is_(None))
        await rounds.every(self._sessions, unstarted, CaseRow.number, self._start)
        await rounds.every(self._sessions, _about_documents(), BulkLetter.step, self._start_letter)
        await rounds.each(await self._longest_unchecked(), self._check)
        await rounds.each(await self._next_letters(), self._see_to_letter)
        await rounds.each(await self._amendments(), self._see_to_amendment)
        await self._histories.round()
        if self._sealing is not None:
            await self._sealing.round()
        await self._purge()

    # What a crash left unstarted

    async def _start(self, case: CaseRow) -> None:
        await start_case(self._client, self._task_queue, case.number, case.title, case.input)

    async def _start_letter(self, letter: BulkLetter) -> None:
        async with store.looking(self._sessions) as session:
            mailing = Step(number=letter.number, step=letter.step, at=await store.now(session))
        await start_certificate_letter(self._client, self._task_queue, mailing)

    # Open cases whose process somebody stopped

    async def _longest_unchecked(self) -> Sequence[CaseRow]:
        query = select(CaseRow).where(_is_open_for_a_while())
        query = query.order_by(col(CaseRow.checked_at).asc().nulls_first()).limit(rounds.AT_ONCE)
        async with store.looking(self._sessions) as session:
            return (await session.scalars(query)).all()

    async def _check(self, case: CaseRow) -> None:
        async with self._sessions.begin() as session:
            now = await store.now(session)
            # Before it is looked at: one that cannot be looked at must not come first for ever.
            own = col(CaseRow.number) == case.number
            await session.execute(update(CaseRow).where(own).values(checked_at=now))
        found = await describe(self._client, ids.case_id(case.number))
        if found is None and case.started_at is None:
            return  # Not started yet; the next round tries again.
        async with self._sessions.begin() as session:
            # Read again: a case that has closed meanwhile may well have no running process.
            case = await session.get_one(CaseRow, case.number)
            if found is not None and found.status is WorkflowExecutionStatus.RUNNING:
                await session.execute(_close_reports(case.number, now))
            elif case.closed_at is None:
                run = "lost" if found is None else f"stopped-{found.run_id}"
                await _report(session, Step(number=case.number, step=f"upkeep/{run}", at=now))

    # Letters whose delivery somebody stopped

    async def _next_letters(self) -> Sequence[LetterRow]:
        """A few of those on their way, in turn: while no mail server listens there are many."""
        is_old = col(LetterRow.written_at) < _a_while_ago()
        query = select(LetterRow).where(
            col(LetterRow.state) == LetterState.WRITTEN, ~col(LetterRow.history_kept), is_old
        )
        rows = await rounds.page(self._sessions, query, LetterRow.key, after=self._last_letter)
        self._last_letter = rows[-1].key if len(rows) == rounds.AT_ONCE else ""
        return rows

    async def _see_to_letter(self, row: LetterRow) -> None:
        found = await describe(self._client, ids.delivery_id(row.key))
        if found is not None and found.status is WorkflowExecutionStatus.RUNNING:
            return
        async with store.looking(self._sessions) as session:
            # Read again: it may have come to its end meanwhile.
            row = await session.get_one(LetterRow, row.key)
        if row.state != LetterState.WRITTEN:
            return
        letter = row.letter
        await start_delivery(self._client, self._task_queue, letter, anew=True)
        async with self._sessions.begin() as session:
            run = "lost" if found is None else f"stopped-{found.run_id}"
            at = await store.now(session)
            step = Step(number=row.number, step=f"letter/{row.key}/{run}", at=at)
            whose = f"Письмо {letter.to.whom} («{letter.notice.russian}»)"
            what = f"{whose}: отправка была остановлена, начата снова"
            await store.write_once(session, step, Clause.REQUEST, what)

    # Amendments of the calendar

    async def _amendments(self) -> Sequence[AmendmentRow]:
        """Those whose moving of cases has not ended yet, as far as is known; there are a few a year."""
        is_old = col(AmendmentRow.entered_at) < _a_while_ago()
        async with self._sessions() as session:
            rows = (await session.scalars(select(AmendmentRow).where(is_old))).all()
            moving = {ids.amendment_id(row.id or 0): row for row in rows}
            query = select(KeptHistory.workflow_id).where(col(KeptHistory.workflow_id).in_(moving))
            kept = (await session.scalars(query)).all()
        return [row for workflow_id, row in moving.items() if workflow_id not in kept]

    async def _see_to_amendment(self, row: AmendmentRow) -> None:
        amendment = row.id or 0
        await start_amendment(self._client, self._task_queue, amendment, row.day)
        found = await describe(self._client, ids.amendment_id(amendment))
        # Kept is done: one that somebody stopped is begun anew by the next round.
        if found is not None and found.status is WorkflowExecutionStatus.COMPLETED:
            left = (col(Task.workflow_id) == found.id, col(Task.closed_at).is_(None))
            async with store.looking(self._sessions) as session:
                # By a run that somebody stopped.
                await session.execute(update(Task).where(*left).values(closed_at=func.now()))
            await self._histories.keep(found.id, number="")

    # What nobody needs any more

    async def _purge(self) -> None:
        if time.monotonic() < self._purge_at:
            return
        async with store.looking(self._sessions) as session:
            now = await store.now(session)
        await purge(self._sessions, now)
        self._purge_at = time.monotonic() + _PURGES_EVERY.total_seconds()


def _a_while_ago() -> ColumnElement[datetime]:
    moment: ColumnElement[datetime] = func.now() - _API_STARTS_WITHIN
    return moment


def _about_documents() -> SelectOfScalar[BulkLetter]:
    """Letters about documents that were revoked or replaced, and have not gone."""
    # As `ix_bulk_letters_about_documents` has it.
    own = (col(BulkLetter.state) == LetterState.WRITTEN, col(BulkLetter.step).like(f"{REVISED}%"))
    return select(BulkLetter).where(*own)


def _is_open_for_a_while() -> ColumnElement[bool]:
    return and_(col(CaseRow.closed_at).is_(None), col(CaseRow.opened_at) < _a_while_ago())


async def _report(session: AsyncSession, step: Step) -> None:
    """To the operator, once for each process that was stopped."""
    why = "дело открыто, а его процесс в Temporal остановлен; вернуть его можно в Temporal UI (Reset)"
    task = {
        "number": step.number,
        "workflow_id": ids.case_id(step.number),
        "step": step.step,
        "clause": Clause.REQUEST.value,
        "kind": TaskKind.ORPHANED,
        "why": why,
        "checklist": [],
        "done": [],
        "opened_at": step.at,
    }
    await session.execute(insert(Task).values(task).on_conflict_do_nothing())
    await store.write_once(session, step, Clause.REQUEST, f"Задача Оператору: {why}")


def _close_reports(number: str, at: datetime) -> Update:
    """The case runs again."""
    is_open = (col(Task.number) == number, col(Task.kind) == TaskKind.ORPHANED, col(Task.closed_at).is_(None))
    return update(Task).where(*is_open).values(closed_at=at)

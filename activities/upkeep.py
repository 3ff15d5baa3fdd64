"""The small loop beside the worker: starts what a crash left unstarted, sees that open
cases really run, and keeps the histories that Temporal will forget."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from datetime import UTC, datetime, timedelta
from typing import TypeVar

import structlog
from sqlalchemy import ColumnElement, Update, and_, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select
from temporalio.client import Client, WorkflowExecutionDescription, WorkflowExecutionStatus
from temporalio.service import RPCError, RPCStatusCode

from models import ids, store
from models.letters import LetterState
from models.requests import Filed, Stage
from models.starting import start_amendment, start_request
from models.step import Step
from models.tables import AmendmentRow, KeptHistory, LetterRow, Request, Task
from models.terms import Clause

T = TypeVar("T")

log = structlog.get_logger()

_API_STARTS_WITHIN = timedelta(seconds=10)
"""What the API has only just written, it is about to start itself."""

_AT_ONCE = 20
"""Of each kind in a round: the activities need the connections too."""

_OPEN = [stage.value for stage in Stage if stage.is_open]
_STOPPED = "orphaned"


class Upkeep:
    """Runs beside the worker until it is cancelled; several at a time do no harm."""

    def __init__(self, sessions: store.Sessions, client: Client, task_queue: str, every: timedelta) -> None:
        self._sessions = sessions
        self._client = client
        self._task_queue = task_queue
        self._every = every

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
        await _each(await self._unstarted(), self._start)
        await _each(await self._longest_unchecked(), self._check)
        await _each(await self._closed(), self._keep_case)
        await _each(await self._settled_letters(), self._keep_letter)
        await _each(await self._amendments(), self._see_to_amendment)

    # What a crash left unstarted

    async def _unstarted(self) -> Iterable[Request]:
        query = select(Request).where(_is_open_for_a_while(), col(Request.started_at).is_(None))
        async with self._sessions() as session:
            return (await session.scalars(query.order_by(col(Request.filed_at)).limit(_AT_ONCE))).all()

    async def _start(self, request: Request) -> None:
        await start_request(self._client, self._task_queue, Filed.model_validate(request.filed))

    # Open cases whose process somebody stopped

    async def _longest_unchecked(self) -> Iterable[Request]:
        query = select(Request).where(_is_open_for_a_while())
        query = query.order_by(col(Request.checked_at).asc().nulls_first()).limit(_AT_ONCE)
        async with self._sessions() as session:
            return (await session.scalars(query)).all()

    async def _check(self, request: Request) -> None:
        found = await self._describe(ids.request_id(request.number))
        if found is None and request.started_at is None:
            return  # Not started yet; the next round tries again.
        now = datetime.now(UTC)
        async with self._sessions.begin() as session:
            # Read again: a case that has closed meanwhile may well have no running process.
            request = await session.get_one(Request, request.number)
            request.checked_at = now
            if found is not None and found.status is WorkflowExecutionStatus.RUNNING:
                await session.execute(_close_reports(request.number, now))
            elif request.stage in _OPEN:
                run = "lost" if found is None else f"stopped-{found.run_id}"
                await _report(session, Step(number=request.number, step=f"upkeep/{run}", at=now))

    # Histories

    async def _closed(self) -> Iterable[str]:
        is_closed = ~col(Request.stage).in_(_OPEN)
        query = select(Request.number).where(is_closed, col(Request.histories_kept).is_(False))
        async with self._sessions() as session:
            return (await session.scalars(query.limit(_AT_ONCE))).all()

    async def _keep_case(self, number: str) -> None:
        workflows = (ids.request_id(number), ids.review_id(number), ids.setup_id(number))
        # The parent closes a moment after its last step: until then it is the next round's.
        if all([await self._keep(workflow_id, number) for workflow_id in workflows]):
            async with self._sessions.begin() as session:
                kept = update(Request).where(col(Request.number) == number).values(histories_kept=True)
                await session.execute(kept)

    async def _settled_letters(self) -> Iterable[LetterRow]:
        is_settled = col(LetterRow.state) != LetterState.WRITTEN
        query = select(LetterRow).where(is_settled, col(LetterRow.history_kept).is_(False))
        async with self._sessions() as session:
            return (await session.scalars(query.limit(_AT_ONCE))).all()

    async def _keep_letter(self, letter: LetterRow) -> None:
        if await self._keep(ids.delivery_id(letter.key), letter.number):
            async with self._sessions.begin() as session:
                kept = update(LetterRow).where(col(LetterRow.key) == letter.key).values(history_kept=True)
                await session.execute(kept)

    async def _amendments(self) -> Iterable[AmendmentRow]:
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
        await self._keep(ids.amendment_id(amendment), number="")

    async def _keep(self, workflow_id: str, number: str) -> bool:
        """Keep a closed workflow's history; False while it runs. One that never was needs none."""
        found = await self._describe(workflow_id)
        if found is None:
            return True
        if found.status is WorkflowExecutionStatus.RUNNING:
            return False
        handle = self._client.get_workflow_handle(workflow_id, run_id=found.run_id)
        row = {
            "workflow_id": workflow_id,
            "run_id": found.run_id,
            "number": number,
            "kept_at": datetime.now(UTC),
            "history": (await handle.fetch_history()).to_json_dict(),
        }
        async with self._sessions.begin() as session:
            await session.execute(insert(KeptHistory).values(row).on_conflict_do_nothing())
        return True

    async def _describe(self, workflow_id: str) -> WorkflowExecutionDescription | None:
        """The newest run; None when Temporal knows none."""
        try:
            return await self._client.get_workflow_handle(workflow_id).describe()
        except RPCError as error:
            if error.status is RPCStatusCode.NOT_FOUND:
                return None
            raise


def _a_while_ago() -> datetime:
    return datetime.now(UTC) - _API_STARTS_WITHIN


def _is_open_for_a_while() -> ColumnElement[bool]:
    return and_(col(Request.stage).in_(_OPEN), col(Request.filed_at) < _a_while_ago())


async def _each(found: Iterable[T], work: Callable[[T], Awaitable[None]]) -> None:
    """All at the same time; one that fails is logged and keeps none of the others from theirs."""
    outcomes = await asyncio.gather(*map(work, found), return_exceptions=True)
    for outcome in outcomes:
        if isinstance(outcome, Exception):
            log.warning("upkeep failed", of=work.__name__, error=type(outcome).__name__)


async def _report(session: AsyncSession, step: Step) -> None:
    """To the operator, once for each process that was stopped."""
    why = "дело открыто, а его процесс в Temporal остановлен; вернуть его можно в Temporal UI (Reset)"
    task = {
        "number": step.number,
        "workflow_id": ids.request_id(step.number),
        "step": step.step,
        "clause": Clause.REQUEST.value,
        "kind": _STOPPED,
        "why": why,
        "checklist": [],
        "done": [],
        "opened_at": step.at,
    }
    await session.execute(insert(Task).values(task).on_conflict_do_nothing())
    await store.write_once(session, step, Clause.REQUEST, f"Задача Оператору: {why}")


def _close_reports(number: str, at: datetime) -> Update:
    """The case runs again."""
    is_open = (col(Task.number) == number, col(Task.kind) == _STOPPED, col(Task.closed_at).is_(None))
    return update(Task).where(*is_open).values(closed_at=at)

"""The small loop beside the worker: starts what a crash left unstarted, sees that open
cases really run, and keeps the histories that Temporal will forget."""

import asyncio
from datetime import UTC, datetime, timedelta

import structlog
from sqlalchemy import Update, update
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col, select
from temporalio.client import Client, WorkflowExecutionStatus
from temporalio.service import RPCError, RPCStatusCode

from models import ids, store
from models.requests import Filed, Stage
from models.starting import start_request
from models.tables import KeptHistory, LetterRow, Request, Task
from models.terms import Clause

log = structlog.get_logger()

_UNSTARTED_FOR = timedelta(seconds=10)
"""What the API has only just written, it is about to start itself."""

_AT_ONCE = 50
_OPEN = [stage.value for stage in Stage if stage.is_open]


class Upkeep:
    """Runs beside the worker until it is cancelled."""

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
            except Exception as error:  # noqa: BLE001 - Postgres or Temporal is away: not the end of upkeep
                log.warning("upkeep failed", error=type(error).__name__)
            await asyncio.sleep(self._every.total_seconds())

    async def round(self) -> None:
        """One round of everything."""
        await self._start_unstarted()
        await self._check_open()
        await self._keep_requests()
        await self._keep_letters()

    async def _start_unstarted(self) -> None:
        before = datetime.now(UTC) - _UNSTARTED_FOR
        query = select(Request).where(
            col(Request.started_at).is_(None), col(Request.stage).in_(_OPEN), col(Request.filed_at) < before
        )
        async with self._sessions() as session:
            unstarted = (await session.scalars(query.limit(_AT_ONCE))).all()
        for request in unstarted:
            await start_request(self._client, self._task_queue, Filed.model_validate(request.filed))
            log.info("unstarted request found", number=request.number)

    async def _check_open(self) -> None:
        """An open case whose workflow somebody terminated is reported to the operator."""
        query = (
            select(Request)
            .where(col(Request.started_at).is_not(None), col(Request.stage).in_(_OPEN))
            .order_by(col(Request.checked_at).asc().nulls_first())
            .limit(_AT_ONCE)
        )
        async with self._sessions() as session:
            requests = (await session.scalars(query)).all()
        for request in requests:
            runs = await self._runs(ids.request_id(request.number))
            await self._checked(request.number, runs)

    async def _checked(self, number: str, runs: bool) -> None:
        now = datetime.now(UTC)
        async with self._sessions.begin() as session:
            # Read again: a case that has closed meanwhile is not an orphan.
            request = await session.get_one(Request, number)
            request.checked_at = now
            if runs or request.stage not in _OPEN:
                return
            task = {
                "number": number,
                "workflow_id": ids.request_id(number),
                "step": "upkeep/orphaned",
                "clause": Clause.REQUEST.value,
                "kind": "orphaned",
                "why": "дело открыто, а процесс в Temporal остановлен вручную",
                "checklist": [],
                "done": [],
                "opened_at": now,
            }
            await session.execute(insert(Task).values(task).on_conflict_do_nothing())

    async def _runs(self, workflow_id: str) -> bool:
        try:
            description = await self._client.get_workflow_handle(workflow_id).describe()
        except RPCError as error:
            if error.status is RPCStatusCode.NOT_FOUND:
                return False
            raise
        return description.status is WorkflowExecutionStatus.RUNNING

    async def _keep_requests(self) -> None:
        query = select(Request.number).where(
            col(Request.closed_at).is_not(None), col(Request.histories_kept).is_(False)
        )
        async with self._sessions() as session:
            numbers = (await session.scalars(query.limit(_AT_ONCE))).all()
        for number in numbers:
            workflows = (ids.request_id(number), ids.review_id(number), ids.setup_id(number))
            # The parent closes a moment after its last step: until then it is the next round's.
            if all([await self._keep(workflow_id, number) for workflow_id in workflows]):
                await self._mark(update(Request).where(col(Request.number) == number), histories_kept=True)

    async def _keep_letters(self) -> None:
        query = select(LetterRow).where(
            col(LetterRow.settled_at).is_not(None), col(LetterRow.history_kept).is_(False)
        )
        async with self._sessions() as session:
            letters = (await session.scalars(query.limit(_AT_ONCE))).all()
        for letter in letters:
            if await self._keep(ids.delivery_id(letter.key), letter.number):
                await self._mark(update(LetterRow).where(col(LetterRow.key) == letter.key), history_kept=True)

    async def _keep(self, workflow_id: str, number: str) -> bool:
        """Keep a closed workflow's history; False while it runs. One that never was needs none."""
        handle = self._client.get_workflow_handle(workflow_id)
        try:
            description = await handle.describe()
        except RPCError as error:
            if error.status is RPCStatusCode.NOT_FOUND:
                return True
            raise
        if description.status is WorkflowExecutionStatus.RUNNING:
            return False
        history = await handle.fetch_history()
        row = {
            "workflow_id": workflow_id,
            "run_id": description.run_id,
            "number": number,
            "kept_at": datetime.now(UTC),
            "history": history.to_json_dict(),
        }
        async with self._sessions.begin() as session:
            await session.execute(insert(KeptHistory).values(row).on_conflict_do_nothing())
        return True

    async def _mark(self, statement: Update, **values: bool) -> None:
        async with self._sessions.begin() as session:
            await session.execute(statement.values(**values))

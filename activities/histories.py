"""Histories of closed workflows, kept in Postgres because Temporal forgets them after 90 days."""

from sqlalchemy import func, update
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col, select
from temporalio.client import Client, WorkflowExecution, WorkflowExecutionDescription, WorkflowExecutionStatus
from temporalio.service import RPCError, RPCStatusCode

from activities import rounds
from models import ids, store
from models.cases import Kind
from models.letters import LetterState
from models.tables import CaseRow, KeptHistory, LetterRow

_EARLIER_RUNS = (
    "ExecutionStatus = 'ContinuedAsNew' AND WorkflowType IN ('TrainingWorkflow', 'EnrolmentWorkflow')"
)
"""Of cases whose workflow's id is their number."""


class Histories:
    """Keeps every run of what has closed: one that was stopped and begun anew, or has gone on in a new
    run for years, has several.
    """

    def __init__(self, sessions: store.Sessions, client: Client) -> None:
        self._sessions = sessions
        self._client = client

    async def round(self) -> None:
        """Of all cases that are closed and all letters that have come to their end; of cases that go on
        in a new run, the runs before.
        """
        closed = select(CaseRow).where(col(CaseRow.closed_at).is_not(None), ~col(CaseRow.histories_kept))
        await rounds.every(self._sessions, closed, CaseRow.number, self._keep_case)
        settled = select(LetterRow).where(
            col(LetterRow.state) != LetterState.WRITTEN, ~col(LetterRow.history_kept)
        )
        await rounds.every(self._sessions, settled, LetterRow.key, self._keep_letter)
        await self._keep_earlier_runs()

    async def keep(self, workflow_id: str, number: str) -> bool:
        """Keep all runs of a workflow; False while one runs. One that never was needs none."""
        query = f"WorkflowId = '{workflow_id}'"
        runs = [run async for run in self._client.list_workflows(query)]
        statuses = {run.status for run in runs}
        if WorkflowExecutionStatus.RUNNING in statuses:
            return False
        # Lists lag behind: a run that ended by itself is the last one, any other may have a newer one.
        if WorkflowExecutionStatus.COMPLETED not in statuses:
            newest = await describe(self._client, workflow_id)
            if newest is not None and newest.run_id not in {run.run_id for run in runs}:
                return False
        for run in runs:
            await self._keep_run(run, number)
        return True

    async def _keep_case(self, case: CaseRow) -> None:
        number = case.number
        workflows = [ids.case_id(number)]
        if case.kind == Kind.REQUEST:
            workflows += [ids.review_id(number), ids.setup_id(number)]
        # The parent closes a moment after its last step: until then it is the next round's.
        if all([await self.keep(workflow_id, number) for workflow_id in workflows]):
            async with store.looking(self._sessions) as session:
                kept = update(CaseRow).where(col(CaseRow.number) == number).values(histories_kept=True)
                await session.execute(kept)

    async def _keep_letter(self, letter: LetterRow) -> None:
        if await self.keep(ids.delivery_id(letter.key), letter.number):
            async with store.looking(self._sessions) as session:
                kept = update(LetterRow).where(col(LetterRow.key) == letter.key).values(history_kept=True)
                await session.execute(kept)

    async def _keep_earlier_runs(self) -> None:
        """The case may close when Temporal has forgotten them."""
        runs = {run.run_id: run async for run in self._client.list_workflows(_EARLIER_RUNS)}
        async with store.looking(self._sessions) as session:
            query = select(KeptHistory.run_id).where(col(KeptHistory.run_id).in_(runs))
            kept = set((await session.scalars(query)).all())
        for run_id in runs.keys() - kept:
            await self._keep_run(runs[run_id], number=runs[run_id].id)

    async def _keep_run(self, run: WorkflowExecution, number: str) -> None:
        handle = self._client.get_workflow_handle(run.id, run_id=run.run_id)
        row = {
            "workflow_id": run.id,
            "run_id": run.run_id,
            "number": number,
            "kept_at": func.now(),
            "history": (await handle.fetch_history()).to_json_dict(),
        }
        async with store.looking(self._sessions) as session:
            await session.execute(insert(KeptHistory).values(row).on_conflict_do_nothing())


async def describe(client: Client, workflow_id: str) -> WorkflowExecutionDescription | None:
    """The newest run; None when Temporal knows none."""
    try:
        return await client.get_workflow_handle(workflow_id).describe()
    except RPCError as error:
        if error.status is RPCStatusCode.NOT_FOUND:
            return None
        raise

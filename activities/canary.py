"""The canary in Postgres: made in a schema of its own, acted on, read back, told of when it fails."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import SQLModel, col, func, select
from temporalio import activity
from temporalio.client import Client, WorkflowExecutionStatus
from temporalio.service import RPCError, RPCStatusCode

from activities import invented
from activities.histories import describe
from clients.mail import Mail, MailClient
from models import canary, canary_faults, cases, escalations, ids, store
from models.canary import BeginCanary, Begun, Judge, Look
from models.decisions import ENGINE, Decide, Outcome
from models.letters import LetterState
from models.requests import Wanted
from models.settings import Settings
from models.setup import ConfirmSetup, checklist
from models.tables import CanaryRow, CaseRow, LetterRow, Task
from models.tasks import TaskKind
from models.terms import Clause

_ONE_AT_A_TIME = 0x5E0CA
"""Names the lock under which a canary begins."""

_STOPPED = "проверка остановлена до конца"


class CanaryActivities:
    """Activities of the canary; its case's own are those of every case, in the canary's schema."""

    def __init__(
        self, sessions: store.Sessions, client: Client, mail: MailClient, settings: Settings
    ) -> None:
        self._sessions = sessions
        self._invented = store.in_schema(sessions, canary.SCHEMA)
        self._client = client
        self._mail = mail
        self._settings = settings

    @activity.defn
    async def begin_canary(self, step: BeginCanary) -> Begun | None:
        """Invent the request, in an empty schema; None while another canary runs."""
        row = await self._enter(activity.info().workflow_id or "", step)
        if row is None:
            return None
        run = row.id or 0
        filed = invented.filed(cases.canary_number(run), step.at, self._settings)
        await self._make_anew(filed.case.number, invented.rows(filed, step.at, self._settings))
        return Begun(
            run=run,
            queue=canary.queue(self._settings.task_queue),
            filed=filed,
            pace=self._settings.canary_pace,
            patience=self._settings.canary_patience,
        )

    @activity.defn
    async def look_at_canary(self, look: Look) -> bool:
        """Whether a clause's ladder has been gone through, to the last letter."""
        async with self._invented() as session:
            proofs = await escalations.read(session, look.case)
        return any(proof.clause is look.clause and canary_faults.is_gone_through(proof) for proof in proofs)

    @activity.defn
    async def act_on_canary(self, look: Look) -> None:
        """What people do, so that the next clause begins: approve, tick off."""
        id = f"{look.case}/{look.clause.name.lower()}"
        if look.clause is Clause.REVIEW:
            handle = self._client.get_workflow_handle(ids.review_id(look.case))
            await handle.execute_update("decide", Decide(outcome=Outcome.APPROVED, by=ENGINE), id=id)
        else:
            handle = self._client.get_workflow_handle(ids.setup_id(look.case))
            done = ConfirmSetup(done=checklist(Wanted.CATEGORY), by=ENGINE)
            await handle.execute_update("confirm_setup", done, id=id)

    @activity.defn
    async def judge_canary(self, judge: Judge) -> bool:
        """Put on record what it has shown; a failure becomes the operator's task. Whether it passed."""
        async with self._invented() as session:
            proofs = await escalations.read(session, judge.case)
        faults = canary_faults.faults(proofs, judge.patience)
        async with self._sessions.begin() as session:
            row = await session.get_one(CanaryRow, judge.run)
            if row.finished_at is None:
                row.finished_at, row.passed, row.faults = judge.at, not faults, faults
                row.ladders = [proof.model_dump(mode="json") for proof in proofs]
                await _show(session, row)
        await self._stop(judge.case)
        return not faults

    @activity.defn
    async def tell_of_canary(self, run: int) -> None:
        """The letter about a failure; it belongs to no case, and goes like all others.

        Raises:
            MailError: The mail server did not take it.
        """
        async with store.looking(self._sessions) as session:
            row = await session.get_one(CanaryRow, run)
        if row.told_at is not None:
            return
        await self._mail.send(self._letter(row))
        async with store.looking(self._sessions) as session:
            told = update(CanaryRow).where(col(CanaryRow.id) == run)
            await session.execute(told.values(told_at=func.now()))

    def _letter(self, row: CanaryRow) -> Mail:
        body = "\n".join(
            (
                "Еженедельная проверка напоминаний и эскалаций не прошла.",
                "",
                *(f"— {fault}" for fault in row.faults),
                "",
                "Что бы ни было причиной, настоящие напоминания могли не дойти до тех, кому они нужны.",
                f"Ход проверки: {self._settings.public_url}/api/v1/canary",
                "Устранив причину, запустите проверку снова: POST /api/v1/canary.",
            )
        )
        host = urlsplit(self._settings.public_url).hostname or "localhost"
        return Mail(
            to=self._settings.operator_email,
            subject="Проверка напоминаний не прошла",
            text=body,
            html=None,
            message_id=f"<{cases.canary_number(row.id or 0)}.failed@{host}>",
        )

    async def _enter(self, workflow_id: str, step: BeginCanary) -> CanaryRow | None:
        async with self._sessions.begin() as session:
            await session.execute(select(func.pg_advisory_xact_lock(_ONE_AT_A_TIME)))
            for other in await _unfinished(session, workflow_id):
                found = await describe(self._client, other.workflow_id)
                if found is not None and found.status is WorkflowExecutionStatus.RUNNING:
                    return None
                other.finished_at, other.passed, other.faults = step.at, False, [_STOPPED]
            entered = insert(CanaryRow).values(
                workflow_id=workflow_id,
                asked_by=await store.actor_name(session, step.by),
                started_at=step.at,
                faults=[],
                ladders=[],
            )
            await session.execute(entered.on_conflict_do_nothing())
            query = select(CanaryRow).where(col(CanaryRow.workflow_id) == workflow_id)
            return (await session.scalars(query)).one()

    async def _make_anew(self, number: str, rows: Sequence[SQLModel]) -> None:
        """All of it or nothing: whoever tries again finds the case, or makes it."""
        if await self._is_made(number):
            return
        async with self._invented.begin() as session:
            connection = await session.connection()
            await connection.execute(text(f"DROP SCHEMA IF EXISTS {canary.SCHEMA} CASCADE"))
            await connection.execute(text(f"CREATE SCHEMA {canary.SCHEMA}"))
            await connection.run_sync(lambda sync: SQLModel.metadata.create_all(sync, checkfirst=False))
            for row in rows:
                session.add(row)
                await session.flush()

    async def _is_made(self, number: str) -> bool:
        async with self._invented() as session:
            if not await session.scalar(select(func.to_regclass(f"{canary.SCHEMA}.cases").is_not(None))):
                return False
            return await session.get(CaseRow, number) is not None

    async def _stop(self, number: str) -> None:
        """Whatever of a canary still runs would only fail once its schema is made anew."""
        query = select(col(LetterRow.key)).where(col(LetterRow.state) == LetterState.WRITTEN)
        async with self._invented() as session:
            letters = (await session.scalars(query)).all()
        running = [ids.case_id(number), ids.review_id(number), ids.setup_id(number)]
        for workflow_id in [*running, *map(ids.delivery_id, letters)]:
            try:
                await self._client.get_workflow_handle(workflow_id).terminate("проверка закончена")
            except RPCError as error:
                if error.status is not RPCStatusCode.NOT_FOUND:
                    raise


async def _unfinished(session: AsyncSession, workflow_id: str) -> Sequence[CanaryRow]:
    query = select(CanaryRow).where(
        col(CanaryRow.finished_at).is_(None), col(CanaryRow.workflow_id) != workflow_id
    )
    return (await session.scalars(query)).all()


async def _show(session: AsyncSession, row: CanaryRow) -> None:
    """As the operator's task; one that passes closes those before it."""
    if row.passed:
        own = (col(Task.kind) == TaskKind.CANARY_FAILED, col(Task.closed_at).is_(None))
        await session.execute(update(Task).where(*own).values(closed_at=row.finished_at))
        return
    task: dict[str, Any] = {
        "number": None,
        "workflow_id": row.workflow_id,
        "step": "canary/failed",
        "clause": Clause.REQUEST.value,
        "kind": TaskKind.CANARY_FAILED,
        "why": f"проверка напоминаний № {row.id} не прошла: {'; '.join(row.faults)}",
        "checklist": [],
        "done": [],
        "opened_at": row.finished_at,
    }
    await session.execute(insert(Task).values(task).on_conflict_do_nothing())

"""Clause 4.4 - building a course.

The responsible builds it in Moodle; the engine knows of it by the day that they plan and by their
declaration that it is ready, which it checks. Without a planned day nothing is due and nobody is reminded.
"""

import asyncio
from datetime import date

from temporalio import workflow
from temporalio.exceptions import ActivityError, is_cancelled_exception

from models import authoring
from models.authoring import (
    Authoring,
    AuthoringRejection,
    AuthoringStage,
    Declared,
    DeclareReady,
    LookAtCourse,
    Plan,
    RecordDeclaration,
    Seen,
)
from models.deadlines import local_date
from models.letters import Notice
from models.step import Step
from models.steps import CloseCase, Note, OpenClause
from models.terms import Clause, Recipient
from workflows import authoring_steps, card, letters, steps
from workflows.clause import ClauseWorkflow
from workflows.mending import rejected
from workflows.stamp import Stamp, stamp


@workflow.defn
class AuthoringWorkflow(ClauseWorkflow):
    @workflow.init
    def __init__(self, opened: Authoring) -> None:
        self._opened = opened
        self._case = opened.case
        self._planned = 0
        self._plans: list[tuple[int, Plan]] = []
        """Those whose term is not open yet, by their ordinal."""
        self._declarations = 0
        self._acting = asyncio.Lock()
        """No term is opened while a declaration is looked at, else it would outlast the clause."""
        self._is_ready = False

    @workflow.run
    async def run(self, opened: Authoring) -> AuthoringStage:
        self._show(AuthoringStage.BUILDING, waits_for=Recipient.RESPONSIBLE)
        await steps.start_case(Step(**self._stamp("started")))
        while not self._is_ready:
            if self._plans:
                await self._open_term(*self._plans[0])
            elif self._watch is None:
                await workflow.wait_condition(self._has_news)
            else:
                await self._watch.wait(until=self._has_news)
        await self._end()
        return AuthoringStage.READY

    # What people do

    @workflow.update
    async def plan(self, command: Plan) -> date:
        """The course is to be ready by the end of a day; a later plan takes the place of an earlier one."""
        self._planned += 1
        mine = (self._planned, command)
        # The run opens the term, between two letters: none goes by both days.
        self._plans.append(mine)
        await workflow.wait_condition(lambda: mine not in self._plans or self._is_ready)
        if mine in self._plans:
            raise rejected(AuthoringRejection.ALREADY_READY)
        return command.planned_on

    @plan.validator
    def _may_plan(self, command: Plan) -> None:
        if self._is_ready:
            raise rejected(AuthoringRejection.ALREADY_READY)
        if command.planned_on < local_date(workflow.now()):
            raise rejected(AuthoringRejection.PLANNED_DATE_PAST)

    @workflow.update
    async def declare_ready(self, command: DeclareReady) -> Declared:
        """The responsible says that the course is ready; Moodle is asked, whoever declares waits for it."""
        self._declarations += 1
        name = f"declared-{self._declarations}"
        # It counts from now, however long Moodle takes.
        declared = self._stamp(name)
        async with self._acting:
            if self._is_ready:
                raise rejected(AuthoringRejection.ALREADY_READY)
            seen = await self._look(name)
            findings = authoring.findings(seen)
            is_ready = not any(finding.is_blocking for finding in findings)
            await authoring_steps.record_declaration(
                RecordDeclaration(
                    **declared,
                    by=command.by,
                    declaration=command.declaration,
                    seen=seen,
                    findings=findings,
                    is_ready=is_ready,
                )
            )
            self._is_ready = is_ready
        return Declared(is_ready=is_ready, findings=findings)

    @declare_ready.validator
    def _may_declare_ready(self, command: DeclareReady) -> None:
        if self._is_ready:
            raise rejected(AuthoringRejection.ALREADY_READY)

    async def _look(self, name: str) -> Seen | None:
        look = LookAtCourse(**self._stamp(f"{name}/look"), course=self._opened.case.course)
        try:
            return (await authoring_steps.look_at_course(look)).seen
        except ActivityError as error:
            if is_cancelled_exception(error):
                raise
            raise rejected(AuthoringRejection.MOODLE_AWAY) from None

    # What happens by itself

    async def _open_term(self, ordinal: int, plan: Plan) -> None:
        async with self._acting:
            if self._is_ready:
                return
            planned = self._stamp(f"planned-{ordinal}")
            what = f"Готовность курса запланирована на {plan.planned_on:%d.%m.%Y}"
            await steps.note(Note(**planned, clause=Clause.AUTHORING, what=what, by=plan.by))
            opening = OpenClause(
                **self._stamp(f"opened-{ordinal}"),
                clause=Clause.AUTHORING,
                workflow_id=workflow.info().workflow_id,
                term=self._opened.term.until(plan.planned_on),
                started_on=local_date(planned["at"]),
                waits_for=Recipient.RESPONSIBLE,
                anew=True,
            )
            await self._watch_deadline(
                self._case, opening, stage=AuthoringStage.BUILDING, waits_for=Recipient.RESPONSIBLE
            )
            self._plans.pop(0)

    def _has_news(self) -> bool:
        return self._is_ready or bool(self._plans)

    async def _end(self) -> None:
        to = (Recipient.OWNER, Recipient.OPERATOR, Recipient.RESPONSIBLE)
        await letters.send(self._case, Notice.COURSE_READY, *to, step=self._stamp("ready")["step"])
        await workflow.wait_condition(workflow.all_handlers_finished)
        what = "Дело закрыто: учебный курс готов"
        await steps.close_case(CloseCase(**self._stamp("closed"), clause=Clause.AUTHORING, what=what))
        self._show(AuthoringStage.READY, waits_for="")
        # Whoever acted while the case was being closed hears that it is.
        await workflow.wait_condition(workflow.all_handlers_finished)

    def _show(self, stage: AuthoringStage, *, waits_for: str) -> None:
        card.show(self._case, Clause.AUTHORING, stage, waits_for=waits_for)

    def _stamp(self, name: str) -> Stamp:
        return stamp(self._case.number, f"authoring/{name}")

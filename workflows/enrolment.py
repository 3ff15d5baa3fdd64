"""Clause 4.5 - access of learners: a list is planned, confirmed by a person, and registered in Moodle.

Nothing is written to Moodle before the plan is confirmed. A plan that nobody confirms in time lapses:
what it says of Moodle is no longer true.
"""

from temporalio import workflow
from temporalio.exceptions import ApplicationError

from models.claim_codes import WriteCodes
from models.deadlines import local_date
from models.decisions import ENGINE
from models.enrolment import (
    Confirm,
    EnrolmentCase,
    GiveUp,
    PlanResult,
    Progress,
    Rejection,
    ShowEnrolment,
    Stage,
    Way,
)
from models.letters import Notice
from models.plans import Verdict
from models.self_registration import CheckAgain
from models.setup import TryAgain
from models.step import Step
from models.steps import CloseCase, OpenClause
from models.terms import Clause, Recipient
from workflows import card, claim_steps, enrolment_steps, letters, steps
from workflows.clause import ClauseWorkflow
from workflows.self_registration import SelfRegistration
from workflows.stamp import Stamp, stamp


@workflow.defn
class EnrolmentWorkflow(ClauseWorkflow):
    @workflow.init
    def __init__(self, opened: EnrolmentCase) -> None:
        self._case = opened.case
        self._opened = opened
        self._stage = Stage.NEW
        self._decided_by = ""
        self._progress: Progress | None = None
        self._by_themselves = SelfRegistration(opened.case, self._show_way, opened.shut)

    @workflow.run
    async def run(self, opened: EnrolmentCase) -> Stage:
        if opened.shut is None:
            await steps.start_case(Step(**self._stamp("started")))
            self._show_card(waits_for=ENGINE)
        if opened.way is Way.SELF_REGISTRATION:
            if shut := await self._by_themselves.run():
                workflow.continue_as_new(opened.model_copy(update={"shut": shut}))
        elif await self._plan() is Stage.PLANNED:
            await self._wait_for_decision()
        if self._stage is Stage.RUNNING:
            await self._run()
        await self._close()
        await workflow.wait_condition(workflow.all_handlers_finished)
        return self._stage

    @workflow.query
    def progress(self) -> Progress | None:
        """How far the run is; None before it has told."""
        return self._progress

    # What people do

    @workflow.update
    def confirm(self, command: Confirm) -> Stage:
        self._stage, self._decided_by = Stage.RUNNING, command.by
        return self._stage

    @confirm.validator
    def _may_confirm(self, command: Confirm) -> None:
        self._check_decision()

    @workflow.update
    def give_up(self, command: GiveUp) -> Stage:
        self._stage, self._decided_by = Stage.GIVEN_UP, command.by
        return self._stage

    @give_up.validator
    def _may_give_up(self, command: GiveUp) -> None:
        self._check_decision()

    def _check_decision(self) -> None:
        if self._stage is not Stage.PLANNED or self._watch is None or self._watch.is_late:
            rejection = Rejection.NOTHING_TO_CONFIRM
            raise ApplicationError(rejection.russian, type=rejection, non_retryable=True)

    @workflow.update
    def check_again(self, command: CheckAgain) -> Stage:
        """Something was switched on: look whether learners can register themselves now."""
        self._by_themselves.check_again()
        return self._stage

    @check_again.validator
    def _may_check_again(self, command: CheckAgain) -> None:
        if not self._by_themselves.waits:
            rejection = Rejection.NOTHING_TO_CHECK
            raise ApplicationError(rejection.russian, type=rejection, non_retryable=True)

    def _has_more_to_try(self) -> bool:
        return self._by_themselves.waits

    def _try_more(self, command: TryAgain) -> None:
        self._by_themselves.confirm(command.by)

    # What happens by itself

    async def _plan(self) -> Stage:
        planned = await enrolment_steps.plan_enrolment(Step(**self._stamp("plan")))
        stage = _after(planned)
        if stage is Stage.PLANNED:
            opening = OpenClause(
                **self._stamp("term"),
                clause=Clause.ENROLMENT,
                workflow_id=workflow.info().workflow_id,
                term=self._opened.term,
                started_on=local_date(workflow.now()),
                waits_for=Recipient.RESPONSIBLE,
            )
            await self._watch_deadline(self._case, opening, stage=stage, waits_for=Recipient.RESPONSIBLE)
        await self._enter(stage, by=ENGINE)
        await self._tell(Notice.ENROLMENT_PLAN)
        return stage

    async def _wait_for_decision(self) -> None:
        watch = self._watch
        assert watch is not None
        await watch.wait(until=lambda: self._stage is not Stage.PLANNED or watch.is_late)
        if self._stage is Stage.PLANNED:
            self._stage, self._decided_by = Stage.LAPSED, ENGINE
        await self._enter(self._stage, by=self._decided_by)

    async def _run(self) -> None:
        """Bite by bite, so that operators see how far it is."""
        bite = 0
        while self._progress is None or self._progress.left:
            bite += 1
            self._progress = await enrolment_steps.run_enrolment(Step(**self._stamp(f"run-{bite}")))
            self._show_card(waits_for=ENGINE)
        await self._enter(Stage.DONE, by=ENGINE)
        await self._tell(Notice.ENROLMENT_SUMMARY)
        await claim_steps.send_codes(WriteCodes(**self._stamp("codes")))

    async def _close(self) -> None:
        if self._stage is Stage.LAPSED:
            await self._tell(Notice.ENROLMENT_SUMMARY)
        what = f"Дело закрыто: {self._stage.russian}"
        await steps.close_case(CloseCase(**self._stamp("closed"), clause=Clause.ENROLMENT, what=what))

    async def _enter(self, stage: Stage, *, by: str) -> None:
        self._stage = stage
        told = f" ({self._progress.words})" if stage is Stage.DONE and self._progress else ""
        await enrolment_steps.show_enrolment(
            ShowEnrolment(
                **self._stamp(f"stage-{stage}"),
                stage=stage,
                what=f"{stage.russian.capitalize()}{told}",
                by=by,
            )
        )
        if stage is not Stage.PLANNED:
            self._show_card(waits_for=ENGINE if stage is Stage.RUNNING else "")

    async def _tell(self, notice: Notice) -> None:
        step = self._stamp(notice)["step"]
        await letters.send(self._case, notice, Recipient.RESPONSIBLE, step=step)

    def _show_way(self, stage: Stage) -> None:
        self._stage = stage
        self._show_card(waits_for=Recipient.OPERATOR if stage is Stage.WAY_SHUT else "")

    def _show_card(self, *, waits_for: str) -> None:
        progress = f"Ход: {self._progress.words}" if self._progress else ""
        card.show(self._case, Clause.ENROLMENT, self._stage, waits_for=waits_for, more=progress)

    def _stamp(self, name: str) -> Stamp:
        return stamp(self._case.number, f"enrolment/{name}")


def _after(planned: PlanResult) -> Stage:
    if not planned.is_readable:
        return Stage.UNREADABLE
    can_run = any(planned.counts.get(verdict) for verdict in Verdict if verdict.is_run)
    return Stage.PLANNED if can_run else Stage.USELESS

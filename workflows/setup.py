"""Clause 4.3 - setting up in Moodle.

The operator gives the responsible the role of teacher with full rights to build
courses within 10 working days of receiving the order. The engine does it where
the subsystem has web services; what it can't do, or can't do in time, becomes
the operator's task with a checklist.
"""

import asyncio
from dataclasses import dataclass

from temporalio import workflow
from temporalio.exceptions import ActivityError, ApplicationError

from models.deadlines import local_date
from models.decisions import ENGINE
from models.letters import Notice
from models.requests import Integration, Setup, Stage
from models.setup import (
    Check,
    ConfirmSetup,
    HandOver,
    OrderReceived,
    Progress,
    ReportObstacle,
    SetupResult,
    Way,
    checklist,
)
from models.steps import (
    CloseTask,
    Evidence,
    Grant,
    InMoodle,
    Note,
    OpenClause,
    OpenTask,
    RecordSetup,
    TickOff,
)
from models.terms import Clause, Recipient
from workflows import letters, steps
from workflows.clause import ClauseWorkflow
from workflows.deadline import DeadlineWatch, OutOfTime


@dataclass(frozen=True)
class _Obstruction:
    """Why the engine's work goes to the operator."""

    hand_over: HandOver
    failure: str = ""


@workflow.defn
class SetupWorkflow(ClauseWorkflow):
    @workflow.init
    def __init__(self, setup: Setup) -> None:
        self._setup = setup
        self._case = setup.case
        self._way = Way.ENGINE if setup.integration is Integration.MOODLE else Way.OPERATOR
        self._checklist = checklist(setup.case.wanted)
        self._ticked: tuple[Check, ...] = ()
        self._confirmations: list[ConfirmSetup] = []
        self._hand_overs = 0
        self._ticks = 0
        self._obstacles = 0
        self._dates_entered = 0

    @workflow.run
    async def run(self, setup: Setup) -> SetupResult:
        watch = await self._open(setup)
        await letters.send(self._case, Notice.ORDER, Recipient.OPERATOR, step="setup/order")
        work = asyncio.create_task(self._work(watch))
        await watch.wait(until=work.done)
        result = await work
        await self._record(result, watch)
        await self._tell()
        await workflow.wait_condition(workflow.all_handlers_finished)
        return result

    @workflow.update
    def confirm_setup(self, command: ConfirmSetup) -> Progress:
        """The operator ticks off what is done by hand; with the last tick the clause is done."""
        self._ticked = tuple(check for check in self._checklist if check in {*self._ticked, *command.done})
        self._confirmations.append(command)
        return Progress(done=self._ticked, left=self._left())

    @confirm_setup.validator
    def _may_confirm_setup(self, command: ConfirmSetup) -> None:
        if self._way is Way.ENGINE:
            raise ApplicationError(
                "Работу выполняет система, подтверждать нечего.", type="done-by-engine", non_retryable=True
            )
        if not self._left():
            raise ApplicationError("Работа уже подтверждена.", type="already-confirmed", non_retryable=True)
        if not command.done or not set(command.done) <= set(self._checklist):
            raise ApplicationError(
                "Отметьте пункты из перечня работ по этому запросу.",
                type="not-on-checklist",
                non_retryable=True,
            )

    @workflow.update
    async def report_obstacle(self, command: ReportObstacle) -> None:
        """The operator cannot go on; the authority is told, and the term runs on."""
        self._obstacles += 1
        step = f"setup/obstacle-{self._obstacles}"
        await steps.note(
            Note(
                number=self._case.number,
                step=step,
                at=workflow.now(),
                clause=Clause.SETUP,
                what="Оператор сообщил о препятствии",
                by=command.by,
                text_id=command.text_id,
            )
        )
        await letters.send(self._case, Notice.OBSTACLE, Recipient.AUTHORITY, step=step)

    @workflow.update
    async def order_received(self, command: OrderReceived) -> None:
        """The operator enters the date of the order where work is done by hand; the term follows."""
        self._dates_entered += 1
        opening = self._opening(
            self._setup.model_copy(update={"order_received_on": command.order_received_on}),
            step=f"setup/order-received-{self._dates_entered}",
        )
        deadline = await steps.open_clause(opening)
        assert self._watch is not None
        self._watch.move(deadline)

    @order_received.validator
    def _may_enter_order_received(self, command: OrderReceived) -> None:
        if self._watch is None:
            raise ApplicationError("Срок ещё не рассчитан.", type="not-ready")
        if self._setup.integration is Integration.MOODLE:
            raise ApplicationError(
                "Дата поступления известна: запрос передан системой.",
                type="order-date-known",
                non_retryable=True,
            )
        if not self._setup.order_received_on <= command.order_received_on <= local_date(workflow.now()):
            raise ApplicationError(
                "Дата поступления — от даты решения до сегодняшнего дня.",
                type="order-date-impossible",
                non_retryable=True,
            )

    async def _open(self, setup: Setup) -> DeadlineWatch:
        return await self._watch_deadline(
            self._case,
            self._opening(setup, step="setup/opened"),
            stage=Stage.SETUP,
            waits_for=Recipient.OPERATOR,
        )

    def _opening(self, setup: Setup, *, step: str) -> OpenClause:
        return OpenClause(
            number=self._case.number,
            step=step,
            at=workflow.now(),
            clause=Clause.SETUP,
            workflow_id=workflow.info().workflow_id,
            term=setup.term,
            started_on=setup.order_received_on,
            waits_for=Recipient.OPERATOR,
        )

    async def _work(self, watch: DeadlineWatch) -> SetupResult:
        """The engine's way, the operator's where it fails, and again as often as they ask."""
        while True:
            obstruction = _Obstruction(HandOver.NO_WEB_SERVICE)
            if self._setup.integration is Integration.MOODLE:
                self._way = Way.ENGINE
                try:
                    return await watch.before_hand_over(self._set_up_in_moodle())
                except OutOfTime:
                    obstruction = _Obstruction(HandOver.OUT_OF_REACH)
                except ActivityError as error:
                    obstruction = _Obstruction(HandOver.FAILED, steps.failure_of(error))
            self._way = Way.OPERATOR
            result = await self._by_hand(obstruction)
            if result is not None:
                return result

    async def _set_up_in_moodle(self) -> SetupResult:
        """Every step finds before it creates, so that the whole may be repeated."""
        number, wanted = self._case.number, self._case.wanted
        case = InMoodle(number=number)
        category_id = await steps.ensure_category(case) if wanted.has_category else None
        course_id = await steps.ensure_course(case) if wanted.has_course else None
        user_id = await steps.ensure_responsible(case)
        await steps.grant_roles(
            Grant(number=number, user_id=user_id, category_id=category_id, course_id=course_id)
        )
        now = workflow.now()
        await steps.read_back(
            Evidence(
                number=number,
                step="setup/evidence",
                at=now,
                user_id=user_id,
                category_id=category_id,
                course_id=course_id,
            )
        )
        return SetupResult(way=Way.ENGINE, at=now, by=ENGINE, category_id=category_id, course_id=course_id)

    async def _by_hand(self, obstruction: _Obstruction) -> SetupResult | None:
        """The operator's checklist; None when they ask the engine to try again instead."""
        step = await self._hand_over(obstruction)
        mended_before = self._times_mended
        while self._ticks < len(self._confirmations) or (
            self._left() and self._times_mended == mended_before
        ):
            await workflow.wait_condition(
                lambda: self._ticks < len(self._confirmations) or self._times_mended > mended_before
            )
            if self._ticks < len(self._confirmations):
                await self._tick_off(step)
        await steps.close_task(
            CloseTask(
                number=self._case.number,
                step=f"{step}/closed",
                at=workflow.now(),
                workflow_id=workflow.info().workflow_id,
                task_step=step,
            )
        )
        return None if self._left() else self._done_by_hand()

    async def _hand_over(self, obstruction: _Obstruction) -> str:
        self._hand_overs += 1
        step = f"setup/by-hand-{self._hand_overs}"
        await steps.open_task(
            OpenTask(
                number=self._case.number,
                step=step,
                at=workflow.now(),
                clause=Clause.SETUP,
                workflow_id=workflow.info().workflow_id,
                hand_over=obstruction.hand_over,
                failure=obstruction.failure,
                checklist=self._checklist,
            )
        )
        await letters.send(self._case, Notice.MANUAL_SETUP, Recipient.OPERATOR, step=step)
        return step

    async def _tick_off(self, task_step: str) -> None:
        self._ticks = len(self._confirmations)
        await steps.tick_off(
            TickOff(
                number=self._case.number,
                step=f"{task_step}/ticked-{self._ticks}",
                at=workflow.now(),
                workflow_id=workflow.info().workflow_id,
                task_step=task_step,
                done=self._ticked,
                by=self._confirmations[-1].by,
            )
        )

    def _done_by_hand(self) -> SetupResult:
        return SetupResult(
            way=Way.OPERATOR,
            at=workflow.now(),
            by=self._confirmations[-1].by,
            url_id=next((one.url_id for one in reversed(self._confirmations) if one.url_id), None),
        )

    def _left(self) -> tuple[Check, ...]:
        return tuple(check for check in self._checklist if check not in self._ticked)

    async def _record(self, result: SetupResult, watch: DeadlineWatch) -> None:
        await steps.record_setup(
            RecordSetup(
                number=self._case.number,
                step="setup/done",
                at=result.at,
                result=result,
                due_at=watch.due_at,
            )
        )

    async def _tell(self) -> None:
        await letters.send(self._case, Notice.ACCESS, Recipient.RESPONSIBLE, step="setup/done")
        await letters.send(
            self._case, Notice.SETUP_DONE, Recipient.AGENCY, Recipient.AUTHORITY, step="setup/done"
        )

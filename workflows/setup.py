"""Clause 4.3 - setting up in Moodle.

The operator gives the responsible the role of teacher with full rights to build
courses within 10 working days of receiving the order. The engine does it where
the subsystem has web services; what it can't do, or can't do in time, becomes
the operator's task with a checklist.
"""

import asyncio

from temporalio import workflow
from temporalio.exceptions import ActivityError, ApplicationError

from models.deadlines import local_date
from models.decisions import ENGINE
from models.letters import Notice
from models.requests import Integration, Setup, Stage
from models.setup import (
    Check,
    ConfirmSetup,
    ContactsAdded,
    HandOver,
    OrderReceived,
    Progress,
    ReportObstacle,
    SetupResult,
    TryAgain,
    Way,
)
from models.steps import Evidence, Grant, InMoodle, Note, OpenClause, RecordSetup
from models.terms import Clause, Recipient
from workflows import letters, steps
from workflows.by_hand import Obstruction, WorkByHand
from workflows.clause import ClauseWorkflow
from workflows.deadline import DeadlineWatch, OutOfTime


@workflow.defn
class SetupWorkflow(ClauseWorkflow):
    @workflow.init
    def __init__(self, setup: Setup) -> None:
        self._setup = setup
        self._case = setup.case
        self._by_hand = WorkByHand(setup.case, is_only_way=setup.integration is Integration.MANUAL)
        self._category_id: int | None = None
        self._course_id: int | None = None
        self._obstacles = 0
        self._dates_entered = 0
        self._entering_date = asyncio.Lock()
        self._has_new_contacts = False

    @workflow.run
    async def run(self, setup: Setup) -> SetupResult:
        watch = await self._open(setup)
        await letters.send(self._case, Notice.ORDER, Recipient.OPERATOR, step="setup/order")
        work = asyncio.create_task(self._work(watch))
        # The operator's last tick counts at its own instant, not when it is written down.
        await watch.wait(until=lambda: work.done() or self._by_hand.is_complete)
        result = await work
        await self._record(result, watch)
        await self._tell()
        await workflow.wait_condition(workflow.all_handlers_finished)
        return result

    # What people do

    @workflow.update
    def confirm_setup(self, command: ConfirmSetup) -> Progress:
        """The operator ticks off what is done by hand; with the last tick the clause is done."""
        return self._by_hand.confirm(command)

    @confirm_setup.validator
    def _may_confirm_setup(self, command: ConfirmSetup) -> None:
        self._by_hand.check(command)

    def _try_more(self, command: TryAgain) -> None:
        self._by_hand.try_again(command.by)

    def _check_try_more(self) -> None:
        self._by_hand.check_try_again()

    @workflow.signal
    def contacts_added(self, fact: ContactsAdded) -> None:
        """What the engine could not go on without may be there now."""
        self._has_new_contacts = True
        self._by_hand.contacts_added(fact.by)

    @workflow.update
    async def report_obstacle(self, command: ReportObstacle) -> None:
        """The operator cannot go on; the authority is told, and the term runs on."""
        self._obstacles += 1
        step = f"setup/obstacle-{self._obstacles}"
        await self._note(step, "Оператор сообщил о препятствии", by=command.by, text_id=command.text_id)
        await letters.send(self._case, Notice.OBSTACLE, Recipient.AUTHORITY, step=step)

    @workflow.update
    async def order_received(self, command: OrderReceived) -> None:
        """The operator enters the date of the order where work is done by hand; the term follows."""
        self._dates_entered += 1
        step = f"setup/order-received-{self._dates_entered}"
        what = f"Запрос поступил Оператору {command.order_received_on:%d.%m.%Y}: внесено вручную"
        entered = self._setup.model_copy(update={"order_received_on": command.order_received_on})
        # Of two dates entered at once the later one counts, in Postgres and here.
        async with self._entering_date:
            await self._note(f"{step}/entered", what, by=command.by)
            deadline = await steps.open_clause(self._opening(entered, step=step))
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
        if self._by_hand.is_complete:
            raise ApplicationError("Работа уже подтверждена.", type="already-confirmed", non_retryable=True)
        if self._watch.is_late:
            raise ApplicationError(
                "Срок уже истёк: дата поступления его не продлит.", type="order-date-late", non_retryable=True
            )
        if not self._setup.order_received_on <= command.order_received_on <= local_date(workflow.now()):
            raise ApplicationError(
                "Дата поступления — от даты решения до сегодняшнего дня.",
                type="order-date-impossible",
                non_retryable=True,
            )

    async def _note(self, step: str, what: str, *, by: str, text_id: str | None = None) -> None:
        await steps.note(
            Note(
                number=self._case.number,
                step=step,
                at=workflow.now(),
                clause=Clause.SETUP,
                what=what,
                by=by,
                text_id=text_id,
            )
        )

    # The life of the clause

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
            self._has_new_contacts = False
            outcome = await self._by_engine(watch)
            if isinstance(outcome, SetupResult):
                return outcome
            if outcome.lacks_contacts and self._has_new_contacts:
                continue
            watch.waits_for(Recipient.OPERATOR)
            result = await self._by_hand.finish(outcome)
            if result is not None:
                return self._with_ids(result)

    async def _by_engine(self, watch: DeadlineWatch) -> SetupResult | Obstruction:
        if self._setup.integration is Integration.MANUAL:
            return Obstruction(HandOver.NO_WEB_SERVICE)
        watch.waits_for(ENGINE)
        try:
            return await watch.before_hand_over(self._set_up_in_moodle())
        except OutOfTime:
            return Obstruction(HandOver.OUT_OF_REACH)
        except ActivityError as error:
            return Obstruction(HandOver.FAILED, steps.failure_of(error))

    async def _set_up_in_moodle(self) -> SetupResult:
        """Every step finds before it creates, so that the whole may be repeated."""
        case = InMoodle(number=self._case.number)
        if self._case.wanted.has_category:
            self._category_id = await steps.ensure_category(case)
            self._by_hand.tick(Check.CATEGORY)
        if self._case.wanted.has_course:
            self._course_id = await steps.ensure_course(case)
            self._by_hand.tick(Check.COURSE)
        user_id = await steps.ensure_responsible(case)
        self._by_hand.tick(Check.ACCOUNT)
        return await self._grant(user_id)

    async def _grant(self, user_id: int) -> SetupResult:
        """The role is given when Moodle itself shows it."""
        made = {"category_id": self._category_id, "course_id": self._course_id}
        number = self._case.number
        await steps.grant_roles(Grant(number=number, user_id=user_id, **made))
        now = workflow.now()
        await steps.read_back(Evidence(number=number, step="setup/evidence", at=now, user_id=user_id, **made))
        return SetupResult(way=Way.ENGINE, at=now, by=ENGINE, **made)

    def _with_ids(self, result: SetupResult) -> SetupResult:
        """The engine may have made something before the operator took over."""
        return result.model_copy(update={"category_id": self._category_id, "course_id": self._course_id})

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

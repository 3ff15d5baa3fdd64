"""Clause 4.3 - setting up in Moodle.

The operator gives the responsible the role of teacher with full rights to build
courses within 10 working days of receiving the order. The engine does it where
the subsystem has web services; what it can't do, or can't do in time, becomes
the operator's task with a checklist.
"""

import asyncio
import contextlib

from temporalio import workflow
from temporalio.exceptions import ActivityError, WorkflowAlreadyStartedError
from temporalio.workflow import ParentClosePolicy

from models import ids
from models.authoring import Authoring
from models.cases import label
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
    SetupRejection,
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
from workflows.mending import rejected
from workflows.stamp import stamp


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
        # A date of the order that was entered before the last tick counts, in the lateness too.
        async with self._entering_date:
            authoring = await self._record(result)
        await self._tell()
        if authoring is not None:
            await _begin_authoring(authoring)
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

    def _has_more_to_try(self) -> bool:
        return self._by_hand.may_be_tried_again

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
        update = workflow.current_update_info()
        assert update is not None
        step = f"setup/order-received-{update.id}"
        what = f"Запрос поступил Оператору {command.order_received_on:%d.%m.%Y}: внесено вручную"
        entered = self._setup.model_copy(update={"order_received_on": command.order_received_on})
        # Of two dates entered at once the later one counts, in Postgres and here.
        async with self._entering_date:
            await self._note(f"{step}/entered", what, by=command.by)
            opening = self._opening(entered, step=step)
            opened = await steps.open_clause(opening)
            assert self._watch is not None
            self._watch.move(opened.deadline, opening.at)

    @order_received.validator
    def _may_enter_order_received(self, command: OrderReceived) -> None:
        if self._watch is None:
            raise rejected(SetupRejection.NOT_READY)
        if self._setup.integration is Integration.MOODLE:
            raise rejected(SetupRejection.ORDER_DATE_KNOWN)
        if self._by_hand.is_complete:
            raise rejected(SetupRejection.ALREADY_CONFIRMED)
        if self._watch.is_late:
            raise rejected(SetupRejection.ORDER_DATE_LATE)
        if not self._setup.order_received_on <= command.order_received_on <= local_date(workflow.now()):
            raise rejected(SetupRejection.ORDER_DATE_IMPOSSIBLE)

    async def _note(self, step: str, what: str, *, by: str, text_id: str | None = None) -> None:
        await steps.note(
            Note(
                **stamp(self._case.number, step),
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
            **stamp(self._case.number, step),
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
        if self._setup.case.wanted.has_category:
            self._category_id = await steps.ensure_category(case)
            self._by_hand.tick(Check.CATEGORY)
        if self._setup.case.wanted.has_course:
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
        read = stamp(number, "setup/evidence")
        await steps.read_back(Evidence(**read, user_id=user_id, **made))
        return SetupResult(way=Way.ENGINE, at=read["at"], by=ENGINE, user_id=user_id, **made)

    def _with_ids(self, result: SetupResult) -> SetupResult:
        """The engine may have made something before the operator took over."""
        return result.model_copy(update={"category_id": self._category_id, "course_id": self._course_id})

    async def _record(self, result: SetupResult) -> Authoring | None:
        return await steps.record_setup(
            RecordSetup(number=self._case.number, step="setup/done", at=result.at, result=result)
        )

    async def _tell(self) -> None:
        await letters.send(self._case, Notice.ACCESS, Recipient.RESPONSIBLE, step="setup/done")
        await letters.send(
            self._case, Notice.SETUP_DONE, Recipient.AGENCY, Recipient.AUTHORITY, step="setup/done"
        )


async def _begin_authoring(authoring: Authoring) -> None:
    """Clause 4.4 has a case of its own, which goes on when the request is closed."""
    case = authoring.case
    # Whoever records the setup again, or upkeep after a crash, finds it begun.
    with contextlib.suppress(WorkflowAlreadyStartedError):
        await workflow.start_child_workflow(
            "AuthoringWorkflow",
            authoring,
            id=ids.case_id(case.number),
            parent_close_policy=ParentClosePolicy.ABANDON,
            static_summary=f"{label(case.number)}: {case.title}",
        )

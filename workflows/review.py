"""Clause 4.2 - review of a request.

The authority decides within 30 days of receipt: approves, or refuses because
the request is incomplete or because an analogue already exists. Reviewers are
reminded; at the deadline the supervisor is told, then the head. Silence decides
nothing. Until the decision the agency may withdraw.
"""

from collections.abc import Callable
from typing import Any

from temporalio import workflow
from temporalio.exceptions import ApplicationError

from models import decisions
from models.decisions import (
    ENGINE,
    SIGNAL,
    Circumstances,
    Decide,
    Decision,
    DecisionRejected,
    Ground,
    Outcome,
    Rejection,
    Reviewed,
    Withdraw,
)
from models.letters import Notice
from models.requests import Review, Stage
from models.step import Step
from models.steps import Named, Note, OpenClause, RecordDecision
from models.terms import Clause, Recipient
from workflows import letters, steps
from workflows.clause import ClauseWorkflow
from workflows.deadline import DeadlineWatch
from workflows.stamp import stamp

_DECISION_LETTERS = {
    Outcome.APPROVED: ((Notice.APPROVAL, Recipient.AGENCY),),
    Outcome.REFUSED: ((Notice.REFUSAL, Recipient.AGENCY),),
    Outcome.WITHDRAWN: ((Notice.WITHDRAWAL, Recipient.AGENCY), (Notice.WITHDRAWAL, Recipient.REVIEWER)),
}


@workflow.defn
class ReviewWorkflow(ClauseWorkflow):
    @workflow.init
    def __init__(self, review: Review) -> None:
        self._case = review.case
        self._other_ground_allowed = review.other_ground_allowed
        self._has_strong_analogue: bool | None = None
        self._signals: set[str] = set()
        self._missing = review.missing
        self._decision: Decision | None = None

    @workflow.run
    async def run(self, review: Review) -> Reviewed:
        watch = await self._open(review)
        if self._has_ended_before:
            return await self._as_before(watch)
        if self._missing:
            self._decision = Decision.incomplete(self._missing, at=workflow.now(), is_late=watch.is_late)
        if self._decision is None:
            await self._confirm(review)
            await self._look_for_analogues()
            if self._decision is None:
                await letters.send(
                    self._case, Notice.REVIEW_REQUESTED, Recipient.REVIEWER, step="review/requested"
                )
            await watch.wait(until=lambda: self._decision is not None)
        else:
            watch.finish()
        reviewed = await self._record()
        await self._tell(reviewed.decision)
        await workflow.wait_condition(workflow.all_handlers_finished)
        return reviewed

    @workflow.update
    def decide(self, command: Decide) -> Decision:
        """A reviewer approves or refuses."""
        return self._take(command)

    @decide.validator
    def _may_decide(self, command: Decide) -> None:
        _reject_unless(lambda: decisions.check_decide(command, self._circumstances()))

    @workflow.update
    def withdraw(self, command: Withdraw) -> Decision:
        """The agency takes its request back."""
        self._decision = Decision.withdrawn(command, at=workflow.now())
        return self._decision

    @withdraw.validator
    def _may_withdraw(self, command: Withdraw) -> None:
        _reject_unless(lambda: decisions.check_withdraw(self._circumstances()))

    @workflow.signal
    async def decision_received(self, raw: Any) -> None:
        """A decision from the document-management system or the Temporal UI.

        Takes whatever is sent: a typed handler would drop what it can't read with no trace
        but a line in the log.
        """
        await workflow.wait_condition(
            lambda: self._has_strong_analogue is not None or self._decision is not None
        )
        identity = decisions.signal_id(raw)
        if identity in self._signals:
            return
        self._signals.add(identity)
        ordinal = len(self._signals)
        try:
            command = decisions.read_signal(raw)
            decisions.check_decide(command, self._circumstances())
            await self._check_named(ordinal, command)
            # Somebody may have decided while Postgres was asked.
            decisions.check_decide(command, self._circumstances())
        except DecisionRejected as rejected:
            await self._note_ignored(ordinal, rejected)
        else:
            self._take(command)

    def _take(self, command: Decide) -> Decision:
        assert self._watch is not None
        self._decision = Decision.of(command, at=workflow.now(), is_late=self._watch.is_late)
        return self._decision

    async def _open(self, review: Review) -> DeadlineWatch:
        opening = OpenClause(
            **stamp(self._case.number, "review/opened"),
            clause=Clause.REVIEW,
            workflow_id=workflow.info().workflow_id,
            term=review.term,
            started_on=review.received_on,
            waits_for=Recipient.REVIEWER,
        )
        return await self._watch_deadline(
            self._case, opening, stage=Stage.REVIEW, waits_for=Recipient.REVIEWER
        )

    async def _confirm(self, review: Review) -> None:
        """Tell the agency its number and its date; an incomplete request is answered by the refusal."""
        await letters.send(self._case, Notice.CONFIRMATION, Recipient.AGENCY, step="review/registered")
        if review.ask_for:
            await letters.send(self._case, Notice.CONTACTS_NEEDED, Recipient.AGENCY, step="review/registered")

    async def _as_before(self, watch: DeadlineWatch) -> Reviewed:
        """Begun anew by hand after the decision was written down: that one stands."""
        watch.finish()
        reviewed = await steps.decision_on_record(Step(**stamp(self._case.number, "review/on-record")))
        self._decision = reviewed.decision
        await workflow.wait_condition(workflow.all_handlers_finished)
        return reviewed

    async def _look_for_analogues(self) -> None:
        found = await steps.find_analogues(Step(**stamp(self._case.number, "review/analogues")))
        self._has_strong_analogue = found.has_strong

    async def _record(self) -> Reviewed:
        """The order to the operator comes with the decision, on the day on which this is done."""
        assert self._decision is not None
        reviewed = await steps.record_decision(
            RecordDecision(
                number=self._case.number,
                step="review/decision",
                at=self._decision.at,
                decision=self._decision,
            )
        )
        self._decision = reviewed.decision
        return reviewed

    async def _tell(self, decision: Decision) -> None:
        for notice, recipient in _DECISION_LETTERS[decision.outcome]:
            await letters.send(self._case, notice, recipient, step="review/decision")
        if decision.ground is Ground.OTHER:
            await letters.send(
                self._case, Notice.OUTSIDE_GROUNDS, Recipient.SUPERVISOR, step="review/decision"
            )
        if decision.by == ENGINE:
            await letters.send(self._case, Notice.ENGINE_REFUSAL, Recipient.REVIEWER, step="review/decision")

    async def _check_named(self, ordinal: int, command: Decide) -> None:
        """The API has looked at what its decisions name; a signal's are looked at here."""
        named = Named(
            **stamp(self._case.number, f"review/signal-{ordinal}-named"),
            reason_id=command.reason_id,
            analogue=command.analogue,
        )
        if not await steps.is_known(named):
            raise DecisionRejected(Rejection.UNKNOWN_REFERENCE)

    async def _note_ignored(self, ordinal: int, rejected: DecisionRejected) -> None:
        await steps.note(
            Note(
                **stamp(self._case.number, f"review/signal-{ordinal}-ignored"),
                clause=Clause.REVIEW,
                what=f"Сигнал с решением не принят: {rejected}",
                by=SIGNAL,
            )
        )

    def _circumstances(self) -> Circumstances:
        return Circumstances(
            decided=bool(self._missing) or self._decision is not None,
            looked_for_analogues=self._has_strong_analogue is not None,
            has_strong_analogue=bool(self._has_strong_analogue),
            other_ground_allowed=self._other_ground_allowed,
        )


def _reject_unless(rule: Callable[[], None]) -> None:
    """Let a pure rule reject an update before it enters the history."""
    try:
        rule()
    except DecisionRejected as rejected:
        raise ApplicationError(str(rejected), type=rejected.rejection, non_retryable=True) from None

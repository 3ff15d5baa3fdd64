"""What every clause with a term has: a deadline that is watched and can be moved."""

from temporalio import workflow
from temporalio.exceptions import ApplicationError

from models.cases import Case, Shown
from models.letters import Notice
from models.regulation import CONCERNED
from models.steps import MoveDeadline, OpenClause
from workflows import letters, steps
from workflows.deadline import DeadlineWatch
from workflows.mending import Mendable


class ClauseWorkflow(Mendable):
    """Base of the clauses with a term."""

    _case: Case
    _watch: DeadlineWatch | None = None
    """None until the deadline is computed."""
    _has_ended_before = False
    """The clause was begun anew by hand, though Postgres has its end."""

    async def _watch_deadline(
        self, case: Case, opening: OpenClause, *, stage: Shown, waits_for: str
    ) -> DeadlineWatch:
        opened = await steps.open_clause(opening)
        self._has_ended_before = opened.is_finished
        self._watch = DeadlineWatch(
            case, opened.deadline, stage=stage, waits_for=waits_for, opened_at=opening.at
        )
        return self._watch

    @workflow.update
    async def move_deadline(self, move: MoveDeadline) -> None:
        """Take over the deadline computed from an amended calendar, and tell of another last day."""
        assert self._watch is not None
        now = workflow.now()
        deadline = await steps.take_over_deadline(move.model_copy(update={"at": now}))
        if self._watch.move(deadline, now):
            to = CONCERNED[move.deadline.clause]
            await letters.send(self._case, Notice.DEADLINE_MOVED, *to, step=move.step)

    @move_deadline.validator
    def _may_move_deadline(self, move: MoveDeadline) -> None:
        if self._watch is None:
            raise ApplicationError("Срок ещё не рассчитан.", type="not-ready")

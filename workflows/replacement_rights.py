"""Clause 4.8 - rights in each subsystem: the engine takes and gives them, or the operator by hand."""

from temporalio import workflow
from temporalio.exceptions import ActivityError, is_cancelled_exception

from models.cases import Case
from models.errors import Failure
from models.letters import Notice
from models.replacement import ConfirmByHand, InSubsystem, Work
from models.steps import CloseTask, OpenTask
from models.terms import Clause, Recipient
from workflows import letters, replacement_steps, steps
from workflows.mending import Mendable
from workflows.stamp import Stamp, stamp


class Rights:
    """Where the engine waits for a hand in one subsystem, the others do not wait for it."""

    def __init__(self, mended: Mendable, case: Case) -> None:
        self._mended = mended
        self._case = case
        self._waiting: set[tuple[Work, str]] = set()
        self._by_hand: dict[tuple[Work, str], str] = {}

    @property
    def are_waiting(self) -> bool:
        """Whether a person is asked to do something, or to let the engine try again."""
        return bool(self._waiting)

    def wait_for(self, command: ConfirmByHand) -> bool:
        return (command.work, command.subsystem) in self._waiting

    def done_by_hand(self, command: ConfirmByHand) -> None:
        self._by_hand[command.work, command.subsystem] = command.by

    async def remove(self, subsystem: str) -> None:
        """From the one who goes; read back."""
        await self._do(Work.REMOVAL, subsystem)

    async def hand_over(self, subsystem: str) -> None:
        """To the successor, who is responsible from then on."""
        await self._do(Work.GRANT, subsystem)
        await replacement_steps.hand_over(self._in(subsystem, f"handed-over-{subsystem}"))

    async def _do(self, work: Work, subsystem: str) -> None:
        """By the engine; where it cannot, by the operator, or by the engine again as they ask."""
        name = f"{work}-{subsystem}"
        while True:
            try:
                return await replacement_steps.in_moodle(work, self._in(subsystem, name))
            except ActivityError as error:
                if is_cancelled_exception(error):
                    raise
                failure = steps.failure_of(error)
            if by := await self._wait_for_hand(work, subsystem, steps.failed(name), failure):
                return await replacement_steps.note_by_hand(
                    self._in(subsystem, f"{name}/by-hand").model_copy(update={"by": by})
                )

    async def _wait_for_hand(self, work: Work, subsystem: str, name: str, failure: str) -> str:
        """Who has done it; empty when the engine is to try again."""
        mended, key = self._mended.times_mended, (work, subsystem)
        self._waiting.add(key)
        task = self._stamp(name)
        await steps.open_task(
            OpenTask(
                **task,
                clause=Clause.REPLACEMENT,
                workflow_id=workflow.info().workflow_id,
                failure=failure or Failure.UNEXPECTED,
                failed_step=f"replacement/{work}-{subsystem}",
            )
        )
        await letters.send(self._case, Notice.STEP_FAILED, Recipient.OPERATOR, step=task["step"])
        await workflow.wait_condition(lambda: key in self._by_hand or self._mended.times_mended > mended)
        self._waiting.discard(key)
        done_by = self._by_hand.get(key, "")
        await steps.close_task(
            CloseTask(
                **self._stamp(f"{name}/mended"),
                workflow_id=workflow.info().workflow_id,
                task_step=task["step"],
                mended_by="" if done_by else self._mended.mended_by,
            )
        )
        return done_by

    def _in(self, subsystem: str, name: str) -> InSubsystem:
        return InSubsystem(**self._stamp(name), subsystem=subsystem)

    def _stamp(self, name: str) -> Stamp:
        return stamp(self._case.number, f"replacement/{name}")

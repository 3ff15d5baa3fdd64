"""Clause 4.3 by hand - the operator's checklist, where the engine can't do the work.

The operator ticks off what is done, at once or bit by bit; what the engine had done
before is ticked already. With the last tick the work is done. Until then the operator
may ask the engine to try again.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from temporalio import workflow

from models.errors import Failure
from models.letters import Notice
from models.requests import RequestCase
from models.setup import Check, ConfirmSetup, HandOver, Progress, SetupRejection, SetupResult, Way, checklist
from models.steps import CloseTask, OpenTask, TickOff
from models.terms import Clause, Recipient
from workflows import letters, steps
from workflows.mending import rejected
from workflows.stamp import stamp


@dataclass(frozen=True)
class Obstruction:
    """Why the engine's work goes to the operator."""

    hand_over: HandOver
    failure: str = ""
    """Type of the failure, never its text."""

    @property
    def lacks_contacts(self) -> bool:
        return self.failure == Failure.CONTACT_MISSING


class _Confirmation(NamedTuple):
    command: ConfirmSetup
    at: datetime
    done: tuple[Check, ...]
    """All that was ticked off by then."""


class WorkByHand:
    """The operator's part of one setup.

    Args:
        case: The request.
        is_only_way: Whether there is no engine to do it or to be asked again.
    """

    def __init__(self, case: RequestCase, *, is_only_way: bool) -> None:
        self._case = case
        self._is_only_way = is_only_way
        self._is_open = is_only_way
        self._checklist = checklist(case.wanted)
        self._done: tuple[Check, ...] = ()
        self._confirmations: list[_Confirmation] = []
        self._recorded = 0
        self._tasks = 0
        self._lacks_contacts = False
        self._again_by = ""

    @property
    def left(self) -> tuple[Check, ...]:
        return tuple(check for check in self._checklist if check not in self._done)

    @property
    def is_complete(self) -> bool:
        """Whether the operator has confirmed all: the fact of clause 4.3, before it is written down."""
        return bool(self._confirmations) and not self.left

    def tick(self, *checks: Check) -> None:
        """Take what is done off the list; the engine does so too."""
        self._done = tuple(check for check in self._checklist if check in {*self._done, *checks})

    def check(self, command: ConfirmSetup) -> None:
        """Reject what can't be confirmed.

        Raises:
            ApplicationError: `done-by-engine`, `already-confirmed` or `not-on-checklist`.
        """
        if self.is_complete:
            raise rejected(SetupRejection.ALREADY_CONFIRMED)
        if not self._is_open:
            raise rejected(SetupRejection.DONE_BY_ENGINE)
        if not command.done or not set(command.done) <= set(self._checklist):
            raise rejected(SetupRejection.NOT_ON_CHECKLIST)

    def confirm(self, command: ConfirmSetup) -> Progress:
        """Tick off at this instant: whether it is in time is decided here, not when it is written down."""
        self.tick(*command.done)
        self._confirmations.append(_Confirmation(command, workflow.now(), self._done))
        return Progress(done=self._done, left=self.left)

    @property
    def may_be_tried_again(self) -> bool:
        """Whether there is an engine that has given the work up."""
        return self._is_open and not self._is_only_way

    def check_try_again(self) -> None:
        """Reject what would make in Moodle a second time what the operator has made.

        Raises:
            ApplicationError: `made-by-hand`.
        """
        confirmed = {check for one in self._confirmations for check in one.command.done}
        if self._is_open and confirmed & {Check.CATEGORY, Check.COURSE}:
            raise rejected(SetupRejection.MADE_BY_HAND)

    def try_again(self, by: str) -> None:
        """Somebody says that the engine can do it now."""
        if self.may_be_tried_again:
            self._again_by = by

    def contacts_added(self, by: str) -> None:
        """The same, where contacts are what it could not go on without."""
        if self._lacks_contacts:
            self.try_again(by)

    async def finish(self, obstruction: Obstruction) -> SetupResult | None:
        """Give the work to the operator and wait until it is done.

        Returns:
            The result, without Moodle's ids; None when the engine is to try again.
        """
        self._is_open, self._again_by = True, ""
        self._lacks_contacts = obstruction.lacks_contacts
        task = await self._open_task(obstruction)
        await self._record_ticks(task)
        while not self.is_complete and not self._again_by:
            await workflow.wait_condition(lambda: self._has_news() or bool(self._again_by))
            await self._record_ticks(task)
        self._is_open = False
        await self._close_task(task)
        return self._result() if self.is_complete else None

    def _has_news(self) -> bool:
        return self._recorded < len(self._confirmations)

    async def _open_task(self, obstruction: Obstruction) -> str:
        self._tasks += 1
        step = f"setup/by-hand-{self._tasks}"
        await steps.open_task(
            OpenTask(
                **stamp(self._case.number, step),
                clause=Clause.SETUP,
                workflow_id=workflow.info().workflow_id,
                hand_over=obstruction.hand_over,
                failure=obstruction.failure,
                checklist=self._checklist,
                done=self._done,
            )
        )
        await letters.send(self._case, Notice.MANUAL_SETUP, Recipient.OPERATOR, step=step)
        return step

    async def _record_ticks(self, task: str) -> None:
        while self._has_news():
            confirmation = self._confirmations[self._recorded]
            self._recorded += 1
            await steps.tick_off(
                TickOff(
                    number=self._case.number,
                    step=f"{task}/ticked-{self._recorded}",
                    at=confirmation.at,
                    workflow_id=workflow.info().workflow_id,
                    task_step=task,
                    done=confirmation.done,
                    by=confirmation.command.by,
                )
            )

    async def _close_task(self, task: str) -> None:
        await steps.close_task(
            CloseTask(
                **stamp(self._case.number, f"{task}/closed"),
                workflow_id=workflow.info().workflow_id,
                task_step=task,
                mended_by="" if self.is_complete else self._again_by,
            )
        )

    def _result(self) -> SetupResult:
        last = self._confirmations[-1]
        urls = [one.command.url_id for one in self._confirmations if one.command.url_id]
        return SetupResult(
            way=Way.OPERATOR, at=last.at, by=last.command.by, url_id=urls[-1] if urls else None
        )

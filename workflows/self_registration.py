"""Clause 4.5, way one - learners register themselves, once the site and the course let them.

What is to be switched on is told once to whom it concerns, and looked at daily and when somebody says
so. What this Moodle doesn't tell, the operator confirms by trying the task again.
"""

import contextlib
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from temporalio import workflow
from temporalio.exceptions import ActivityError, is_cancelled_exception

from models import self_registration
from models.cases import CourseCase
from models.decisions import ENGINE
from models.enrolment import Stage
from models.letters import Notice
from models.self_registration import Lack, LookAtWayIn, OpenWayIn, ShowLacks, WayIn, WayShut
from models.steps import CloseTask
from models.terms import Recipient
from workflows import enrolment_steps, letters, steps
from workflows.stamp import Stamp, stamp

_LOOKS_EVERY = timedelta(days=1)


class SelfRegistration:
    """Way one of one case.

    Args:
        case: Of the course.
        show: Shows the stage on the case's card.
        shut: As the run before has left it; None where there was none.
    """

    def __init__(self, case: CourseCase, show: Callable[[Stage], None], shut: WayShut | None) -> None:
        self._case = case
        self._show = show
        self._asked = 0
        self._now = shut or WayShut()

    @property
    def waits(self) -> bool:
        """Whether somebody has to switch something on."""
        return bool(self._now.lacks)

    def check_again(self) -> None:
        """Somebody says that something was switched on."""
        self._asked += 1

    def confirm(self, by: str) -> None:
        """The operator says so of what they alone can see; the rest is looked at."""
        unseen = {lack for lack in self._now.lacks if lack.is_unseen}
        self._change(confirmed=tuple(sorted({*self._now.confirmed, *unseen})), confirmed_by=by)
        self._asked += 1

    async def run(self) -> WayShut | None:
        """Until learners can come in, and the responsible has the instruction.

        Returns:
            Where a history has grown long before that: what a new run goes on with.
        """
        if self._now.lacks:
            self._show(Stage.WAY_SHUT)
        while True:
            asked = self._asked
            seen = await self._look()
            lacks = self._lacking(seen)
            if not lacks:
                break
            if lacks != self._now.lacks:
                await self._tell(lacks)
            await self._wait(asked)
            if self._asked == asked and workflow.info().is_continue_as_new_suggested():
                return self._now
        await self._open(needs_key=seen is not None and seen.needs_key)
        return None

    async def _wait(self, asked: int) -> None:
        with contextlib.suppress(TimeoutError):
            await workflow.wait_condition(
                lambda: self._asked != asked,
                timeout=_LOOKS_EVERY,
                timeout_summary="Ежедневная проверка самостоятельной записи",
            )

    def _lacking(self, seen: WayIn | None) -> tuple[Lack, ...]:
        """While Moodle is away what was known before goes on being true."""
        if seen is None and self._now.lacks:
            return tuple(lack for lack in self._now.lacks if lack not in self._now.confirmed)
        return self_registration.lacks(seen or WayIn(), self._now.confirmed)

    async def _look(self) -> WayIn | None:
        """None for a Moodle that is away, or denies it."""
        self._change(looks=self._now.looks + 1)
        try:
            return await enrolment_steps.look_at_way_in(
                LookAtWayIn(**self._stamp(f"look-{self._now.looks}"), course=self._case.course)
            )
        except ActivityError as error:
            if is_cancelled_exception(error):
                raise
            return None

    async def _tell(self, lacks: tuple[Lack, ...]) -> None:
        await self._close_task()
        self._change(lacks=lacks)
        show = ShowLacks(
            **self._stamp(f"way-in-{self._now.looks}"), workflow_id=workflow.info().workflow_id, lacks=lacks
        )
        await enrolment_steps.show_lacks(show)
        self._change(task=show.step)
        self._show(Stage.WAY_SHUT)
        await letters.send(
            self._case, Notice.WAY_IN_SHUT, Recipient.OPERATOR, Recipient.RESPONSIBLE, step=show.step
        )

    async def _open(self, *, needs_key: bool) -> None:
        await self._close_task()
        self._change(lacks=())
        opened = OpenWayIn(
            **self._stamp("way-in-open"),
            needs_key=needs_key,
            confirmed=self._now.confirmed,
            by=self._now.confirmed_by if self._now.confirmed else ENGINE,
        )
        await enrolment_steps.open_way_in(opened)
        self._show(Stage.WAY_OPEN)
        await letters.send(self._case, Notice.SELF_REGISTRATION, Recipient.RESPONSIBLE, step=opened.step)

    def _change(self, **changes: Any) -> None:
        self._now = self._now.model_copy(update=changes)

    async def _close_task(self) -> None:
        if not self._now.task:
            return
        await steps.close_task(
            CloseTask(
                **self._stamp(f"way-in-{self._now.looks}/closed"),
                workflow_id=workflow.info().workflow_id,
                task_step=self._now.task,
            )
        )
        self._change(task="")

    def _stamp(self, name: str) -> Stamp:
        return stamp(self._case.number, f"enrolment/{name}")

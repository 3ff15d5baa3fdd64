"""The one way to wait for people.

Waits until somebody acts; reminds before the deadline, marks the case overdue at
24:00 of the last day, escalates afterwards and goes on waiting. Silence decides
nothing. Every clause uses it; no clause has a timer of its own.
"""

import asyncio
import contextlib
from collections.abc import Callable, Coroutine
from datetime import datetime, timedelta
from typing import Any, TypeVar

from temporalio import workflow
from temporalio.exceptions import ActivityError

from models.deadlines import Deadline, Rung, RungKind, local_date
from models.decisions import ENGINE
from models.letters import Notice
from models.requests import Case, Stage
from models.steps import FireRung, MarkOverdue, NextRepeat, Note
from workflows import card, letters, steps

T = TypeVar("T")

_LEAST_ATTEMPT = timedelta(hours=1)
"""The engine tries at least this long before work goes to a person, however close the term is."""


class OutOfTime(Exception):
    """The engine has not finished, and a person needs what is left of the term."""


class DeadlineWatch:
    """Watches one clause's deadline.

    >>> await watch.wait(until=lambda: self._decision is not None)
    """

    def __init__(
        self, case: Case, deadline: Deadline, *, stage: Stage, waits_for: str, opened_at: datetime
    ) -> None:
        """Begin to watch.

        Args:
            case: The request.
            deadline: As it was computed when the clause began.
            stage: Where the request stands.
            waits_for: Who has to act.
            opened_at: When the clause began: a reminder that was past by then is not sent.
        """
        self._case = case
        self._deadline = deadline
        self._stage = stage
        self._waits_for = waits_for
        self._is_overdue = False
        self._is_moved = False
        self._fired: set[int] = set()
        self._repeat_at: datetime | None = None
        self._pass_over_reminders(opened_at)
        self._show()

    @property
    def due_at(self) -> datetime:
        return self._deadline.due_at

    @property
    def is_late(self) -> bool:
        """Whether the term has passed now: 00:00:00 after its last day is late."""
        return self._deadline.is_late(workflow.now())

    async def wait(self, *, until: Callable[[], bool]) -> None:
        """Wait for people, however long they take.

        Args:
            until: True once somebody has acted; read after every event of the workflow.
        """
        while not until():
            self._is_moved = False
            now = workflow.now()
            if self.is_late and not self._is_overdue:
                await self._become_overdue()
            elif due := [rung for rung in self._ahead() if rung.at <= now]:
                await self._fire(due)
            elif self._repeat_at is not None and self._repeat_at <= now:
                await self._repeat()
            else:
                await self._sleep(until, await self._next_instant())
        self.finish()

    def finish(self) -> None:
        """Nobody is waited for any more."""
        self._is_overdue = False
        self.waits_for("")

    async def before_hand_over(self, work: Coroutine[Any, Any, T]) -> T:
        """Let the engine work while a person still has time to do it instead.

        Raises:
            OutOfTime: The hand-over instant came first; the work is cancelled.
        """
        attempt = asyncio.create_task(work)
        not_before = workflow.now() + _LEAST_ATTEMPT
        while not attempt.done():
            hand_over_at = max(self._deadline.hand_over_at or self._deadline.due_at, not_before)
            if hand_over_at <= workflow.now():
                await _cancel(attempt)
                raise OutOfTime
            await self._sleep_until_moved_or(attempt.done, hand_over_at)
        return await attempt

    async def _sleep_until_moved_or(self, condition: Callable[[], bool], instant: datetime) -> None:
        deadline = self._deadline
        # When the instant comes first, the loop looks whether it still is the one that counts.
        with contextlib.suppress(TimeoutError):
            await workflow.wait_condition(
                lambda: condition() or self._deadline is not deadline,
                timeout=instant - workflow.now(),
                timeout_summary="Передача работы Оператору",
            )

    def move(self, deadline: Deadline) -> bool:
        """Take over another deadline for the same clause.

        A rung that has gone does not go again; a reminder that is past by now never goes.

        Returns:
            Whether somebody has another last day to go by now.
        """
        is_another_day = bool(self._waits_for) and deadline.last_day != self._deadline.last_day
        self._deadline = deadline
        self._is_overdue = self._is_overdue and self.is_late
        self._repeat_at = None
        self._is_moved = True
        self._pass_over_reminders(workflow.now())
        self._show()
        return is_another_day

    def waits_for(self, waits_for: str) -> None:
        """Say who has to act from now on."""
        self._waits_for = waits_for
        self._show()

    def _ahead(self) -> list[Rung]:
        return [rung for rung in self._deadline.rungs if rung.ordinal not in self._fired]

    def _pass_over_reminders(self, past: datetime) -> None:
        self._fired |= {
            rung.ordinal for rung in self._ahead() if rung.kind is RungKind.REMINDER and rung.at <= past
        }

    async def _become_overdue(self) -> None:
        self._is_overdue = True
        self._show()
        await steps.mark_overdue(
            MarkOverdue(
                number=self._case.number,
                step=self._step(f"overdue-{self._deadline.last_day}"),
                at=workflow.now(),
                clause=self._deadline.clause,
            )
        )

    async def _fire(self, due: list[Rung]) -> None:
        """Send the highest rung that is due; the others are absorbed by it."""
        highest = due[-1]
        self._fired |= {rung.ordinal for rung in due}
        step = self._step(f"rung-{highest.ordinal}")
        await steps.fire_rung(
            FireRung(
                number=self._case.number,
                step=step,
                at=workflow.now(),
                clause=self._deadline.clause,
                ordinal=highest.ordinal,
                absorbed=tuple(rung.ordinal for rung in due[:-1]),
            )
        )
        notice = Notice.REMINDER if highest.kind is RungKind.REMINDER else Notice.ESCALATION
        await letters.send(self._case, notice, *highest.to, step=step, rung=highest.ordinal)

    async def _repeat(self) -> None:
        """Named by its day, so that a clause begun anew by hand goes on with the next one."""
        self._repeat_at = None
        last = self._deadline.rungs[-1]
        step = self._step(f"repeat-{local_date(workflow.now())}")
        await steps.note(
            Note(
                number=self._case.number,
                step=step,
                at=workflow.now(),
                clause=self._deadline.clause,
                what=f"Эскалация повторно: {last.label}",
                by=ENGINE,
            )
        )
        await letters.send(self._case, Notice.ESCALATION, *last.to, step=step, rung=last.ordinal)

    async def _next_instant(self) -> datetime | None:
        """When the next thing happens by itself; None when only a person can go on."""
        if ahead := self._ahead():
            return ahead[0].at if self._is_overdue else min(ahead[0].at, self._deadline.due_at)
        if not self._is_overdue:
            return self._deadline.due_at
        if self._deadline.rungs and self._repeat_at is None:
            repeat_at = await self._ask_when_to_repeat()
            # By an answer for a deadline that was moved meanwhile nothing is repeated.
            self._repeat_at = None if self._is_moved else repeat_at
        return self._repeat_at

    async def _ask_when_to_repeat(self) -> datetime:
        return await steps.next_repeat(
            NextRepeat(
                number=self._case.number,
                step=self._step(f"repeat-after-{local_date(workflow.now())}"),
                at=workflow.now(),
                every=self._deadline.repeat_every,
            )
        )

    async def _sleep(self, until: Callable[[], bool], instant: datetime | None) -> None:
        timeout = None if instant is None else instant - workflow.now()
        # When the instant comes first, the loop looks at what is due.
        with contextlib.suppress(TimeoutError):
            await workflow.wait_condition(
                lambda: until() or self._is_moved,
                timeout=timeout,
                timeout_summary=f"Ожидание по п. {self._deadline.clause.value}",
            )

    def _show(self) -> None:
        card.show(
            self._case,
            self._deadline.clause,
            self._stage,
            waits_for=self._waits_for,
            due_at=self._deadline.due_at,
            is_overdue=self._is_overdue,
        )

    def _step(self, name: str) -> str:
        return f"{self._deadline.clause.name.lower()}/{name}"


async def _cancel(work: asyncio.Task[Any]) -> None:
    """End it here; an attempt that runs in a worker already comes to its own end."""
    work.cancel()
    with contextlib.suppress(ActivityError, asyncio.CancelledError):
        await work

"""The one way to wait for people.

Waits until somebody acts; reminds before the deadline, marks the case overdue at
24:00 of the last day, escalates afterwards and goes on waiting. Silence decides
nothing. Every clause uses it; no clause has a timer of its own.
"""

import asyncio
import contextlib
from collections.abc import Callable, Coroutine
from datetime import datetime, timedelta
from typing import Any, NamedTuple, TypeVar

from temporalio import workflow
from temporalio.exceptions import ActivityError

from models.cases import Case, Shown
from models.deadlines import LOCAL_ZONE, Deadline, local_date
from models.decisions import ENGINE
from models.letters import Notice
from models.rungs import Rung, RungKind
from models.steps import FireRung, MarkOverdue, NextRepeat, Note
from workflows import card, letters, steps
from workflows.stamp import Stamp, stamp

T = TypeVar("T")

_LEAST_ATTEMPT = timedelta(hours=1)
"""The engine tries at least this long before work goes to a person, however close the term is."""


_NOTICES = {RungKind.REMINDER: Notice.REMINDER, RungKind.ESCALATION: Notice.ESCALATION}
_WHAT = {RungKind.REMINDER: "Напоминание", RungKind.ESCALATION: "Эскалация"}


class OutOfTime(Exception):
    """The engine has not finished, and a person needs what is left of the term."""


class _Coming(NamedTuple):
    """What happens next by itself, as operators read it beside the timer."""

    what: str
    at: datetime

    @property
    def summary(self) -> str:
        """«Напоминание «за 3 рабочих дня до срока» 12.12.2026 09:00»"""
        return f"{self.what} {self.at.astimezone(LOCAL_ZONE):%d.%m.%Y %H:%M}"


class DeadlineWatch:
    """Watches one clause's deadline.

    >>> await watch.wait(until=lambda: self._decision is not None)
    """

    def __init__(
        self, case: Case, deadline: Deadline, *, stage: Shown, waits_for: str, opened_at: datetime
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
                await self._sleep(until, await self._coming())
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
                timeout_summary=_Coming("Передача работы Оператору", instant).summary,
            )

    def move(self, deadline: Deadline, at: datetime) -> bool:
        """Take over another deadline for the same clause, as it was put on record at a moment.

        A reminder that is past never goes. What has gone does not go again, but for the escalations
        of a case that is not overdue any more.

        Returns:
            Whether somebody has another last day to go by now.
        """
        is_another_day = bool(self._waits_for) and deadline.last_day != self._deadline.last_day
        self._deadline = deadline
        self._is_overdue = self._is_overdue and self.is_late
        self._repeat_at = None
        self._is_moved = True
        self._fired -= {rung.ordinal for rung in deadline.rungs if deadline.goes_again(rung, at)}
        self._pass_over_reminders(at)
        self._show()
        return is_another_day

    def waits_for(self, waits_for: str) -> None:
        """Say who has to act from now on."""
        self._waits_for = waits_for
        self._show()

    def _ahead(self) -> list[Rung]:
        return [rung for rung in self._deadline.rungs if rung.ordinal not in self._fired]

    def _pass_over_reminders(self, past: datetime) -> None:
        self._fired |= {rung.ordinal for rung in self._ahead() if rung.is_passed_over(past)}

    async def _become_overdue(self) -> None:
        self._is_overdue = True
        self._show()
        await steps.mark_overdue(
            MarkOverdue(**self._stamp(f"overdue-{self._deadline.last_day}"), clause=self._deadline.clause)
        )

    async def _fire(self, due: list[Rung]) -> None:
        """Send the highest rung that is due; the others are absorbed by it.

        Named by its day too: one that goes again is another step, the same one sends nothing twice.
        """
        highest = due[-1]
        self._fired |= {rung.ordinal for rung in due}
        stamp = self._stamp(f"rung-{highest.ordinal}-{local_date(highest.at)}")
        await steps.fire_rung(
            FireRung(
                **stamp,
                clause=self._deadline.clause,
                ordinal=highest.ordinal,
                absorbed=tuple(rung.ordinal for rung in due[:-1]),
            )
        )
        notice = _NOTICES[highest.kind]
        await letters.send(self._case, notice, *highest.to, step=stamp["step"], rung=highest.ordinal)

    async def _repeat(self) -> None:
        """Named by its day, so that a clause begun anew by hand goes on with the next one."""
        self._repeat_at = None
        last = self._deadline.rungs[-1]
        stamp = self._stamp(f"repeat-{local_date(workflow.now())}")
        what = f"Эскалация повторно: {last.label}"
        await steps.note(Note(**stamp, clause=self._deadline.clause, what=what, by=ENGINE))
        await letters.send(self._case, Notice.ESCALATION, *last.to, step=stamp["step"], rung=last.ordinal)

    async def _coming(self) -> _Coming | None:
        """What happens next by itself; None when only a person can go on."""
        due_at, ahead = self._deadline.due_at, self._ahead()
        if not self._is_overdue and not (ahead and ahead[0].at < due_at):
            return _Coming(f"Конец срока по п. {self._deadline.clause.value}", due_at)
        if ahead:
            return _Coming(f"{_WHAT[ahead[0].kind]} «{ahead[0].label}»", ahead[0].at)
        if self._deadline.rungs and self._repeat_at is None:
            repeat_at = await self._ask_when_to_repeat()
            # By an answer for a deadline that was moved meanwhile nothing is repeated.
            self._repeat_at = None if self._is_moved else repeat_at
        return _Coming("Эскалация повторно", self._repeat_at) if self._repeat_at else None

    async def _ask_when_to_repeat(self) -> datetime:
        return await steps.next_repeat(
            NextRepeat(
                **self._stamp(f"repeat-after-{local_date(workflow.now())}"),
                every=self._deadline.repeat_every,
                pace=self._deadline.pace,
            )
        )

    async def _sleep(self, until: Callable[[], bool], coming: _Coming | None) -> None:
        # When the instant comes first, the loop looks at what is due.
        with contextlib.suppress(TimeoutError):
            await workflow.wait_condition(
                lambda: until() or self._is_moved,
                timeout=coming.at - workflow.now() if coming else None,
                timeout_summary=coming.summary if coming else None,
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

    def _stamp(self, name: str) -> Stamp:
        return stamp(self._case.number, f"{self._deadline.clause.name.lower()}/{name}")


async def _cancel(work: asyncio.Task[Any]) -> None:
    """End it here; an attempt that runs in a worker hears of it with its next sign of life."""
    work.cancel()
    with contextlib.suppress(ActivityError, asyncio.CancelledError):
        await work

"""Clauses 4.3-4.4 - consultation: the responsible asks, the operator answers, as often as it takes.

Each question that nobody has answered opens a round with a term of its own. An answered one closes
by itself when nothing more is asked.
"""

import asyncio
import contextlib
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from temporalio import workflow

from models.consultation import (
    Close,
    Consultation,
    ConsultationRejection,
    ConsultationStage,
    EndRound,
    RecordLine,
    Say,
)
from models.deadlines import local_date
from models.decisions import ENGINE
from models.letters import Notice
from models.step import Step
from models.steps import CloseCase, Note, OpenClause
from models.terms import Clause, Recipient
from workflows import authoring_steps, card, letters, steps
from workflows.clause import ClauseWorkflow
from workflows.mending import rejected
from workflows.stamp import Stamp, stamp

_QUIET = timedelta(days=30)
"""After the last answer; whoever has more to ask then opens another one."""


@dataclass
class _Round:
    """A question that waits for its answer; what is asked meanwhile belongs to it."""

    asked_on: date
    ended_at: datetime | None = None
    is_answered: bool = False


@workflow.defn
class ConsultationWorkflow(ClauseWorkflow):
    @workflow.init
    def __init__(self, opened: Consultation) -> None:
        self._opened = opened
        self._case = opened.case
        self._rounds = [_Round(opened.asked_on)]
        self._followed = 0
        """How many rounds are over, or are waited for."""
        self._lines = 1
        self._speaking = asyncio.Lock()
        """Lines come one by one, and none after the closing."""
        self._closed_by = ""

    @workflow.run
    async def run(self, opened: Consultation) -> ConsultationStage:
        self._show(ConsultationStage.ASKED, waits_for=Recipient.OPERATOR)
        await steps.start_case(Step(**self._stamp("started")))
        await self._tell(Notice.QUESTION, Recipient.OPERATOR, "line-1")
        while self._has_another_round() or not self._closed_by:
            await (self._follow() if self._has_another_round() else self._quiet())
        await workflow.wait_condition(workflow.all_handlers_finished)
        await self._close()
        await workflow.wait_condition(workflow.all_handlers_finished)
        return ConsultationStage.CLOSED

    # What people do

    @workflow.update
    async def ask(self, say: Say) -> ConsultationStage:
        """Ask more; a question that waits already keeps its term."""
        asked_on = local_date(workflow.now())
        async with self._speaking:
            line = await self._record(say, is_answer=False)
            if self._rounds[-1].ended_at:
                self._rounds.append(_Round(asked_on))
            await self._tell(Notice.QUESTION, Recipient.OPERATOR, line)
        return ConsultationStage.ASKED

    @workflow.update
    async def answer(self, say: Say) -> ConsultationStage:
        """Answer all that is asked so far; more may be added later."""
        at = workflow.now()
        async with self._speaking:
            line = await self._record(say, is_answer=True)
            self._end_round(at, is_answered=True)
            await self._tell(Notice.ANSWER, Recipient.RESPONSIBLE, line)
        return ConsultationStage.ANSWERED

    @workflow.update
    async def close(self, command: Close) -> ConsultationStage:
        at = workflow.now()
        async with self._speaking:
            self._check_open()
            self._closed_by = command.by
            self._end_round(at, is_answered=False)
        return ConsultationStage.CLOSED

    @ask.validator
    def _may_ask(self, say: Say) -> None:
        self._check_open()

    @answer.validator
    def _may_answer(self, say: Say) -> None:
        self._check_open()

    @close.validator
    def _may_close(self, command: Close) -> None:
        self._check_open()

    def _check_open(self) -> None:
        if self._closed_by:
            raise rejected(ConsultationRejection.CLOSED)

    async def _record(self, say: Say, *, is_answer: bool) -> str:
        """The name of the line."""
        self._check_open()
        self._lines += 1
        line = f"line-{self._lines}"
        await authoring_steps.record_line(
            RecordLine(**self._stamp(line), text_id=say.text_id, is_answer=is_answer, by=say.by)
        )
        return line

    def _end_round(self, at: datetime, *, is_answered: bool) -> None:
        last = self._rounds[-1]
        if last.ended_at is None:
            last.ended_at, last.is_answered = at, is_answered

    # What happens by itself

    def _has_another_round(self) -> bool:
        return len(self._rounds) > self._followed

    async def _follow(self) -> None:
        """The next round, until what is asked is answered, or is not asked any more."""
        one = self._rounds[self._followed]
        self._followed += 1
        opening = OpenClause(
            **self._stamp(f"opened-{self._followed}"),
            clause=Clause.CONSULTATION,
            workflow_id=workflow.info().workflow_id,
            term=self._opened.term,
            started_on=one.asked_on,
            waits_for=Recipient.OPERATOR,
            anew=True,
        )
        watch = await self._watch_deadline(
            self._case, opening, stage=ConsultationStage.ASKED, waits_for=Recipient.OPERATOR
        )
        await watch.wait(until=lambda: one.ended_at is not None)
        ended = self._stamp(f"ended-{self._followed}")
        ended["at"] = one.ended_at or ended["at"]
        await authoring_steps.end_round(EndRound(**ended, is_answered=one.is_answered))

    async def _quiet(self) -> None:
        """Until more is asked; else the consultation is over."""
        self._show(ConsultationStage.ANSWERED, waits_for="")
        quiet_until = (self._rounds[-1].ended_at or workflow.now()) + _QUIET
        with contextlib.suppress(TimeoutError):
            await workflow.wait_condition(
                lambda: self._has_another_round() or bool(self._closed_by),
                timeout=quiet_until - workflow.now(),
                timeout_summary="Новых вопросов нет: консультация закрывается",
            )
            return
        async with self._speaking:
            if not self._has_another_round():
                self._closed_by = self._closed_by or ENGINE

    async def _close(self) -> None:
        by = self._closed_by
        what = "Консультация закрыта" if by != ENGINE else "Консультация закрыта: новых вопросов нет"
        await steps.note(Note(**self._stamp("closing"), clause=Clause.CONSULTATION, what=what, by=by))
        closed = CloseCase(**self._stamp("closed"), clause=Clause.CONSULTATION, what="Дело закрыто")
        await steps.close_case(closed)
        self._show(ConsultationStage.CLOSED, waits_for="")

    async def _tell(self, notice: Notice, to: Recipient, line: str) -> None:
        await letters.send(self._case, notice, to, step=self._stamp(line)["step"])

    def _show(self, stage: ConsultationStage, *, waits_for: str) -> None:
        card.show(self._case, Clause.CONSULTATION, stage, waits_for=waits_for)

    def _stamp(self, name: str) -> Stamp:
        return stamp(self._case.number, f"consultation/{name}")

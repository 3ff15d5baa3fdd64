"""Clauses 4.3-4.4 - consultation: the responsible asks, the operator answers, as often as it takes.

Each question that nobody has answered opens a round with a term of its own. An answered one closes
by itself when nothing more is asked.
"""

import asyncio
import contextlib
from datetime import datetime, timedelta

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
from workflows import card, letters, steps, steps_of_courses
from workflows.clause import ClauseWorkflow
from workflows.mending import rejected
from workflows.stamp import Stamp, stamp

_QUIET = timedelta(days=30)
"""After the last answer; whoever has more to ask then opens another one."""


@workflow.defn
class ConsultationWorkflow(ClauseWorkflow):
    @workflow.init
    def __init__(self, opened: Consultation) -> None:
        self._opened = opened
        self._case = opened.case
        self._asked_on = opened.asked_on
        self._rounds = 1
        self._lines = 1
        self._speaking = asyncio.Lock()
        self._answered: dict[int, datetime] = {}
        """When each round had its first answer."""
        self._closed_by = ""

    @workflow.run
    async def run(self, opened: Consultation) -> ConsultationStage:
        self._show(ConsultationStage.ASKED, waits_for=Recipient.OPERATOR)
        await steps.start_case(Step(**self._stamp("started")))
        await self._tell(Notice.QUESTION, Recipient.OPERATOR, "line-1")
        while not self._closed_by:
            await (self._round() if self._is_awaited() else self._quiet())
        await self._close()
        await workflow.wait_condition(workflow.all_handlers_finished)
        return ConsultationStage.CLOSED

    # What people do

    @workflow.update
    async def ask(self, say: Say) -> ConsultationStage:
        """Ask more; a question that waits already keeps its term."""
        async with self._speaking:
            line = await self._record(say, is_answer=False)
            if not self._is_awaited():
                self._rounds += 1
                self._asked_on = local_date(workflow.now())
            await self._tell(Notice.QUESTION, Recipient.OPERATOR, line)
        return ConsultationStage.ASKED

    @workflow.update
    async def answer(self, say: Say) -> ConsultationStage:
        """Answer all that is asked so far; more may be added later."""
        at = workflow.now()
        async with self._speaking:
            line = await self._record(say, is_answer=True)
            self._answered.setdefault(self._rounds, at)
            await self._tell(Notice.ANSWER, Recipient.RESPONSIBLE, line)
        return ConsultationStage.ANSWERED

    @workflow.update
    def close(self, command: Close) -> ConsultationStage:
        self._closed_by = command.by
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
        self._lines += 1
        line = f"line-{self._lines}"
        await steps_of_courses.record_line(
            RecordLine(**self._stamp(line), text_id=say.text_id, is_answer=is_answer, by=say.by)
        )
        return line

    def _is_awaited(self) -> bool:
        return self._rounds not in self._answered

    # What happens by itself

    async def _round(self) -> None:
        """Until what is asked is answered, or is not asked any more."""
        number = self._rounds
        opening = OpenClause(
            **self._stamp(f"opened-{number}"),
            clause=Clause.CONSULTATION,
            workflow_id=workflow.info().workflow_id,
            term=self._opened.term,
            started_on=self._asked_on,
            waits_for=Recipient.OPERATOR,
            anew=True,
        )
        watch = await self._watch_deadline(
            self._case, opening, stage=ConsultationStage.ASKED, waits_for=Recipient.OPERATOR
        )
        await watch.wait(until=lambda: number in self._answered or bool(self._closed_by))
        ended = self._stamp(f"ended-{number}")
        ended["at"] = self._answered.get(number, ended["at"])
        await steps_of_courses.end_round(EndRound(**ended, is_answered=number in self._answered))

    async def _quiet(self) -> None:
        """Until more is asked; else the consultation is over."""
        self._show(ConsultationStage.ANSWERED, waits_for="")
        quiet_until = self._answered[self._rounds] + _QUIET
        with contextlib.suppress(TimeoutError):
            await workflow.wait_condition(
                lambda: self._is_awaited() or bool(self._closed_by),
                timeout=quiet_until - workflow.now(),
                timeout_summary="Новых вопросов нет: консультация закрывается",
            )
            return
        self._closed_by = ENGINE

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

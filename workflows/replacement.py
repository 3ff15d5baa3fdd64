"""Clause 4.8 - replacing a responsible person.

The owner tells the operator within 5 working days of the end of powers and appoints somebody new. The
rights go at 24:00 of the last day whatever the owner does; the successor gets them after that, accepts,
and hears what is open. While nobody is appointed the case stays open and goes on reminding. A successor
who goes too, before accepting, is a case of its own, which ends this one.
"""

import asyncio
import contextlib
from collections.abc import Iterator
from datetime import datetime

from temporalio import workflow

from models import cases
from models.deadlines import LOCAL_ZONE, end_of
from models.decisions import ENGINE
from models.letters import Notice
from models.replacement import (
    Accept,
    Appoint,
    ConfirmByHand,
    EndPowers,
    EndTerm,
    Fact,
    Inform,
    RecordFact,
    Rejection,
    Replacement,
    ReplacementStage,
    Withdraw,
)
from models.step import Step
from models.steps import CloseCase, NextRepeat, OpenClause
from models.terms import Clause, Recipient
from workflows import card, letters, replacement_steps, steps
from workflows.clause import ClauseWorkflow
from workflows.mending import rejected
from workflows.replacement_rights import Rights
from workflows.stamp import Stamp, stamp

_ACCEPTANCE_ASKED_EVERY = 5
"""Working days."""


@workflow.defn
class ReplacementWorkflow(ClauseWorkflow):
    @workflow.init
    def __init__(self, opened: Replacement) -> None:
        self._case = opened.case
        self._opened = opened
        self._informed_at = opened.informed_at
        self._successor = opened.successor
        self._appointed_at = opened.informed_at if opened.successor else None
        self._accepted_at: datetime | None = None
        self._facts = list(_facts_of(opened))
        self._recorded = 0
        self._are_powers_ending = False
        self._have_powers_ended = False
        self._is_withdrawn = False
        self._is_handing_over = False
        self._is_handed_over = False
        self._next_case = ""
        self._subsystems: tuple[str, ...] = ()
        self._rights = Rights(self, opened.case)

    @workflow.run
    async def run(self, opened: Replacement) -> None:
        await steps.start_case(Step(**self._stamp("started")))
        watch = await self._watch_deadline(
            self._case, self._opening(), stage=ReplacementStage.VACANT, waits_for=Recipient.OWNER
        )
        opened_at = self._stamp("opened")["step"]
        await letters.send(
            self._case, Notice.REPLACEMENT_OPENED, Recipient.OWNER, Recipient.OPERATOR, step=opened_at
        )
        recording = asyncio.create_task(self._record_facts())
        ending = asyncio.create_task(self._end_powers())
        await watch.wait(until=lambda: self._is_withdrawn or bool(self._informed_at and self._appointed_at))
        if not self._is_withdrawn:
            await self._end_term()
        await workflow.wait_condition(lambda: self._have_powers_ended or self._is_withdrawn)
        if not self._is_withdrawn:
            await self._hand_over()
            await self._wait_for_acceptance()
        # Rights that could not be taken yet keep the case open, whoever has come.
        await ending
        await workflow.wait_condition(lambda: self._recorded == len(self._facts))
        recording.cancel()
        if self._is_withdrawn:
            await self._end_withdrawn()
        elif self._accepted_at:
            await self._end_done()
        else:
            await self._end_passed_on()
        await workflow.wait_condition(workflow.all_handlers_finished)

    # What people do

    @workflow.update
    def inform(self, command: Inform) -> None:
        """The owner tells of what the operator has found."""
        self._take(Fact.INFORMED, command.by)

    @inform.validator
    def _may_inform(self, command: Inform) -> None:
        self._check_standing()
        if self._informed_at:
            raise rejected(Rejection.ALREADY_REPORTED)

    @workflow.update
    def appoint(self, command: Appoint) -> None:
        """Who comes after; another one until the rights go over. An owner that has not told of
        the end of powers does so by this.
        """
        if command.informs and self._informed_at is None:
            self._take(Fact.INFORMED, command.by)
        self._successor = command.successor
        self._take(Fact.APPOINTED, command.by, command.successor)

    @appoint.validator
    def _may_appoint(self, command: Appoint) -> None:
        self._check_standing()
        if self._is_handing_over or command.successor == self._successor:
            raise rejected(Rejection.ALREADY_APPOINTED)
        if command.successor == self._opened.person:
            raise rejected(Rejection.SUCCESSOR_IS_PREDECESSOR)

    @workflow.update
    def accept(self, command: Accept) -> None:
        """The successor takes over."""
        self._take(Fact.ACCEPTED, command.by, command.person)

    @accept.validator
    def _may_accept(self, command: Accept) -> None:
        if command.person != self._successor:
            raise rejected(Rejection.NOT_THE_SUCCESSOR)
        if self._accepted_at:
            raise rejected(Rejection.ALREADY_ACCEPTED)
        if not self._is_handed_over:
            raise rejected(Rejection.NOT_HANDED_OVER)

    @workflow.update
    def withdraw(self, command: Withdraw) -> None:
        """The report was a mistake: the person stays."""
        self._is_withdrawn = True
        self._take(Fact.WITHDRAWN, command.by, text_id=command.text_id)

    @withdraw.validator
    def _may_withdraw(self, command: Withdraw) -> None:
        self._check_standing()
        if self._are_powers_ending:
            raise rejected(Rejection.POWERS_ENDED)

    def _check_standing(self) -> None:
        if self._is_withdrawn:
            raise rejected(Rejection.ALREADY_WITHDRAWN)

    @workflow.update
    def confirm_by_hand(self, command: ConfirmByHand) -> None:
        """The operator has done in a subsystem what the engine could not."""
        self._rights.done_by_hand(command)

    @confirm_by_hand.validator
    def _may_confirm_by_hand(self, command: ConfirmByHand) -> None:
        if not self._rights.wait_for(command):
            raise rejected(Rejection.NOTHING_BY_HAND)

    def _take(self, fact: Fact, by: str, person: int | None = None, *, text_id: str | None = None) -> None:
        """An act counts at its own instant, not when it is written down."""
        now = workflow.now()
        match fact:
            case Fact.INFORMED:
                self._informed_at = now
            case Fact.APPOINTED:
                # The owner's own term was kept by the first appointment.
                self._appointed_at = self._appointed_at or now
            case Fact.ACCEPTED:
                self._accepted_at = now
        is_first = all(one.fact is not fact for one in self._facts)
        name = f"fact-{fact}" if is_first else f"fact-{fact}-{len(self._facts)}"
        self._facts.append(RecordFact(**self._stamp(name), fact=fact, by=by, person=person, text_id=text_id))

    async def _record_facts(self) -> None:
        while True:
            await workflow.wait_condition(lambda: self._recorded < len(self._facts))
            fact = self._facts[self._recorded]
            await replacement_steps.record_fact(fact)
            if fact.fact is Fact.INFORMED and self._opened.informed_at is None:
                # Until now the operator had only signs of it.
                await letters.send(self._case, Notice.REPLACEMENT_OPENED, Recipient.OPERATOR, step=fact.step)
            self._recorded += 1

    # What happens by itself

    def _opening(self) -> OpenClause:
        return OpenClause(
            **self._stamp("term"),
            clause=Clause.REPLACEMENT,
            workflow_id=workflow.info().workflow_id,
            term=self._opened.term,
            started_on=self._opened.powers_ended_on,
            waits_for=Recipient.OWNER,
        )

    async def _end_term(self) -> None:
        assert self._informed_at
        assert self._appointed_at
        await workflow.wait_condition(lambda: self._recorded == len(self._facts))
        both_at = max(self._informed_at, self._appointed_at)
        done = self._stamp("term-ended")
        await replacement_steps.end_term(EndTerm(number=done["number"], step=done["step"], at=both_at))

    async def _end_powers(self) -> None:
        """At 24:00 of the last day, at once when that is past."""
        ends_at = end_of(self._opened.powers_ended_on)
        if (left := ends_at - workflow.now()).total_seconds() > 0:
            with contextlib.suppress(TimeoutError):
                await workflow.wait_condition(
                    lambda: self._is_withdrawn,
                    timeout=left,
                    timeout_summary=f"Прекращение полномочий {ends_at.astimezone(LOCAL_ZONE):%d.%m.%Y %H:%M}",
                )
        if self._is_withdrawn:
            return
        self._are_powers_ending = True
        done = self._stamp("powers-ended")
        ended = await replacement_steps.end_powers(EndPowers(**done))
        await letters.send(self._case, Notice.POWERS_ENDED, Recipient.RESPONSIBLE, step=done["step"])
        self._subsystems = ended.subsystems
        self._have_powers_ended = True
        await asyncio.gather(*(self._rights.remove(one) for one in self._subsystems))

    async def _hand_over(self) -> None:
        """Where the engine waits for a hand in one subsystem, the others do not wait for it."""
        self._is_handing_over = True
        # Who is to get the rights stands in Postgres.
        await workflow.wait_condition(lambda: self._recorded == len(self._facts))
        self._show(ReplacementStage.HANDING_OVER, waits_for=ENGINE)
        await asyncio.gather(*(self._rights.hand_over(one) for one in self._subsystems))
        self._is_handed_over = True
        appointed = self._stamp("handed-over")["step"]
        await letters.send(
            self._case, Notice.SUCCESSOR_APPOINTED, Recipient.RESPONSIBLE, Recipient.OWNER, step=appointed
        )

    def _has_more_to_try(self) -> bool:
        return self._rights.are_waiting

    async def _wait_for_acceptance(self) -> None:
        """The regulation sets no term for it: asked again now and then."""
        self._show(ReplacementStage.ACCEPTANCE, waits_for=Recipient.RESPONSIBLE)
        asked = 0
        while not self._accepted_at and not self._next_case:
            asked += 1
            ask_at = await steps.next_repeat(
                NextRepeat(**self._stamp(f"acceptance-asked-{asked}"), every=_ACCEPTANCE_ASKED_EVERY)
            )
            with contextlib.suppress(TimeoutError):
                await workflow.wait_condition(
                    lambda: self._accepted_at is not None,
                    timeout=ask_at - workflow.now(),
                    timeout_summary=f"Письмо о принятии {ask_at.astimezone(LOCAL_ZONE):%d.%m.%Y %H:%M}",
                )
                return
            self._next_case = await replacement_steps.next_case(Step(**self._stamp(f"next-case-{asked}")))
            if not self._accepted_at and not self._next_case:
                await self._ask_for_acceptance(asked)

    async def _ask_for_acceptance(self, asked: int) -> None:
        step = self._stamp(f"acceptance-asked-{asked}")["step"]
        await letters.send(self._case, Notice.SUCCESSOR_APPOINTED, Recipient.RESPONSIBLE, step=step)
        await letters.send(
            self._case, Notice.ACCEPTANCE_AWAITED, Recipient.OWNER, Recipient.OPERATOR, step=step
        )

    async def _end_done(self) -> None:
        to = (Recipient.RESPONSIBLE, Recipient.OWNER, Recipient.OPERATOR)
        await self._tell_of_the_end(Notice.REPLACEMENT_DONE, *to)
        await self._close("новое ответственное лицо приняло учебные курсы", ReplacementStage.DONE)

    async def _end_passed_on(self) -> None:
        """The letters are those of the later case."""
        label = cases.label(self._next_case)
        what = f"новое ответственное лицо не приняло курсы и само сменяется, {label}"
        await self._close(what, ReplacementStage.DONE)

    async def _end_withdrawn(self) -> None:
        successor = [Recipient.RESPONSIBLE] if self._successor else []
        await self._tell_of_the_end(
            Notice.REPLACEMENT_WITHDRAWN, Recipient.OWNER, Recipient.OPERATOR, *successor
        )
        await self._close("сообщение о прекращении полномочий отозвано", ReplacementStage.WITHDRAWN)

    async def _tell_of_the_end(self, notice: Notice, *to: Recipient) -> None:
        await letters.send(self._case, notice, *to, step=self._stamp("closed")["step"])

    async def _close(self, why: str, stage: ReplacementStage) -> None:
        closed = CloseCase(**self._stamp("closed"), clause=Clause.REPLACEMENT, what=f"Дело закрыто: {why}")
        await steps.close_case(closed)
        self._show(stage, waits_for="")

    def _show(self, stage: ReplacementStage, *, waits_for: str) -> None:
        card.show(self._case, Clause.REPLACEMENT, stage, waits_for=waits_for)

    def _stamp(self, name: str) -> Stamp:
        return stamp(self._case.number, f"replacement/{name}")


def _facts_of(opened: Replacement) -> Iterator[RecordFact]:
    """What the owner has done by opening the case."""
    number, by = opened.case.number, opened.by
    if opened.informed_at is None:
        return
    for fact, person in ((Fact.INFORMED, None), (Fact.APPOINTED, opened.successor)):
        if fact is Fact.INFORMED or person is not None:
            step = f"replacement/fact-{fact}"
            yield RecordFact(number=number, step=step, at=opened.informed_at, fact=fact, by=by, person=person)

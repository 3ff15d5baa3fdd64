"""Clause 4.9 - certificates by a decision of the owner: numbered, sent to learners, and summed up.

The decision was checked and written down with the case. Numbers have no gaps, and nobody gets two:
see `models/certifying.py`.
"""

from temporalio import workflow

from models.certification import CertificationCase, CertificationStage, Number
from models.decisions import ENGINE
from models.letters import Notice
from models.step import Step
from models.steps import CloseCase
from models.terms import Clause, Recipient
from workflows import card, certification_steps, letters, steps
from workflows.mending import Mendable
from workflows.stamp import Stamp, stamp

_AT_ONCE = 2000
"""Between two such steps the card shows how far it is."""


@workflow.defn
class CertificationWorkflow(Mendable):
    @workflow.init
    def __init__(self, opened: CertificationCase) -> None:
        self._case = opened.case
        self._people = opened.people

    @workflow.run
    async def run(self, opened: CertificationCase) -> CertificationStage:
        self._show(CertificationStage.NUMBERING, given=0)
        await steps.start_case(Step(**self._stamp("started")))
        await self._number()
        await self._send()
        await letters.send(
            self._case,
            Notice.CERTIFICATION_SUMMARY,
            Recipient.OWNER,
            step=self._stamp("summary")["step"],
        )
        closed = CloseCase(
            **self._stamp("closed"), clause=Clause.CERTIFICATION, what="Дело закрыто: документы выданы"
        )
        await steps.close_case(closed)
        self._show(CertificationStage.DONE, given=self._people)
        await workflow.wait_condition(workflow.all_handlers_finished)
        return CertificationStage.DONE

    async def _number(self) -> None:
        left = self._people
        while left:
            number = Number(**self._stamp(f"number-{left}"), at_most=_AT_ONCE)
            left = await certification_steps.number_certificates(number)
            self._show(CertificationStage.NUMBERING, given=self._people - left)

    async def _send(self) -> None:
        self._show(CertificationStage.MAILING, given=self._people)
        mailing = Step(**self._stamp("documents"))
        if await certification_steps.write_letters(mailing):
            await certification_steps.send_mailing(mailing)

    def _show(self, stage: CertificationStage, *, given: int) -> None:
        waits_for = "" if stage is CertificationStage.DONE else ENGINE
        more = f"Пронумеровано: {given} из {self._people}"
        card.show(self._case, Clause.CERTIFICATION, stage, waits_for=waits_for, more=more)

    def _stamp(self, name: str) -> Stamp:
        return stamp(self._case.number, f"certification/{name}")

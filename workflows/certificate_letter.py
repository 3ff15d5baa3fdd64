"""Clause 4.9 - what became of a document, told to its holder long after the decision's own case has ended."""

from temporalio import workflow

from models.step import Step
from workflows import card, certification_steps
from workflows.mending import Mendable


@workflow.defn
class CertificateLetterWorkflow(Mendable):
    @workflow.run
    async def run(self, mailing: Step) -> None:
        card.show_work(mailing.number, "Письмо о документе его обладателю")
        await certification_steps.send_mailing(mailing)
        await workflow.wait_condition(workflow.all_handlers_finished)

"""Sending letters from a clause.

The delivery is named, not imported: its own steps may have a letter to send.
"""

import asyncio
import contextlib

from temporalio import workflow
from temporalio.exceptions import WorkflowAlreadyStartedError
from temporalio.workflow import ParentClosePolicy

from models import ids
from models.cases import Case
from models.letters import Letter, Notice
from models.terms import Recipient


async def send(case: Case, notice: Notice, *to: Recipient, step: str, rung: int | None = None) -> None:
    """Send a notice to its recipients; only the start of the delivery is waited for.

    The letters travel as abandoned children: they outlive the clause and never hold it up.

    Args:
        case: What the letter is about.
        notice: The kind of letter.
        to: Its recipients; each gets a letter of their own.
        step: Names the letter within the case, such as `review/rung-2`.
        rung: Ordinal of the rung that the letter is, for reminders and escalations.
    """
    at = workflow.now()
    letters = [
        Letter(number=case.number, step=step, notice=notice, to=recipient, at=at, rung=rung)
        for recipient in to
    ]
    await asyncio.gather(*(start(letter) for letter in letters))


async def start(letter: Letter) -> None:
    """Put one letter on its way."""
    # A clause that was restarted by hand finds its letter on the way already.
    with contextlib.suppress(WorkflowAlreadyStartedError):
        await workflow.start_child_workflow(
            "DeliveryWorkflow",
            letter,
            id=ids.delivery_id(letter.key),
            parent_close_policy=ParentClosePolicy.ABANDON,
            static_summary=letter.summary,
        )

"""Starting what stands in Postgres: by the API at once, by upkeep after a crash."""

import contextlib
from datetime import date
from typing import Any
from uuid import UUID

from temporalio.client import Client
from temporalio.common import WorkflowIDReusePolicy
from temporalio.exceptions import WorkflowAlreadyStartedError

from models import ids
from models.canary import RunCanary
from models.cases import Kind, kind_of, label
from models.claim_codes import WriteCodes
from models.letters import Letter
from models.step import Step
from models.steps import Amend

_WORKFLOWS = {
    Kind.REQUEST: "RequestWorkflow",
    Kind.AUTHORING: "AuthoringWorkflow",
    Kind.CONSULTATION: "ConsultationWorkflow",
    Kind.ENROLMENT: "EnrolmentWorkflow",
    Kind.TRAINING: "TrainingWorkflow",
    Kind.REPLACEMENT: "ReplacementWorkflow",
    Kind.CERTIFICATION: "CertificationWorkflow",
}


async def start_case(client: Client, task_queue: str, number: str, title: str, argument: object) -> None:
    """Start a registered case's workflow; one that was started before stays as it is.

    Args:
        number: The case.
        title: Of its course or category.
        argument: The workflow's input, as it was registered.
    """
    await _start(
        client,
        _WORKFLOWS[kind_of(number)],
        argument,
        id=ids.case_id(number),
        task_queue=task_queue,
        static_summary=f"{label(number)}: {title}",
    )


async def start_codes(client: Client, task_queue: str, write: WriteCodes, id: UUID) -> None:
    """Start sending the codes of a list anew; what was started under this id before stays as it is."""
    await _start(
        client,
        "CodesWorkflow",
        write,
        id=f"{ids.case_id(write.number)}-codes-{id}",
        task_queue=task_queue,
        static_summary=f"{label(write.number)}: коды для первого входа",
    )


async def start_certificate_letter(client: Client, task_queue: str, mailing: Step) -> None:
    """Start sending the letter about a document; anew where it was stopped or failed."""
    await _start(
        client,
        "CertificateLetterWorkflow",
        mailing,
        id=ids.certificate_letter_id(mailing.number, mailing.step),
        task_queue=task_queue,
        static_summary=f"{label(mailing.number)}: письмо о документе",
        id_reuse_policy=WorkflowIDReusePolicy.ALLOW_DUPLICATE_FAILED_ONLY,
    )


async def start_amendment(client: Client, task_queue: str, amendment: int, day: date) -> None:
    """Start the moving of open cases after a day was amended; anew where it was stopped or failed."""
    await _start(
        client,
        "AmendmentWorkflow",
        Amend(amendment=amendment),
        id=ids.amendment_id(amendment),
        task_queue=task_queue,
        static_summary=f"Изменение календаря: {day:%d.%m.%Y}",
        id_reuse_policy=WorkflowIDReusePolicy.ALLOW_DUPLICATE_FAILED_ONLY,
    )


async def start_canary(client: Client, task_queue: str, id: UUID, *, by: str) -> None:
    """Start a canary beside the weekly ones; what was started under this id before stays as it is."""
    await _start(
        client,
        "CanaryWorkflow",
        RunCanary(by=by),
        id=f"canary-{id}",
        task_queue=task_queue,
        static_summary="Проверка напоминаний и эскалаций",
    )


async def start_delivery(client: Client, task_queue: str, letter: Letter, *, anew: bool = False) -> None:
    """Start the delivery of a letter, unless it runs.

    Args:
        letter: What it delivers.
        anew: Also where it was started before, and stopped before its end.
    """
    duplicates = WorkflowIDReusePolicy.ALLOW_DUPLICATE if anew else WorkflowIDReusePolicy.REJECT_DUPLICATE
    await _start(
        client,
        "DeliveryWorkflow",
        letter,
        id=ids.delivery_id(letter.key),
        task_queue=task_queue,
        static_summary=letter.summary,
        id_reuse_policy=duplicates,
    )


async def _start(client: Client, workflow: str, argument: object, **options: Any) -> None:
    """Using an existing workflow would run a closed case again: hence the refusal of duplicates."""
    options = {"id_reuse_policy": WorkflowIDReusePolicy.REJECT_DUPLICATE, **options}
    # Started already is success: somebody was faster.
    with contextlib.suppress(WorkflowAlreadyStartedError):
        await client.start_workflow(workflow, argument, **options)

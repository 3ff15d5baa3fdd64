"""Starting a registered request: by the API at once, by upkeep after a crash."""

import contextlib

from temporalio.client import Client
from temporalio.common import WorkflowIDReusePolicy
from temporalio.exceptions import WorkflowAlreadyStartedError

from models import ids
from models.requests import Filed


async def start_request(client: Client, task_queue: str, filed: Filed) -> None:
    """Start the request's workflow; one that was started before stays as it is.

    Using an existing one would run a closed case again: hence the refusal of duplicates.
    """
    # Started already is success: somebody was faster.
    with contextlib.suppress(WorkflowAlreadyStartedError):
        await client.start_workflow(
            "RequestWorkflow",
            filed,
            id=ids.request_id(filed.case.number),
            task_queue=task_queue,
            id_reuse_policy=WorkflowIDReusePolicy.REJECT_DUPLICATE,
            static_summary=f"Запрос № {filed.case.number}: {filed.case.title}",
        )

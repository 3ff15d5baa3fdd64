"""The mail server is away: no clause waits for a letter, and every letter goes out later."""

from temporalio.api.common.v1 import WorkflowExecution
from temporalio.api.workflowservice.v1 import ResetActivityRequest

from models import ids
from tests.faults.outside import Outside

LETTERS = (
    "confirmation to the agency",
    "review requested of the reviewers",
    "approval to the agency",
    "order to the operator",
    "access to the responsible",
    "setup done to the agency",
    "setup done to the authority",
)


async def test_cases_run_to_their_end_without_mail_and_their_letters_go_out_later(outside: Outside) -> None:
    await outside.stack.mail.stop()

    number = await outside.file_for_review()
    await outside.approve(number)
    await outside.until_stage(number, "done")
    states = await outside.until(lambda: all_letters(outside, number))
    await outside.stack.mail.start()
    await try_at_once(outside, list(states))
    await outside.until(lambda: all_are_delivered(outside, number))

    assert set(states.values()) == {"written"}
    assert len(outside.world.letters(number)) == len(LETTERS)


async def all_letters(outside: Outside, number: str) -> dict[str, str] | None:
    """Once the last of them is written: a clause waits for none."""
    states = await letters(outside, number)
    return states if len(states) == len(LETTERS) else None


async def letters(outside: Outside, number: str) -> dict[str, str]:
    """State by key."""
    rows = await outside.sql("SELECT key, state FROM letters WHERE number = %s", number)
    return {row["key"]: row["state"] for row in rows}


async def all_are_delivered(outside: Outside, number: str) -> bool:
    return set((await letters(outside, number)).values()) == {"delivered"}


async def try_at_once(outside: Outside, keys: list[str]) -> None:
    """The minute between two attempts is an operator's to cut short: `temporal activity reset`."""
    client = await outside.temporal()
    for key in keys:
        delivery = WorkflowExecution(workflow_id=ids.delivery_id(key))
        await client.workflow_service.reset_activity(
            ResetActivityRequest(namespace=client.namespace, execution=delivery, type="send_letter")
        )

"""What the worker's upkeep sees to while everything runs."""

from temporalio.client import WorkflowHistory
from temporalio.worker import Replayer

from models import ids
from models.converter import DATA_CONVERTER
from tests.faults.outside import Json, Outside
from worker import WORKFLOW_RUNNER
from workflows import WORKFLOWS


async def test_a_case_whose_workflow_somebody_terminated_is_reported_to_the_operator(
    outside: Outside,
) -> None:
    number = await outside.file_for_review()
    client = await outside.temporal()

    await client.get_workflow_handle(ids.request_id(number)).terminate("by mistake")
    await outside.until(lambda: tasks(outside, number))

    listed = await outside.world.get("operator", "/tasks")
    [task] = [one for one in listed if one["number"] == number]
    assert "остановлен" in task["why"]


async def tasks(outside: Outside, number: str) -> list[Json]:
    return await outside.sql("SELECT * FROM tasks WHERE number = %s", number)


async def test_histories_of_closed_workflows_are_kept_and_can_be_replayed(outside: Outside) -> None:
    number = await outside.file_for_review()
    await outside.approve(number)
    await outside.until_stage(number, "done")

    await outside.until(lambda: all_is_kept(outside, number))

    rows = await outside.sql("SELECT workflow_id, history FROM histories WHERE number = %s", number)
    kept = {row["workflow_id"]: WorkflowHistory.from_json(row["workflow_id"], row["history"]) for row in rows}
    letters = await outside.sql("SELECT key FROM letters WHERE number = %s", number)
    assert kept.keys() == {
        ids.request_id(number),
        ids.review_id(number),
        ids.setup_id(number),
        *(ids.delivery_id(row["key"]) for row in letters),
    }
    replayer = Replayer(workflows=WORKFLOWS, data_converter=DATA_CONVERTER, workflow_runner=WORKFLOW_RUNNER)
    for history in kept.values():
        await replayer.replay_workflow(history)


async def all_is_kept(outside: Outside, number: str) -> bool:
    case = (await outside.row(number))["histories_kept"]
    left = await outside.sql("SELECT 1 FROM letters WHERE number = %s AND NOT history_kept", number)
    return bool(case) and not left

"""Cases of yesterday go on with the workflows of today.

Fails when an edit would break running cases. Before the first installation record anew by
`python -m tests.histories.record`; after it, keep the old way by `workflow.patched`.
"""

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from temporalio.client import WorkflowHistory
from temporalio.worker import Replayer, WorkflowRunner
from temporalio.worker.workflow_sandbox import SandboxedWorkflowRunner, SandboxRestrictions

from models.converter import DATA_CONVERTER
from tests.histories.changed import CHANGED
from worker import WORKFLOW_RUNNER
from workflows import WORKFLOWS

HISTORIES = sorted(Path(__file__).parent.glob("*.json"))


def history(file: Path) -> WorkflowHistory:
    return WorkflowHistory.from_json(file.stem, file.read_text())


STRICT = SandboxedWorkflowRunner(
    restrictions=SandboxRestrictions.default.with_passthrough_modules("models", "activities", "clients")
)
"""Loads the workflows themselves inside the sandbox, where a clock or a die of their own is refused."""


def replayer(workflows: list[Any], runner: WorkflowRunner = WORKFLOW_RUNNER) -> Replayer:
    return Replayer(workflows=workflows, workflow_runner=runner, data_converter=DATA_CONVERTER)


@pytest.mark.parametrize("file", HISTORIES, ids=lambda file: file.stem)
async def test_a_recorded_case_goes_on_with_todays_workflows(file: Path) -> None:
    await replayer(WORKFLOWS).replay_workflow(history(file))


@pytest.mark.parametrize("file", HISTORIES, ids=lambda file: file.stem)
async def test_no_workflow_does_what_the_sandbox_forbids(file: Path) -> None:
    # Its own workflow alone: the sandbox loads each that it is given.
    mine = [one for one in WORKFLOWS if one.__name__ == _kind(file)[0]]
    await replayer(mine, STRICT).replay_workflow(history(file))


@pytest.mark.parametrize("file", HISTORIES, ids=lambda file: file.stem)
async def test_a_step_more_breaks_a_recorded_case(file: Path) -> None:
    with pytest.raises(Exception, match="Nondeterminism"):
        await replayer(CHANGED).replay_workflow(history(file))


def test_there_is_a_finished_and_a_half_way_case_of_each_workflow() -> None:
    kept = Counter(_kind(file) for file in HISTORIES)

    assert {kind for kind, _ in kept} == {one.__name__ for one in WORKFLOWS}
    assert all(kept[one.__name__, is_finished] for one in WORKFLOWS for is_finished in (True, False))


def _kind(file: Path) -> tuple[str, bool]:
    """The workflow's type, and whether it has come to its end."""
    events = json.loads(file.read_text())["events"]
    name = events[0]["workflowExecutionStartedEventAttributes"]["workflowType"]["name"]
    return name, events[-1]["eventType"] == "EVENT_TYPE_WORKFLOW_EXECUTION_COMPLETED"

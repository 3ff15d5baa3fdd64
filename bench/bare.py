"""What the engine is compared with: the bare thing on the same server, by hand and without rules.

`python -m bench.bare ADDRESS NAMESPACE` is its worker.
"""

import asyncio
import sys
from datetime import timedelta

from temporalio import activity, workflow
from temporalio.client import Client
from temporalio.common import SearchAttributeKey
from temporalio.worker import Worker

from models.converter import DATA_CONVERTER

QUEUE = "bare"

_NUMBER = SearchAttributeKey.for_keyword("SeoNumber")
_TIMEOUT = timedelta(seconds=30)


@workflow.defn
class Empty:
    """Starts and ends."""

    @workflow.run
    async def run(self) -> None:
        return


@workflow.defn
class Updated:
    """Waits for one update."""

    def __init__(self) -> None:
        self._decision = ""

    @workflow.run
    async def run(self) -> str:
        await workflow.wait_condition(lambda: bool(self._decision))
        return self._decision

    @workflow.update
    def decide(self, decision: str) -> str:
        self._decision = decision
        return decision


@activity.defn
async def nothing(_: str) -> str:
    """An activity without work."""
    return ""


async def _steps(count: int) -> None:
    for _ in range(count):
        await workflow.execute_activity(nothing, "", start_to_close_timeout=_TIMEOUT)


async def _letters(count: int) -> None:
    for _ in range(count):
        await workflow.start_child_workflow(
            BareLetter.run, parent_close_policy=workflow.ParentClosePolicy.ABANDON
        )


def _show() -> None:
    workflow.upsert_search_attributes([_NUMBER.value_set("2026-000001")])


@workflow.defn
class BareLetter:
    """A letter: two activities."""

    @workflow.run
    async def run(self) -> None:
        _show()
        await _steps(2)


@workflow.defn
class BareReview:
    """Clause 4.2 without rules: three activities, three letters, a timer, an update."""

    def __init__(self) -> None:
        self._decision = ""

    @workflow.run
    async def run(self) -> str:
        await _steps(1)
        await _letters(1)
        await _steps(1)
        await _letters(1)
        _show()
        await workflow.wait_condition(lambda: bool(self._decision), timeout=timedelta(days=30))
        await _steps(1)
        await _letters(1)
        return self._decision

    @workflow.update
    def decide(self, decision: str) -> str:
        self._decision = decision
        return decision


@workflow.defn
class BareSetup:
    """Clause 4.3 without rules: six activities, four letters, a timer beside the work."""

    @workflow.run
    async def run(self) -> None:
        await _steps(1)
        await _letters(1)
        _show()
        work = asyncio.create_task(asyncio.wait_for(_steps(4), timeout=timedelta(days=10).total_seconds()))
        await workflow.wait_condition(work.done, timeout=timedelta(days=14))
        await _steps(1)
        await _letters(3)


@workflow.defn
class BareCase:
    """A request without rules: two activities and two clauses."""

    @workflow.run
    async def run(self) -> None:
        _show()
        await _steps(1)
        await workflow.execute_child_workflow(BareReview.run, id=f"{workflow.info().workflow_id}-review")
        _show()
        await workflow.execute_child_workflow(BareSetup.run, id=f"{workflow.info().workflow_id}-setup")
        await _steps(1)
        _show()


WORKFLOWS = [Empty, Updated, BareCase, BareReview, BareSetup, BareLetter]


async def main(address: str, namespace: str) -> None:
    """Serve the bare workflows with the engine's converter, sandbox and limits."""
    from worker import WORKFLOW_RUNNER

    client = await Client.connect(address, namespace=namespace, data_converter=DATA_CONVERTER)
    await Worker(
        client,
        task_queue=QUEUE,
        workflows=WORKFLOWS,
        activities=[nothing],
        workflow_runner=WORKFLOW_RUNNER,
        max_cached_workflows=1000,
    ).run()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))

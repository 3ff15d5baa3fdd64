"""Steps of the nightly reconciliation of the register with a Moodle."""

from datetime import timedelta
from typing import Any

from temporalio import workflow
from temporalio.common import RetryPolicy

from activities.reconciliation import ReconciliationActivities
from models.reconciliation import Looked, LookOn, Night, Settle
from workflows.steps import SIGN_OF_LIFE, write_down

_READING: dict[str, Any] = {
    "start_to_close_timeout": timedelta(minutes=30),
    "heartbeat_timeout": SIGN_OF_LIFE,
    "schedule_to_close_timeout": timedelta(hours=1),
    "retry_policy": RetryPolicy(
        initial_interval=timedelta(seconds=10), backoff_coefficient=2, maximum_interval=timedelta(minutes=10)
    ),
}
"""A Moodle that is away for longer is read the next night."""


async def begin(night: Night) -> None:
    await write_down(ReconciliationActivities.begin_reconciliation, night, "Сверка начата")


async def read_lists(night: Night) -> None:
    await workflow.execute_activity_method(
        ReconciliationActivities.read_lists, night, **_READING, summary="Категории и курсы Moodle"
    )


async def look_on(look: LookOn) -> Looked:
    return await workflow.execute_activity_method(
        ReconciliationActivities.look_on, look, **_READING, summary="Учителя и способы записи на курсы"
    )


async def settle(end: Settle) -> None:
    await write_down(ReconciliationActivities.settle_reconciliation, end, "Задачи о расхождениях")

"""The nightly reconciliation as a Temporal Schedule, one a Moodle: one run at a time, whoever starts it."""

import contextlib

from temporalio.client import (
    Client,
    Schedule,
    ScheduleActionStartWorkflow,
    ScheduleAlreadyRunningError,
    ScheduleCalendarSpec,
    ScheduleOverlapPolicy,
    SchedulePolicy,
    ScheduleRange,
    ScheduleSpec,
)

from models.reconciliation import Reconcile

_HOUR = 2
"""In Asia/Yekaterinburg, before the look for responsibles who are gone."""
_ZONE = "Asia/Yekaterinburg"


def schedule_id(subsystem: str) -> str:
    """`reconciliation-edu`"""
    return f"reconciliation-{subsystem}"


async def keep(client: Client, task_queue: str, subsystem: str) -> None:
    """See that the Schedule is there; one that is stays as the operator has left it, also paused."""
    with contextlib.suppress(ScheduleAlreadyRunningError):
        await client.create_schedule(schedule_id(subsystem), _schedule(task_queue, subsystem))


async def now(client: Client, task_queue: str, subsystem: str) -> None:
    """Start a run, unless one is under way."""
    await keep(client, task_queue, subsystem)
    await client.get_schedule_handle(schedule_id(subsystem)).trigger(overlap=ScheduleOverlapPolicy.SKIP)


def _schedule(task_queue: str, subsystem: str) -> Schedule:
    return Schedule(
        action=ScheduleActionStartWorkflow(
            "ReconciliationWorkflow",
            Reconcile(subsystem=subsystem),
            id=schedule_id(subsystem),
            task_queue=task_queue,
            static_summary=f"Сверка реестра с Moodle: {subsystem}",
        ),
        spec=ScheduleSpec(
            calendars=[ScheduleCalendarSpec(hour=[ScheduleRange(_HOUR)])], time_zone_name=_ZONE
        ),
        policy=SchedulePolicy(overlap=ScheduleOverlapPolicy.SKIP),
    )

"""What Temporal starts by itself, by the clock."""

from datetime import timedelta

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
    ScheduleUpdate,
)

from models.canary import RunCanary
from models.decisions import ENGINE

CANARY = "canary"
_MONDAY = 1


async def keep(client: Client, task_queue: str) -> None:
    """See that every schedule is there, as it is written here; however often."""
    schedule = _canary(task_queue)
    try:
        await client.create_schedule(CANARY, schedule)
    except ScheduleAlreadyRunningError:
        handle = client.get_schedule_handle(CANARY)
        await handle.update(
            lambda was: ScheduleUpdate(
                schedule=Schedule(
                    action=schedule.action,
                    spec=schedule.spec,
                    policy=schedule.policy,
                    state=was.description.schedule.state,  # paused by an operator, it stays so
                )
            )
        )


def _canary(task_queue: str) -> Schedule:
    """On Monday at 10:00 in Asia/Yekaterinburg, when the operator is there to hear of it."""
    return Schedule(
        action=ScheduleActionStartWorkflow(
            "CanaryWorkflow", RunCanary(by=ENGINE), id="canary", task_queue=task_queue
        ),
        spec=ScheduleSpec(
            calendars=[ScheduleCalendarSpec(day_of_week=[ScheduleRange(_MONDAY)], hour=[ScheduleRange(10)])],
            time_zone_name="Asia/Yekaterinburg",
        ),
        policy=SchedulePolicy(overlap=ScheduleOverlapPolicy.SKIP, catchup_window=timedelta(days=1)),
    )

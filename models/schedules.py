"""What Temporal starts by itself, by the clock of Asia/Yekaterinburg."""

from collections.abc import Iterable, Iterator
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
from models.reconciliation import Reconcile

CANARY = "canary"
_MONDAY = 1
_DAY = timedelta(days=1)


def reconciliation_of(subsystem: str) -> str:
    """Id of a Moodle's nightly reconciliation, schedule and workflow: `reconciliation-edu`."""
    return f"reconciliation-{subsystem}"


async def keep(client: Client, task_queue: str, moodles: Iterable[str]) -> None:
    """See that every schedule is there, as it is written here; one paused by an operator stays so."""
    for id, schedule in _all(task_queue, moodles):
        await _keep(client, id, schedule)


async def reconcile_now(client: Client, task_queue: str, subsystem: str) -> None:
    """Start a reconciliation, unless one is under way."""
    id = reconciliation_of(subsystem)
    await _keep(client, id, _reconciliation(task_queue, subsystem))
    await client.get_schedule_handle(id).trigger(overlap=ScheduleOverlapPolicy.SKIP)


async def _keep(client: Client, id: str, schedule: Schedule) -> None:
    try:
        await client.create_schedule(id, schedule)
    except ScheduleAlreadyRunningError:
        await client.get_schedule_handle(id).update(
            lambda was: ScheduleUpdate(
                schedule=Schedule(
                    action=schedule.action,
                    spec=schedule.spec,
                    policy=schedule.policy,
                    state=was.description.schedule.state,
                )
            )
        )


def _all(task_queue: str, moodles: Iterable[str]) -> Iterator[tuple[str, Schedule]]:
    yield CANARY, _canary(task_queue)
    for subsystem in moodles:
        yield reconciliation_of(subsystem), _reconciliation(task_queue, subsystem)


def _canary(task_queue: str) -> Schedule:
    """On Monday at 10:00, when the operator is there to hear of it."""
    return _schedule(
        ScheduleActionStartWorkflow("CanaryWorkflow", RunCanary(by=ENGINE), id=CANARY, task_queue=task_queue),
        ScheduleCalendarSpec(day_of_week=[ScheduleRange(_MONDAY)], hour=[ScheduleRange(10)]),
    )


def _reconciliation(task_queue: str, subsystem: str) -> Schedule:
    """At 02:00, before the look for responsibles who are gone."""
    return _schedule(
        ScheduleActionStartWorkflow(
            "ReconciliationWorkflow",
            Reconcile(subsystem=subsystem),
            id=reconciliation_of(subsystem),
            task_queue=task_queue,
            static_summary=f"Сверка реестра с Moodle: {subsystem}",
        ),
        ScheduleCalendarSpec(hour=[ScheduleRange(2)]),
    )


def _schedule(action: ScheduleActionStartWorkflow, at: ScheduleCalendarSpec) -> Schedule:
    return Schedule(
        action=action,
        spec=ScheduleSpec(calendars=[at], time_zone_name="Asia/Yekaterinburg"),
        policy=SchedulePolicy(overlap=ScheduleOverlapPolicy.SKIP, catchup_window=_DAY),
    )

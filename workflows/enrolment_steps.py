"""The steps of clause 4.5, as `steps.py` has those of the others."""

from datetime import timedelta
from typing import Any

from temporalio.common import RetryPolicy

from activities.enrolment_plan import EnrolmentPlanActivities
from activities.enrolment_run import EnrolmentRunActivities
from activities.enrolments import EnrolmentActivities
from models.enrolment import PlanResult, Progress, ShowEnrolment
from models.step import Step
from workflows.steps import write_down

_LONG: dict[str, Any] = {
    "start_to_close_timeout": timedelta(hours=12),
    "heartbeat_timeout": timedelta(seconds=15),
    "retry_policy": RetryPolicy(
        initial_interval=timedelta(seconds=5), backoff_coefficient=2, maximum_interval=timedelta(minutes=10)
    ),
}
"""Of up to 50,000 rows, and of a Moodle that may be away for days; what was done stands in Postgres."""


async def show_enrolment(show: ShowEnrolment) -> None:
    await write_down(EnrolmentActivities.show_enrolment, show, "Состояние списка")


async def plan_enrolment(step: Step) -> PlanResult:
    return await write_down(EnrolmentPlanActivities.plan_enrolment, step, "План регистрации", _LONG)


async def run_enrolment(step: Step) -> Progress:
    return await write_down(EnrolmentRunActivities.run_enrolment, step, "Регистрация Пользователей", _LONG)

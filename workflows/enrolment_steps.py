"""The steps of clause 4.5, as `steps.py` has those of the others."""

from datetime import timedelta

from temporalio import workflow

from activities.enrolment_plan import EnrolmentPlanActivities
from activities.enrolment_run import EnrolmentRunActivities
from activities.enrolments import EnrolmentActivities
from activities.self_registration import SelfRegistrationActivities
from models.enrolment import PlanResult, Progress, ShowEnrolment
from models.self_registration import LookAtWayIn, OpenWayIn, ShowLacks, WayIn
from models.step import Step
from workflows.steps import LONG, MOODLE_RETRIES, write_down

_PATIENCE = timedelta(hours=1)
"""For a Moodle that is away; then people are told that nothing is known, and it is asked the next day."""


async def show_enrolment(show: ShowEnrolment) -> None:
    await write_down(EnrolmentActivities.show_enrolment, show, "Состояние списка")


async def plan_enrolment(step: Step) -> PlanResult:
    return await write_down(EnrolmentPlanActivities.plan_enrolment, step, "План регистрации", LONG)


async def run_enrolment(step: Step) -> Progress:
    return await write_down(EnrolmentRunActivities.run_enrolment, step, "Регистрация Пользователей", LONG)


async def look_at_way_in(look: LookAtWayIn) -> WayIn:
    """Raises `ActivityError` where Moodle stays away, or refuses."""
    return await workflow.execute_activity_method(
        SelfRegistrationActivities.look_at_way_in,
        look,
        start_to_close_timeout=timedelta(minutes=2),
        schedule_to_close_timeout=_PATIENCE,
        retry_policy=MOODLE_RETRIES,
        summary="Могут ли Пользователи записаться сами",
    )


async def show_lacks(show: ShowLacks) -> None:
    await write_down(SelfRegistrationActivities.show_lacks, show, "Что нужно включить")


async def open_way_in(opened: OpenWayIn) -> None:
    await write_down(SelfRegistrationActivities.open_way_in, opened, "Инструкция для Пользователей", LONG)

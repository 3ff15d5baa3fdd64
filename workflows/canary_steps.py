"""The canary's steps as typed functions."""

from datetime import timedelta

from temporalio import workflow

from activities.canary import CanaryActivities
from models.canary import BeginCanary, Begun, Judge, Look
from workflows import steps


async def begin(step: BeginCanary) -> Begun | None:
    return await steps.write_down(
        CanaryActivities.begin_canary, step, "Придуманный запрос", steps.BEYOND_DATABASE
    )


async def look(at: Look) -> bool:
    return await steps.write_down(CanaryActivities.look_at_canary, at, f"Ступени по п. {at.clause}")


async def act(on: Look, patience: timedelta) -> None:
    """Tried no longer than anything else may be late.

    Raises:
        ActivityError: The clause does not answer.
    """
    options = {**steps.BEYOND_DATABASE, "schedule_to_close_timeout": patience}
    await workflow.execute_activity_method(
        CanaryActivities.act_on_canary, on, **options, summary=f"Завершение п. {on.clause}"
    )


async def judge(judge: Judge) -> bool:
    return await steps.write_down(
        CanaryActivities.judge_canary, judge, "Что показала проверка", steps.BEYOND_DATABASE
    )


async def tell(run: int) -> None:
    """As long as any letter.

    Raises:
        ActivityError: The mail server was away for days.
    """
    await workflow.execute_activity_method(
        CanaryActivities.tell_of_canary, run, **steps.MAIL, summary="Письмо Оператору"
    )

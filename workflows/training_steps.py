"""The steps of clauses 4.6 and 4.7, as `steps.py` has those of the others."""

from datetime import timedelta

from temporalio import workflow

from activities.mailing import MailingActivities
from activities.trainings import TrainingActivities
from models.mailings import Mailing
from models.step import Step
from models.training_steps import Keep, PlanMailings, Reading, ReadResults, ShowTraining, WriteMailing
from workflows.steps import LONG, write_down

_PATIENCE = timedelta(hours=1)
"""For a Moodle that is away: letters do not wait longer for fresh results."""
_PATIENCE_AT_THE_END = timedelta(days=3)


async def show_training(show: ShowTraining) -> None:
    await write_down(TrainingActivities.show_training, show, "Сроки и состояние обучения")


async def plan_mailings(plan: PlanMailings) -> tuple[Mailing, ...]:
    planned = await write_down(TrainingActivities.plan_mailings, plan, "Когда писать Пользователям")
    return tuple(planned)


async def read_results(read: ReadResults, *, is_last: bool) -> Reading:
    """Raises `ActivityError` where Moodle stays away, or refuses."""
    return await workflow.execute_activity_method(
        TrainingActivities.read_results,
        read,
        **LONG,
        schedule_to_close_timeout=_PATIENCE_AT_THE_END if is_last else _PATIENCE,
        summary="Чтение результатов из Moodle",
    )


async def write_mailing(write: WriteMailing) -> int:
    return await write_down(
        TrainingActivities.write_mailing, write, f"Письма Пользователям: {write.mailing.key}", LONG
    )


async def send_mailing(mailing: Step) -> None:
    await write_down(MailingActivities.send_mailing, mailing, "Отправка писем Пользователям", LONG)


async def send_sign_ups(letters: Step) -> None:
    await write_down(MailingActivities.send_written, letters, "Письма записавшимся на обучение", LONG)


async def keep_results(keep: Keep) -> None:
    await write_down(TrainingActivities.keep_results, keep, "Результаты обучения сохранены", LONG)

"""The steps of clause 4.8, as `steps.py` has those of the others."""

from datetime import timedelta
from typing import Any

from temporalio import workflow

from activities.removal import RemovalActivities
from activities.replacement import ReplacementActivities
from models.replacement import EndPowers, EndTerm, InSubsystem, PowersEnded, RecordFact, Work
from models.step import Step
from workflows.steps import MOODLE_RETRIES, SIGN_OF_LIFE, write_down

_MOODLE: dict[str, Any] = {
    "start_to_close_timeout": timedelta(minutes=30),
    "heartbeat_timeout": SIGN_OF_LIFE,
    "schedule_to_close_timeout": timedelta(days=1),
    "retry_policy": MOODLE_RETRIES,
}
"""The owner's term is about other things, and no term of it presses: a Moodle that is away for longer
than a day is the operator's to see to."""

_ACTIVITIES = {
    Work.REMOVAL: RemovalActivities.remove_rights,
    Work.GRANT: RemovalActivities.grant_rights,
}


async def record_fact(record: RecordFact) -> None:
    await write_down(ReplacementActivities.record_fact, record, "Запись о смене ответственного лица")


async def end_term(end: EndTerm) -> None:
    await write_down(ReplacementActivities.end_term, end, "Срок исполнен")


async def end_powers(end: EndPowers) -> PowersEnded:
    return await write_down(ReplacementActivities.end_powers, end, "Прекращение полномочий")


async def hand_over(step: InSubsystem) -> None:
    await write_down(ReplacementActivities.hand_over, step, "Новое ответственное лицо приступает")


async def next_case(step: Step) -> str:
    """The later case that has replaced the successor; empty where there is none."""
    return await write_down(ReplacementActivities.next_case, step, "Не сменилось ли и новое лицо")


async def note_by_hand(step: InSubsystem) -> None:
    await write_down(ReplacementActivities.note_by_hand, step, "Выполнено вручную")


async def in_moodle(work: Work, step: InSubsystem) -> None:
    """Raises `ActivityError` where Moodle stays away, or refuses."""
    await workflow.execute_activity_method(
        _ACTIVITIES[work], step, **_MOODLE, summary=f"{work.russian.capitalize()}: {step.subsystem}"
    )

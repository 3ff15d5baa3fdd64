"""Steps of clause 4.4: building a course, and consulting whoever builds it."""

from datetime import timedelta

from temporalio import workflow
from temporalio.common import RetryPolicy

from activities.authoring import AuthoringActivities
from activities.consultation import ConsultationActivities
from models.authoring import LookAtCourse, Looked, RecordDeclaration
from models.consultation import EndRound, RecordLine
from workflows.steps import write_down

_LOOK_WITHIN = timedelta(seconds=8)
"""Somebody waits for the answer: longer than this, and the Moodle is away for them."""


async def look_at_course(look: LookAtCourse) -> Looked:
    return await workflow.execute_activity_method(
        AuthoringActivities.look_at_course,
        look,
        start_to_close_timeout=_LOOK_WITHIN,
        schedule_to_close_timeout=_LOOK_WITHIN,
        retry_policy=RetryPolicy(maximum_attempts=1),
        summary="Готов ли курс в Moodle",
    )


async def record_declaration(record: RecordDeclaration) -> None:
    await write_down(AuthoringActivities.record_declaration, record, "Запись о готовности курса")


async def record_line(line: RecordLine) -> None:
    await write_down(ConsultationActivities.record_line, line, "Вопрос или ответ")


async def end_round(end: EndRound) -> None:
    await write_down(ConsultationActivities.end_round, end, "Вопрос больше не ждёт")

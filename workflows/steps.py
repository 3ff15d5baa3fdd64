"""Every step as one typed function: its timeout, its retries and its Russian summary.

The only module of the workflows that knows the activities' signatures. A step that
is only written down never fails its clause: what trying again does not mend goes to
the operator, and the step is done again when they say so. A step in Moodle or by
mail raises `ActivityError`, and the clause decides.
"""

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Any, TypeVar

from temporalio import workflow
from temporalio.common import RetryPolicy
from temporalio.exceptions import (
    ActivityError,
    ApplicationError,
    CancelledError,
    TerminatedError,
    is_cancelled_exception,
)

from activities.calendar import CalendarActivities
from activities.cases import CaseActivities
from activities.clauses import ClauseActivities
from activities.letters import LetterActivities
from activities.moodle import MoodleActivities
from activities.tasks import TaskActivities
from models.authoring import Authoring
from models.deadlines import Deadline
from models.decisions import Reviewed
from models.errors import Failure
from models.letters import LONGEST_SENDING, Letter, LetterState, Notice
from models.step import Step
from models.steps import (
    AnaloguesFound,
    CloseCase,
    CloseTask,
    Evidence,
    FireRung,
    Grant,
    InMoodle,
    MarkOverdue,
    MoveClauses,
    MovedClause,
    MoveDeadline,
    Named,
    NextRepeat,
    Note,
    OpenClause,
    Opened,
    OpenTask,
    RecordDecision,
    RecordSetup,
    TickOff,
)
from models.terms import Clause, Recipient
from workflows import card, letters
from workflows.mending import Mendable

S = TypeVar("S", bound=Step)
M = TypeVar("M")
R = TypeVar("R")

SIGN_OF_LIFE = timedelta(seconds=15)
"""A step that may take long is tried again so soon after its worker was killed."""

_DATABASE: dict[str, Any] = {
    "start_to_close_timeout": timedelta(seconds=10),
    "retry_policy": RetryPolicy(
        initial_interval=timedelta(seconds=1), backoff_coefficient=2, maximum_interval=timedelta(minutes=1)
    ),
}
"""Postgres comes back within minutes or somebody is looking for it."""

BEYOND_DATABASE: dict[str, Any] = {
    **_DATABASE,
    "start_to_close_timeout": timedelta(minutes=1),
    "heartbeat_timeout": SIGN_OF_LIFE,
}
"""For what asks Moodle or another workflow as well, or looks at every open case."""

MOODLE_RETRIES = RetryPolicy(
    initial_interval=timedelta(seconds=5), backoff_coefficient=2, maximum_interval=timedelta(minutes=10)
)
"""A Moodle may be away for days; how long the engine waits for it is the clause's to say."""

_MOODLE: dict[str, Any] = {
    "start_to_close_timeout": timedelta(minutes=2),
    "heartbeat_timeout": SIGN_OF_LIFE,
    "retry_policy": MOODLE_RETRIES,
}

LONG: dict[str, Any] = {**_MOODLE, "start_to_close_timeout": timedelta(hours=12)}
"""For thousands of learners; what a killed worker had done stands in Postgres."""

MAIL: dict[str, Any] = {
    "start_to_close_timeout": LONGEST_SENDING + timedelta(seconds=30),
    "heartbeat_timeout": SIGN_OF_LIFE,
    "schedule_to_close_timeout": timedelta(days=4),
    "retry_policy": RetryPolicy(
        initial_interval=timedelta(minutes=1), backoff_coefficient=2, maximum_interval=timedelta(hours=1)
    ),
}
"""Four days of trying, as mail servers do among themselves (RFC 5321, 4.5.4.1). An attempt outlasts
the sending: two at a time would send the letter twice."""


_LAST_RESORT_PAUSES = timedelta(minutes=1), timedelta(hours=1)
"""The first, doubled up to the last: a history holds half a year of these."""


async def start_case(step: Step) -> None:
    await write_down(CaseActivities.start_case, step, "Начало дела")


async def open_clause(clause: OpenClause) -> Opened:
    return await write_down(ClauseActivities.open_clause, clause, f"Срок по п. {clause.clause}")


async def find_analogues(step: Step) -> AnaloguesFound:
    return await write_down(CaseActivities.find_analogues, step, "Поиск аналогов", BEYOND_DATABASE)


async def is_known(named: Named) -> bool:
    return await write_down(CaseActivities.is_known, named, "Есть ли то, что называет сигнал")


async def record_decision(record: RecordDecision) -> Reviewed:
    return await write_down(CaseActivities.record_decision, record, "Запись решения")


async def decision_on_record(step: Step) -> Reviewed:
    return await write_down(CaseActivities.decision_on_record, step, "Решение, которое уже принято")


async def record_setup(record: RecordSetup) -> Authoring | None:
    return await write_down(CaseActivities.record_setup, record, "Запись исполнения")


async def close_case(close: CloseCase) -> None:
    await write_down(CaseActivities.close_case, close, "Закрытие дела")


async def note(entry: Note) -> None:
    await write_down(CaseActivities.note, entry, "Запись в журнал")


async def fire_rung(rung: FireRung) -> None:
    await write_down(ClauseActivities.fire_rung, rung, "Ступень напоминаний")


async def mark_overdue(mark: MarkOverdue) -> None:
    await write_down(ClauseActivities.mark_overdue, mark, "Срок прошёл")


async def take_over_deadline(move: MoveDeadline) -> Deadline:
    return await write_down(ClauseActivities.take_over_deadline, move, "Перенос срока")


async def next_repeat(ask: NextRepeat) -> datetime:
    return await write_down(CalendarActivities.next_repeat, ask, "Когда напомнить снова")


async def moved_clauses(ask: MoveClauses) -> list[MovedClause]:
    return await write_down(CalendarActivities.moved_clauses, ask, "Какие сроки сдвигаются", BEYOND_DATABASE)


async def move_clause(moved: MovedClause) -> None:
    summary = f"Перенос срока по делу {moved.number}"
    await write_down(CalendarActivities.move_clause, moved, summary, BEYOND_DATABASE)


async def close_task(task: CloseTask) -> None:
    await write_down(TaskActivities.close_task, task, "Задача выполнена")


async def tick_off(progress: TickOff) -> None:
    await write_down(TaskActivities.tick_off, progress, "Отметки в перечне работ")


async def write_letter(letter: Letter) -> LetterState:
    return await write_down(LetterActivities.write_letter, letter, "Письмо написано")


async def give_up_letter(letter: Letter) -> LetterState:
    return await write_down(LetterActivities.give_up_letter, letter, "Письмо не доставлено")


async def open_task(task: OpenTask) -> None:
    """The last resort: tried for ever, since nothing is left to fall back on."""
    pause, longest = _LAST_RESORT_PAUSES
    while True:
        try:
            return await workflow.execute_activity_method(
                TaskActivities.open_task, task, **_DATABASE, summary="Задача Оператору"
            )
        except ActivityError as error:
            if is_cancelled_exception(error):
                raise
            await workflow.sleep(pause, summary="Задача Оператору не записана")
            pause = min(2 * pause, longest)


async def ensure_category(case: InMoodle) -> int:
    return await workflow.execute_activity_method(
        MoodleActivities.ensure_category, case, **_MOODLE, summary="Категория в Moodle"
    )


async def ensure_course(case: InMoodle) -> int:
    return await workflow.execute_activity_method(
        MoodleActivities.ensure_course, case, **_MOODLE, summary="Курс в Moodle"
    )


async def ensure_responsible(case: InMoodle) -> int:
    return await workflow.execute_activity_method(
        MoodleActivities.ensure_responsible, case, **_MOODLE, summary="Учётная запись ответственного"
    )


async def grant_roles(grant: Grant) -> None:
    await workflow.execute_activity_method(
        MoodleActivities.grant_roles, grant, **_MOODLE, summary="Роль «учитель»"
    )


async def read_back(evidence: Evidence) -> None:
    await workflow.execute_activity_method(
        MoodleActivities.read_back, evidence, **_MOODLE, summary="Проверка сделанного в Moodle"
    )


async def send_letter(key: str) -> LetterState:
    return await workflow.execute_activity_method(
        LetterActivities.send_letter, key, **MAIL, summary="Отправка письма"
    )


def failure_of(error: BaseException) -> str:
    """Type of the failure behind an activity's or a child's error, never its text."""
    cause = error.__cause__
    if isinstance(cause, ApplicationError) and cause.type:
        return cause.type
    if isinstance(cause, TerminatedError | CancelledError):
        return Failure.ENDED_BY_HAND
    return Failure.UNEXPECTED


async def write_down(
    activity: Callable[[Any, S], Awaitable[R]],
    message: S,
    summary: str,
    options: dict[str, Any] = _DATABASE,
) -> R:
    while True:
        try:
            return await workflow.execute_activity_method(activity, message, **options, summary=summary)
        except ActivityError as error:
            if is_cancelled_exception(error):
                raise
            await until_mended(message.number, _name(message), error)


async def until_mended(number: str, step: str, error: BaseException) -> None:
    """Give a failed step to the operator, tell them, and wait until they say that it is mended.

    Args:
        number: The case; empty for work that belongs to none.
        step: The step that failed.
        error: The activity's or child's error.
    """
    clause = workflow.instance()
    assert isinstance(clause, Mendable)
    mended_before = clause.times_mended
    clause.failed_steps += 1
    task = OpenTask(
        number=number,
        step=failed(step),
        at=workflow.now(),
        clause=_clause_of(step),
        workflow_id=workflow.info().workflow_id,
        failure=failure_of(error),
        failed_step=step,
    )
    await open_task(task)
    if number and clause.tells_of_failures:
        await _tell_operator(task)
    with card.waiting_for_operator():
        await clause.until_mended(after=mended_before)
    clause.failed_steps -= 1
    await close_task(
        CloseTask(
            number=number,
            step=f"{task.step}/mended",
            at=workflow.now(),
            workflow_id=task.workflow_id,
            task_step=task.step,
            mended_by=clause.mended_by,
        )
    )


def failed(step: str) -> str:
    """Name of the task: by its instant, as a process that is begun anew would count from one again."""
    return f"{step}/failed-{workflow.now():%Y%m%d-%H%M%S-%f}"


async def _tell_operator(task: OpenTask) -> None:
    """Under the task's own step, by which the letter finds the task's reason."""
    await letters.start(
        Letter(
            number=task.number,
            step=task.step,
            notice=Notice.STEP_FAILED,
            to=Recipient.OPERATOR,
            at=workflow.now(),
        )
    )


def _name(message: Step) -> str:
    """A letter shares its step with others to other people: its key tells them apart."""
    return message.key.partition("/")[2] if isinstance(message, Letter) else message.step


def _clause_of(step: str) -> Clause:
    """Steps are named after their clause: `review/rung-2`."""
    return Clause.__members__.get(step.split("/", 1)[0].upper(), Clause.REQUEST)

"""A step that no retry mends: the case stays open, the operator is told, and it goes on."""

from datetime import timedelta
from typing import Any

import pytest
from temporalio import activity
from temporalio.client import WorkflowFailureError, WorkflowHandle
from temporalio.exceptions import ApplicationError, CancelledError
from temporalio.worker import Worker

from activities.tasks import TaskActivities
from models import ids
from models.errors import Failure
from models.letters import LetterState, Notice
from models.steps import Amend, MoveClauses, MovedClause, OpenTask
from models.terms import Clause, Recipient
from tests.engine import Engine
from tests.workflows import words
from worker import WORKFLOW_RUNNER
from workflows.amendment import AmendmentWorkflow

REFUSED = "(база данных отклонила запись)"


@pytest.mark.parametrize(
    ("step", "named", "table", "condition"),
    [
        ("request/started", "начало дела", "cases", "started_at IS NOT NULL"),
        ("review/opened", "расчёт срока", "journal", "step = 'review/opened'"),
        ("review/analogues", "поиск аналогов", "journal", "step = 'review/analogues'"),
        ("review/decision", "запись решения", "journal", "step = 'review/decision'"),
        ("request/closed", "закрытие дела", "journal", "step = 'request/closed'"),
    ],
)
async def test_a_failed_step_is_told_to_the_operator_and_done_again_when_mended(
    engine: Engine, step: str, named: str, table: str, condition: str
) -> None:
    number = await words.next_number(engine)

    async with words.refusing(engine, table, f"number = '{number}' AND {condition}"):
        assert await engine.file() == number
        if step in ("review/decision", "request/closed"):
            await words.decide(engine, number)
        task = await words.task(engine, number, step)
        letter = await words.letter(engine, number, Notice.STEP_FAILED, Recipient.OPERATOR)
        is_open = (await engine.case(number)).closed_at is None

    why = f"шаг «{named}» ({step}) не выполнен {REFUSED}"
    assert (is_open, task.kind, task.why) == (True, "step_failed", why)
    assert named in " ".join(letter.text.split())
    await words.try_again(engine, task)
    if step not in ("review/decision", "request/closed"):
        await words.decide(engine, number)
    assert await words.closed(engine, number) == "refused"
    assert await engine.until(lambda: words.no_open_tasks(engine, number))


@pytest.mark.parametrize("step", ["setup/opened", "setup/done"])
async def test_a_failed_step_of_the_setup_keeps_it_open_until_it_is_mended(engine: Engine, step: str) -> None:
    number = await engine.file()

    async with words.refusing(engine, "journal", f"number = '{number}' AND step = '{step}'"):
        await engine.approve(number)
        task = await words.task(engine, number, f"{step}/failed")
        letter = await words.letter(engine, number, Notice.STEP_FAILED, Recipient.OPERATOR)
        stage = (await engine.row(number)).stage

    assert (stage, step in letter.text) == ("setup", True)
    await words.try_again(engine, task)
    assert await words.closed(engine, number) == "done"


async def test_a_failed_rung_keeps_the_case_open_and_goes_when_mended(engine: Engine) -> None:
    number = await engine.file()
    review = await words.reviewing(engine, number)
    due_at = await words.due_at(engine, number)

    async with words.refusing(
        engine, "journal", f"number = '{number}' AND step ~ '^review/overdue-[0-9-]+$'"
    ):
        await engine.skip(review, to=due_at)
        task = await words.task(engine, number, "review/overdue")
    await words.try_again(engine, task)

    assert await words.journaled(engine, number, "Просрочено")


async def test_a_letter_that_cannot_be_written_is_told_by_another_letter(engine: Engine) -> None:
    number = await words.next_number(engine)

    async with words.refusing(engine, "letters", f"number = '{number}' AND notice = 'confirmation'"):
        await engine.file()
        task = await words.task(engine, number, "review/registered")
        told = await words.letter(engine, number, Notice.STEP_FAILED, Recipient.OPERATOR)
    await words.try_again(engine, task)

    assert "review/registered" in told.text
    assert await words.letter(engine, number, Notice.CONFIRMATION, Recipient.AGENCY)


async def test_a_letter_about_a_failure_that_fails_itself_is_a_task_and_no_further_letter(
    engine: Engine,
) -> None:
    number = await words.next_number(engine)
    letters = f"number = '{number}' AND notice IN ('confirmation', 'step_failed')"

    async with words.refusing(engine, "letters", letters):
        await engine.file()
        task = await words.task(engine, number, "step_failed/operator/failed-")

    assert task.workflow_id.endswith("step_failed-operator")
    assert not any("step_failed" in name for name in await engine.letter_names(number))
    await words.try_again(engine, task)
    assert await words.letter(engine, number, Notice.STEP_FAILED, Recipient.OPERATOR, LetterState.DELIVERED)


@pytest.mark.parametrize("how", ["terminate", "cancel"])
async def test_a_review_ended_by_hand_is_begun_anew_when_the_operator_says_so(
    engine: Engine, how: str
) -> None:
    number = await engine.file()
    review = await words.reviewing(engine, number)
    deadline = await words.deadline(engine, number)

    await (review.terminate() if how == "terminate" else review.cancel())
    task = await words.task(engine, number, "review/workflow")
    told = await words.letter(engine, number, Notice.STEP_FAILED, Recipient.OPERATOR)
    await words.try_again(engine, task)
    await engine.until(lambda: words.no_open_tasks(engine, number))
    await words.reviewing(engine, number)

    told_words = " ".join(told.text.split())
    assert (task.clause, "процесс остановлен вручную" in told_words) == ("4.2", True)
    assert await words.deadline(engine, number) == deadline
    assert (await words.delivered(engine, number)).count("confirmation agency") == 1
    await words.decide(engine, number)
    assert await words.closed(engine, number) == "refused"


async def test_a_review_begun_anew_goes_on_with_the_ladder_and_repeats_nothing(engine: Engine) -> None:
    number = await engine.file()
    review = await words.reviewing(engine, number)
    ladder = await words.ladder(engine, number)
    await engine.skip(review, to=ladder[0].planned_at)
    await words.delivered(engine, number)

    await review.terminate()
    await words.try_again(engine, await words.task(engine, number, "review/workflow"))
    await engine.until(lambda: words.no_open_tasks(engine, number))
    again = await words.reviewing(engine, number)
    await engine.skip(again, to=ladder[1].planned_at)

    names = await words.delivered(engine, number, of=5)
    assert names.count("reminder reviewer") == 2
    states = [rung.state for rung in await words.ladder(engine, number)]
    assert states == ["sent", "sent", "planned", "planned", "planned"]


async def test_a_case_cancelled_by_hand_ends_with_its_clause(engine: Engine) -> None:
    number = await engine.file()
    review = await words.reviewing(engine, number)

    await engine.request(number).cancel()

    for handle in (engine.request(number), review):
        with pytest.raises(WorkflowFailureError) as failed:
            await handle.result()
        assert isinstance(failed.value.cause, CancelledError)


async def test_an_amendment_that_fails_is_a_task_of_no_case_and_goes_on_when_mended(engine: Engine) -> None:
    """The task itself is refused three times: asked for ever more seldom."""
    calendar = _BrokenCalendar()
    tasks = _LateTasks(engine.sessions)
    worker = Worker(
        engine.client,
        task_queue="broken-calendar",
        workflows=[AmendmentWorkflow],
        activities=[calendar.moved_clauses, tasks.open_task, tasks.close_task],
        workflow_runner=WORKFLOW_RUNNER,
    )

    async with worker:
        amendment = await engine.client.start_workflow(
            AmendmentWorkflow.run,
            Amend(amendment=999_999),
            id=ids.amendment_id(999_999),
            task_queue="broken-calendar",
        )
        await engine.until(lambda: _pauses(amendment))
        await engine.skipper.fast_forward(amendment, timedelta(minutes=8))
        task = await words.task(engine, None, "amendment/999999")
        calendar.is_broken = False
        await words.try_again(engine, task)
        await amendment.result()

    assert (task.number, task.clause) == (None, Clause.REQUEST)
    assert await _pauses(amendment) == [60, 120, 240]


async def _pauses(handle: WorkflowHandle[Any, Any]) -> list[int]:
    """In seconds."""
    timers = [event.timer_started_event_attributes for event in (await handle.fetch_history()).events]
    return [timer.start_to_fire_timeout.seconds for timer in timers if timer.timer_id]


class _LateTasks(TaskActivities):
    """A Postgres that takes no task at first."""

    refusals = 3

    @activity.defn
    async def open_task(self, task: OpenTask) -> None:
        if self.refusals:
            self.refusals -= 1
            raise ApplicationError("Отклонено.", type=Failure.DATABASE_REFUSED, non_retryable=True)
        await super().open_task(task)


class _BrokenCalendar:
    """Fails for good until it is mended."""

    def __init__(self) -> None:
        self.is_broken = True

    @activity.defn
    async def moved_clauses(self, ask: MoveClauses) -> list[MovedClause]:
        if self.is_broken:
            raise ApplicationError("Записи нет.", type=Failure.NOT_FOUND, non_retryable=True)
        return []

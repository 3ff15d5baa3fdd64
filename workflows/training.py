"""Clause 4.6 - a training: learners are told, reminded and followed to its end (4.7: their results kept).

Its mornings come from the production calendar, so an activity computes them; the only clock here is
06:00, when the results are read. It ends at 24:00 of its last day, or when the owner closes it.
"""

import asyncio
import contextlib
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta

from temporalio import workflow
from temporalio.exceptions import ActivityError, ApplicationError, is_cancelled_exception

from models import mailings, trainings
from models.deadlines import LOCAL_ZONE, local_date
from models.decisions import ENGINE
from models.errors import Failure
from models.letters import Notice
from models.mailings import Due, Mailing
from models.step import Step
from models.steps import CloseCase, CloseTask, Note, OpenTask
from models.terms import Clause, Recipient
from models.training_steps import (
    CloseEarly,
    Keep,
    PlanMailings,
    Prolong,
    ReadResults,
    Refresh,
    ShowTraining,
    TrainingCase,
    WriteMailing,
)
from models.trainings import Stage, TrainingRejected
from workflows import card, letters, steps, training_steps
from workflows.mending import Mendable
from workflows.stamp import Stamp, stamp

_READ_AT = time(6, tzinfo=LOCAL_ZONE)


@workflow.defn
class TrainingWorkflow(Mendable):
    @workflow.init
    def __init__(self, opened: TrainingCase) -> None:
        self._case = opened.case
        self._opened = opened
        self._training = opened.training
        self._since = opened.since or opened.training.planned_at
        self._gone = set(opened.gone)
        self._read_on = opened.read_on
        self._gone_course = opened.gone_course
        self._changes = opened.changes
        self._to_note: list[ShowTraining] = []
        self._refresh: Refresh | None = None
        self._mailings: tuple[Mailing, ...] | None = None
        self._is_over = False
        self._shown: Stage | None = None
        # A word of letters may have come to the run before, or have been lost with the API.
        self._has_letters = opened.since is not None
        self._to_signed_up: asyncio.Task[None] | None = None
        self._sending: list[asyncio.Task[None]] = []

    @workflow.run
    async def run(self, opened: TrainingCase) -> Stage:
        if opened.since is None:
            await steps.start_case(Step(**self._stamp("started")))
        await self._show("")
        while (stage := self._training.stage(workflow.now())).is_open:
            await self._next(stage)
            if self._may_begin_anew():
                await workflow.wait_condition(workflow.all_handlers_finished)
                workflow.continue_as_new(self._as_it_stands())
        self._is_over = True
        await self._end(stage)
        await workflow.wait_condition(workflow.all_handlers_finished)
        return stage

    # What people do

    @workflow.update
    def prolong(self, command: Prolong) -> date:
        now = workflow.now()
        self._training = trainings.prolong(self._training, command.ends_on, now)
        self._since = now
        self._change(f"Обучение продлено до {command.ends_on:%d.%m.%Y}", command.by)
        return self._training.ends_on

    @prolong.validator
    def _may_prolong(self, command: Prolong) -> None:
        with _rejecting():
            trainings.prolong(self._training, command.ends_on, workflow.now())

    @workflow.update
    def close_early(self, command: CloseEarly) -> Stage:
        now = workflow.now()
        self._training = trainings.close(self._training, now)
        stage = self._training.stage(now)
        self._change(stage.russian.capitalize(), command.by, command.text_id)
        return stage

    @close_early.validator
    def _may_close_early(self, command: CloseEarly) -> None:
        with _rejecting():
            trainings.close(self._training, workflow.now())

    @workflow.update
    def refresh(self, command: Refresh) -> None:
        self._changes += 1
        self._refresh = command

    @refresh.validator
    def _may_refresh(self, command: Refresh) -> None:
        if not self._opened.reads:
            raise ApplicationError(
                "Подсистема без веб-сервисов: загрузите результаты файлом.", type="results-are-imported"
            )
        if self._is_over or not self._is_open():
            raise ApplicationError(trainings.Rejection.ALREADY_OVER.russian, type="already-over")

    @workflow.signal
    def letters_written(self) -> None:
        """There are letters to people who signed up."""
        self._changes += 1
        self._has_letters = True

    def _change(self, what: str, by: str, text_id: str | None = None) -> None:
        self._changes += 1
        self._mailings = None
        self._to_note.append(
            ShowTraining(
                **self._stamp(f"changed-{self._changes}"),
                training=self._training,
                stage=self._training.stage(workflow.now()),
                what=what,
                by=by,
                text_id=text_id,
            )
        )

    # What happens by itself

    async def _next(self, stage: Stage) -> None:
        """Do what is due now, the most pressing first; else sleep until something is."""
        now = workflow.now()
        if stage is not self._shown:
            await self._show("Обучение началось")
            self._has_letters = True
        elif self._to_note:
            await training_steps.show_training(self._to_note.pop(0))
        elif self._mailings is None:
            await self._plan()
        elif due := mailings.due(self._ahead(), now):
            await self._send(due)
        elif self._may_send_to_signed_up():
            self._send_to_signed_up()
        elif self._refresh is not None:
            self._refresh = None
            await self._read(f"read-{self._changes}")
        elif (reading_at := self._reads_at(now)) and reading_at <= now:
            self._read_on = local_date(now)
            await self._read(f"read-{self._read_on}")
        else:
            await self._sleep(reading_at)

    async def _plan(self) -> None:
        training = self._training
        planned = await training_steps.plan_mailings(
            PlanMailings(**self._stamp(f"plan-{self._changes}"), training=training)
        )
        # People may have moved the dates meanwhile: then it is planned anew.
        if training == self._training:
            self._mailings = planned
        self._show_card(self._training.stage(workflow.now()))

    def _ahead(self) -> tuple[Mailing, ...]:
        return mailings.ahead(self._mailings or (), gone=self._gone, since=self._since)

    async def _send(self, due: Due) -> None:
        """To whom it is for by their state at this moment; those it makes needless never go."""
        self._gone |= {due.mailing.key, *(one.key for one in due.absorbed)}
        step = f"mailing-{due.mailing.key}"
        await self._read(f"{step}/read")
        if not self._is_open():
            return
        written = await training_steps.write_mailing(WriteMailing(**self._stamp(step), mailing=due.mailing))
        if written and self._is_open():
            # A mail server that is away holds nothing else up.
            self._sending.append(asyncio.create_task(training_steps.send_mailing(Step(**self._stamp(step)))))

    def _may_send_to_signed_up(self) -> bool:
        """Not in a history that has grown long: the run that goes on with the training sends them."""
        if workflow.info().is_continue_as_new_suggested():
            return False
        return self._has_letters and (self._to_signed_up is None or self._to_signed_up.done())

    def _send_to_signed_up(self) -> None:
        """One run at a time: two would send a letter twice."""
        self._has_letters = False
        self._to_signed_up = asyncio.create_task(
            training_steps.send_sign_ups(Step(**self._stamp("sign-ups")))
        )
        self._sending.append(self._to_signed_up)

    def _may_begin_anew(self) -> bool:
        if not workflow.info().is_continue_as_new_suggested():
            return False
        return not self._to_note and self._refresh is None and all(one.done() for one in self._sending)

    def _is_open(self) -> bool:
        return self._training.stage(workflow.now()).is_open

    def _reads_at(self, now: datetime) -> datetime | None:
        """The next 06:00 of a running training that has not been read that day."""
        if not self._opened.reads:
            return None
        first = max(local_date(now), self._training.starts_on)
        day = first + timedelta(days=1) if self._read_on == first else first
        return datetime.combine(day, _READ_AT)

    async def _sleep(self, reading_at: datetime | None) -> None:
        ends_at = self._training.ends_at
        coming = [(ends_at, "Окончание обучения")]
        coming += [(one.at, f"Письма Пользователям: {one.key}") for one in self._ahead()[:1]]
        if self._shown is Stage.PLANNED:
            coming.append((self._training.starts_at, "Начало обучения"))
        if reading_at is not None:
            coming.append((reading_at, "Чтение результатов"))
        at, what = min(coming)
        changes = self._changes
        with contextlib.suppress(TimeoutError):
            await workflow.wait_condition(
                lambda: self._changes != changes or self._may_send_to_signed_up() or self._may_begin_anew(),
                timeout=at - workflow.now(),
                timeout_summary=f"{what} {at.astimezone(LOCAL_ZONE):%d.%m.%Y %H:%M}",
            )

    async def _read(self, name: str) -> None:
        """Bring the results up to date; where that fails, what was known before goes on being true."""
        if not self._opened.reads:
            return
        try:
            reading = await training_steps.read_results(
                ReadResults(**self._stamp(name)), is_last=self._is_over
            )
        except ActivityError as error:
            if is_cancelled_exception(error):
                raise
            what = f"Результаты не прочитаны ({steps.failure_of(error)}): остаются прежние"
            await steps.note(
                Note(**self._stamp(f"{name}/failed"), clause=Clause.TRAINING, what=what, by=ENGINE)
            )
            return
        if reading.is_course_gone and not self._gone_course:
            await self._tell_that_course_is_gone(name)
        elif self._gone_course and not reading.is_course_gone:
            await self._close_task_of_course(name)

    async def _tell_that_course_is_gone(self, name: str) -> None:
        """Once: the training stays open with what was known, and looks again every day."""
        gone = self._stamp(f"{name}/course-gone")
        self._gone_course = gone["step"]
        await steps.open_task(
            OpenTask(
                **gone,
                clause=Clause.TRAINING,
                workflow_id=workflow.info().workflow_id,
                failure=Failure.COURSE_GONE,
                failed_step=self._stamp("read")["step"],
            )
        )
        await letters.send(
            self._case, Notice.COURSE_GONE, Recipient.OWNER, Recipient.OPERATOR, step=gone["step"]
        )

    async def _close_task_of_course(self, name: str) -> None:
        task, self._gone_course = self._gone_course, ""
        await steps.close_task(
            CloseTask(
                **self._stamp(f"{name}/course-back"),
                workflow_id=workflow.info().workflow_id,
                task_step=task,
            )
        )

    async def _end(self, stage: Stage) -> None:
        for one in self._to_note:
            await training_steps.show_training(one)
        if stage is not Stage.CANCELLED:
            await self._read("read-at-the-end")
        await training_steps.keep_results(Keep(**self._stamp("kept"), stage=stage))
        if stage is not Stage.CANCELLED:
            await letters.send(
                self._case,
                Notice.TRAINING_SUMMARY,
                Recipient.OWNER,
                Recipient.RESPONSIBLE,
                step=self._stamp("summary")["step"],
            )
        await asyncio.gather(*self._sending)
        self._send_to_signed_up()
        await asyncio.gather(*self._sending)
        what = f"Дело закрыто: обучение {stage.russian}"
        await steps.close_case(CloseCase(**self._stamp("closed"), clause=Clause.TRAINING, what=what))
        self._show_card(stage)

    async def _show(self, what: str) -> None:
        now = workflow.now()
        stage = self._training.stage(now)
        self._shown = stage
        self._show_card(stage)
        await training_steps.show_training(
            ShowTraining(
                **self._stamp(f"stage-{stage}"), training=self._training, stage=stage, what=what, by=ENGINE
            )
        )

    def _show_card(self, stage: Stage) -> None:
        card.show(self._case, Clause.TRAINING, stage, waits_for="", due_at=self._training.ends_at)

    def _as_it_stands(self) -> TrainingCase:
        return self._opened.model_copy(
            update={
                "training": self._training,
                "since": self._since,
                "gone": tuple(sorted(self._gone)),
                "read_on": self._read_on,
                "gone_course": self._gone_course,
                "changes": self._changes,
            }
        )

    def _stamp(self, name: str) -> Stamp:
        return stamp(self._case.number, f"training/{name}")


@contextlib.contextmanager
def _rejecting() -> Iterator[None]:
    try:
        yield
    except TrainingRejected as rejected:
        raise ApplicationError(str(rejected), type=rejected.rejection, non_retryable=True) from None

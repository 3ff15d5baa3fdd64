"""«Запись на обучение»: signing up, deciding, opening; each in one transaction with its letter.

The letters wait in Postgres; the training's workflow is told of them behind the answer.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated

import structlog
from fastapi import Depends
from fastapi.responses import JSONResponse
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col
from starlette.background import BackgroundTask
from temporalio.client import Client
from temporalio.service import RPCError

from api import enrolments
from api.deps import SessionsDep, TemporalDep
from api.enrolments import ListFile
from api.errors import Problem
from api.opening import Opened
from api.schemas.fields import CaseNumber
from api.schemas.sign_ups import (
    ApplicationAnswer,
    ApplicationForm,
    ApplicationShown,
    SignUpShown,
    named,
)
from models import ids, sign_up_rows, signup, store
from models.deadlines import local_date
from models.settings import Settings
from models.signup import SignUpRejected, Standing
from models.step import Step
from models.tables import Course, Organisation, SignUpRow, TrainingRow
from models.terms import Clause
from models.trainings import Stage
from workflows.training import TrainingWorkflow

log = structlog.get_logger()


async def _open_to_all(number: CaseNumber, sessions: SessionsDep) -> TrainingRow:
    """A training that has a public sign-up, over or not."""
    async with sessions() as session:
        row = await session.get(TrainingRow, number)
    if row is None or row.sign_up_until is None:
        raise Problem("not-found")
    return row


PublicTrainingDep = Annotated[TrainingRow, Depends(_open_to_all)]


@dataclass(frozen=True)
class Telling:
    """The way to the training's workflow. What it isn't told now it finds at its start or its end."""

    client: Client

    def of(self, number: str) -> BackgroundTask:
        return BackgroundTask(self._tell, number)

    async def _tell(self, number: str) -> None:
        try:
            handle = self.client.get_workflow_handle(ids.case_id(number))
            await handle.signal(TrainingWorkflow.letters_written)
        except (RPCError, RuntimeError) as error:
            log.warning("letters wait", number=number, error=type(error).__name__)


def _telling(client: TemporalDep) -> Telling:
    return Telling(client)


TellingDep = Annotated[Telling, Depends(_telling)]


def told(response: JSONResponse, task: BackgroundTask) -> JSONResponse:
    response.background = task
    return response


async def shown(session: AsyncSession, training: TrainingRow, at: datetime) -> SignUpShown:
    course = await session.get_one(Course, training.course)
    owner = await session.get_one(Organisation, course.owner)
    taken = await sign_up_rows.taken(session, training.number)
    places = training.places
    return SignUpShown(
        number=training.number,
        course=course.name,
        title=training.title,
        owner=owner.name,
        starts_on=training.starts_on,
        ends_on=training.ends_on,
        until=training.sign_up_until or training.ends_on,
        is_open=_is_open(training, at),
        places=places,
        free=None if places is None else max(0, places - taken.held - taken.waiting),
        waiting=taken.waiting,
    )


async def sign_up(
    session: AsyncSession, number: str, form: ApplicationForm, at: datetime
) -> ApplicationAnswer:
    """Take an application; the very same one again gets the same answer.

    Raises:
        Problem: It is closed, or this address has signed up otherwise, or was declined.
    """
    training = await _locked(session, number)
    row = await sign_up_rows.of_person(session, number, form.email)
    if row is not None and row.state != Standing.WITHDRAWN and _is_same(row, form):
        return ApplicationAnswer(training=number, standing=named(row.state))
    taken = await sign_up_rows.taken(session, number)
    with _rejecting():
        if not _is_open(training, at):
            raise SignUpRejected(signup.Rejection.CLOSED)
        before = Standing(row.state) if row else None
        standing = signup.sign_up(sign_up_rows.rules(training), taken, at, before=before)
    if row is not None:
        await session.delete(row)
        await session.flush()
    row = SignUpRow(training=number, state=standing.value, at=at, **form.model_dump())
    session.add(row)
    await session.flush()
    await sign_up_rows.write(session, row)
    if standing is Standing.APPLIED:
        await sign_up_rows.write_to_responsible(session, training, local_date(at))
    step = Step(number=number, step=f"training/sign-up-{row.id}", at=at)
    await store.write_once(session, step, Clause.TRAINING, f"Запись на обучение: {standing.russian}")
    return ApplicationAnswer(training=number, standing=named(standing))


async def open_sign_up(
    session: AsyncSession, number: str, rules: signup.SignUp, at: datetime, by: str
) -> SignUpShown:
    """Open the sign-up, or change its places and closing date; freed places go to who waits."""
    training = await _locked(session, number)
    _check_open(training)
    training.places = rules.places
    training.sign_up_until = rules.closes_on or training.ends_on
    await session.flush()
    await sign_up_rows.promote(session, training)
    places = "без предела" if rules.places is None else str(rules.places)
    what = f"Запись на обучение: мест — {places}, до {training.sign_up_until:%d.%m.%Y} включительно"
    step = Step(number=number, step=f"training/sign-up-opened-{at.isoformat()}", at=at)
    await store.write_once(session, step, Clause.TRAINING, what, by=by)
    return await shown(session, training, at)


async def decide(
    session: AsyncSession, number: str, application: int, at: datetime, by: str, reason: str | None = None
) -> ApplicationShown:
    """Accept an application, or decline it with a reason; a place that is freed goes to who waits.

    Raises:
        Problem: There is none of this id, it was decided already, or there is no place for it.
    """
    training = await _locked(session, number)
    _check_open(training)
    row = await session.get(SignUpRow, application)
    if row is None or row.training != number:
        raise Problem("not-found")
    taken = await sign_up_rows.taken(session, number)
    with _rejecting():
        if reason is None:
            decided = signup.accept(sign_up_rows.rules(training), taken, Standing(row.state))
        else:
            decided = signup.decline(Standing(row.state), reason)
    row.state, row.reason, row.decided_at, row.decided_by = decided.value, reason or "", at, by
    await session.flush()
    await sign_up_rows.write(session, row)
    await sign_up_rows.promote(session, training)
    step = Step(number=number, step=f"training/sign-up-{row.id}-{at.isoformat()}", at=at)
    await store.write_once(session, step, Clause.TRAINING, f"Запись № {row.id}: {decided.russian}", by=by)
    return application_shown(row)


async def enrol(session: AsyncSession, number: str, settings: Settings, by: str) -> Opened:
    """A list (clause 4.5) of the accepted who are in none yet, in the caller's transaction.

    It is one of the training's lists from now on: its learners take part.

    Raises:
        Problem: There is nobody, the training is over, or its subsystem has no web services.
    """
    training = await _locked(session, number)
    _check_open(training)
    course = await session.get_one(Course, training.course)
    enrolments.check_has_services(course, settings)
    rows = await sign_up_rows.accepted_rows(session, number)
    if len(rows) == 1:
        raise Problem("nobody-accepted")
    file = ListFile.of_rows(row.cells for row in rows)
    at = datetime.now(UTC)
    opened = await enrolments.open_list(session, course, file, training=number, by=by, at=at)
    await sign_up_rows.enrolled(session, number, opened.case.number)
    training.lists = [*training.lists, opened.case.number]
    return opened


async def listed(
    session: AsyncSession, number: str, after: int, limit: int, state: Standing | None
) -> list[SignUpRow]:
    query = select(SignUpRow).where(col(SignUpRow.training) == number, col(SignUpRow.id) > after)
    if state is not None:
        query = query.where(col(SignUpRow.state) == state.value)
    return list((await session.scalars(query.order_by(col(SignUpRow.id)).limit(limit))).all())


def application_shown(row: SignUpRow) -> ApplicationShown:
    fields = row.model_dump(exclude={"training", "state", "decided_by"})
    return ApplicationShown(**fields, standing=named(row.state))


async def _locked(session: AsyncSession, number: str) -> TrainingRow:
    """Two people can't get the last place: the second waits here until the first has it."""
    return await session.get_one(TrainingRow, number, with_for_update=True)


def _is_open(training: TrainingRow, at: datetime) -> bool:
    return Stage(training.state).is_open and sign_up_rows.rules(training).is_open(at)


def _check_open(training: TrainingRow) -> None:
    if not Stage(training.state).is_open:
        raise Problem("already-over")


def _is_same(row: SignUpRow, form: ApplicationForm) -> bool:
    return row.model_dump(include=set(ApplicationForm.model_fields)) == form.model_dump()


@contextmanager
def _rejecting() -> Iterator[None]:
    try:
        yield
    except SignUpRejected as rejected:
        raise Problem(rejected.rejection.value) from None

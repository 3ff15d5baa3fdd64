"""Trainings: who may see one, opening one, acting on one."""

from collections.abc import Callable, Container
from datetime import UTC, datetime
from typing import Annotated, Any

from fastapi import Depends
from fastapi.responses import JSONResponse
from pydantic import BaseModel
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from api import mailings
from api.cases import CaseDep
from api.course_acts import CourseAct
from api.deps import SessionsDep
from api.errors import Problem
from api.idempotency import PostDep
from api.opening import Opened
from api.schemas.fields import Named
from api.schemas.trainings import TrainingForm, TrainingShown
from api.updates import UpdatesDep
from models import opening, trainings
from models.cases import Kind, clause_of
from models.results import Origin, Results, Unseen
from models.tables import (
    CaseRow,
    Course,
    EnrolmentRow,
    ParticipantRow,
    TrainingRow,
)
from models.training_steps import TrainingCase
from models.trainings import Stage, TrainingRejected


async def _training(case: CaseDep, sessions: SessionsDep) -> TrainingRow:
    """The training of this number, of a course that the caller may see."""
    async with sessions() as session:
        row = await session.get(TrainingRow, case.number)
    if row is None:
        raise Problem("not-found")
    return row


TrainingDep = Annotated[TrainingRow, Depends(_training)]


async def open_one(
    session: AsyncSession,
    course: Course,
    form: TrainingForm,
    *,
    by: str,
    at: datetime,
    read_from: Container[str],
) -> Opened:
    """Register a training in the caller's transaction.

    Args:
        read_from: Subsystems whose results the engine reads; those of others are imported.

    Raises:
        Problem: The dates are impossible, or a list is not of this course.
    """
    try:
        planned = trainings.plan(form.starts_on, form.ends_on, at)
    except TrainingRejected as rejected:
        raise Problem(rejected.rejection.value) from None
    await _check_lists(session, course, form.lists)
    case = await opening.new_case(session, Kind.TRAINING, course)
    is_read = course.moodle_id is not None and course.subsystem in read_from
    argument = TrainingCase(case=case, training=planned, by=by, reads=is_read)
    what = f"Назначено обучение «{form.title}»: {form.starts_on:%d.%m.%Y} – {form.ends_on:%d.%m.%Y}"
    clause = clause_of(case.number)
    await opening.register(session, case, argument, at=at, clause=clause, what=what, by=by)
    row = _row(case.number, course, form, planned.stage(at), is_read=is_read)
    session.add(row)
    await session.flush()
    return Opened(case, argument, await shown(session, row))


async def shown(session: AsyncSession, row: TrainingRow) -> TrainingShown:
    own = col(ParticipantRow.training) == row.number
    count = await session.scalar(select(func.count()).select_from(ParticipantRow).where(own))
    told = Results(
        course="",
        owner="",
        subsystem="",
        read_at=row.read_at or datetime.now(UTC),
        origin=Origin(row.origin),
        unseen=tuple(Unseen(one) for one in row.unseen),
    )
    return TrainingShown(
        **row.model_dump(exclude={"state", "unseen"}),
        state=Named.of(Stage(row.state)),
        unseen=list(told.unseen_words),
        participants=count or 0,
        letters=await mailings.letters(session, row.number),
    )


def _row(number: str, course: Course, form: TrainingForm, stage: Stage, *, is_read: bool) -> TrainingRow:
    origin = Origin.READ if is_read else Origin.IMPORTED
    return TrainingRow(
        number=number,
        course=course.id or 0,
        title=form.title,
        starts_on=form.starts_on,
        ends_on=form.ends_on,
        state=stage.value,
        lists=form.lists,
        origin=origin.value,
        places=form.sign_up.places if form.sign_up else None,
        # Without a day of its own the sign-up closes with the training.
        sign_up_until=(form.sign_up.until or form.ends_on) if form.sign_up else None,
    )


async def _check_lists(session: AsyncSession, course: Course, lists: list[str]) -> None:
    query = (
        select(col(EnrolmentRow.number))
        .join(CaseRow, col(CaseRow.number) == col(EnrolmentRow.number))
        .where(col(EnrolmentRow.number).in_(lists), col(CaseRow.course) == course.id)
    )
    if set(lists) - set((await session.scalars(query)).all()):
        raise Problem("unknown-list")


class TrainingAct(CourseAct):
    """One POST on a training by Update."""

    async def once(
        self, update: Any, command: Any, decided: Callable[[Any], dict[str, Any]], *, text: str = ""
    ) -> JSONResponse:
        """Once; the training as it stands then.

        Args:
            update: Its update method.
            command: The update's argument.
            decided: From the update's outcome to what of the answer it decides: the row lags a moment.
            text: What was typed.
        """

        async def answer(session: AsyncSession, outcome: Any) -> BaseModel:
            standing = await shown(session, await session.get_one(TrainingRow, self.number))
            return standing.model_copy(update=decided(outcome))

        return await self.do(update, command, answer, text=text)


async def _act(row: TrainingDep, post: PostDep, updates: UpdatesDep) -> TrainingAct:
    return TrainingAct(row.number, post, updates)


TrainingActDep = Annotated[TrainingAct, Depends(_act)]

"""Lists of learners: who may see one, opening one, acting on one."""

import csv
import hashlib
import io
from collections.abc import Iterable
from datetime import datetime
from typing import Annotated, Any, NamedTuple

from fastapi import Depends
from fastapi.responses import JSONResponse
from pydantic import BaseModel
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import defer
from sqlmodel import col

from api import courses, mailings
from api.auth import Caller
from api.cases import CaseDep
from api.course_acts import CourseAct
from api.deps import SessionsDep
from api.errors import Problem
from api.idempotency import PostDep
from api.opening import Opened
from api.schemas.enrolments import EnrolmentShown, RowPage, RowShown
from api.schemas.fields import Named
from api.updates import UpdatesDep
from models import claim_codes, opening
from models.cases import Kind
from models.enrolment import EnrolmentCase, Stage, State, Way
from models.plans import Verdict
from models.regulation import ENROLMENT_TERM
from models.self_registration import Lack
from models.settings import Settings
from models.spreadsheets import Fault, SpreadsheetError
from models.tables import CaseRow, Course, EnrolmentRow, LearnerRow, TrainingRow
from models.terms import Clause

_WITHOUT_FILE = defer(EnrolmentRow.content)  # type: ignore[arg-type]


_FROM_SIGN_UP = "Составлен список Пользователей из записи на обучение"


class ListFile(NamedTuple):
    """A list as it is to be planned."""

    name: str
    content: bytes

    @classmethod
    def of_rows(cls, rows: Iterable[tuple[str, ...]]) -> "ListFile":
        """A list of sign-ups, which has no name: its headings first, as `models.headings` knows them."""
        text = io.StringIO()
        csv.writer(text).writerows(rows)
        return cls("", text.getvalue().encode())


async def _enrolment(case: CaseDep, sessions: SessionsDep) -> EnrolmentRow:
    """The list of this number, of a course that the caller may see; without its file."""
    async with sessions() as session:
        row = await session.get(EnrolmentRow, case.number, options=[_WITHOUT_FILE])
    if row is None:
        raise Problem("not-found")
    return row


EnrolmentDep = Annotated[EnrolmentRow, Depends(_enrolment)]


def has_services(course: Course, settings: Settings) -> bool:
    """Whether the engine works in the course's subsystem; elsewhere the operator registers learners."""
    return course.moodle_id is not None and course.subsystem in settings.moodle_sites


def check_has_services(course: Course, settings: Settings) -> None:
    """
    Raises:
        Problem: The engine doesn't work in the course's subsystem.
    """
    if not has_services(course, settings):
        raise Problem("no-web-services")


async def open_list(
    session: AsyncSession,
    course: Course,
    file: ListFile,
    *,
    training: str | None,
    by: str,
    at: datetime,
) -> Opened:
    """Register a list in the caller's transaction: its plan is made behind the answer.

    Args:
        course: One in a Moodle that the engine works in: see `check_has_services`.
        file: As it came, or made of sign-ups.
        training: Of this course, whose learners they are.

    Raises:
        Problem: The file is blank, or the training is not of this course.
    """
    if not file.content.strip():
        raise Problem("invalid", str(SpreadsheetError(Fault.EMPTY)))
    if training is not None and await _course_of(session, training) != course.id:
        raise Problem("unknown-training")
    case = await opening.new_case(session, Kind.ENROLMENT, course)
    argument = EnrolmentCase(case=case, way=Way.BY_RESPONSIBLE, by=by, term=ENROLMENT_TERM)
    what = f"Загружен список Пользователей «{file.name}»" if file.name else _FROM_SIGN_UP
    await opening.register(session, case, argument, at=at, clause=Clause.ENROLMENT, what=what, by=by)
    row = EnrolmentRow(
        number=case.number,
        way=Way.BY_RESPONSIBLE.value,
        training=training,
        filename=file.name,
        content=file.content,
        sha256=hashlib.sha256(file.content).hexdigest(),
        state=Stage.NEW.value,
    )
    session.add(row)
    await session.flush()
    return Opened(case, argument, await shown(session, row, course.id or 0))


async def _course_of(session: AsyncSession, training: str) -> int | None:
    query = select(col(TrainingRow.course)).where(col(TrainingRow.number) == training)
    return await session.scalar(query)


async def lists_of(session: AsyncSession, course: Course) -> list[EnrolmentShown]:
    """Of a course, the newest first."""
    query = (
        select(EnrolmentRow)
        .join(CaseRow, col(CaseRow.number) == col(EnrolmentRow.number))
        .where(col(CaseRow.course) == course.id)
        .order_by(col(CaseRow.opened_at).desc())
        .options(_WITHOUT_FILE)
    )
    return [await shown(session, row, course.id or 0) for row in (await session.scalars(query)).all()]


class Confirmed(NamedTuple):
    """A list whose learners can take part in a training of its course."""

    number: str
    filename: str
    course: int
    course_name: str


async def confirmed(session: AsyncSession, caller: Caller, limit: int) -> list[Confirmed]:
    """Of all courses of the caller, by course, of which the newest lists first."""
    opened_at = col(CaseRow.opened_at)
    newest = (
        select(col(EnrolmentRow.number), col(EnrolmentRow.filename), col(Course.id), col(Course.name))
        .join(CaseRow, col(CaseRow.number) == col(EnrolmentRow.number))
        .join(Course, col(Course.id) == col(CaseRow.course))
        .where(
            courses.visible(caller),
            col(EnrolmentRow.way) == Way.BY_RESPONSIBLE.value,
            col(EnrolmentRow.confirmed_at).is_not(None),
        )
        .order_by(opened_at.desc())
        .limit(limit)
    )
    rows = (await session.execute(newest)).all()
    found = [Confirmed(number, filename, course or 0, name) for number, filename, course, name in rows]
    return sorted(found, key=lambda one: (one.course_name, one.course))


async def stand(session: AsyncSession, number: str) -> EnrolmentShown:
    """A list as it stands now."""
    row = await session.get_one(EnrolmentRow, number, options=[_WITHOUT_FILE])
    return await shown(session, row, (await session.get_one(CaseRow, number)).course or 0)


async def shown(session: AsyncSession, row: EnrolmentRow, course: int) -> EnrolmentShown:
    on_slips = claim_codes.on_slips(row.number)
    return EnrolmentShown(
        number=row.number,
        course=course,
        way=Named.of(Way(row.way)),
        training=row.training,
        filename=row.filename,
        state=Named.of(Stage(row.state)),
        why=row.why,
        lacks=[Named.of(Lack(one)) for one in row.lacks],
        counts=row.counts,
        confirmed_at=row.confirmed_at,
        letters=await mailings.letters(session, row.number),
        slips=await session.scalar(select(func.count()).select_from(on_slips.order_by(None).subquery())) or 0,
    )


class Wanted(NamedTuple):
    """Which rows of a list are asked for."""

    verdicts: tuple[Verdict, ...]
    states: tuple[State, ...]
    after: int
    limit: int


async def rows(session: AsyncSession, number: str, wanted: Wanted) -> RowPage:
    """A page of a list, in the order of the file."""
    query = select(LearnerRow).where(col(LearnerRow.number) == number, col(LearnerRow.row) > wanted.after)
    if wanted.verdicts:
        query = query.where(col(LearnerRow.verdict).in_(wanted.verdicts))
    if wanted.states:
        query = query.where(col(LearnerRow.state).in_(wanted.states))
    query = query.order_by(col(LearnerRow.row)).limit(wanted.limit + 1)
    found = (await session.scalars(query)).all()
    page = found[: wanted.limit]
    return RowPage(
        items=[_row(one) for one in page], next=page[-1].row if len(found) > wanted.limit else None
    )


def _row(row: LearnerRow) -> RowShown:
    return RowShown(
        **row.model_dump(include=set(RowShown.model_fields) - {"verdict", "state"}),
        verdict=Named.of(Verdict(row.verdict)),
        state=Named.of(State(row.state)),
    )


class EnrolmentAct(CourseAct):
    """One POST on a list by Update."""

    async def once(self, update: Any, command: Any) -> JSONResponse:
        """Once; the list with the stage that the update answers: the row lags a moment."""

        async def answer(session: AsyncSession, stage: Any) -> BaseModel:
            standing = await stand(session, self.number)
            return standing.model_copy(update={"state": Named.of(Stage(stage))})

        return await self.do(update, command, answer)


async def _act(row: EnrolmentDep, post: PostDep, updates: UpdatesDep) -> EnrolmentAct:
    return EnrolmentAct(row.number, post, updates)


EnrolmentActDep = Annotated[EnrolmentAct, Depends(_act)]

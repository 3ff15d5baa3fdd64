"""Opening way one of clause 4.5."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from api import enrolments
from api.errors import Problem
from api.opening import Opened
from models import opening
from models.cases import Kind
from models.enrolment import EnrolmentCase, Stage, Way
from models.regulation import ENROLMENT_TERM
from models.tables import Course, EnrolmentRow, Subsystem
from models.terms import Clause


async def open_one(session: AsyncSession, course: Course, *, by: str, at: datetime) -> Opened:
    """Register it in the caller's transaction.

    Raises:
        Problem: Learners could not be told where to go.
    """
    subsystem = await session.get_one(Subsystem, course.subsystem)
    if not (course.url or subsystem.url):
        raise Problem("course-without-address")
    case = await opening.new_case(session, Kind.ENROLMENT, course)
    argument = EnrolmentCase(case=case, way=Way.SELF_REGISTRATION, by=by, term=ENROLMENT_TERM)
    what = "Выбрана самостоятельная регистрация Пользователей"
    await opening.register(session, case, argument, at=at, clause=Clause.ENROLMENT, what=what, by=by)
    row = EnrolmentRow(number=case.number, way=Way.SELF_REGISTRATION.value, state=Stage.NEW.value)
    session.add(row)
    await session.flush()
    return Opened(case, argument, await enrolments.shown(session, row, course.id or 0))

"""Words for claim codes: a list of learners with accounts that the engine made, and the page they open."""

from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple
from uuid import uuid4

import httpx
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select
from temporalio.client import WorkflowHandle

from models import claim_codes
from models.cases import CourseCase, Kind
from models.opening import new_case, register
from models.step import Step
from models.tables import Account, CaseRow, ClaimCode, Course, EnrolmentRow, JournalEntry, LearnerRow
from models.terms import Clause
from tests.engine import Engine, Json
from tests.workflows.trainings import course_of_its_own

PASSWORD = "Verba-2026-les"


class Learner(NamedTuple):
    row: int
    moodle_id: int
    username: str
    email: str


class List(NamedTuple):
    """A list that was run, its case ended since."""

    number: str
    course: Course
    learners: list[Learner]


async def a_list(
    engine: Engine,
    *,
    mails: int = 1,
    without: int = 0,
    learners: list[Learner] | None = None,
    course: Course | None = None,
) -> List:
    """So many learners with an address, then so many without; or those given."""
    course = course or await course_of_its_own(engine)
    rows = range(2, mails + without + 2)
    learners = learners or [await _account(engine, row, has_mail=row < mails + 2) for row in rows]
    async with engine.sessions.begin() as session:
        case = await new_case(session, Kind.ENROLMENT, course)
        await _register(session, case)
        session.add(EnrolmentRow(number=case.number, way="by_responsible", state="done"))
        await session.flush()
        for one in learners:
            session.add(_learner(case.number, one))
            session.add(_made(case.number, course.subsystem, one))
    return List(case.number, course, learners)


async def code_of(
    engine: Engine, some: List, place: int = 0, *, step: str = "enrolment/test", days: int = 30
) -> str:
    """A fresh code of one of the list."""
    query = claim_codes.unclaimed(some.number).where(col(LearnerRow.row) == some.learners[place].row)
    at = datetime.now(UTC)
    async with engine.sessions.begin() as session:
        found = [(one, account) for one, account in (await session.execute(query)).all()]
        validity = timedelta(days=days)
        return (await claim_codes.issue(session, found, step=step, at=at, validity=validity))[0]


async def open_page(engine: Engine, code: str) -> httpx.Response:
    return await _browse(engine, "GET", f"/claim/{code}" if code else "/claim")


async def choose(
    engine: Engine, code: str, password: str = PASSWORD, again: str | None = None
) -> httpx.Response:
    form = {"code": code, "password": password, "again": password if again is None else again}
    return await _browse(engine, "POST", "/claim", data=form)


async def account(engine: Engine, some: List, place: int = 0) -> Account:
    async with engine.sessions() as session:
        return await session.get_one(Account, (some.course.subsystem, some.learners[place].moodle_id))


async def codes(engine: Engine, number: str) -> list[ClaimCode]:
    query = select(ClaimCode).where(col(ClaimCode.number) == number).order_by(col(ClaimCode.issued_at))
    async with engine.sessions() as session:
        return list((await session.scalars(query)).all())


async def sending(engine: Engine, number: str) -> WorkflowHandle[Any, Any]:
    """The workflow that sends the codes of a list anew, once it is listed."""

    async def listed() -> WorkflowHandle[Any, Any] | None:
        async for one in engine.client.list_workflows("WorkflowType = 'CodesWorkflow'"):
            if one.id.startswith(f"{number}-codes-"):
                return engine.client.get_workflow_handle(one.id)
        return None

    handle = await engine.until(listed)
    assert isinstance(handle, WorkflowHandle)
    return handle


async def claims_of(engine: Engine, number: str) -> list[JournalEntry]:
    """Lines of the journal on used codes."""
    query = select(JournalEntry).where(col(JournalEntry.number) == number)
    async with engine.sessions() as session:
        rows = (await session.scalars(query)).all()
    return [row for row in rows if "/claimed-" in row.step]


async def signs_in(engine: Engine, some: List, password: str = PASSWORD, place: int = 0) -> bool:
    """Whether Moodle lets the learner in with the password."""
    learner, site = some.learners[place], some.course.subsystem
    await engine.moodle_act(
        "add_token", user_id=learner.moodle_id, value=uuid4().hex, service="probe", functions=[], site=site
    )
    form = {"username": learner.username, "password": password, "service": "probe"}
    async with httpx.AsyncClient() as http:
        answer = await http.post(f"{engine.moodle_url}/{site}/login/token.php", data=form)
    return "token" in answer.json()


async def everything(engine: Engine) -> str:
    """All that stands in Postgres, as text."""
    async with engine.sessions() as session:
        names = (
            await session.scalars(text("SELECT tablename FROM pg_tables WHERE schemaname = 'public'"))
        ).all()
        rows = [(await session.scalars(text(f'SELECT t::text FROM "{name}" t'))).all() for name in names]
    return "\n".join(row for table in rows for row in table)


async def _browse(engine: Engine, method: str, path: str, **more: Any) -> httpx.Response:
    transport = httpx.ASGITransport(engine.app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://api", timeout=60) as http:
        return await http.request(method, path, **more)


async def _account(engine: Engine, row: int, *, has_mail: bool) -> Learner:
    username = f"vetrova.u-{uuid4().hex[:8]}"
    email = f"{username}@example.org" if has_mail else ""
    user: Json = await engine.moodle_act(
        "add_user",
        username=username,
        firstname="Ульяна",
        lastname="Ветрова",
        email=email or f"{username}@no-mail.invalid",
        password=uuid4().hex,
    )
    return Learner(row, int(user["id"]), username, email)


async def _register(session: AsyncSession, case: CourseCase) -> None:
    at = datetime.now(UTC)
    step = Step(number=case.number, step="opened", at=at)
    await register(session, case, step, at=at, clause=Clause.ENROLMENT, what="Список", by="engine")
    row = await session.get_one(CaseRow, case.number)
    # It has ended: upkeep looks for no workflow.
    row.started_at = row.closed_at = at
    row.histories_kept = True


def _learner(number: str, one: Learner) -> LearnerRow:
    return LearnerRow(
        number=number,
        row=one.row,
        surname="Ветрова",
        first_name="Ульяна",
        email=one.email,
        organisation="Школа № 5",
        verdict="new",
        username=one.username,
        moodle_id=one.moodle_id,
        state="enrolled",
    )


def _made(number: str, subsystem: str, one: Learner) -> Account:
    return Account(
        subsystem=subsystem,
        moodle_id=one.moodle_id,
        username=one.username,
        email=one.email,
        made_by=number,
        made_at=datetime.now(UTC),
    )

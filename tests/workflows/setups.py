"""Words of clause 4.3: what tests of the setup say and ask, over and over."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from typing import Any, NamedTuple
from uuid import uuid4

from sqlmodel import col, select
from temporalio.client import WorkflowHandle

from models import ids
from models.deadlines import Deadline
from models.requests import Stage
from models.tables import Category, ClauseRow, Course, JournalEntry, Person, Request, Responsibility, Task
from models.terms import Clause
from tests.engine import Engine, Json, result_of
from tests.workflows import standing

COURSE_CREATOR, EDITING_TEACHER = 2, 3
HOUR = timedelta(hours=1)

Handle = WorkflowHandle[Any, Any]


def named(**changes: Any) -> Json:
    """A responsible with a name and an address of their own."""
    person = {"name": "Тестова Вера Павловна", "post": "Методист", "phone": "+7 3452 00-00-00"}
    return {**person, "email": f"vera.{uuid4().hex[:8]}@example.org", **changes}


def title(kind: str = "Курс") -> str:
    return f"{kind} {uuid4().hex}"


async def approved(engine: Engine, **changes: Any) -> str:
    """A request that has just gone to the operator; its number. Its review was not carried through."""
    return await standing.ordered(engine, changes)


async def done(engine: Engine, **changes: Any) -> str:
    """A request whose setup went through to its end; its number."""
    number = await approved(engine, **changes)
    await finished(engine, number)
    return number


async def set_up(engine: Engine, **changes: Any) -> str:
    """A request whose course and category stand; its number. It was not carried through its workflows."""
    return await standing.set_up(engine, changes)


async def carried_through(engine: Engine, **changes: Any) -> str:
    """A request that went the whole way to the end of its case; its number."""
    number = await engine.file(**changes)
    await engine.reviewing(number)
    await engine.approve(number)
    await closed(engine, number)
    return number


async def closed(engine: Engine, number: str) -> Request:
    """The request, once its case is closed as done."""
    await result_of(engine.request(number))
    return await _as_done(engine, number)


async def finished(engine: Engine, number: str) -> Request:
    """The request, once its setup is done; of its case nothing is asked."""
    await result_of(engine.setup(number))
    return await _as_done(engine, number)


async def _as_done(engine: Engine, number: str) -> Request:
    row = await engine.row(number)
    assert row.stage == Stage.DONE
    return row


async def handed_over(engine: Engine, number: str, *, times: int = 1) -> Task:
    """The operator's task to set up by hand, once it is there and they have their letter."""

    async def task() -> Task | None:
        tasks = [one for one in await engine.tasks(number) if one.kind == "setup_by_hand"]
        return tasks[times - 1] if len(tasks) >= times else None

    found: Task = await engine.until(task)
    await engine.until(lambda: letter(engine, number, "manual_setup operator delivered"))
    await engine.until_waiting(engine.setup(number))
    return found


async def by_hand(engine: Engine, **changes: Any) -> str:
    """A request in the subsystem without web services, once the operator has the task; its number."""
    wanted = {"wanted": "course", "subsystem": "local", **changes}
    category = await engine.first_category("local") if wanted["wanted"] == "course" else None
    number = await approved(engine, **{"category": category, **wanted})
    await handed_over(engine, number)
    return number


async def confirm(engine: Engine, number: str, *done: str, **more: Any) -> Json:
    """The operator ticks off; the checklist as it stands."""
    response = await engine.post("operator", f"/requests/{number}/setup/confirmation", {"done": done, **more})
    assert response.status_code == 200, response.text
    return {name: [one["code"] for one in checks] for name, checks in response.json().items()}


async def retry(engine: Engine, number: str) -> None:
    """The operator asks the engine to try again."""
    response = await engine.post("operator", f"/requests/{number}/setup/retry")
    assert response.status_code == 200, response.text


async def letter(engine: Engine, number: str, name: str) -> bool:
    return name in await engine.letter_names(number)


async def ladder_letters(engine: Engine, number: str, count: int) -> list[str]:
    """«escalation operator_head», in order of writing, once so many reminders and escalations are there."""

    async def names() -> list[str] | None:
        rows = [one for one in await engine.letters(number) if one.notice in ("reminder", "escalation")]
        setup = [f"{one.notice} {one.recipient}" for one in rows if "/setup/" in one.key]
        return setup if len(setup) >= count else None

    return list(await engine.until(names))


async def rung_at(engine: Engine, number: str, ordinal: int) -> datetime:
    """When a rung of the setup's ladder goes."""
    return Deadline.model_validate((await term(engine, number)).deadline).rungs[ordinal].at


async def term(engine: Engine, number: str) -> ClauseRow:
    """The term of clause 4.3 as people see it."""
    row = await engine.clause(number, Clause.SETUP)
    assert row is not None
    return row


async def evidence(engine: Engine, number: str) -> Json:
    """What the journal keeps of the reading back."""
    query = select(JournalEntry).where(
        col(JournalEntry.number) == number, col(JournalEntry.step) == "setup/evidence"
    )
    async with engine.sessions() as session:
        entry = (await session.scalars(query)).one()
    assert entry.evidence is not None
    return entry.evidence


async def registered_category(engine: Engine, number: str) -> Category:
    async with engine.sessions() as session:
        return (await session.scalars(select(Category).where(col(Category.request) == number))).one()


async def registered_course(engine: Engine, number: str) -> Course:
    async with engine.sessions() as session:
        return (await session.scalars(select(Course).where(col(Course.request) == number))).one()


async def responsible(engine: Engine, made: Category | Course) -> str:
    """Name of the person who is responsible for it now."""
    own = col(Responsibility.course) if isinstance(made, Course) else col(Responsibility.category)
    query = (
        select(Person.name).join(Responsibility).where(own == made.id, col(Responsibility.until).is_(None))
    )
    async with engine.sessions() as session:
        return (await session.scalars(query)).one()


# What is in Moodle


async def account(engine: Engine, email: str, *, site: str = "edu", **more: Any) -> Json:
    """Somebody who has had an account all along."""
    person = {"username": f"u-{uuid4().hex}", "firstname": "Вера", "lastname": "Тестова"}
    row: Json = await engine.moodle_act("add_user", site=site, **{**person, "email": email, **more})
    return row


class Made(NamedTuple):
    """What a Moodle holds of one request: all of it, doubles included."""

    categories: list[Json]
    courses: list[Json]
    people: list[Json]
    enrolments: list[Json]
    roles: set[tuple[str, int, int]]
    """Level, id and role of each role that the people hold."""

    @property
    def counts(self) -> tuple[int, int, int, int]:
        return len(self.categories), len(self.courses), len(self.people), len(self.enrolments)


async def made(engine: Engine, number: str, site: str = "edu") -> Made:
    """What there is in Moodle of a request, found by names and address, not by what the engine says."""
    request = await engine.row(number)
    state = await engine.moodle_state(site)
    courses = [
        one
        for one in state["courses"]
        if one["idnumber"] == ids.course_idnumber(number) or one["fullname"] == request.course_name
    ]
    email = request.responsible_email.casefold()
    people = [one for one in state["users"] if one["email"].casefold() == email]
    who, where = {one["id"] for one in people}, {one["id"] for one in courses}
    return Made(
        categories=[one for one in state["categories"] if one["name"] == request.category_name],
        courses=courses,
        people=people,
        enrolments=[one for one in state["enrolments"] if one["course_id"] in where],
        roles={
            (one["level"], one["instance_id"], one["role_id"])
            for one in state["role_assignments"]
            if one["user_id"] in who
        },
    )


# Time and faults


@asynccontextmanager
async def skipping_retries(engine: Engine, number: str, *, site: str = "edu") -> AsyncIterator[Handle]:
    """Let the setup of a request that is being reviewed begin with its retry back-offs skipped.

    The first call to Moodle is made slow, so that the skipping is asked for before the first back-off.
    """
    await engine.moodle_fault("slow", site=site, seconds=0.5, times=1)
    await engine.approve(number)
    handle = engine.setup(number)
    await engine.until(lambda: _works(handle))
    skipping = asyncio.create_task(engine.skipper.fast_forward(handle, 3 * HOUR))
    yield handle
    skipping.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await skipping


async def _works(handle: Handle) -> bool:
    """Whether the engine is at its work in Moodle."""
    try:
        description = await handle.describe()
    except Exception:  # noqa: BLE001 - not started yet
        return False
    pending = description.raw_description.pending_activities
    return any(one.activity_type.name.startswith("ensure_") for one in pending)


async def hand_over_at(engine: Engine, number: str, instant: datetime) -> None:
    """Move the setup's deadline so that its work goes to the operator at an instant."""
    await engine.until(lambda: engine.clause(number, Clause.SETUP))
    row = await term(engine, number)
    deadline = {**row.deadline, "hand_over_at": instant.isoformat()}
    move = {
        "number": number,
        "step": f"setup/moved-{uuid4().hex[:6]}",
        "at": instant.isoformat(),
        "deadline": deadline,
        "amendment": row.calendar_version + 1,
    }
    await engine.setup(number).execute_update("move_deadline", move)

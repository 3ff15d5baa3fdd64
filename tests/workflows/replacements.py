"""Words of clause 4.8: somebody responsible for a course, the end of their powers, who comes after."""

from collections.abc import Awaitable, Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any, NamedTuple
from uuid import uuid4

import httpx
from sqlmodel import col, select
from temporalio.client import WorkflowHandle

from api import keys
from api.auth import Role
from devstack.keys import RESPONSIBLE_EMAIL
from models.tables import CaseRow, Course, Person, ReplacementRow, Responsibility
from models.terms import Clause
from tests.engine import Engine, Json, result_of
from tests.workflows import setups, words

Handle = WorkflowHandle[Any, Any]
OTHER_OWNER = "trud"


class Held(NamedTuple):
    """A course and who is responsible for it."""

    course: Course
    person: int
    email: str


def address() -> str:
    return f"old.{uuid4().hex[:8]}@example.org"


async def held(engine: Engine, *, email: str = "", **changes: Any) -> Held:
    """A course of `zdrav` set up in Moodle, with a responsible of its own."""
    email = email or address()
    request = await setups.set_up(
        engine, course_name=setups.title(), responsible=setups.named(email=email), **changes
    )
    return await held_of(engine, request)


async def held_by_hand(engine: Engine) -> Held:
    """A course in the subsystem without web services."""
    email = address()
    request = await setups.by_hand(engine, course_name=setups.title(), responsible=setups.named(email=email))
    await setups.confirm(engine, request, "course", "account", "role")
    await setups.finished(engine, request)
    return await held_of(engine, request)


async def held_of(engine: Engine, request: str) -> Held:
    async with engine.sessions() as session:
        course = (await session.scalars(select(Course).where(col(Course.request) == request))).one()
        query = select(Responsibility).where(col(Responsibility.course) == course.id)
        person = (await session.scalars(query)).one().person
        return Held(course, person, (await session.get_one(Person, person)).email)


async def held_of_two_owners(engine: Engine) -> tuple[Held, Course]:
    """A responsible of `zdrav` whom another owner trusts with a course too."""
    first = await held(engine)
    made = await engine.moodle_act(
        "add_course", category_id=1, fullname=setups.title(), shortname=uuid4().hex
    )
    other = Course(subsystem="edu", name=setups.title(), owner=OTHER_OWNER, moodle_id=made["id"])
    async with engine.sessions.begin() as session:
        session.add(other)
        await session.flush()
        today, request = words.local_today(), str(first.course.request)
        session.add(Responsibility(person=first.person, course=other.id, since=today, given_by=request))
    users = (await engine.moodle_state())["users"]
    [user_id] = [one["id"] for one in users if one["email"] == first.email]
    enrolment = {"roleid": setups.EDITING_TEACHER, "userid": user_id, "courseid": other.moodle_id}
    await engine.moodle_call("enrol_manual_enrol_users", enrolments=[enrolment])
    return first, other


def successor(**changes: Any) -> Json:
    person = {"name": "Преемникова Нина Олеговна", "email": f"new.{uuid4().hex[:8]}@example.org"}
    return setups.named(**{**person, **changes})


async def report(
    engine: Engine, person: int, ended_on: date, *, role: str = "agency", **more: Any
) -> httpx.Response:
    form = {"person": person, "powers_ended_on": str(ended_on), **more}
    return await engine.post(role, "/replacements", form)


async def reported(engine: Engine, person: int, ended_on: date, **more: Any) -> str:
    """The number of the case that the report opens."""
    response = await report(engine, person, ended_on, **more)
    assert response.status_code == 201, response.text
    return str(response.json()["number"])


async def vacant(engine: Engine) -> str:
    """A case that the operator has opened and nobody has appointed in; its number."""
    person = (await held(engine)).person
    number = await reported(engine, person, days_ago(1), role="operator")
    await waiting(engine, number)
    return number


async def ahead(engine: Engine) -> str:
    """A case whose last day of powers is still to come, with a successor; its number."""
    person = (await held(engine)).person
    number = await reported(engine, person, days_ago(-5), successor=successor())
    await waiting(engine, number)
    return number


async def awaiting_acceptance(engine: Engine, email: str) -> str:
    """A case whose successor of this address has all rights; its number."""
    form = successor(email=email)
    number = await reported(engine, (await held(engine)).person, days_ago(1), successor=form)
    await engine.until(letter(engine, number, "successor_appointed responsible delivered"))
    return number


async def awaiting_a_hand(engine: Engine) -> str:
    """A case that waits for the operator to take the rights away by hand; its number."""
    number = await reported(engine, (await held_by_hand(engine)).person, days_ago(1))
    await words.task(engine, number, "removal-local")
    await engine.until_waiting(engine.client.get_workflow_handle(number))
    return number


async def unreported(engine: Engine) -> str:
    """The devstack's responsible has a course, and no case about the end of their powers is open."""
    person = (await held(engine, email=RESPONSIBLE_EMAIL)).person
    query = select(CaseRow).join(ReplacementRow, col(ReplacementRow.number) == col(CaseRow.number))
    async with engine.sessions.begin() as session:
        for case in (await session.scalars(query.where(col(ReplacementRow.person) == person))).all():
            if case.closed_at is None:
                await engine.client.get_workflow_handle(case.number).terminate()
                case.closed_at = datetime.now(UTC)
    return ""


async def appoint(engine: Engine, number: str, form: Json) -> None:
    response = await engine.post("agency", f"/replacements/{number}/successor", form)
    assert response.status_code == 200, response.text


async def key_of(engine: Engine, email: str, *, organisation: str = "zdrav") -> str:
    """A responsible's own key."""
    async with engine.sessions.begin() as session:
        return await keys.issue(session, Role.RESPONSIBLE, organisation, "Преемник", email)


async def agency_key(engine: Engine, organisation: str) -> str:
    async with engine.sessions.begin() as session:
        return await keys.issue(session, Role.AGENCY, organisation, "Владелец", "")


async def finish(engine: Engine, number: str, email: str) -> None:
    """The successor accepts, and the case closes."""
    await engine.until(letter(engine, number, "successor_appointed responsible delivered"))
    response = await accept(engine, number, email)
    assert response.status_code == 200, response.text
    await result_of(engine.client.get_workflow_handle(number))


async def all_of(engine: Engine, held: Held) -> list[int]:
    """Ids of everything that the person is, or was, responsible for."""
    query = select(col(Responsibility.id)).where(col(Responsibility.person) == held.person)
    async with engine.sessions() as session:
        return [one for one in (await session.scalars(query)).all() if one]


async def accept(engine: Engine, number: str, email: str) -> httpx.Response:
    return await engine.post(await key_of(engine, email), f"/replacements/{number}/accept", {})


async def row(engine: Engine, number: str) -> ReplacementRow:
    async with engine.sessions() as session:
        return await session.get_one(ReplacementRow, number)


async def responsible(engine: Engine, course: Course) -> list[str]:
    """Addresses of whoever is responsible for the course now: one at most."""
    query = (
        select(col(Person.email))
        .join(Responsibility, col(Responsibility.person) == col(Person.id))
        .where(col(Responsibility.course) == course.id, col(Responsibility.until).is_(None))
    )
    async with engine.sessions() as session:
        return list((await session.scalars(query)).all())


async def waiting(engine: Engine, number: str) -> Handle:
    """The case, once its deadline is known and it waits for people."""
    handle = engine.client.get_workflow_handle(number)
    await engine.until(lambda: engine.clause(number, Clause.REPLACEMENT))
    await engine.until_waiting(handle)
    return handle


async def journal_says(engine: Engine, number: str, what: str) -> str:
    """The line of the journal that begins so, once it is there."""

    async def line() -> str:
        return next((one for one in await engine.journal(number) if one.startswith(what)), "")

    return str(await engine.until(line))


def letter(engine: Engine, number: str, name: str) -> Callable[[], Awaitable[bool]]:
    async def is_there() -> bool:
        return name in await engine.letter_names(number)

    return is_there


async def teachers(engine: Engine, course: Course, site: str = "edu") -> dict[str, list[int]]:
    """Role ids of those enrolled in the course who are active, by their e-mail."""
    state = await engine.moodle_state(site)
    emails = {one["id"]: one["email"] for one in state["users"]}
    roles: dict[str, list[int]] = {}
    for one in state["role_assignments"]:
        if one["level"] == "course" and one["instance_id"] == course.moodle_id:
            roles.setdefault(emails[one["user_id"]], []).append(one["role_id"])
    return roles


def days_ago(days: int) -> date:
    return words.local_today() - timedelta(days=days)

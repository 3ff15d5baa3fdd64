"""Words for trainings: a course, its learners, a training of it."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

from sqlmodel import col, select

from devstack.keys import RESPONSIBLE_EMAIL
from models.tables import BulkLetter, Course
from tests.engine import Engine, Json
from tests.workflows import setups, words


async def course_of_its_own(engine: Engine, **changes: Any) -> Course:
    request = await setups.set_up(
        engine, course_name=setups.title(), responsible=setups.named(email=RESPONSIBLE_EMAIL), **changes
    )
    return await setups.registered_course(engine, request)


async def course_by_hand(engine: Engine) -> Course:
    """In the subsystem without web services."""
    request = await setups.by_hand(
        engine, course_name=setups.title(), responsible=setups.named(email=RESPONSIBLE_EMAIL)
    )
    await setups.confirm(engine, request, "course", "account", "role")
    await setups.finished(engine, request)
    return await setups.registered_course(engine, request)


async def learner(engine: Engine, course: Course, surname: str) -> int:
    name = f"l{uuid4().hex[:8]}"
    user = await engine.moodle_act(
        "add_user", username=name, firstname="Лев", lastname=surname, email=f"{name}@example.org"
    )
    enrolment = {"roleid": 5, "userid": user["id"], "courseid": course.moodle_id}
    await engine.moodle_call("enrol_manual_enrol_users", enrolments=[enrolment])
    return int(user["id"])


async def opened(engine: Engine, course: Course, days: int = 20, *, starts_in: int = 0, **more: Any) -> Json:
    """A training from today, or a later day, for so many days from today."""
    form = {
        "title": "Поток",
        "starts_on": str(words.local_today() + timedelta(days=starts_in)),
        "ends_on": str(words.local_today() + timedelta(days=days)),
        **more,
    }
    response = await engine.post("agency", f"/courses/{course.id}/trainings", form)
    assert response.status_code == 201, response.text
    return dict(response.json())


async def running(engine: Engine, *, course: Course | None = None) -> str:
    """A training of a course of its own that has begun; its number."""
    number = str((await opened(engine, course or await course_of_its_own(engine)))["number"])
    await engine.until_waiting(engine.client.get_workflow_handle(number))
    return number


async def bulk_letters(engine: Engine, number: str) -> list[BulkLetter]:
    """All letters to learners, as their rows stand."""
    async with engine.sessions() as session:
        rows = await session.scalars(select(BulkLetter).where(col(BulkLetter.number) == number))
        return list(rows.all())

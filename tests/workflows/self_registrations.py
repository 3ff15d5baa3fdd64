"""Words for way one of clause 4.5: self-registration chosen, and what people switch on."""

from typing import Any

from temporalio.client import WorkflowHandle

from models.tables import Course
from tests.engine import Engine, Json


async def chosen(engine: Engine, course: Course) -> str:
    response = await engine.post("responsible", f"/courses/{course.id}/self-registration")
    assert response.status_code == 201, response.text
    return str(response.json()["number"])


async def shut(engine: Engine, course: Course) -> tuple[str, WorkflowHandle[Any, Any]]:
    """A case that waits for something to be switched on."""
    number = await chosen(engine, course)
    handle = engine.client.get_workflow_handle(number)
    await until(engine, number, "way_shut")
    await engine.until_waiting(handle)
    return number, handle


async def until(engine: Engine, number: str, state: str) -> Json:
    async def is_there() -> Json | None:
        shown = dict(await engine.get("responsible", f"/enrolments/{number}"))
        return shown if shown["state"]["code"] == state else None

    return dict(await engine.until(is_there))


async def opened(engine: Engine, course: Course) -> str:
    """A case that has ended with the instruction for learners; the site goes on letting people register."""
    await lets_register(engine)
    await lets_enrol(engine, course)
    await engine.moodle_act("change_course", course_id=course.moodle_id, visible=True, site=course.subsystem)
    number = await chosen(engine, course)
    await until(engine, number, "way_open")
    return number


async def lets_register(engine: Engine, *, is_on: bool = True, site: str = "edu") -> None:
    await engine.moodle_act("change_settings", registerauth="email" if is_on else "", site=site)


async def lets_enrol(engine: Engine, course: Course, **more: Any) -> None:
    await engine.moodle_act("open_enrolment", course_id=course.moodle_id, site=course.subsystem, **more)

"""Words of clause 4.4: a course that is being built, a question that waits."""

from typing import Any

from temporalio.client import WorkflowHandle

from models.tables import Course
from models.terms import Clause
from tests.engine import Engine
from tests.workflows.trainings import course_of_its_own

QUESTION = "Как показать курс только сотрудникам больницы?"


async def building(engine: Engine, course: Course) -> WorkflowHandle[Any, Any]:
    """The course's workflow, once it waits for the responsible."""
    handle = engine.client.get_workflow_handle(f"authoring-{course.id}")
    await engine.until_waiting(handle)
    return handle


async def asked(engine: Engine, course: Course | None = None) -> WorkflowHandle[Any, Any]:
    """A consultation that waits for the operator."""
    course = course or await course_of_its_own(engine)
    response = await engine.post("responsible", f"/courses/{course.id}/consultations", {"text": QUESTION})
    assert response.status_code == 201, response.text
    handle = engine.client.get_workflow_handle(response.json()["number"])
    await engine.until(lambda: engine.clause(handle.id, Clause.CONSULTATION))
    await engine.until_waiting(handle)
    return handle


async def furnish(engine: Engine, course: Course) -> None:
    await engine.moodle_act(
        "add_activity", course_id=course.moodle_id, modname="page", name="Материалы", completion=1
    )
    await engine.moodle_act("change_course", course_id=course.moodle_id, visible=1)

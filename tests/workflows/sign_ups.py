"""Words for «Запись на обучение»: a training that is open to all, people who sign up for it."""

import httpx

from models.tables import Course
from tests.api.words import send
from tests.engine import API, Engine, Json
from tests.workflows.trainings import course_of_its_own, opened


async def open_to_all(engine: Engine, *, course: Course | None = None, **sign_up: object) -> Json:
    """A training from tomorrow with a sign-up; without limits unless they are given."""
    course = course or await course_of_its_own(engine)
    training = await opened(engine, course, starts_in=1, sign_up=sign_up)
    await engine.until_waiting(engine.client.get_workflow_handle(str(training["number"])))
    return training


def person(name: str, **changes: str) -> Json:
    return {"surname": "Записева", "first_name": "Анна", "email": f"{name}@example.org", **changes}


async def sign_up(engine: Engine, number: str, name: str = "anna", **changes: str) -> httpx.Response:
    """Somebody without a key signs up."""
    return await send(engine.app, "POST", f"{API}/sign-up/{number}", json=person(name, **changes))


async def look(engine: Engine, number: str) -> Json:
    """The training as anybody sees it."""
    response = await send(engine.app, "GET", f"{API}/sign-up/{number}")
    assert response.status_code == 200, response.text
    return dict(response.json())


async def standings(engine: Engine, number: str) -> dict[str, str]:
    """Code by the name before the @, in the order of signing up."""
    shown = await engine.get("responsible", f"/trainings/{number}/sign-ups")
    return {one["email"].partition("@")[0]: one["standing"]["code"] for one in shown["items"]}


async def applied(engine: Engine, number: str, name: str = "anna") -> int:
    """Somebody has signed up; the id of the application."""
    response = await sign_up(engine, number, name)
    assert response.status_code == 201, response.text
    shown = await engine.get("responsible", f"/trainings/{number}/sign-ups")
    return int(next(one["id"] for one in shown["items"] if one["email"].startswith(f"{name}@")))


async def accepted(engine: Engine, number: str, name: str = "anna") -> None:
    """Somebody has signed up, and the responsible has accepted it."""
    path = f"/trainings/{number}/sign-ups/{await applied(engine, number, name)}/acceptance"
    response = await engine.post("responsible", path)
    assert response.status_code == 200, response.text

"""Words for lists of learners: one is uploaded, planned, confirmed, and what has become of it."""

from collections import Counter
from collections.abc import Iterable
from typing import Any
from uuid import uuid4

import httpx
from temporalio.client import WorkflowHandle

from models.tables import Course, EnrolmentRow, LearnerRow
from tests.engine import API, Engine, Json

HEADINGS = "Фамилия;Имя;Отчество;Почта;Организация;Должность"


def person(surname: str, email: str = "", name: str = "Пётр") -> str:
    """A line of a list."""
    return f"{surname};{name};Ильич;{email};Школа № 1;учитель"


def people(count: int, *, mark: str = "", domain: str = "list.example") -> list[str]:
    """Lines of people of whom Moodle knows nothing yet."""
    unique = mark or uuid4().hex[:8]
    return [person(f"Списков{_letters(at)}", f"p{at}-{unique}@{domain}") for at in range(count)]


def surname() -> str:
    """One that no other list has: who has no mail is known by their names."""
    return "Бе" + "".join(chr(ord("а") + int(digit, 16)) for digit in uuid4().hex[:10])


def _letters(number: int) -> str:
    """A surname has no digits."""
    return "".join(chr(ord("а") + int(digit)) for digit in str(number))


def table(lines: Iterable[str], encoding: str = "utf-8") -> bytes:
    return "\r\n".join([HEADINGS, *lines]).encode(encoding)


async def upload(
    engine: Engine,
    course: Course,
    content: bytes,
    *,
    role: str = "responsible",
    filename: str = "список.csv",
    key: str = "",
    **query: str,
) -> httpx.Response:
    headers = {
        "Authorization": f"Bearer {engine.keys.get(role, role)}",
        "Idempotency-Key": key or uuid4().hex,
        "Content-Type": "application/octet-stream",
    }
    transport = httpx.ASGITransport(engine.app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://api", timeout=60) as http:
        return await http.post(
            f"{API}/courses/{course.id}/enrolments",
            params={"filename": filename, **query},
            content=content,
            headers=headers,
        )


async def uploaded(engine: Engine, course: Course, content: bytes, **more: Any) -> str:
    """Number of a list that was taken."""
    response = await upload(engine, course, content, **more)
    assert response.status_code == 201, response.text
    return str(response.json()["number"])


async def planned(engine: Engine, course: Course, content: bytes, **more: Any) -> str:
    """Number of a list whose plan waits for somebody."""
    number = await uploaded(engine, course, content, **more)
    await until_state(engine, number, "planned")
    await engine.until_waiting(handle(engine, number))
    return number


async def registered(engine: Engine, course: Course, content: bytes, **more: Any) -> str:
    """Number of a list that was planned, confirmed and run to its end."""
    number = await planned(engine, course, content, **more)
    await confirm(engine, number)
    await until_state(engine, number, "done")
    return number


async def confirm(engine: Engine, number: str) -> None:
    response = await engine.post("responsible", f"/enrolments/{number}/confirmation")
    assert response.status_code == 200, response.text
    assert response.json()["state"]["code"] == "running"


def handle(engine: Engine, number: str) -> WorkflowHandle[Any, Any]:
    return engine.client.get_workflow_handle(number)


async def until_state(engine: Engine, number: str, state: str) -> None:
    async def is_there() -> bool:
        async with engine.sessions() as session:
            return (await session.get_one(EnrolmentRow, number)).state == state

    await engine.until(is_there)


async def counts(engine: Engine, number: str) -> Json:
    return dict((await engine.get("responsible", f"/enrolments/{number}"))["counts"])


async def rows(engine: Engine, number: str) -> list[LearnerRow]:
    return list(await engine._rows(LearnerRow, number, "row"))


async def states(engine: Engine, number: str) -> Counter[str]:
    return Counter(row.state for row in await rows(engine, number))


async def seen_in_moodle(
    engine: Engine, course: Course, site: str = "edu"
) -> tuple[Counter[str], Counter[int]]:
    """How often each e-mail has an account there, and each account an enrolment in the course."""
    state = await engine.moodle_state(site)
    emails = Counter(user["email"].casefold() for user in state["users"])
    enrolled = Counter(one["user_id"] for one in state["enrolments"] if one["course_id"] == course.moodle_id)
    return emails, enrolled

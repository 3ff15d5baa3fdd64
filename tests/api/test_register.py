"""Appendix 1 as it lives: now, on a day of the past, how it came to be so; the public page and the PDF."""

import html
import re
from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import httpx
import pytest
from sqlalchemy import update
from sqlmodel import col

from api.auth import Role
from models.tables import Course, RegisterChange, Responsibility
from tests.api import words
from tests.engine import Engine, Json
from tests.workflows import replacements, setups
from tests.workflows.replacements import Held

HOSTILE = '<script>alert("1")</script> & «Ко»'


def _courses(register: list[Json]) -> dict[int, Json]:
    found = [course for subsystem in register for course in subsystem["courses"]]
    found += [
        course
        for subsystem in register
        for category in subsystem["categories"]
        for course in category["courses"]
    ]
    return {one["id"]: one for one in found}


async def _shown(engine: Engine, course: Course, on: date | None = None, role: str = "supervisor") -> Any:
    register = await engine.get(role, f"/register?on={on}" if on else "/register")
    return _courses(register).get(course.id or 0)


async def _ago(engine: Engine, held: Held, days: int) -> date:
    """Let the course have been entered so many days ago; that day."""
    day = replacements.days_ago(days)
    async with engine.sessions.begin() as session:
        changes = update(RegisterChange).where(col(RegisterChange.course) == held.course.id)
        await session.execute(changes.values(on=day))
        since = update(Responsibility).where(col(Responsibility.course) == held.course.id)
        await session.execute(since.values(since=day))
    return day


async def _change(engine: Engine, role: str = "supervisor", **form: Any) -> httpx.Response:
    return await engine.post(role, "/register/changes", {"why": "Приказ № 17", **form})


async def test_a_course_is_not_in_the_register_of_a_day_before_it_was_set_up(engine: Engine) -> None:
    held = await replacements.held(engine)
    day = await _ago(engine, held, 5)
    assert await _shown(engine, held.course, day - timedelta(days=1)) is None
    assert (await _shown(engine, held.course, day))["name"] == held.course.name
    assert (await _shown(engine, held.course))["name"] == held.course.name


async def test_owner_and_name_are_as_they_were_on_the_day(engine: Engine) -> None:
    held = await replacements.held(engine)
    day = await _ago(engine, held, 5)
    renamed = setups.title("Новое имя")
    for form in ({"owner": "trud"}, {"name": renamed}):
        response = await _change(engine, course=held.course.id, **form)
        assert response.status_code == 201, response.text

    now, then = await _shown(engine, held.course), await _shown(engine, held.course, day)

    assert (now["owner"]["code"], now["name"]) == ("trud", renamed)
    assert (then["owner"]["code"], then["name"]) == ("zdrav", held.course.name)
    history = await engine.get("supervisor", f"/register/courses/{held.course.id}/history")
    assert [one["kind"]["code"] for one in history["changes"]] == ["entered", "owner", "name"]
    assert (history["changes"][1]["before"], history["changes"][1]["after"]) == ("zdrav", "trud")
    assert history["changes"][1]["why"] == "Приказ № 17"


async def test_who_was_responsible_is_dated(engine: Engine) -> None:
    held = await replacements.held(engine)
    day = await _ago(engine, held, 9)
    number = await replacements.reported(engine, held.person, replacements.days_ago(3), role="operator")
    await replacements.journal_says(engine, number, "Полномочия прекращены")

    then, now = await _shown(engine, held.course, day), await _shown(engine, held.course)

    assert then["responsible_id"] == held.person
    assert not then["without_responsible"]
    assert now["responsible"] == ""
    assert now["without_responsible"]
    [one] = (await engine.get("agency", f"/register/courses/{held.course.id}/history"))["responsible"]
    assert (one["since"], one["until"]) == (str(day), str(replacements.days_ago(3)))
    assert one["name"] != ""
    other = await words.issue(engine, Role.AGENCY, "trud")
    [hidden] = (await engine.get(other, f"/register/courses/{held.course.id}/history"))["responsible"]
    assert hidden["name"] == ""


@pytest.mark.parametrize(
    ("form", "status", "type"),
    [
        ({"course": 2**31 - 1, "name": "Имя"}, 404, "not-found"),
        ({"category": 4, "owner": "нет такой"}, 422, "unknown-organisation"),
        ({"category": 1, "owner": "rio-centr"}, 409, "register-unchanged"),
        ({"category": 1}, 422, "invalid"),
        ({"category": 1, "course": 1, "name": "Имя"}, 422, "invalid"),
        ({"category": 1, "name": "Имя", "owner": "trud"}, 422, "invalid"),
        ({"category": 1, "name": "И" * 255}, 422, "invalid"),
    ],
)
async def test_a_change_that_is_none_is_refused(
    engine: Engine, form: dict[str, Any], status: int, type: str
) -> None:
    assert words.problem(await _change(engine, **form), status) == type


@pytest.mark.parametrize(
    ("path", "status"), [("courses/0", 422), ("courses/x", 422), ("categories/2147483647", 404)]
)
async def test_history_of_what_is_not_there(engine: Engine, path: str, status: int) -> None:
    assert (await engine.call("agency", "GET", f"/register/{path}/history")).status_code == status


async def test_a_category_has_its_history(engine: Engine) -> None:
    name = setups.title("Категория")
    request = await setups.set_up(
        engine,
        wanted="category",
        category=None,
        category_name=name,
        course_name="",
        responsible=setups.named(),
    )
    category = await setups.registered_category(engine, request)
    history = await engine.get("agency", f"/register/categories/{category.id}/history")
    assert [one["kind"]["code"] for one in history["changes"]] == ["entered"]
    assert [one["case"] for one in history["responsible"]] == [request]


async def test_the_pdf_has_the_form_of_the_appendix(engine: Engine) -> None:
    response = await engine.call("agency", "GET", "/register.pdf?on=2026-09-01")
    assert response.status_code == 200
    assert response.content.startswith(b"%PDF")
    assert "prilozhenie-1-2026-09-01.pdf" in response.headers["Content-Disposition"]


async def _page(engine: Engine, query: str = "") -> httpx.Response:
    transport = httpx.ASGITransport(engine.app)
    async with httpx.AsyncClient(transport=transport, base_url="http://api.example.org") as http:
        return await http.get(f"/register{query}")


def _told(response: httpx.Response) -> str:
    text = re.sub(r"<style>.*?</style>|<[^>]*>", " ", response.text, flags=re.S)
    return re.sub(r"\s+", " ", html.unescape(text))


async def test_the_public_page_names_organisations_and_no_persons(engine: Engine) -> None:
    held = await replacements.held(engine)
    name = f"{HOSTILE} {uuid4().hex}"
    assert (await _change(engine, course=held.course.id, name=name)).status_code == 201

    response = await _page(engine)

    assert response.status_code == 200
    assert "default-src 'none'" in response.headers["Content-Security-Policy"]
    assert "<script" not in response.text
    assert name in _told(response)
    for fact in ("Единая платформа (3.7.2)", "Модуль «Запись на обучение»", "Медицина"):
        assert fact in _told(response)
    assert "Департамент здравоохранения Тюменской области" in _told(response)
    assert held.email not in response.text
    assert "Тестова" not in response.text


async def test_the_page_shows_a_day_of_the_past(engine: Engine) -> None:
    held = await replacements.held(engine)
    day = await _ago(engine, held, 5)
    assert held.course.name in _told(await _page(engine, f"?on={day}"))
    assert held.course.name not in _told(await _page(engine, f"?on={day - timedelta(days=1)}"))


@pytest.mark.parametrize("day", ["вчера", "2026-13-01", "0"])
async def test_a_day_that_is_none_is_said_in_words(engine: Engine, day: str) -> None:
    response = await _page(engine, f"?on={day}")
    assert response.status_code == 422
    assert "ГГГГ-ММ-ДД" in _told(response)


async def test_the_page_says_when_postgres_is_away(engine: Engine) -> None:
    await engine.postgres.stop()
    try:
        response = await _page(engine)
    finally:
        await engine.postgres.start()
    assert response.status_code == 503

"""What answers look like: times, Russian names beside codes, numbers, problems without empty fields."""

import re
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime

import pytest
from sqlalchemy import update
from sqlmodel import col, select

from models.deadlines import local_date
from models.requests import Stage
from models.tables import Counter
from models.terms import Recipient
from tests.api import words
from tests.engine import Engine, Json, request_form

_INSTANT = re.compile(r"\d{4}-\d\d-\d\dT")


def _texts(answer: object) -> Iterator[str]:
    if isinstance(answer, dict):
        for value in answer.values():
            yield from _texts(value)
    elif isinstance(answer, list):
        for value in answer:
            yield from _texts(value)
    elif isinstance(answer, str):
        yield answer


@pytest.fixture(scope="module")
async def number(engine: Engine) -> str:
    return await words.done(engine)


@pytest.mark.parametrize(
    "what",
    [
        "/requests/{}",
        "/cases/{}/journal",
        "/cases/{}/deadlines",
        "/cases/{}/letters",
        "/cases/{}/documents",
    ],
)
async def test_every_instant_has_the_regions_offset(engine: Engine, number: str, what: str) -> None:
    answer = await engine.get("reviewer", what.format(number))

    instants = [text for text in _texts(answer) if _INSTANT.match(text)]
    assert instants
    assert all(text.endswith("+05:00") for text in instants)


async def test_the_answers_of_posts_have_it_too_and_again(engine: Engine) -> None:
    filed = await engine.post("agency", "/requests", request_form(), key="answers-filed")
    again = await engine.post("agency", "/requests", request_form(), key="answers-filed-2")
    decided = await engine.post("reviewer", f"/requests/{filed.json()['number']}/decision", words.REFUSAL)

    assert filed.json()["registered_at"].endswith("+05:00")
    assert again.json()["registered_at"].endswith("+05:00")
    assert decided.json()["at"].endswith("+05:00")
    assert datetime.fromisoformat(decided.json()["at"]) <= datetime.now(UTC)


def test_the_document_shows_every_instant_with_an_example_of_it(engine: Engine) -> None:
    found = list(_instants(engine.app.openapi()["components"]["schemas"]))

    assert len(found) > 15
    assert all(one["examples"][0].endswith("+05:00") for one in found)


def _instants(schema: object) -> Iterator[Json]:
    if isinstance(schema, dict):
        if schema.get("format") == "date-time":
            yield schema
        for value in schema.values():
            yield from _instants(value)
    elif isinstance(schema, list):
        for value in schema:
            yield from _instants(value)


async def test_who_is_waited_for_and_told_has_a_russian_name_beside_the_code(engine: Engine) -> None:
    number = await words.by_hand(engine)
    await engine.until(lambda: engine.tasks(number))

    shown = await engine.get("agency", f"/requests/{number}")
    (_, setup) = await engine.get("agency", f"/cases/{number}/deadlines")
    tasks = await engine.get("operator", "/tasks?limit=500")

    assert (shown["waits_for"], shown["waits_for_name"]) == ("operator", "Оператор")
    assert {"code": "operator_head", "name": "руководитель Оператора"} in [
        one for rung in setup["rungs"] for one in rung["to"]
    ]
    (task,) = [one for one in tasks if one["number"] == number]
    assert task["kind_name"] == "настройка вручную"
    assert task["checklist"][0] == {"code": "course", "name": "курс создан (скрытая оболочка)"}


@pytest.mark.parametrize("recipient", Recipient)
def test_every_recipient_has_a_name(recipient: Recipient) -> None:
    assert recipient.russian


async def test_a_category_named_by_its_number_is_shown_by_its_name(engine: Engine) -> None:
    number = await engine.file(category=4)

    shown = await engine.get("agency", f"/requests/{number}")

    assert (shown["category"], shown["category_name"]) == (4, "Медицина")


async def test_a_problem_names_fields_only_where_fields_are_wrong(engine: Engine) -> None:
    without = await engine.call("agency", "GET", f"/requests/{words.NOBODYS_NUMBER}")
    with_fields = await engine.post("agency", "/requests", {})

    assert "fields" not in without.json()
    assert with_fields.json()["fields"]


async def test_why_it_is_no_analogue_is_asked_for_by_the_name_of_the_field(engine: Engine) -> None:
    name = request_form()["course_name"]
    await words.until_stage(engine, await _approved(engine, name), Stage.DONE)
    number = await engine.file(course_name=name)
    await engine.reviewing(number)

    response = await engine.post("reviewer", f"/requests/{number}/decision", {"outcome": "approved"})

    assert words.problem(response, 422) == "why-not-analogue-missing"
    assert "напишите в поле reason, почему" in response.json()["detail"]


async def _approved(engine: Engine, name: str) -> str:
    number = await engine.file(course_name=name)
    await engine.approve(number)
    return number


@pytest.fixture
async def a_millionth(engine: Engine) -> AsyncIterator[None]:
    """The next number of this year is the millionth; afterwards numbers go on from where they were."""
    await engine.file()
    own = col(Counter.series) == str(local_date(datetime.now(UTC)).year)
    async with engine.sessions.begin() as session:
        before = (await session.scalars(select(Counter.last).where(own))).one()
        await session.execute(update(Counter).where(own).values(last=999_999))
    yield
    async with engine.sessions.begin() as session:
        await session.execute(update(Counter).where(own).values(last=before))


@pytest.mark.usefixtures("a_millionth")
async def test_the_millionth_request_of_a_year_has_its_own_number(engine: Engine) -> None:
    numbers = [await engine.file() for _ in range(2)]

    year = local_date(datetime.now(UTC)).year
    assert numbers == [f"{year}-1000000", f"{year}-1000001"]
    shown = await engine.get("agency", f"/requests/{numbers[0]}")
    assert shown["number"] == numbers[0]
    await engine.reviewing(numbers[0])

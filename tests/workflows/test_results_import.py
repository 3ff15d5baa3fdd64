"""Clause 4.7: results of a subsystem without web services come by a file."""

import httpx
import pytest

from api.auth import Role
from models.tables import Course
from tests.api.words import issue, post_raw
from tests.engine import Engine, result_of
from tests.workflows import words
from tests.workflows.trainings import course_by_hand, course_of_its_own, running

HEADINGS = "ФИО;Почта;Состояние;Оценка %\n"
GOOD = HEADINGS + "Петров Пётр Петрович;petrov@example.org;завершено;87\n"
OCTETS = {"Content-Type": "application/octet-stream"}


@pytest.fixture
async def course(engine: Engine) -> Course:
    return await course_by_hand(engine)


async def upload(engine: Engine, number: str, content: bytes | str) -> httpx.Response:
    raw = content.encode() if isinstance(content, str) else content
    return await post_raw(engine, "responsible", f"/trainings/{number}/results", raw, **OCTETS)


async def learners(engine: Engine, number: str) -> list[str]:
    results = await engine.get("agency", f"/trainings/{number}/results")
    return [f"{one['name']} {one['state']}" for one in results["learners"]]


async def test_a_file_is_taken_wrong_rows_are_named_and_the_next_file_replaces_it(
    engine: Engine, course: Course
) -> None:
    number = await running(engine, course=course)

    first = await upload(engine, number, GOOD + "Сидоров;нет;непонятно;500\n")
    taken = await learners(engine, number)
    second = await upload(engine, number, HEADINGS + "Иванова Анна;anna@example.org;в процессе;\n")

    assert (first.status_code, first.json()["taken"]) == (200, 1), first.text
    assert [(one["row"], bool(one["why"])) for one in first.json()["wrong"]] == [(3, True)]
    assert taken == ["Петров Пётр Петрович completed"]
    assert second.json()["taken"] == 1
    assert await learners(engine, number) == ["Иванова Анна in_progress"]


@pytest.mark.parametrize(
    "content",
    [b"", b"\x00\x01\x02", b"PK\x03\x04 cut", "Что-то;Другое\n1;2\n".encode()],
    ids=["empty", "binary", "cut xlsx", "no headings"],
)
async def test_a_bad_file_is_refused_whole_and_changes_nothing(
    engine: Engine, course: Course, content: bytes
) -> None:
    number = await running(engine, course=course)
    await upload(engine, number, GOOD)

    response = await upload(engine, number, content)

    assert response.status_code == 422
    assert response.json()["type"] in ("file-unreadable", "invalid")
    assert await learners(engine, number) == ["Петров Пётр Петрович completed"]


async def test_it_is_for_those_alone_whose_results_are_not_read(engine: Engine) -> None:
    number = await running(engine, course=await course_of_its_own(engine))

    assert words.problem(await upload(engine, number, GOOD)) == (409, "results-are-read")


async def test_nothing_is_taken_after_the_end_nor_read_on_demand_nor_seen_by_others(
    engine: Engine, course: Course
) -> None:
    number = await running(engine, course=course)
    await upload(engine, number, GOOD)
    refresh = await engine.post("agency", f"/trainings/{number}/refresh")
    stranger = await issue(engine, Role.AGENCY, "trud")
    await engine.post("agency", f"/trainings/{number}/closing", {})
    await result_of(engine.client.get_workflow_handle(number))

    late = await upload(engine, number, HEADINGS)

    assert words.problem(refresh) == (409, "results-are-imported")
    assert late.status_code in (409, 422)
    assert words.problem(await upload(engine, number, GOOD)) == (409, "already-over")
    assert await learners(engine, number) == ["Петров Пётр Петрович completed"]
    for path in ("", "/results", "/results.csv"):
        assert (await engine.call(stranger, "GET", f"/trainings/{number}{path}")).status_code == 404

"""Clause 4.5 over HTTP: lists of learners, by whom and how large."""

from collections.abc import AsyncIterator
from typing import Any
from uuid import uuid4

import httpx
import pytest

from api.auth import Role
from models import spreadsheets
from models.enrolment import EnrolmentCase
from models.tables import CaseRow, Course
from tests.api import words
from tests.engine import API, Engine
from tests.workflows import enrolments
from tests.workflows.trainings import course_of_its_own, opened


@pytest.fixture(scope="module")
async def course(engine: Engine) -> Course:
    return await course_of_its_own(engine)


@pytest.fixture(scope="module")
async def planned(engine: Engine, course: Course) -> str:
    """Rows 2 and 3 are new, row 4 is wrong, row 5 is new."""
    lines = [*enrolments.people(2), enrolments.person("Кривых", "кривой"), enrolments.person("Безпочтова")]
    return await enrolments.planned(engine, course, enrolments.table(lines))


async def _chunks(size: int, of: int = 2**18) -> AsyncIterator[bytes]:
    for _ in range(size // of):
        yield b";" * of


class TestSizes:
    async def test_a_file_over_16_mebibytes_is_refused_before_it_is_read(
        self, engine: Engine, address: str
    ) -> None:
        """Whether it says its length or not: 200 MB are never read to the end."""
        where = f"{API}/courses/1/enrolments"
        length = {"Content-Length": str(200 * 2**20)}
        said = await words.send(engine.app, "POST", where, content=b"", headers=length)
        async with httpx.AsyncClient(base_url=address, timeout=60) as http:
            unsaid = await http.post(where, content=_chunks(spreadsheets.SIZE_MAX + 2**20))

        for response in (said, unsaid):
            assert words.problem(response, 413) == "too-large"
            assert "16 МБ" in response.json()["detail"]

    async def test_a_file_over_one_mebibyte_is_taken(self, engine: Engine, course: Course) -> None:
        """16 MiB are for files alone: see `test_bad_input.py` for the rest."""
        padding = "Лишний столбец" * 50
        lines = [f"{enrolments.person('Широкова', f'w{at}@list.example')};{padding}" for at in range(900)]
        content = enrolments.table(lines)
        assert len(content) > 2**20

        number = await enrolments.planned(engine, course, content)

        assert (await enrolments.counts(engine, number)).keys() == {"new"}

    async def test_nothing_is_no_file(self, engine: Engine, course: Course) -> None:
        response = await enrolments.upload(engine, course, b"")

        assert words.problem(response, 422) == "invalid"


async def test_the_same_upload_twice_is_one_list(engine: Engine, course: Course) -> None:
    content, key = enrolments.table(enrolments.people(1)), uuid4().hex

    first = await enrolments.upload(engine, course, content, key=key)
    again = await enrolments.upload(engine, course, content, key=key)
    other = await enrolments.upload(engine, course, content + b"\r\n", key=key)

    assert (first.status_code, again.json()) == (201, first.json())
    assert words.problem(other, 422) == "idempotency-key-reused"


async def test_rows_are_shown_with_their_verdicts_page_by_page(engine: Engine, planned: str) -> None:
    first = await engine.get("agency", f"/enrolments/{planned}/rows?limit=3")
    rest = await engine.get("agency", f"/enrolments/{planned}/rows?after={first['next']}")
    wrong = await engine.get("agency", f"/enrolments/{planned}/rows?verdict=wrong&state=set_aside")

    assert [one["row"] for one in first["items"]] == [2, 3, 4]
    assert ([one["row"] for one in rest["items"]], rest["next"]) == ([5], None)
    assert [one["row"] for one in wrong["items"]] == [4]
    assert wrong["items"][0]["why"].startswith("адрес почты")
    assert rest["items"][0]["verdict"] == {"code": "new", "name": "новый"}


async def test_a_list_is_found_with_its_course(engine: Engine, course: Course, planned: str) -> None:
    lists = await engine.get("responsible", f"/courses/{course.id}/enrolments")

    [own] = [one for one in lists if one["number"] == planned]
    assert own == await engine.get("responsible", f"/enrolments/{planned}")
    assert own["counts"] == {"new": 3, "wrong": 1}


async def test_another_agencys_list_is_not_there(engine: Engine, course: Course, planned: str) -> None:
    for role in (Role.AGENCY, Role.RESPONSIBLE):
        key = await words.issue(engine, role, "trud", email="another@example.org")
        calls: list[Any] = [
            engine.call(key, "GET", f"/enrolments/{planned}"),
            engine.call(key, "GET", f"/enrolments/{planned}/rows"),
            engine.call(key, "GET", f"/courses/{course.id}/enrolments"),
            engine.post(key, f"/enrolments/{planned}/confirmation"),
            engine.post(key, f"/enrolments/{planned}/withdrawal"),
            enrolments.upload(engine, course, enrolments.table([]), role=key),
        ]
        for call in calls:
            assert words.problem(await call, 404) == "not-found"
    assert (await engine.call("operator", "GET", f"/enrolments/{planned}/rows")).status_code == 403


async def test_a_list_may_be_for_a_training_of_its_course_alone(engine: Engine, course: Course) -> None:
    other = await course_of_its_own(engine)
    of_other = (await opened(engine, other))["number"]
    own = (await opened(engine, course))["number"]
    content = enrolments.table(enrolments.people(1))

    refused = await enrolments.upload(engine, course, content, training=of_other)
    taken = await enrolments.upload(engine, course, content, training=own)

    assert words.problem(refused, 422) == "unknown-training"
    assert (taken.status_code, taken.json()["training"]) == (201, own)


async def test_a_subsystem_without_web_services_takes_no_list(engine: Engine, course: Course) -> None:
    sites = {code: site for code, site in engine.settings.moodle_sites.items() if code != course.subsystem}
    without = engine.api_with(moodle_sites=sites)

    response = await enrolments.upload(without, course, enrolments.table(enrolments.people(1)))

    assert words.problem(response, 409) == "no-web-services"


async def test_a_list_is_confirmed_once(engine: Engine, course: Course) -> None:
    number = await enrolments.planned(engine, course, enrolments.table(enrolments.people(1)))
    key = uuid4().hex

    first = await engine.post("agency", f"/enrolments/{number}/confirmation", key=key)
    again = await engine.post("agency", f"/enrolments/{number}/confirmation", key=key)
    withdrawn = await engine.post("agency", f"/enrolments/{number}/withdrawal")

    assert (first.status_code, again.json()) == (200, first.json())
    assert words.problem(withdrawn, 409) in ("nothing-to-confirm", "stage-passed")


async def test_no_row_of_a_list_is_in_its_input(engine: Engine, planned: str) -> None:
    async with engine.sessions() as session:
        case = await session.get_one(CaseRow, planned)

    assert EnrolmentCase.model_validate(case.input).case.number == planned
    assert "list.example" not in str(case.input)

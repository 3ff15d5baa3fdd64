"""Clause 4.9: which decisions are accepted, by whom, from which results."""

import asyncio
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
from temporalio.client import WorkflowHandle

from models.tables import CertificationRow
from tests import certificates
from tests.api.words import post_raw
from tests.certificates import decide, finished, given, over, person
from tests.engine import Engine, Json, result_of
from tests.workflows import words
from tests.workflows.trainings import course_by_hand, running


def workflow(engine: Engine, number: str) -> WorkflowHandle[Any, Any]:
    return engine.client.get_workflow_handle(number)


@pytest.mark.parametrize(
    ("people", "award", "changes", "problem"),
    [
        ([person("А")], {}, {"closed_at": None}, "training-not-over"),
        ([person("А")], {}, {"closed_at": None, "state": "running"}, "training-not-over"),
        ([person("А", grade=None)], {"whom": "threshold", "threshold": 50}, {}, "no-grades"),
        ([person("А")], {"whom": "threshold", "threshold": 50}, {"unseen": ["grades"]}, "no-grades"),
        ([person("А")], {}, {"unseen": ["criteria"]}, "no-completion"),
        ([person("А")], {"whom": "named", "named": [1, 2]}, {}, "unknown-participant"),
        ([person("А", state="in_progress")], {}, {}, "nobody-to-certify"),
        ([], {}, {"state": "cancelled"}, "nobody-to-certify"),
        ([person("Ъ" * 251)], {}, {}, "name-unfit"),
        ([person("")], {}, {}, "name-unfit"),
    ],
)
async def test_a_decision_by_which_nothing_can_be_given_opens_no_case(
    engine: Engine, people: list[Json], award: Json, changes: Json, problem: str
) -> None:
    training = await over(engine, *people, **changes)
    status = 422 if problem in ("unknown-participant", "name-unfit") else 409

    answer = await decide(engine, training, status, **award)

    assert answer["type"] == problem
    assert await engine.get("agency", f"/trainings/{training}/certification") == []


@pytest.mark.parametrize(
    ("award", "field"),
    [
        ({"whom": "threshold", "threshold": 101}, "threshold"),
        ({"whom": "threshold", "threshold": -1}, "threshold"),
        ({"whom": "threshold"}, ""),
        ({"whom": "named"}, ""),
        ({"whom": "completed", "threshold": 60}, ""),
        ({"whom": "named", "named": [1, 1]}, ""),
        ({"whom": "everybody"}, "whom"),
        ({"hours": 0}, "hours"),
        ({"document": " "}, "document"),
        ({"template": "mine"}, "template"),
    ],
)
async def test_a_wrong_decision_is_answered_by_its_field(engine: Engine, award: Json, field: str) -> None:
    training = await over(engine, person("А"))

    answer = await decide(engine, training, 422, **award)

    assert answer["type"] == "invalid"
    assert [one["field"] for one in answer["fields"]] == [field]


async def test_those_named_and_those_above_the_threshold(engine: Engine) -> None:
    training = await over(
        engine, person("А", grade=60.0), person("Б", grade=59.9), person("В", state="left", grade=100.0)
    )
    participants = await engine.call("responsible", "GET", f"/trainings/{training}/participants")
    above = (await decide(engine, training, whom="threshold", threshold=60))["number"]
    named = (await decide(engine, training, whom="named", named=[2, 3]))["number"]
    await asyncio.gather(finished(engine, above), finished(engine, named))

    # The responsible of another course.
    assert words.problem(participants) == (404, "not-found")
    assert [one["name"] for one in await given(engine, above)] == ["А"]
    assert [one["name"] for one in await given(engine, named)] == ["Б", "В"]
    listed = await engine.get("agency", f"/trainings/{training}/certification")
    assert [one["number"] for one in listed] == [named, above]


async def test_participants_are_shown_in_pages(engine: Engine) -> None:
    training = await over(engine, *(person(name) for name in "АБВ"))
    path = f"/trainings/{training}/participants?limit=2"

    first = await engine.get("agency", path)
    second = await engine.get("agency", f"{path}&cursor={first['next']}")

    assert [one["ordinal"] for one in first["participants"] + second["participants"]] == [1, 2, 3]
    assert (first["participants"][0]["percent"], second["next"]) == (87.0, None)


async def test_the_same_post_decides_once(engine: Engine) -> None:
    training = await over(engine, person("Дважды"))
    path, form = f"/trainings/{training}/certification", {"whom": "completed"}
    answers = [await engine.post("agency", path, form, key=f"once-{training}") for _ in range(2)]

    assert [one.status_code for one in answers] == [201, 201]
    assert answers[0].json() == answers[1].json()
    assert len(await engine.get("agency", path)) == 1


async def test_the_same_decision_under_another_key_is_none(engine: Engine) -> None:
    training = await over(engine, person("Однажды"))
    path, form = f"/trainings/{training}/certification", {"whom": "completed"}

    answers = await asyncio.gather(*(engine.post("agency", path, form) for _ in range(3)))

    assert sorted(one.status_code for one in answers) == [201, 409, 409]
    assert {one.json()["type"] for one in answers if one.status_code == 409} == {"already-decided"}
    assert (await decide(engine, training, signatory_name="Сидоров А. В."))["people"] == 1


@pytest.mark.parametrize("role", ["responsible", "operator", "reviewer", "admin"])
async def test_the_owner_alone_decides(engine: Engine, role: str) -> None:
    training = await over(engine, person("А"))

    answer = await engine.post(role, f"/trainings/{training}/certification", {"whom": "completed"})

    assert words.problem(answer) == (403, "forbidden")


async def test_results_of_a_subsystem_without_web_services_are_as_good(engine: Engine) -> None:
    course = await course_by_hand(engine)
    training = await running(engine, course=course)
    file = "ФИО;Почта;Состояние;Оценка %\nПетров Пётр;petrov@example.org;завершено;87\n"
    uploaded = await upload(engine, training, file)
    early = await decide(engine, training, 409)
    await engine.post("agency", f"/trainings/{training}/closing", {})
    await result_of(workflow(engine, training))

    number = (await decide(engine, training, whom="threshold", threshold=87))["number"]
    await finished(engine, number)

    assert uploaded.status_code == 200, uploaded.text
    assert early["type"] == "training-not-over"
    assert [one["name"] for one in await given(engine, number)] == ["Петров Пётр"]
    shown = await engine.get("responsible", f"/certifications/{number}")
    assert shown["given"] == 1


async def test_a_document_tells_how_long_the_training_lasted_not_how_long_it_was_to(engine: Engine) -> None:
    closed = {"state": "closed", "closed_at": datetime(2026, 12, 10, 8, tzinfo=UTC)}
    lasted, was_closed = await over(engine, person("А")), await over(engine, person("Б"), **closed)

    numbers = [(await decide(engine, training))["number"] for training in (lasted, was_closed)]

    async with engine.sessions() as session:
        rows = [await session.get_one(CertificationRow, number) for number in numbers]
    assert [str(row.ends_on) for row in rows] == ["2026-12-20", "2026-12-10"]


async def upload(engine: Engine, training: str, content: str) -> httpx.Response:
    octets = {"Content-Type": "application/octet-stream"}
    return await post_raw(engine, "responsible", f"/trainings/{training}/results", content.encode(), **octets)


async def test_a_guessed_decision_is_not_found(engine: Engine) -> None:
    number = await certificates.decided(engine)
    training = number.replace("certification", "training")
    for path in (f"/certifications/{training}", "/certifications/certification-99999999"):
        assert words.problem(await engine.call("agency", "GET", path)) == (404, "not-found")

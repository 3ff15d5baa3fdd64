"""Clause 4.6: a training from its first letter to its results."""

from datetime import timedelta

import pytest
from sqlmodel import col, select

from models.letters import Notice
from models.tables import BulkLetter
from models.terms import Recipient
from tests.engine import Engine, result_of
from tests.workflows import words
from tests.workflows.trainings import course_of_its_own, learner, opened


async def test_a_training_goes_from_its_first_letter_to_its_kept_results(engine: Engine) -> None:
    course = await course_of_its_own(engine)
    done = await learner(engine, course, "Закончилов")
    await learner(engine, course, "Неначалов")
    number = (await opened(engine, course))["number"]
    handle = engine.client.get_workflow_handle(number)
    await engine.until_waiting(handle)
    await engine.moodle_act("finish_course", user_id=done, course_id=course.moodle_id)

    await engine.skipper.fast_forward(handle, timedelta(days=22))

    assert await result_of(handle) == "ended"
    results = await engine.get("responsible", f"/trainings/{number}/results")
    states = {one["name"].split()[-1]: one["state"] for one in results["learners"]}
    assert states["Закончилов"] != "not_begun"
    assert states["Неначалов"] == "not_begun"
    documents = await engine.get("agency", f"/cases/{number}/documents")
    assert {one["kind"] for one in documents} == {"results-json", "results-xlsx", "results-pdf"}
    assert await engine.get("operator", f"/cases/{number}/documents") == []
    async with engine.sessions() as session:
        rows = (await session.scalars(select(BulkLetter).where(col(BulkLetter.number) == number))).all()
    told = {row.step for row in rows if row.state == "delivered"}
    assert "training/mailing-start" in told
    assert len(told) > 1
    assert all(row.state == "delivered" for row in rows)


async def mailings(engine: Engine, number: str) -> list[str]:
    """Steps of the letters to learners that were delivered, each once."""
    query = select(BulkLetter).where(col(BulkLetter.number) == number, col(BulkLetter.state) == "delivered")
    async with engine.sessions() as session:
        rows = (await session.scalars(query)).all()
    return sorted({row.step for row in rows})


async def test_a_prolonged_training_reminds_again_before_its_new_end(engine: Engine) -> None:
    course = await course_of_its_own(engine)
    await learner(engine, course, "Нескоров")
    number = (await opened(engine, course, days=20))["number"]
    handle = engine.client.get_workflow_handle(number)
    await engine.until_waiting(handle)
    await engine.skipper.fast_forward(handle, timedelta(days=15))
    before = await mailings(engine, number)

    ends_on = str(words.local_today() + timedelta(days=45))
    sooner = {"ends_on": str(words.local_today() + timedelta(days=2))}
    refused = await engine.post("agency", f"/trainings/{number}/prolongation", sooner)
    taken = await engine.post("agency", f"/trainings/{number}/prolongation", {"ends_on": ends_on})
    assert words.problem(refused)[1] == "not-later"
    assert (taken.status_code, taken.json()["ends_on"]) == (200, ends_on), taken.text
    await engine.skipper.fast_forward(handle, timedelta(days=32))

    assert await result_of(handle) == "ended"
    after = [step for step in await mailings(engine, number) if step not in before]
    assert any("not-finished" in step for step in after)
    assert any("продлено" in line for line in await engine.journal(number))
    for recipient in (Recipient.OWNER, Recipient.RESPONSIBLE):
        assert await words.letter(engine, number, Notice.TRAINING_SUMMARY, recipient)


async def test_a_training_closed_early_keeps_its_results_and_writes_no_more(engine: Engine) -> None:
    course = await course_of_its_own(engine)
    await learner(engine, course, "Досрочников")
    number = (await opened(engine, course))["number"]
    handle = engine.client.get_workflow_handle(number)
    await engine.until_waiting(handle)

    response = await engine.post("agency", f"/trainings/{number}/closing", {"reason": "Группа распущена"})
    assert response.status_code == 200, response.text
    stage = await result_of(handle)

    assert stage == response.json()["state"]["code"] == "closed"
    assert len(await engine.get("agency", f"/cases/{number}/documents")) == 3
    again = await engine.post("agency", f"/trainings/{number}/closing", {})
    assert words.problem(again)[0] == 409
    assert not any("not-finished" in step for step in await mailings(engine, number))
    assert any("Группа распущена" in line for line in await engine.journal(number))


async def test_progress_is_read_on_demand(engine: Engine) -> None:
    course = await course_of_its_own(engine)
    person = await learner(engine, course, "Ускоров")
    number = (await opened(engine, course))["number"]
    handle = engine.client.get_workflow_handle(number)
    await engine.until_waiting(handle)
    await engine.moodle_act("finish_course", user_id=person, course_id=course.moodle_id)

    response = await engine.post("agency", f"/trainings/{number}/refresh")
    assert response.status_code == 200, response.text

    async def has_begun() -> bool:
        results = await engine.get("agency", f"/trainings/{number}/results")
        return [one["state"] for one in results["learners"]] not in ([], ["not_begun"])

    await engine.until(has_begun)


@pytest.mark.parametrize(("form", "begins"), [("csv", b"\xef\xbb\xbf"), ("xlsx", b"PK"), ("pdf", b"%PDF")])
async def test_results_are_exported_to_owner_and_responsible_alone(
    engine: Engine, form: str, begins: bytes
) -> None:
    course = await course_of_its_own(engine)
    await learner(engine, course, "Выгрузов")
    number = (await opened(engine, course))["number"]
    await engine.until_waiting(engine.client.get_workflow_handle(number))

    theirs = await engine.call("responsible", "GET", f"/trainings/{number}/results.{form}")
    operators = await engine.call("operator", "GET", f"/trainings/{number}/results.{form}")

    assert (theirs.status_code, operators.status_code) == (200, 403)
    assert theirs.content.startswith(begins)

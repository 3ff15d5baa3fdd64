"""«Запись на обучение» and clause 4.5: who was accepted is planned and run like a list, and takes part."""

from datetime import timedelta
from uuid import uuid4

from models.tables import TrainingRow
from tests.engine import Engine
from tests.workflows import enrolments, words
from tests.workflows.sign_ups import accepted, applied, open_to_all
from tests.workflows.trainings import bulk_letters, course_of_its_own, learner


async def test_the_accepted_are_enrolled_once_and_take_part(engine: Engine) -> None:
    course = await course_of_its_own(engine)
    await learner(engine, course, "Посторонний")
    number = (await open_to_all(engine, course=course))["number"]
    handle = engine.client.get_workflow_handle(number)
    anna, boris = f"anna{uuid4().hex[:8]}", f"boris{uuid4().hex[:8]}"
    await accepted(engine, number, anna)
    await applied(engine, number, boris)
    path = f"/trainings/{number}/sign-ups/enrolment"

    key = uuid4().hex
    first, repeated = [await engine.post("responsible", path, key=key) for _ in range(2)]
    again = await engine.post("agency", path)

    assert first.status_code == 201, first.text
    assert (repeated.status_code, repeated.json()) == (201, first.json())
    assert words.problem(again) == (409, "nobody-accepted")
    one = first.json()
    assert (one["training"], one["course"]) == (number, course.id)
    await enrolments.until_state(engine, one["number"], "planned")
    await engine.until_waiting(enrolments.handle(engine, one["number"]))
    await enrolments.confirm(engine, one["number"])
    await enrolments.until_state(engine, one["number"], "done")
    assert [row.email for row in await enrolments.rows(engine, one["number"])] == [f"{anna}@example.org"]
    emails, enrolled = await enrolments.seen_in_moodle(engine, course)
    assert (emails[f"{anna}@example.org"], emails[f"{boris}@example.org"]) == (1, 0)
    assert set(enrolled.values()) == {1}
    assert one["filename"] == ""
    assert any(
        "Составлен список Пользователей из записи" in line for line in await engine.journal(one["number"])
    )

    await engine.skipper.fast_forward(handle, timedelta(days=2))

    results = await engine.get("responsible", f"/trainings/{number}/results")
    assert [learner["name"] for learner in results["learners"]] == ["Записева Анна"]
    letters = [row for row in await bulk_letters(engine, number) if row.step == "training/mailing-start"]
    assert [(row.address, row.state) for row in letters] == [(f"{anna}@example.org", "delivered")]


async def test_who_is_accepted_later_goes_into_the_next_list_and_a_list_given_up_frees_its_people(
    engine: Engine,
) -> None:
    number = (await open_to_all(engine))["number"]
    path = f"/trainings/{number}/sign-ups/enrolment"
    nobody = await engine.post("responsible", path)
    names = [f"{name}{uuid4().hex[:8]}" for name in ("anna", "boris")]
    await accepted(engine, number, names[0])
    first = (await engine.post("responsible", path)).json()["number"]
    await enrolments.until_state(engine, first, "planned")
    await engine.until_waiting(enrolments.handle(engine, first))
    await accepted(engine, number, names[1])

    await engine.post("responsible", f"/enrolments/{first}/withdrawal")
    await enrolments.until_state(engine, first, "given_up")
    second = (await engine.post("responsible", path)).json()["number"]

    assert words.problem(nobody) == (409, "nobody-accepted")
    await enrolments.until_state(engine, second, "planned")
    assert [row.email for row in await enrolments.rows(engine, second)] == [
        f"{name}@example.org" for name in names
    ]
    async with engine.sessions() as session:
        assert (await session.get_one(TrainingRow, number)).lists == [first, second]

"""Clause 4.5: a list of learners from its upload to the course."""

from datetime import timedelta

import pytest

from models.letters import Notice
from models.tables import Account, Course
from models.terms import Recipient
from tests.engine import JUST, Engine, result_of
from tests.workflows import enrolments, words
from tests.workflows.trainings import course_of_its_own


@pytest.fixture(scope="module")
async def course(engine: Engine) -> Course:
    return await course_of_its_own(engine)


async def test_a_list_is_planned_confirmed_and_registered(engine: Engine, course: Course) -> None:
    lines = [
        *enrolments.people(3),
        enrolments.person(enrolments.surname()),
        enrolments.person("Кривых", "a@b@c"),
    ]
    number = await enrolments.planned(engine, course, enrolments.table(lines))
    plan = await enrolments.counts(engine, number)
    _, before = await enrolments.seen_in_moodle(engine, course)
    await words.letter(engine, number, Notice.ENROLMENT_PLAN, Recipient.RESPONSIBLE)

    await enrolments.confirm(engine, number)
    stage = await result_of(enrolments.handle(engine, number))

    assert plan == {"new": 4, "wrong": 1}
    assert stage == "done"
    assert await enrolments.states(engine, number) == {"enrolled": 4, "set_aside": 1}
    assert await enrolments.counts(engine, number) == {**plan, "enrolled": 4, "set_aside": 1}
    _, after = await enrolments.seen_in_moodle(engine, course)
    assert len(after) - len(before) == 4
    letter = await words.letter(engine, number, Notice.ENROLMENT_SUMMARY, Recipient.RESPONSIBLE)
    assert "строка 6" in letter.text
    for row in (await enrolments.rows(engine, number))[:4]:
        async with engine.sessions() as session:
            account = await session.get_one(Account, ("edu", row.moodle_id))
        assert (account.made_by, account.username) == (number, row.username)
    assert "зарегистрировано 4, отложено 1" in await words.journaled(engine, number, "Регистрация закончена")


async def test_a_plan_that_is_given_up_changes_nothing(engine: Engine, course: Course) -> None:
    before = await enrolments.seen_in_moodle(engine, course)
    number = await enrolments.planned(engine, course, enrolments.table(enrolments.people(2)))

    response = await engine.post("agency", f"/enrolments/{number}/withdrawal")

    assert (response.status_code, response.json()["state"]["code"]) == (200, "given_up"), response.text
    assert await result_of(enrolments.handle(engine, number)) == "given_up"
    assert await enrolments.seen_in_moodle(engine, course) == before
    again = await engine.post("responsible", f"/enrolments/{number}/confirmation")
    assert words.problem(again) == (409, "stage-passed")


async def test_a_plan_that_nobody_confirms_reminds_and_lapses(engine: Engine, course: Course) -> None:
    number = await enrolments.planned(engine, course, enrolments.table(enrolments.people(1)))
    handle = enrolments.handle(engine, number)

    await engine.skipper.fast_forward(handle, timedelta(days=40))

    assert await result_of(handle) == "lapsed"
    reminders = [one for one in await engine.letter_names(number) if one.startswith("reminder")]
    assert len(reminders) == 2
    letter = await words.letter(engine, number, Notice.ENROLMENT_SUMMARY, Recipient.RESPONSIBLE)
    assert "никто не подтвердил" in letter.text
    assert await enrolments.states(engine, number) == {"planned": 1}


async def test_a_plan_is_confirmed_in_its_last_seconds(engine: Engine, course: Course) -> None:
    from models.terms import Clause

    number = await enrolments.planned(engine, course, enrolments.table(enrolments.people(1)))
    due_at = await words.due_at(engine, number, Clause.ENROLMENT)
    await engine.skip(enrolments.handle(engine, number), to=due_at - JUST)

    await enrolments.confirm(engine, number)

    assert await result_of(enrolments.handle(engine, number)) == "done"


async def test_the_same_list_again_makes_nobody_twice(engine: Engine, course: Course) -> None:
    content = enrolments.table([*enrolments.people(5), enrolments.person("Повторова")])
    await enrolments.registered(engine, course, content)
    before = await enrolments.seen_in_moodle(engine, course)

    again = await enrolments.registered(engine, course, content)

    assert await enrolments.counts(engine, again) == {"existing": 6, "enrolled": 6}
    assert await enrolments.seen_in_moodle(engine, course) == before


async def test_a_list_without_a_good_row_ends_at_once(engine: Engine, course: Course) -> None:
    lines = [enrolments.person("Кривых", "нет такого@адреса") for _ in range(30)]

    number = await enrolments.uploaded(engine, course, enrolments.table(lines))

    assert await result_of(enrolments.handle(engine, number)) == "useless"
    assert await enrolments.counts(engine, number) == {"wrong": 30}
    await words.letter(engine, number, Notice.ENROLMENT_PLAN, Recipient.RESPONSIBLE)

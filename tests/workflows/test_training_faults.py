"""Clauses 4.6 and 4.7 while the world changes under a training: courses, learners, grades, the worker."""

import asyncio
from collections import Counter
from datetime import datetime, time, timedelta
from typing import Any

import pytest
from pydantic import SecretStr
from sqlalchemy import update
from sqlmodel import col
from temporalio.client import WorkflowHandle

from devstack.mailsink import Mood
from models.deadlines import LOCAL_ZONE
from models.letters import Notice
from models.tables import Course
from models.terms import Recipient
from tests.engine import JUST, Engine, Json, result_of
from tests.workflows import words
from tests.workflows.trainings import bulk_letters, course_of_its_own, learner, opened, running

DAYS = 20
MIDNIGHT = time(0, tzinfo=LOCAL_ZONE)


@pytest.fixture
async def course(engine: Engine) -> Course:
    return await course_of_its_own(engine)


def workflow(engine: Engine, number: str) -> WorkflowHandle[Any, Any]:
    return engine.client.get_workflow_handle(number)


def end() -> datetime:
    """24:00 of the last day of a training of so many days."""
    return datetime.combine(words.local_today() + timedelta(days=DAYS + 1), MIDNIGHT)


async def ended(engine: Engine, number: str) -> Json:
    """The results that are kept, once the training has gone to its end."""
    handle = workflow(engine, number)
    await engine.skipper.fast_forward(handle, timedelta(days=DAYS + 2))
    assert await result_of(handle) == "ended"
    return dict(await engine.get("agency", f"/trainings/{number}/results"))


async def test_a_course_deleted_meanwhile_is_told_once_and_what_was_known_is_kept(
    engine: Engine, course: Course
) -> None:
    await learner(engine, course, "Удалённов")
    number = await running(engine, course=course)
    await engine.skip(workflow(engine, number), to=end() - timedelta(days=15))
    await engine.moodle_act("delete_course", course_id=course.moodle_id)

    results = await ended(engine, number)

    assert [one["name"] for one in results["learners"]] == ["Лев Удалённов"]
    [task] = [one for one in await engine.tasks(number) if one.kind == "step_failed" or "gone" in one.step]
    assert "нет в Moodle" in task.why
    letters = [one for one in await engine.letters(number) if one.notice == Notice.COURSE_GONE]
    assert {one.recipient for one in letters} == {Recipient.OWNER, Recipient.OPERATOR}
    assert len(letters) == 2


async def test_a_course_that_is_back_is_read_again_and_its_task_closed(
    engine: Engine, course: Course
) -> None:
    await learner(engine, course, "Вернувшев")
    number = await running(engine, course=course)
    await _move(engine, course, 987_654_321)
    await engine.skip(workflow(engine, number), to=end() - timedelta(days=15))
    [told] = await engine.tasks(number)
    await _move(engine, course, course.moodle_id)

    results = await ended(engine, number)

    [task] = await engine.tasks(number)
    assert (told.closed_at, task.closed_at is None) == (None, False)
    assert [one["name"] for one in results["learners"]] == ["Лев Вернувшев"]


async def _move(engine: Engine, course: Course, moodle_id: int | None) -> None:
    async with engine.sessions.begin() as session:
        await session.execute(update(Course).where(col(Course.id) == course.id).values(moodle_id=moodle_id))


async def test_a_subsystem_missing_from_the_settings_is_no_deleted_course(
    engine: Engine, course: Course
) -> None:
    sites = {code: site for code, site in engine.settings.moodle_sites.items() if code != "edu"}
    async with engine.with_settings(moodle_sites=sites) as without:
        before = engine.api_with(task_queue=without.settings.task_queue)
        number = (await opened(before, course))["number"]
        await without.until_waiting(workflow(engine, number))
        await without.skip(workflow(engine, number), to=end() - timedelta(days=15))

        assert any("не прочитаны" in line for line in await engine.journal(number))
    assert await engine.tasks(number) == []


async def test_a_learner_who_left_stays_in_the_results_and_gets_no_more_letters(
    engine: Engine, course: Course
) -> None:
    left = await learner(engine, course, "Ушедшев")
    await learner(engine, course, "Оставшев")
    number = await running(engine, course=course)
    handle = workflow(engine, number)
    await engine.skip(handle, to=end() - timedelta(days=15))
    who = [{"userid": left, "courseid": course.moodle_id, "roleid": 5}]
    await engine.moodle_call("enrol_manual_unenrol_users", enrolments=who)

    results = await ended(engine, number)

    states = {one["name"].split()[-1]: one["state"] for one in results["learners"]}
    assert states == {"Ушедшев": "left", "Оставшев": "not_begun"}
    reminded = {row.row for row in await bulk_letters(engine, number) if "not-finished" in row.step}
    assert reminded
    assert left not in reminded


async def test_what_cannot_be_seen_is_said(engine: Engine, course: Course) -> None:
    """No completion criteria, grades hidden from the account: no zeros, but words."""
    await engine.moodle_act("hide_grades", course_id=course.moodle_id)
    person = await learner(engine, course, "Скрытов")
    number = await running(engine, course=course)
    await engine.moodle_act("visit", user_id=person, course_id=course.moodle_id)

    results = await ended(engine, number)

    assert {"criteria", "grades"} <= set(results["unseen"])
    assert any("условия завершения" in why for why in results["unseen_why"])
    assert (results["learners"][0]["grade"], results["summary"]["totals"]["completed"]) == (None, None)
    letter = await words.letter(engine, number, Notice.TRAINING_SUMMARY, Recipient.OWNER)
    assert "условия завершения" in letter.text
    assert "Завершили" not in letter.text


async def test_trainings_of_one_course_side_by_side_and_one_after_the_other_are_apart(
    engine: Engine, course: Course
) -> None:
    person = await learner(engine, course, "Первов")
    first, beside = await running(engine, course=course), await running(engine, course=course)
    before = await ended(engine, first)
    assert (await engine.get("agency", f"/trainings/{beside}"))["state"]["code"] == "running"

    await engine.moodle_act("finish_course", user_id=person, course_id=course.moodle_id)
    await learner(engine, course, "Второв")
    after = await running(engine, course=course)
    later = await ended(engine, after)

    names = {one["name"].split()[-1] for one in later["learners"]}
    assert names == {"Первов", "Второв"}
    assert (await engine.get("agency", f"/trainings/{first}/results")) == before
    listed = await engine.get("responsible", f"/courses/{course.id}/trainings")
    assert {one["number"] for one in listed} == {first, beside, after}


async def test_it_may_be_closed_up_to_its_last_seconds_and_not_after(engine: Engine, course: Course) -> None:
    number, other = await running(engine, course=course), await running(engine, course=course)
    await engine.skip(workflow(engine, number), to=end() - JUST)
    closed = await engine.post("agency", f"/trainings/{number}/closing", {})
    await engine.skip(workflow(engine, other), to=end())
    late = await engine.post("agency", f"/trainings/{other}/closing", {})

    assert (closed.status_code, closed.json()["state"]["code"]) == (200, "closed"), closed.text
    assert await result_of(workflow(engine, number)) == "closed"
    assert await result_of(workflow(engine, other)) == "ended"
    assert words.problem(late)[0] == 409


async def test_an_outage_over_the_end_ends_it_late_and_nobody_is_reminded_of_what_is_over(
    engine: Engine, course: Course
) -> None:
    await learner(engine, course, "Простоев")
    number = str((await opened(engine, course, starts_in=1))["number"])
    handle = workflow(engine, number)
    await engine.until_waiting(handle)

    async with words.refusing(engine, "journal", f"number = '{number}' AND step = 'training/stage-running'"):
        await engine.skip(handle, to=end() + timedelta(days=9))
        task = await words.task(engine, number, "training/stage-running")
    before = {row.step for row in await bulk_letters(engine, number)}
    await words.try_again(engine, task)

    assert await result_of(handle) == "ended"
    assert {row.step for row in await bulk_letters(engine, number)} == before
    assert not any("not-finished" in step for step in before)
    assert (await engine.get("agency", f"/trainings/{number}"))["state"]["code"] == "ended"
    assert len(await engine.get("agency", f"/cases/{number}/documents")) == 3


async def test_a_moodle_that_lets_nobody_in_holds_no_training_up(engine: Engine, course: Course) -> None:
    sites = {"edu": engine.settings.moodle_sites["edu"].model_copy(update={"token": SecretStr("wrong")})}
    async with engine.with_settings(moodle_sites=sites) as own:
        number = await running(own, course=course)

        results = await ended(own, number)

    assert results["learners"] == []
    assert any("Результаты не прочитаны" in line for line in await engine.journal(number))


async def test_a_mailing_is_sent_once_to_each_though_the_server_puts_some_off_and_refuses_one(
    engine: Engine, course: Course
) -> None:
    for name in ("Первый", "Второй", "Третий"):
        await learner(engine, course, name)
    bad = await learner(engine, course, "Неверный")
    people = (await engine.moodle_state())["users"]
    engine.mail.mood = Mood(refuses={next(one["email"] for one in people if one["id"] == bad)}, greylists=2)
    number = await running(engine, course=course)

    await ended(engine, number)

    start = [row for row in await bulk_letters(engine, number) if row.step.endswith("mailing-start")]
    assert Counter(row.state for row in start) == {"delivered": 3, "bounced": 1}
    ids = Counter(
        str(one.message["Message-ID"])
        for one in engine.mail.letters(naming=number)
        if number in str(one.message["Message-ID"])
    )
    assert set(ids.values()) == {1}
    assert any("адрес не принимает почту — 1" in line for line in await engine.journal(number))


async def test_no_person_is_in_its_history(engine: Engine, course: Course) -> None:
    await learner(engine, course, "Незаметнов")
    number = await running(engine, course=course)
    await engine.post("agency", f"/trainings/{number}/closing", {"reason": "Секретнов заболел"})
    handle = workflow(engine, number)
    await result_of(handle)

    history = await words.history(handle)

    assert "Незаметнов" not in history
    assert "Секретнов" not in history
    assert "@example.org" not in history


async def test_a_mail_server_that_is_away_holds_neither_the_end_nor_the_results_up(
    engine: Engine, course: Course
) -> None:
    await learner(engine, course, "Терпеливов")
    await engine.mail.down()
    number = str((await opened(engine, course))["number"])
    handle = workflow(engine, number)
    await engine.until_waiting(handle)
    skipping = asyncio.create_task(engine.skipper.fast_forward(handle, timedelta(days=5)))
    await engine.until(lambda: bulk_letters(engine, number))
    skipping.cancel()

    closed = await engine.post("agency", f"/trainings/{number}/closing", {})
    await words.journaled(engine, number, "Результаты сохранены")
    before = (await engine.case(number)).closed_at
    await engine.mail.start()

    assert closed.status_code == 200, closed.text
    assert before is None
    # The pause between two attempts is skipped, as time was asked to go on.
    assert await result_of(handle) == "closed"
    assert {row.state for row in await bulk_letters(engine, number)} == {"delivered"}

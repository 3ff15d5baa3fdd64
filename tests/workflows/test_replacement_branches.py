"""Clause 4.8 where it goes another way: nobody is appointed, Moodle is away, work by hand, killed workers."""

import asyncio
from datetime import timedelta
from uuid import uuid4

import pytest
from temporalio.client import WorkflowHandle

from clients.moodle.calls import Calls
from models import cases, deadlines
from models.calendar import WorkCalendar
from models.deadlines import end_of
from models.tables import Account, Course
from models.terms import Clause
from tests.engine import JUST, Engine, result_of
from tests.workflows import replacements, setups, trainings, words
from tests.workflows.replacements import Held
from tests.workflows.setups import COURSE_CREATOR, EDITING_TEACHER

CLAUSE = Clause.REPLACEMENT


async def _late_by(engine: Engine, number: str) -> str:
    clause = await engine.clause(number, CLAUSE)
    assert clause is not None
    assert clause.finished_at is not None
    return clause.late_by


async def _term_ended(engine: Engine, number: str) -> None:
    await replacements.journal_says(engine, number, "Владелец сообщил и назначил")


async def _has_two_reminders(engine: Engine, number: str) -> bool:
    return sum(name.startswith("reminder owner ") for name in await engine.letter_names(number)) == 2


async def test_while_nobody_is_appointed_the_owner_is_reminded_and_its_head_told_again_and_again(
    engine: Engine,
) -> None:
    held = await replacements.held(engine)
    number = await replacements.reported(engine, held.person, words.local_today())
    handle = await replacements.waiting(engine, number)
    rungs = await words.ladder(engine, number, CLAUSE)

    for rung in rungs:
        await engine.skip(handle, to=rung.planned_at)
    clause = await engine.clause(number, CLAUSE)
    assert clause is not None
    assert clause.is_overdue
    await engine.until(lambda: _has_two_reminders(engine, number))
    for recipient in ("owner_head", "owner", "operator", "authority"):
        await engine.until(replacements.letter(engine, number, f"escalation {recipient} delivered"))
    # Nobody has come, but the rights have gone all the same.
    assert await replacements.responsible(engine, held.course) == []
    assert held.email not in await replacements.teachers(engine, held.course)

    repeat = deadlines.next_repeat(rungs[-1].planned_at, 5, WorkCalendar())
    await engine.skip(handle, to=repeat)
    await replacements.journal_says(engine, number, "Эскалация повторно")

    new = replacements.successor()
    await replacements.appoint(engine, number, new)
    line = await replacements.journal_says(engine, number, "Назначено новое ответственное лицо")
    assert "позже ориентира системы (срок назначения в Регламенте не установлен)" in line
    await _term_ended(engine, number)
    # Told in time: late by the clause is the telling alone.
    assert await _late_by(engine, number) == ""
    await replacements.finish(engine, number, new["email"])


async def test_a_report_in_the_last_seconds_is_in_time_and_one_later_is_late(engine: Engine) -> None:
    numbers: dict[str, WorkflowHandle[object, object]] = {}
    for _ in range(2):
        held = await replacements.held(engine)
        number = await replacements.reported(engine, held.person, words.local_today(), role="operator")
        numbers[number] = await replacements.waiting(engine, number)
    for (number, handle), early in zip(numbers.items(), (JUST, timedelta(0)), strict=True):
        due_at = await words.due_at(engine, number, CLAUSE)
        await engine.skip(handle, to=due_at - early)
        await replacements.appoint(engine, number, replacements.successor())
        await _term_ended(engine, number)

    in_time, late = [await _late_by(engine, number) for number in numbers]
    assert in_time == ""
    assert late.startswith("на ")


async def test_a_moodle_that_is_away_delays_the_removal_and_nothing_else(engine: Engine) -> None:
    held = await replacements.held(engine)
    await engine.moodle_fault("503")
    number = await replacements.reported(engine, held.person, replacements.days_ago(1))

    await replacements.journal_says(engine, number, "Полномочия прекращены")
    await replacements.journal_says(engine, number, "Moodle недоступна")
    assert await replacements.responsible(engine, held.course) == []
    assert held.email in await replacements.teachers(engine, held.course)
    await replacements.appoint(engine, number, replacements.successor())
    await _term_ended(engine, number)
    await engine.moodle_heals()

    await replacements.journal_says(engine, number, "Права сняты (edu)")
    assert held.email not in await replacements.teachers(engine, held.course)


async def test_a_moodle_that_is_away_for_a_whole_day_becomes_the_operators_task(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Calls, "pauses", (0.01, 0.01, 0.01, 0.01))
    held = await replacements.held(engine)
    await engine.moodle_fault("503")
    number = await replacements.reported(engine, held.person, replacements.days_ago(1))
    await replacements.journal_says(engine, number, "Moodle недоступна")

    handle = engine.client.get_workflow_handle(number)
    day = asyncio.create_task(engine.skipper.fast_forward(handle, timedelta(days=1)))
    task = await words.task(engine, number, "removal-edu")
    day.cancel()
    assert "Moodle недоступна" in task.why
    await engine.moodle_heals()
    await words.try_again(engine, task)
    await replacements.journal_says(engine, number, "Права сняты (edu)")
    assert held.email not in await replacements.teachers(engine, held.course)


async def test_what_the_engine_cannot_do_becomes_the_operators_task_and_may_be_tried_again(
    engine: Engine,
) -> None:
    held = await replacements.held(engine)
    await _number_in_moodle(engine, held.course, None)
    number = await replacements.reported(engine, held.person, replacements.days_ago(1))

    task = await words.task(engine, number, "removal-edu")
    assert "номер в Moodle системе не известен" in task.why
    await engine.until_waiting(engine.client.get_workflow_handle(number))
    await _number_in_moodle(engine, held.course, held.course.moodle_id)
    await words.try_again(engine, task)

    await replacements.journal_says(engine, number, "Права сняты (edu)")
    assert held.email not in await replacements.teachers(engine, held.course)


async def _number_in_moodle(engine: Engine, course: Course, moodle_id: int | None) -> None:
    async with engine.sessions.begin() as session:
        (await session.get_one(Course, course.id)).moodle_id = moodle_id


async def test_where_there_are_no_web_services_the_operator_does_it_and_says_so(engine: Engine) -> None:
    held = await replacements.held_by_hand(engine)
    new = replacements.successor()
    number = await replacements.reported(engine, held.person, replacements.days_ago(1), successor=new)
    path = f"/replacements/{number}/by-hand"

    for work, email in (("removal", held.email), ("grant", new["email"])):
        task = await words.task(engine, number, f"{work}-local")
        assert task.kind == "rights_by_hand"
        for fact in ("работа — вручную", email, f"курс «{held.course.name}»", "в деле о смене"):
            assert fact in task.why
        await engine.until_waiting(engine.client.get_workflow_handle(number))
        other = await engine.post("operator", path, {"work": work, "subsystem": "edu"})
        assert (other.status_code, other.json()["type"]) == (409, "nothing-by-hand")
        done = await engine.post("operator", path, {"work": work, "subsystem": "local"})
        assert done.status_code == 200, done.text

    await replacements.journal_says(engine, number, "Выполнено Оператором вручную (local): снятие прав")
    await replacements.journal_says(engine, number, "Новое ответственное лицо приступило (local)")
    assert await replacements.responsible(engine, held.course) == [new["email"]]
    assert all(task.closed_at for task in await engine.tasks(number))
    told = [one.subject for one in await engine.letters(number) if one.notice == "step_failed"]
    label = cases.label(number)
    assert told == [
        f"{label}: снимите права прежнего ответственного лица вручную",
        f"{label}: назначьте права новому ответственному лицу вручную",
    ]
    await replacements.finish(engine, number, new["email"])


async def test_2_8_5_suspends_what_it_cannot_end_and_the_journal_says_so(engine: Engine) -> None:
    category = await engine.first_category("eledu")
    held = await replacements.held(engine, subsystem="eledu", category=category)
    number = await replacements.reported(engine, held.person, replacements.days_ago(1))

    line = await replacements.journal_says(engine, number, "Права сняты (eledu)")

    assert "запись на курс приостановлена: удалить её эта Moodle не даёт" in line
    [proof] = [one for key, one in (await replacements.row(engine, number)).proof.items() if "course" in key]
    assert (proof["ended_by"], proof["still_enrolled"]) == ("suspend", False)
    roles = await replacements.teachers(engine, held.course, "eledu")
    assert EDITING_TEACHER not in roles.get(held.email, [])


async def test_a_category_goes_with_the_courses_that_the_person_has_made_in_it(engine: Engine) -> None:
    name = setups.title("Категория")
    email = replacements.address()
    request = await setups.set_up(
        engine,
        wanted="category_and_course",
        category=None,
        category_name=name,
        course_name=setups.title(),
        responsible=setups.named(email=email),
    )
    held = await replacements.held_of(engine, request)
    user_id = await _user(engine, held)
    category_id = (await _moodle_course(engine, held.course))["category_id"]
    made = await engine.moodle_act(
        "add_course", category_id=category_id, fullname=setups.title(), shortname=name[:20]
    )
    enrolment = {"roleid": EDITING_TEACHER, "userid": user_id, "courseid": made["id"]}
    await engine.moodle_call("enrol_manual_enrol_users", enrolments=[enrolment])

    new = replacements.successor()
    number = await replacements.reported(engine, held.person, replacements.days_ago(1), successor=new)

    line = await replacements.journal_says(engine, number, "Права сняты (edu): курсов — 2, категорий — 1")
    assert "прочитано обратно — 3" in line
    rows = (await engine.moodle_state())["role_assignments"]
    assert [one for one in rows if one["user_id"] == user_id] == []
    await replacements.journal_says(engine, number, "Новое ответственное лицо приступило (edu)")
    new_id = await _user_of(engine, new["email"])
    rows = (await engine.moodle_state())["role_assignments"]
    mine = {(one["role_id"], one["level"]) for one in rows if one["user_id"] == new_id}
    assert mine == {(COURSE_CREATOR, "coursecat"), (EDITING_TEACHER, "course")}


async def test_what_an_interrupted_attempt_saw_stays_in_the_proof(engine: Engine) -> None:
    """Moodle dies after it has taken the enrolment: the next attempt finds nothing left to see."""
    held = await replacements.held(engine)
    await engine.moodle_fault("error_after_work", function="enrol_manual_unenrol_users", times=1)

    number = await replacements.reported(engine, held.person, replacements.days_ago(1))

    line = await replacements.journal_says(engine, number, "Права сняты (edu)")
    assert "первая попытка была прервана" in line
    assert "показать это Moodle не может — 1" in line
    [proof] = [one for key, one in (await replacements.row(engine, number)).proof.items() if "course" in key]
    assert proof["was_enrolled"]
    assert held.email not in await replacements.teachers(engine, held.course)


async def test_a_right_from_elsewhere_is_not_called_removed(engine: Engine) -> None:
    held = await replacements.held(engine)
    user_id = await _user(engine, held)
    await engine.moodle_act("give_role", role_id=1, user_id=user_id)

    number = await replacements.reported(engine, held.person, replacements.days_ago(1))

    task = await words.task(engine, number, "removal-edu")
    assert "Moodle не показывает того, что было сделано" in task.why
    assert not [line for line in await engine.journal(number) if line.startswith("Права сняты")]
    await engine.until_waiting(engine.client.get_workflow_handle(number))
    body = {"work": "removal", "subsystem": "edu"}
    assert (await engine.post("operator", f"/replacements/{number}/by-hand", body)).status_code == 200
    await replacements.journal_says(engine, number, "Выполнено Оператором вручную (edu): снятие прав")


async def test_a_course_and_an_account_deleted_in_moodle_hold_nothing_up(engine: Engine) -> None:
    gone = await replacements.held(engine)
    await engine.moodle_act("delete_course", course_id=gone.course.moodle_id)
    number = await replacements.reported(engine, gone.person, replacements.days_ago(1))
    assert "курсов уже нет в Moodle — 1" in await replacements.journal_says(engine, number, "Права сняты")

    held = await replacements.held(engine)
    async with engine.sessions.begin() as session:
        account = await session.get_one(Account, ("edu", await _user(engine, held)))
        account.moodle_id = 2**31 - 2
    number = await replacements.reported(engine, held.person, replacements.days_ago(1))
    await replacements.journal_says(engine, number, "Снимать нечего (edu): учётной записи")


async def test_a_successor_who_does_not_accept_is_asked_again(engine: Engine) -> None:
    email = replacements.successor()["email"]
    number = await replacements.awaiting_acceptance(engine, email)
    handle = engine.client.get_workflow_handle(number)

    await engine.until_waiting(handle)
    await engine.skipper.fast_forward(handle, timedelta(days=15))

    await engine.until(replacements.letter(engine, number, "acceptance_awaited owner delivered"))
    asked = [one for one in await engine.letters(number) if one.notice == "successor_appointed"]
    assert len([one for one in asked if one.address == email]) >= 2
    other = await replacements.accept(engine, number, replacements.address())
    assert other.status_code == 404
    await replacements.finish(engine, number, email)


async def test_the_successor_hears_of_the_training_that_runs(engine: Engine) -> None:
    held = await replacements.held(engine)
    training = await trainings.running(engine, course=held.course)
    new = replacements.successor()
    number = await replacements.reported(engine, held.person, replacements.days_ago(1), successor=new)
    await replacements.finish(engine, number, new["email"])

    await engine.until(replacements.letter(engine, number, "replacement_done responsible delivered"))
    [letter] = [
        one
        for one in await engine.letters(number)
        if one.notice == "replacement_done" and one.recipient == "responsible"
    ]
    assert letter.address == new["email"]
    assert f"Обучение № {training.rpartition('-')[2]} «Поток»" in letter.text
    key = await replacements.key_of(engine, new["email"])
    assert (await engine.call(key, "GET", f"/trainings/{training}")).status_code == 200
    old = await replacements.key_of(engine, held.email)
    assert (await engine.call(old, "GET", f"/trainings/{training}")).status_code == 404


async def test_after_an_outage_over_the_end_of_powers_all_is_done_at_once(engine: Engine) -> None:
    """No worker runs while the last day ends and the owner's term passes."""
    own = engine.api_with(task_queue=f"seo-{uuid4().hex[:8]}")
    held = await replacements.held(engine)
    last_day = words.local_today()
    async with own.worker():
        number = await replacements.reported(own, held.person, last_day, role="operator")
        handle = await replacements.waiting(own, number)
    due_at = await words.due_at(own, number, CLAUSE)
    ahead = asyncio.create_task(
        own.skipper.fast_forward(handle, due_at - end_of(last_day) + timedelta(days=3))
    )
    async with own.worker():
        await ahead
        await replacements.journal_says(own, number, "Права сняты (edu)")
        clause = await own.clause(number, CLAUSE)
        assert clause is not None
        assert clause.is_overdue
        await replacements.appoint(own, number, replacements.successor())
        line = await replacements.journal_says(own, number, "Владелец сообщил Оператору")
        assert "с опозданием на" in line
        await _term_ended(own, number)


async def _user(engine: Engine, held: Held) -> int:
    return await _user_of(engine, held.email)


async def _user_of(engine: Engine, email: str) -> int:
    users = (await engine.moodle_state())["users"]
    [user_id] = [one["id"] for one in users if one["email"] == email]
    return int(user_id)


async def _moodle_course(engine: Engine, course: Course) -> dict[str, int]:
    courses = (await engine.moodle_state())["courses"]
    [found] = [one for one in courses if one["id"] == course.moodle_id]
    return dict(found)


async def test_a_successor_who_goes_without_accepting_is_replaced_by_a_case_that_ends_this_one(
    engine: Engine,
) -> None:
    email = replacements.address()
    number = await replacements.awaiting_acceptance(engine, email)
    first = await replacements.waiting(engine, number)
    gone = (await replacements.row(engine, number)).successor
    assert gone is not None
    new = replacements.successor()
    later = await replacements.reported(engine, gone, replacements.days_ago(1), successor=new)
    await replacements.finish(engine, later, new["email"])

    asked_at = deadlines.next_repeat(await engine.skipper.get_current_time(first), 5, WorkCalendar())
    await engine.skipper.fast_forward(first, asked_at - await engine.skipper.get_current_time(first))

    await result_of(first)
    line = await replacements.journal_says(engine, number, "Дело закрыто")
    assert line.endswith(f"само сменяется, {cases.label(later)}")
    assert "acceptance_awaited owner delivered" not in await engine.letter_names(number)
    assert (await engine.case(number)).closed_at is not None

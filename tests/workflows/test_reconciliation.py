"""Every night the register is compared with each Moodle: what differs becomes a task, once."""

from typing import Any
from uuid import uuid4

import pytest
from sqlmodel import col, select

from models.tables import Category, Course, RegisterChange, Responsibility
from tests.engine import Engine
from tests.workflows import reconciling, replacements, self_registrations, setups, trainings
from tests.workflows.reconciling import adopted, differences, night, tasks

OLD = ("eledu", "eiok")


async def _course(engine: Engine) -> Course:
    """A course with a category of its own and a responsible, set up by the engine."""
    request = await setups.set_up(
        engine,
        wanted="category_and_course",
        category=None,
        category_name=setups.title("Категория"),
        course_name=setups.title(),
        responsible=setups.named(),
    )
    return await setups.registered_course(engine, request)


async def test_what_is_as_the_register_says_makes_no_task(engine: Engine) -> None:
    course = await _course(engine)
    row = await night(engine)
    assert (row.outcome, row.unread, row.failure) == ("whole", 0, "")
    assert row.finished_at is not None
    assert await differences(engine, course) == {}


async def test_a_course_that_appeared_in_a_category_is_adopted_once(engine: Engine) -> None:
    known = await _course(engine)
    category = await reconciling.category_of(engine, known)
    name = setups.title("Появившийся курс")
    made = await engine.moodle_act(
        "add_course", category_id=category.moodle_id, fullname=name, shortname=uuid4().hex
    )
    below = await engine.moodle_act("add_category", name=setups.title("Раздел"), parent=category.moodle_id)
    deeper = await engine.moodle_act(
        "add_course", category_id=below["id"], fullname=setups.title(), shortname=uuid4().hex
    )

    row = await night(engine)
    again = await night(engine)

    assert row.adopted >= 2
    assert again.adopted == 0
    course = await adopted(engine, made["id"])
    assert course is not None
    assert (course.name, course.category, course.owner) == (name, category.id, category.owner)
    assert (await adopted(engine, deeper["id"])) is not None
    async with engine.sessions() as session:
        changes = select(RegisterChange).where(col(RegisterChange.course) == course.id)
        [change] = (await session.scalars(changes)).all()
        held = select(Responsibility.person).where(col(Responsibility.course) == course.id)
        [person] = (await session.scalars(held)).all()
        own = select(Responsibility.person).where(col(Responsibility.category) == category.id)
        assert [person] == (await session.scalars(own)).all()
    assert (change.kind, change.by) == ("adopted", "engine")
    assert await differences(engine, course) == {}


@pytest.mark.parametrize(
    ("act", "kind", "says"),
    [
        ({"fullname": "Другое имя"}, "course_renamed", "«Другое имя»"),
        ({"category_id": 1}, "course_moved", "в категории «Miscellaneous»"),
    ],
)
async def test_a_course_changed_in_moodle_is_told_once_and_closes_itself(
    engine: Engine, act: dict[str, Any], kind: str, says: str
) -> None:
    course = await _course(engine)
    category = await reconciling.category_of(engine, course)
    await engine.moodle_act("change_course", course_id=course.moodle_id, **act)

    for _ in range(2):
        await night(engine)

    assert await differences(engine, course) == {kind: says}
    [task] = await tasks(engine, course)
    assert task.closed_at is None
    assert says in task.why
    assert course.name in task.why

    back: dict[str, Any] = {"fullname": course.name, "category_id": category.moodle_id}
    await engine.moodle_act("change_course", course_id=course.moodle_id, **back)
    await night(engine)
    [task] = await tasks(engine, course)
    assert task.closed_at is not None
    assert await differences(engine, course) == {}


async def test_what_the_operator_puts_aside_comes_back_only_with_something_new(engine: Engine) -> None:
    course = await _course(engine)
    await engine.moodle_act("change_course", course_id=course.moodle_id, fullname="Имя второе")
    await night(engine)
    [task] = await tasks(engine, course)
    assert (await engine.post("operator", f"/tasks/{task.id}/retry")).json()["type"] == "nothing-to-retry"
    assert (await engine.post("operator", f"/tasks/{task.id}/close")).status_code == 200

    await night(engine)
    [task] = await tasks(engine, course)
    assert task.closed_at is not None

    await engine.moodle_act("change_course", course_id=course.moodle_id, fullname="Имя третье")
    await night(engine)
    [task] = await tasks(engine, course)
    assert task.closed_at is None
    assert "Имя третье" in task.why


async def test_a_deleted_course_is_told_and_never_made_again(engine: Engine) -> None:
    course = await _course(engine)
    await engine.moodle_act("delete_course", course_id=course.moodle_id)
    before = len((await engine.moodle_state())["courses"])

    for _ in range(2):
        await night(engine)

    assert await differences(engine, course) == {"course_lost": "нет"}
    [task] = await tasks(engine, course)
    assert task.closed_at is None
    assert len((await engine.moodle_state())["courses"]) == before


async def test_a_role_granted_by_hand_is_told_and_gone_with_it(engine: Engine) -> None:
    course = await _course(engine)
    stranger = await setups.account(engine, f"{uuid4().hex}@example.org")
    enrolment = {"roleid": setups.EDITING_TEACHER, "userid": stranger["id"], "courseid": course.moodle_id}
    await engine.moodle_call("enrol_manual_enrol_users", enrolments=[enrolment])

    await night(engine)

    assert f"№ {stranger['id']}" in (await differences(engine, course))["role_by_hand"]
    [task] = await tasks(engine, course)
    assert stranger["email"] not in task.why

    row = {**_assignment(course, stranger["id"])}
    await engine.moodle_call("core_role_unassign_roles", unassignments=[row])
    await night(engine)
    assert await differences(engine, course) == {}


async def test_a_role_taken_by_hand_is_told(engine: Engine) -> None:
    held = await replacements.held(engine)
    users = (await engine.moodle_state())["users"]
    [user_id] = [one["id"] for one in users if one["email"] == held.email]
    row = _assignment(held.course, user_id)
    await engine.moodle_call("core_role_unassign_roles", unassignments=[row])

    await night(engine)

    assert f"№ {user_id}" in (await differences(engine, held.course))["role_taken"]


async def test_a_way_in_that_was_shut_and_a_course_that_was_hidden_are_told(engine: Engine) -> None:
    course = await trainings.course_of_its_own(engine)
    await self_registrations.opened(engine, course)
    await night(engine)
    assert await differences(engine, course) == {}

    await self_registrations.lets_enrol(engine, course, enabled=False)
    await engine.moodle_act("change_course", course_id=course.moodle_id, visible=False)
    await night(engine)

    told = await differences(engine, course)
    assert told == {"way_shut": "записаться самостоятельно нельзя", "course_hidden": "курс скрыт"}
    await self_registrations.lets_enrol(engine, course)
    await engine.moodle_act("change_course", course_id=course.moodle_id, visible=True)
    await night(engine)
    assert await differences(engine, course) == {}


async def test_who_is_being_replaced_is_no_difference(engine: Engine) -> None:
    held = await replacements.held(engine)
    number = await replacements.reported(engine, held.person, replacements.days_ago(1), role="operator")
    await replacements.waiting(engine, number)

    await night(engine)

    assert "role_taken" not in await differences(engine, held.course)
    assert "role_by_hand" not in await differences(engine, held.course)


async def test_who_comes_after_in_one_course_is_no_teacher_of_another(engine: Engine) -> None:
    email = replacements.address()
    await replacements.awaiting_acceptance(engine, email)
    other = (await replacements.held(engine)).course
    users = (await engine.moodle_state())["users"]
    [successor] = [one["id"] for one in users if one["email"] == email]
    enrolment = {"roleid": setups.EDITING_TEACHER, "userid": successor, "courseid": other.moodle_id}
    await engine.moodle_call("enrol_manual_enrol_users", enrolments=[enrolment])

    await night(engine)

    assert "role_by_hand" in await differences(engine, other)


def _assignment(course: Course, user_id: int) -> dict[str, object]:
    return {
        "roleid": setups.EDITING_TEACHER,
        "userid": user_id,
        "contextlevel": "course",
        "instanceid": course.moodle_id,
    }


@pytest.mark.parametrize("site", OLD)
async def test_old_moodles_are_compared_too(engine: Engine, site: str) -> None:
    [first, *_] = (await engine.moodle_state(site))["categories"]
    category = Category(
        subsystem=site, name=first["name"], purpose="Проверка", owner="zdrav", moodle_id=first["id"]
    )
    made = await engine.moodle_act(
        "add_course", site=site, category_id=first["id"], fullname=setups.title(), shortname=uuid4().hex
    )
    async with engine.sessions.begin() as session:
        query = select(Category).where(
            col(Category.subsystem) == site, col(Category.moodle_id) == first["id"]
        )
        if (await session.scalars(query)).first() is None:
            session.add(category)

    row = await night(engine, site)

    assert row.outcome == "whole"
    course = await adopted(engine, made["id"], site)
    assert course is not None
    await engine.moodle_act("change_course", site=site, course_id=made["id"], fullname="Иначе & «так»")
    await night(engine, site)
    assert await differences(engine, course) == {"course_renamed": "«Иначе & «так»»"}

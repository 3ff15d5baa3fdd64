"""The whole process against a Moodle: an agency's request ends with a teacher in a course there."""

import pytest

from models import ids
from tests.engine import Engine
from tests.moodle_live.conftest import Live
from tests.workflows.setups import closed, evidence, named, registered_course


async def test_a_request_is_set_up_in_that_moodle(engine: Engine, live: Live, mark: str) -> None:
    names = {"category_name": f"Проверка {mark}", "course_name": f"Курс {mark}"}
    person = named(email=f"{mark}@example.com", name="Проверкина Вера Павловна")

    # In a subsystem that no other test has many courses of: ids of two Moodles would clash in one register.
    async with engine.with_settings(moodle_sites={"eiok": live.site}) as there:
        number = await there.file(
            subsystem="eiok", wanted="category_and_course", category=None, responsible=person, **names
        )
        await there.reviewing(number)
        if await live.client.find_category(ids.category_idnumber(number)):
            # a request of the real engine has this number there: hands off
            pytest.skip(f"в этой Moodle уже есть запрос № {number} (a real request has this number there)")
        await there.approve(number)
        await closed(there, number)

    category = await live.client.find_category(ids.category_idnumber(number))
    course = await live.client.find_course(ids.course_idnumber(number))
    assert category is not None
    assert course is not None
    live.categories.append(category.id)
    kept = await evidence(engine, number)
    live.people.append(kept["user_id"])
    assert (course.fullname, course.category_id, course.visible) == (names["course_name"], category.id, False)
    [teacher] = await live.client.enrolled(course.id)
    assert teacher.id == kept["user_id"]
    assert teacher.holds(live.client.roles.editing_teacher)
    assert kept["course"]["id"] == course.id
    row = await registered_course(engine, number)
    assert row.url == f"{live.site.url}/course/view.php?id={course.id}"

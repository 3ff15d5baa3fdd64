"""The client against a Moodle: what clause 4.3 needs is done once, however often it is asked for."""

import pytest

from clients.moodle import Taken, check_account, username_for
from tests.moodle_live.conftest import Live


async def test_the_service_account_has_all_that_it_needs(live: Live) -> None:
    findings = await check_account(live.client)

    assert [f"{one.needed}: {one.why}" for one in findings if one.blocking] == []


async def test_a_category_is_made_once_and_found_by_its_number(live: Live, mark: str) -> None:
    first = await live.client.ensure_category(f"Проверка {mark}", mark)
    live.categories.append(first.id)
    again = await live.client.ensure_category(f"Другое название {mark}", mark)

    found = await live.client.find_category(mark)
    assert (first.created, again) == (True, (first.id, False))
    assert found is not None
    assert (found.id, found.name) == (first.id, f"Проверка {mark}")
    assert first.id in [one.id for one in await live.client.categories()]


async def test_a_course_is_made_once_and_hidden(live: Live, mark: str) -> None:
    category = await live.client.ensure_category(f"Проверка {mark}", mark)
    live.categories.append(category.id)

    first = await live.client.ensure_course(f"Курс «R&D» {mark}", mark, category.id, mark)
    again = await live.client.ensure_course(f"Курс «R&D» {mark}", mark, category.id, mark)

    found = await live.client.find_course(mark)
    assert (first.created, again) == (True, (first.id, False))
    assert found is not None
    assert (found.id, found.fullname, found.visible) == (first.id, f"Курс «R&D» {mark}", False)
    with pytest.raises(Taken):
        await live.client.ensure_course("Другой курс", mark, category.id, f"{mark}-2")


async def test_a_person_becomes_teacher_and_course_creator_once(live: Live, mark: str) -> None:
    category = await live.client.ensure_category(f"Проверка {mark}", mark)
    live.categories.append(category.id)
    course = await live.client.ensure_course(f"Курс {mark}", mark, category.id, mark)
    email = f"{mark}@example.com"

    people = [
        await live.client.ensure_user(
            username_for("Проверкина", "Вера", key=email), address, "Вера", "Проверкина"
        )
        for address in (email, email.upper())
    ]
    live.people.append(people[0].id)
    rights = [await live.client.ensure_teacher(course.id, people[0].id) for _ in range(2)]
    for _ in range(2):
        await live.client.ensure_course_creator(category.id, people[0].id)

    assert [one.created for one in people] == [True, False]
    assert people[0].id == people[1].id
    assert [one.created for one in rights] == [True, False]
    [participant] = await live.client.enrolled(course.id)
    assert participant.id == people[0].id
    assert participant.holds(live.client.roles.editing_teacher)

"""Clause 4.3 while Moodle fails: nothing is lost, nothing is doubled, and what no retry mends is told."""

import time
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest

from activities.moodle import MoodleActivities
from models.errors import NotConfirmed, SiteMissing
from models.steps import Evidence, InMoodle
from tests.engine import SITES, Engine
from tests.workflows.setups import (
    COURSE_CREATOR,
    EDITING_TEACHER,
    Made,
    account,
    approved,
    carried_through,
    closed,
    handed_over,
    made,
    named,
    retry,
    skipping_retries,
    title,
)
from tests.workflows.words import history

CREATE_CATEGORY = "core_course_create_categories"
CREATE_COURSE = "core_course_create_courses"
CREATE_PERSON = "core_user_create_users"
ASSIGN = "core_role_assign_roles"
ENROL = "enrol_manual_enrol_users"
CHANGES = (CREATE_CATEGORY, CREATE_COURSE, CREATE_PERSON, ASSIGN, ENROL)
READS = ("core_course_get_categories", "core_user_get_users", "core_enrol_get_enrolled_users")


@pytest.fixture(scope="module")
async def hasty(engine: Engine) -> AsyncIterator[Engine]:
    """The engine with little patience: its calls to Moodle time out after a moment."""
    async with engine.with_settings(moodle_timeout=timedelta(seconds=0.4)) as hasty:
        yield hasty


def both(**changes: Any) -> dict[str, Any]:
    names = {"category_name": title("Категория"), "course_name": title()}
    return {"wanted": "category_and_course", "category": None, **names, **changes}


def once_and_whole(there: Made) -> None:
    """One category, one course, one person, one enrolment, and their two roles."""
    assert there.counts == (1, 1, 1, 1)
    assert there.roles == {
        ("coursecat", there.categories[0]["id"], COURSE_CREATOR),
        ("course", there.courses[0]["id"], EDITING_TEACHER),
    }


# What passes by itself


async def test_a_moodle_that_is_away_at_every_step_is_waited_for(engine: Engine) -> None:
    number = await engine.file(**both())
    await engine.reviewing(number)
    for function in (*READS, *CHANGES):
        for kind in ("down", "503", "html"):
            await engine.moodle_fault(kind, function=function, times=1)

    async with skipping_retries(engine, number):
        await closed(engine, number)

    once_and_whole(await made(engine, number))
    assert await engine.tasks(number) == []
    journal = await engine.journal(number)
    away = [line for line in journal if "Moodle недоступна" in line]
    back = [line for line in journal if "Moodle снова доступна" in line]
    # Not each of two dozen attempts, but each time that it went and came back: at every step here.
    assert 1 <= len(away) == len(back) <= 5


async def test_a_moodle_that_is_away_and_comes_back_is_two_lines_in_the_journal(engine: Engine) -> None:
    number = await engine.file(**both())
    await engine.reviewing(number)
    await engine.moodle_fault("down", function=CREATE_COURSE, times=3)

    async with skipping_retries(engine, number):
        await closed(engine, number)

    lines = [line for line in await engine.journal(number) if line.startswith("Moodle")]
    assert lines == [
        "Moodle недоступна: система повторяет попытки",
        "Moodle снова доступна: работа продолжается",
    ]
    [checked] = [line for line in await engine.journal(number) if line.startswith("Проверено в Moodle")]
    assert "не проверено: роль в категории" in checked


@pytest.mark.parametrize("fault", [{"kind": "error_after_work", "how": "close"}, {"kind": "truncated"}])
@pytest.mark.parametrize("site", SITES)
async def test_an_answer_that_is_lost_after_the_work_was_done_doubles_nothing(
    engine: Engine, site: str, fault: dict[str, Any]
) -> None:
    number = await engine.file(**both(subsystem=site))
    await engine.reviewing(number)
    for function in CHANGES:
        await engine.moodle_fault(**fault, site=site, function=function, times=1)

    async with skipping_retries(engine, number, site=site):
        await closed(engine, number)

    once_and_whole(await made(engine, number, site))


async def test_work_that_moodle_does_after_we_gave_it_up_doubles_nothing(hasty: Engine) -> None:
    number = await hasty.file(**both())
    await hasty.reviewing(number)
    # each is done when it has been given up already, and asked for again
    for function in CHANGES:
        await hasty.moodle_fault("slow", function=function, seconds=0.7, times=1)

    async with skipping_retries(hasty, number):
        await closed(hasty, number)
    over = time.monotonic() + 0.7
    await hasty.until(lambda: _is_past(over))

    once_and_whole(await made(hasty, number))
    assert await hasty.tasks(number) == []


async def _is_past(instant: float) -> bool:
    """Whether Moodle has come to the end of what it was slow with."""
    return time.monotonic() > instant


# What a person has to mend


async def test_a_form_that_php_cuts_does_nothing_by_halves(engine: Engine) -> None:
    number = await engine.file(**both())
    await engine.reviewing(number)
    await engine.moodle_fault("max_input_vars", function=CREATE_CATEGORY, limit=6)

    await engine.approve(number)
    task = await handed_over(engine, number)

    assert "не хватает прав" in task.why
    assert (await made(engine, number)).counts == (0, 0, 0, 0)
    await mended(engine, number)
    once_and_whole(await made(engine, number))


async def test_web_services_switched_off_are_the_operators_to_switch_on(engine: Engine) -> None:
    number = await engine.file(**both())
    await engine.reviewing(number)
    await engine.moodle_act("change_settings", webservices=False)

    await engine.approve(number)
    task = await handed_over(engine, number)

    assert "не хватает прав" in task.why
    await engine.moodle_act("change_settings", webservices=True)
    await mended(engine, number)
    once_and_whole(await made(engine, number))


async def test_a_revoked_token_is_the_operators_to_renew(engine: Engine) -> None:
    number = await engine.file(**both())
    await engine.reviewing(number)
    await engine.moodle_act("change_token", known_as="token", value="another")

    await engine.approve(number)
    task = await handed_over(engine, number)

    assert "не хватает прав" in task.why
    await engine.moodle_act("change_token", known_as="another", value="token")
    await mended(engine, number)
    once_and_whole(await made(engine, number))


async def test_an_account_that_must_change_its_password_is_told_of(engine: Engine) -> None:
    number = await engine.file(category=1)
    await engine.reviewing(number)
    await engine.moodle_fault("empty_lists")

    await engine.approve(number)
    task = await handed_over(engine, number)

    assert "не хватает прав" in task.why
    assert (await made(engine, number)).counts == (0, 0, 0, 0)
    await mended(engine, number)
    assert (await made(engine, number)).counts == (0, 1, 1, 1)


async def test_hidden_addresses_make_no_second_account(engine: Engine) -> None:
    person = named()
    known = await account(engine, person["email"])
    number = await engine.file(**both(responsible=person))
    await engine.reviewing(number)
    await engine.moodle_fault("hidden_email")

    await engine.approve(number)
    await handed_over(engine, number)

    assert [one["id"] for one in (await made(engine, number)).people] == [known["id"]]
    await mended(engine, number)
    there = await made(engine, number)
    once_and_whole(there)
    assert there.enrolments[0]["user_id"] == known["id"]


async def test_what_the_engine_has_done_is_ticked_off_for_the_operator(engine: Engine) -> None:
    number = await engine.file(**both())
    await engine.reviewing(number)
    await engine.moodle_fault("max_input_vars", function=ENROL, limit=6)

    await engine.approve(number)
    task = await handed_over(engine, number)

    assert task.checklist == ["category", "course", "account", "role"]
    assert task.done == ["category", "course", "account"]
    assert (await made(engine, number)).counts == (1, 1, 1, 0)


async def test_no_failure_in_temporal_names_the_person(engine: Engine) -> None:
    person = named(name="Тайнова Нина Львовна")
    await engine.moodle_fault("max_input_vars", function=CREATE_PERSON, limit=6)
    number = await approved(engine, responsible=person)

    await handed_over(engine, number)

    told = await history(engine.setup(number))
    assert "Тайнова" not in told
    assert person["email"] not in told


async def mended(engine: Engine, number: str) -> None:
    """The cause is gone, and the operator asks the engine to try again."""
    await engine.moodle_heals()
    await retry(engine, number)
    await closed(engine, number)


# What is not there when it is read back


async def test_rights_that_moodle_does_not_show_are_not_called_done(engine: Engine) -> None:
    number = await carried_through(engine)
    there = await made(engine, number)
    moodle = MoodleActivities(engine.sessions, engine.sites())
    evidence = Evidence(
        number=number,
        step="setup/evidence-of-another",
        at=(await engine.case(number)).opened_at,
        user_id=there.people[0]["id"] + 1000,
        category_id=None,
        course_id=there.courses[0]["id"],
    )

    with pytest.raises(NotConfirmed):
        await moodle.read_back(evidence)


async def test_a_moodle_that_the_settings_no_longer_name_is_a_failure_of_its_own(engine: Engine) -> None:
    number = await engine.file()
    moodle = MoodleActivities(engine.sessions, {})

    with pytest.raises(SiteMissing):
        await moodle.ensure_course(InMoodle(number=number))

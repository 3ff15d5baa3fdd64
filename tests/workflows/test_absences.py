"""A sign that a responsible is gone (clause 4.8) becomes the operator's task, once a person."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import update
from sqlmodel import col, select

from activities.absences import Absences, seconds_until_night
from devstack.mailsink import Mood
from models.tables import Account, Task
from tests.engine import Engine
from tests.workflows import replacements, setups
from tests.workflows.replacements import Held


async def _round(engine: Engine) -> None:
    await Absences(engine.sessions, engine.sites()).round()


async def _tasks(engine: Engine, held: Held) -> list[Task]:
    query = select(Task).where(col(Task.workflow_id) == f"person-{held.person}")
    async with engine.sessions() as session:
        return list((await session.scalars(query)).all())


async def _account(engine: Engine, held: Held) -> int:
    query = select(Account).where(col(Account.person) == held.person)
    async with engine.sessions() as session:
        return (await session.scalars(query)).one().moodle_id


async def test_who_is_there_makes_no_task(engine: Engine) -> None:
    held = await replacements.held(engine)
    await _round(engine)
    assert await _tasks(engine, held) == []


async def test_a_suspended_account_is_shown_once_and_a_case_opened_from_it_closes_it(engine: Engine) -> None:
    held = await replacements.held(engine)
    await engine.moodle_act("change_user", user_id=await _account(engine, held), suspended=True)

    for _ in range(2):
        await _round(engine)

    [task] = await _tasks(engine, held)
    assert task.closed_at is None
    assert f"№ {held.person}" in task.why
    assert "заблокирована" in task.why
    retried = await engine.post("operator", f"/tasks/{task.id}/retry", {})
    assert retried.json()["type"] == "nothing-to-retry"

    await replacements.reported(engine, held.person, replacements.days_ago(1), role="operator")
    await _round(engine)
    [task] = await _tasks(engine, held)
    assert task.closed_at is not None


async def test_what_the_operator_puts_aside_does_not_come_back_every_night(engine: Engine) -> None:
    held = await replacements.held(engine)
    async with engine.sessions.begin() as session:
        own = col(Account.person) == held.person
        await session.execute(update(Account).where(own).values(moodle_id=2**31 - 1))
    await _round(engine)
    [task] = await _tasks(engine, held)
    assert "удалена" in task.why
    assert (await engine.post("operator", f"/tasks/{task.id}/close", {})).status_code == 200

    await _round(engine)

    [task] = await _tasks(engine, held)
    assert task.closed_at is not None


async def test_one_who_is_back_is_no_task_and_a_moodle_that_is_away_changes_nothing(engine: Engine) -> None:
    held = await replacements.held(engine)
    user_id = await _account(engine, held)
    await engine.moodle_act("change_user", user_id=user_id, suspended=True)
    await _round(engine)

    await engine.moodle_fault("503")
    await _round(engine)
    assert [one.closed_at for one in await _tasks(engine, held)] == [None]

    await engine.moodle_heals()
    await engine.moodle_act("change_user", user_id=user_id, suspended=False)
    await _round(engine)
    [task] = await _tasks(engine, held)
    assert task.closed_at is not None


async def test_letters_that_come_back_are_a_sign(engine: Engine) -> None:
    email = replacements.address()
    engine.mail.mood = Mood(refuses={email})
    try:
        request = await setups.carried_through(engine, responsible=setups.named(email=email))
        held = await replacements.held_of(engine, request)
        await engine.until(lambda: _bounced(engine, held))
    finally:
        await engine.calm()

    await _round(engine)

    [task] = await _tasks(engine, held)
    assert "письма на его адрес не доходят" in task.why


async def _bounced(engine: Engine, held: Held) -> bool:
    letters = await engine.letters(str(held.course.request))
    return any(one.recipient == "responsible" and one.state == "bounced" for one in letters)


@pytest.mark.parametrize(
    ("now", "hours"),
    [
        ("2026-11-24T21:59:00+00:00", 1 / 60),
        ("2026-11-24T22:00:00+00:00", 24),
        ("2026-11-25T10:00:00+00:00", 12),
    ],
)
def test_the_next_look_is_at_three_in_the_morning(now: str, hours: float) -> None:
    at = datetime.fromisoformat(now).astimezone(UTC)
    assert seconds_until_night(at) == pytest.approx(hours * 3600)

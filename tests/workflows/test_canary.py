"""The canary on the real server: an invented request at short terms, by the workflows of real ones."""

from collections import Counter
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from sqlalchemy import func, select
from sqlmodel import SQLModel

from models import store
from models.canary import SCHEMA
from models.cases import canary_number
from models.escalations import ClauseProof, Fate
from models.letters import LetterState
from models.tables import CanaryRow, CaseRow
from tests.engine import Engine
from tests.workflows import canaries, words
from tests.workflows.canaries import hastened, open_tasks, opened, report, start

OWN_TRACES = {"canaries", "tasks"}
"""Tables that tell of a canary itself; of its case none does."""


@pytest.fixture
async def quick(engine: Engine) -> AsyncIterator[Engine]:
    async with hastened(engine) as own:
        yield own


@pytest.fixture
async def hasty(engine: Engine) -> AsyncIterator[Engine]:
    async with hastened(engine, canary_patience=canaries.HASTE) as own:
        yield own


async def test_every_rung_fires_and_reaches_the_mailbox_of_the_setting(engine: Engine) -> None:
    # Two rungs that come due together are one letter: on a slow machine too they have to be apart.
    apart = timedelta(seconds=3)
    async with hastened(engine, canary_email="canary@example.org", canary_pace=apart) as own:
        handle = await start(own)
        assert await handle.result() is True
        row = await report(own, handle)

    assert (row.passed, row.faults, row.told_at) == (True, [], None)
    ladders = [ClauseProof.model_validate(one) for one in row.ladders]
    assert [(one.clause, len(one.rungs)) for one in ladders] == [("4.2", 5), ("4.3", 4)]
    assert {rung.fate for one in ladders for rung in one.rungs} == {Fate.DELIVERED}
    assert all(one.rungs[-1].repeated[0].fate is Fate.DELIVERED for one in ladders)
    mine = [one for one in engine.mail.letters(naming="canary@") if _number(row) in one.subject]
    assert {one.recipients[0] for one in mine} == {"canary@example.org"}
    assert all(str(one.message["Subject"]).startswith("Проверка: ") for one in mine)
    assert not any(str(one.message["Subject"]) == "Проверка напоминаний не прошла" for one in mine)


def _number(row: CanaryRow) -> str:
    return canary_number(row.id or 0)


async def test_nothing_of_it_is_seen_beside_real_cases_and_its_letters_go_to_the_operator(
    quick: Engine,
) -> None:
    before = await _counts(quick)
    due = await _seen(quick)

    handle = await start(quick)
    await opened(quick, handle)
    during = await _seen(quick)
    row = await report(quick, handle)

    assert Counter(await _counts(quick)) - Counter(before) == Counter({"canaries": 1})
    assert during == due == await _seen(quick)
    number = _number(row)
    mine = [one for one in quick.mail.letters(naming=number) if number in str(one.message["Message-ID"])]
    assert {one.recipients[0] for one in mine} == {quick.settings.operator_email}
    for path in (f"/requests/{number}", f"/cases/{number}/journal", f"/cases/{number}/file"):
        assert (await quick.call("supervisor", "GET", path)).status_code == 422
    async with store.in_schema(quick.sessions, SCHEMA)() as session:
        assert await session.get(CaseRow, number) is not None


async def _counts(engine: Engine) -> dict[str, int]:
    """Rows of every table of the engine."""
    async with engine.sessions() as session:
        return {
            name: await session.scalar(select(func.count()).select_from(table)) or 0
            for name, table in SQLModel.metadata.tables.items()
            if name != "idempotency"
        }


async def _seen(engine: Engine) -> list[object]:
    """What staff are shown."""
    paths = ("/requests?order=newest&limit=200", "/deadlines?limit=200", "/register", "/tasks")
    shown = [await engine.get("admin", path) for path in paths]
    return [text for text in shown if "Проверка напоминаний" in str(text)]


async def test_a_rung_that_does_not_fire_fails_it_and_the_operator_is_told(hasty: Engine) -> None:
    handle = await start(hasty)
    await opened(hasty, handle)
    async with words.refusing(hasty, f"{SCHEMA}.journal", "step ~ '^review/rung-2-'"):
        row = await report(hasty, handle)
    await handle.result()

    assert row.passed is False
    assert "п. 4.2, «за 1 рабочий день до срока»: не наступила" in row.faults
    [task] = await open_tasks(hasty)
    assert (task.number, task.workflow_id) == (None, handle.id)
    assert "не наступила" in task.why
    [letter, *_] = hasty.mail.letters(naming=_number(row))
    assert letter.subject == "Проверка напоминаний не прошла"
    assert letter.recipients == [hasty.settings.operator_email]
    assert (await report(hasty, handle)).told_at is not None

    async with hastened(hasty) as quick:
        assert await (await start(quick)).result() is True
        assert await open_tasks(quick) == []


async def test_without_a_mail_server_it_fails_and_tells_once_there_is_one(hasty: Engine) -> None:
    await hasty.mail.down()
    try:
        handle = await start(hasty)
        row = await report(hasty, handle)
        await words.attempted(hasty, handle, 1)
    finally:
        await hasty.mail.start()
    told_before = row.told_at
    await hasty.skipper.fast_forward(handle, timedelta(minutes=2))
    await handle.result()

    assert row.passed is False
    assert any("почтовый сервер недоступен" in fault for fault in row.faults)
    assert told_before is None
    assert (await report(hasty, handle)).told_at is not None
    states = {letter["state"] for one in row.ladders for rung in one["rungs"] for letter in rung["letters"]}
    assert states == {LetterState.WRITTEN}
    assert len(await open_tasks(hasty)) == 1


async def test_one_at_a_time_and_one_that_was_stopped_by_hand_does_not_hold_up_the_next(
    quick: Engine,
) -> None:
    first = await start(quick)
    await opened(quick, first)
    assert await (await start(quick)).result() is None
    await first.terminate()

    assert await (await start(quick)).result() is True

    row = await report(quick, first)
    assert (row.passed, row.faults) == (False, ["проверка остановлена до конца"])


async def test_without_its_workers_it_fails(engine: Engine) -> None:
    await canaries.stop_all(engine)
    settings = {"canary_pace": timedelta(seconds=0.1), "canary_patience": timedelta(seconds=1)}
    async with engine.with_settings(**settings) as own:
        row = await report(own, await start(own))

    assert row.faults == ["п. 4.2: срок не был открыт", "п. 4.3: срок не был открыт"]

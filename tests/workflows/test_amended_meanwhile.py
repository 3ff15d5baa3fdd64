"""An amendment and a clause that is opened, stopped or computed otherwise at the same time."""

import asyncio
from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import pytest
from sqlalchemy import update
from sqlmodel import col, select

from models import ids, store
from models.calendar import WorkCalendar
from models.starting import start_amendment
from models.steps import Amend
from models.tables import AmendmentRow, ClauseRow, KeptHistory
from models.terms import Clause
from tests.engine import Engine
from tests.workflows import words
from tests.workflows.amending import TERM, after, moved, on_record, reviewed_until
from workflows import amendment as moving_cases
from workflows.amendment import AmendmentWorkflow

pytestmark = pytest.mark.usefixtures("official_calendar")


async def test_a_clause_stopped_while_the_calendar_was_amended_goes_on_with_the_new_deadline(
    engine: Engine, last_day: date
) -> None:
    number = await reviewed_until(engine, last_day)
    await engine.review(number).terminate()
    task = await words.task(engine, number, "review/workflow")

    await words.amend(engine, last_day, working=False)
    row = await on_record(engine, number, Clause.REVIEW, after(last_day))
    await words.try_again(engine, task)
    assert await engine.until(lambda: _watches(engine, number, row.due_at))
    assert len([line for line in await engine.journal(number) if "Срок перенесён" in line]) == 1


async def _watches(engine: Engine, number: str, due_at: datetime) -> bool:
    return bool(await words.attribute(engine.review(number), "SeoDueAt") == due_at)


async def test_a_clause_begun_anew_counts_with_what_nobody_could_tell_it(
    engine: Engine, last_day: date
) -> None:
    """The amendment is in force, and its moving has not begun."""
    number = await reviewed_until(engine, last_day)
    await engine.review(number).terminate()
    task = await words.task(engine, number, "review/workflow")

    amendment = await _in_force_only(engine, last_day)
    await words.try_again(engine, task)
    await moved(engine, number, Clause.REVIEW, after(last_day))
    await start_amendment(engine.client, engine.settings.task_queue, amendment, last_day)
    await engine.client.get_workflow_handle(ids.amendment_id(amendment)).result()

    row = await engine.clause(number, Clause.REVIEW)
    assert row is not None
    assert row.calendar_version == amendment
    assert len([line for line in await engine.journal(number) if "Срок перенесён" in line]) == 1


async def test_pages_of_clauses_are_runs_of_their_own_and_a_stopped_one_is_begun_anew(
    engine: Engine, last_day: date, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The second of three waits to be mended, and somebody stops the moving meanwhile."""
    first, broken, third = sorted([await reviewed_until(engine, last_day) for _ in range(3)])
    monkeypatch.setattr(moving_cases, "_PATIENCE", timedelta(seconds=1))
    amendment = await _in_force_only(engine, last_day)
    workflow_id = ids.amendment_id(amendment)

    async with words.refusing(engine, "journal", f"number = '{broken}' AND step ~ '^review/moved-[0-9]+$'"):
        moving = await engine.client.start_workflow(
            AmendmentWorkflow.run,
            Amend(amendment=amendment, page=1),
            id=workflow_id,
            task_queue=engine.settings.task_queue,
        )
        await on_record(engine, first, Clause.REVIEW, after(last_day))
        task = await words.task(engine, broken, "review/moved-")
        newest = engine.client.get_workflow_handle(workflow_id)
        assert (await newest.describe()).run_id != moving.first_execution_run_id
        await on_record(engine, third, Clause.REVIEW, after(last_day))
        await newest.terminate()
    await words.try_again(engine, task)

    async def is_kept() -> list[str]:
        await engine.look_after(third)
        async with engine.sessions() as session:
            query = select(KeptHistory.run_id).where(col(KeptHistory.workflow_id) == workflow_id)
            return list((await session.scalars(query)).all())

    await _entered_long_ago(engine, amendment)
    runs = await engine.until(is_kept)
    row = await engine.clause(broken, Clause.REVIEW)
    assert row is not None
    assert (row.last_day, len(runs)) == (after(last_day), 3)


async def _entered_long_ago(engine: Engine, amendment: int) -> None:
    async with engine.sessions.begin() as session:
        long_ago = datetime.now(UTC) - timedelta(minutes=1)
        own = update(AmendmentRow).where(col(AmendmentRow.id) == amendment)
        await session.execute(own.values(entered_at=long_ago))


async def _in_force_only(engine: Engine, day: date) -> int:
    """An amendment that nobody has begun to move cases by; its id."""
    row = _amendment(day)
    async with engine.sessions.begin() as session:
        session.add(row)
    assert row.id is not None
    return row.id


def _amendment(day: date) -> AmendmentRow:
    return AmendmentRow(
        post_id=uuid4(),
        day=day,
        is_working=False,
        decree="№ 1",
        entered_by="key-1",
        entered_at=datetime.now(UTC),
    )


async def test_clauses_opened_in_the_very_moment_of_an_amendment_all_count_with_it(
    engine: Engine, last_day: date
) -> None:
    filing = [asyncio.create_task(engine.file_paper(str(last_day - TERM))) for _ in range(12)]
    await engine.until(lambda: _any_clause(engine, last_day))

    answer = await words.amend(engine, last_day, working=False)

    numbers = [await one for one in filing]
    for number in numbers:
        await moved(engine, number, Clause.REVIEW, after(last_day))
    await engine.client.get_workflow_handle(ids.amendment_id(answer["id"])).result()
    for number in numbers:
        row = await moved(engine, number, Clause.REVIEW, after(last_day))
        assert await words.attribute(engine.review(number), "SeoDueAt") == row.due_at


async def _any_clause(engine: Engine, last_day: date) -> bool:
    query = select(ClauseRow).where(col(ClauseRow.last_day) == last_day, col(ClauseRow.finished_at).is_(None))
    async with engine.sessions() as session:
        return (await session.scalars(query)).first() is not None


async def test_a_clause_that_opens_while_an_amendment_is_entered_waits_and_counts_with_it(
    engine: Engine, last_day: date
) -> None:
    async with engine.sessions.begin() as session:
        await store.hold_amendments(session)  # as the API does
        number = await engine.file_paper(str(last_day - TERM))
        await asyncio.sleep(1)
        opened = await engine.clause(number, Clause.REVIEW)
        session.add(_amendment(last_day))

    row = await moved(engine, number, Clause.REVIEW, after(last_day))
    assert (opened, row.moved_from) == (None, None)


async def test_an_amendment_waits_for_what_is_being_computed_without_it(
    engine: Engine, last_day: date
) -> None:
    async with engine.sessions.begin() as session:
        await store.hold_calendar(session)  # as a clause does that is being opened
        amending = asyncio.create_task(words.amend(engine, last_day, working=False))
        _, waiting = await asyncio.wait([amending], timeout=1)

    assert waiting == {amending}
    assert (await amending)["day"] == str(last_day)


async def test_what_a_mere_upgrade_of_the_library_changed_stays(engine: Engine, last_day: date) -> None:
    """The case was opened by a library that knew another day off; an amendment of some other day comes."""
    number = await reviewed_until(engine, last_day)
    kept = await words.deadline(engine, number)
    otherwise = kept.model_copy(update={"last_day": after(last_day)})
    async with engine.sessions.begin() as session:
        row = await session.get_one(ClauseRow, (number, Clause.REVIEW.value))
        row.deadline = otherwise.model_dump(mode="json")
        row.last_day = otherwise.last_day

    unrelated = WorkCalendar().add_working_days(last_day, 20)
    answer = await words.amend(engine, unrelated, working=False)

    await engine.client.get_workflow_handle(ids.amendment_id(answer["id"])).result()
    assert number not in [one["number"] for one in answer["moved"]]
    assert await words.deadline(engine, number) == otherwise
    assert not any("алендар" in line for line in await engine.journal(number))

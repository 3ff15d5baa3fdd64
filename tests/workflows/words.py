"""Words that the tests of the clauses share."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import uuid4

import httpx
from sqlalchemy import delete, text
from sqlmodel import col, select
from temporalio.client import WorkflowHandle

from models.deadlines import Deadline, local_date
from models.letters import LetterState, Notice
from models.setup import TryAgain
from models.tables import (
    CandidateRow,
    CatalogueReading,
    Counter,
    DecisionRow,
    JournalEntry,
    LetterRow,
    RungRow,
    Task,
)
from models.terms import Clause, Recipient
from tests.engine import Engine, Json
from tests.workflows import privacy

REASON = "Причина отказа, как её напечатал рассматривающий"
REFUSAL: Json = {
    "outcome": "refused",
    "ground": "incomplete",
    "missing": ["learners"],
    "reason": REASON,
}


def days_ago(days: int) -> str:
    """A local date in the past, as a paper letter gives it."""
    return str(local_today() - timedelta(days=days))


def local_today() -> date:
    return local_date(datetime.now(UTC))


# What people do


async def file_category(engine: Engine, name: str) -> str:
    """A request for a category alone; its number."""
    return await engine.file(wanted="category", category=None, category_name=name, course_name="")


async def act(engine: Engine, role: str, number: str, deed: str, body: Json) -> httpx.Response:
    """Do what the API tells its clients: on `outcome-unknown` repeat under the same key."""
    key = uuid4().hex
    while True:
        response = await engine.post(role, f"/requests/{number}/{deed}", body, key=key)
        if response.status_code != 503 or response.json()["type"] != "outcome-unknown":
            return response


async def decide(engine: Engine, number: str, *, role: str = "reviewer", **body: Any) -> httpx.Response:
    """Send a decision; refused as incomplete unless the body says otherwise."""
    return await act(engine, role, number, "decision", {**REFUSAL, **body})


async def approve(engine: Engine, number: str, **body: Any) -> httpx.Response:
    return await act(engine, "reviewer", number, "decision", {"outcome": "approved", **body})


async def withdraw(engine: Engine, number: str) -> httpx.Response:
    return await act(engine, "agency", number, "withdrawal", {"reason": "Больше не нужно"})


async def signal(engine: Engine, number: str, raw: Any) -> None:
    """A decision from the document-management system."""
    await engine.review(number).signal("decision_received", raw)


async def keep_text(engine: Engine, number: str, body: str = REASON) -> str:
    """Keep a reason that a signal will name; its id."""
    response = await engine.post("reviewer", f"/requests/{number}/texts", {"body": body})
    assert response.status_code == 201, response.text
    return str(response.json()["id"])


async def amend(engine: Engine, day: Any, *, working: bool, path: str = "", key: str | None = None) -> Json:
    """Enter a decree about a day, or preview it with `path="/preview"`."""
    body = {"day": str(day), "working": working, "decree": "Постановление для проверки"}
    response = await engine.post("admin", f"/calendar/amendments{path}", body, key=key)
    assert response.status_code in (200, 201), response.text
    return dict(response.json())


async def take_back(engine: Engine, amendment: int, *, key: str | None = None) -> Json:
    """Withdraw an amendment."""
    body = {"decree": "Отмена для проверки"}
    response = await engine.post("supervisor", f"/calendar/amendments/{amendment}/withdrawal", body, key=key)
    assert response.status_code == 201, response.text
    return dict(response.json())


async def try_again(engine: Engine, task: Task) -> None:
    """The operator says that the cause is mended."""
    handle = engine.client.get_workflow_handle(task.workflow_id)
    await handle.execute_update("try_again", TryAgain(by="key-1"))


# Time


async def reviewing(engine: Engine, number: str) -> WorkflowHandle[Any, Any]:
    """The review of a case, once it waits for people and its first letters are on their way."""
    review = await engine.reviewing(number)
    await engine.until(lambda: _letter_of(engine, number, Notice.REVIEW_REQUESTED))
    await engine.until_waiting(review)
    return review


# What has become of it


def problem(response: httpx.Response) -> tuple[int, str]:
    """Status and type of an error."""
    return response.status_code, str(response.json()["type"])


async def due_at(engine: Engine, number: str, clause: Clause = Clause.REVIEW) -> datetime:
    row = await engine.clause(number, clause)
    assert row is not None
    return row.due_at


async def deadline(engine: Engine, number: str, clause: Clause = Clause.REVIEW) -> Deadline:
    row = await engine.clause(number, clause)
    assert row is not None
    return Deadline.model_validate(row.deadline)


async def ladder(engine: Engine, number: str, clause: Clause = Clause.REVIEW) -> list[RungRow]:
    rows: list[RungRow] = list(await engine._rows(RungRow, number, "ordinal"))
    return [row for row in rows if row.clause == clause.value]


async def decision(engine: Engine, number: str) -> DecisionRow:
    """The decision, once it is written down."""

    async def found() -> DecisionRow | None:
        async with engine.sessions() as session:
            return await session.get(DecisionRow, number)

    row = await engine.until(found)
    assert isinstance(row, DecisionRow)
    return row


async def candidates(engine: Engine, number: str) -> list[CandidateRow]:
    return list(await engine._rows(CandidateRow, number, "ref"))


async def closed(engine: Engine, number: str) -> str:
    """The stage in which the case was closed."""

    async def is_closed() -> bool:
        return (await engine.case(number)).closed_at is not None

    await engine.until(is_closed)
    return (await engine.row(number)).stage


async def journaled(engine: Engine, number: str, words: str) -> str:
    """The journal's line with these words, once it is there."""

    async def found() -> str | None:
        return next((line for line in await engine.journal(number) if words in line), None)

    return str(await engine.until(found))


async def _letter_of(engine: Engine, number: str, notice: Notice) -> bool:
    return any(row.notice == notice for row in await engine.letters(number))


async def letter(
    engine: Engine, number: str, notice: Notice, to: Recipient, state: LetterState = LetterState.DELIVERED
) -> LetterRow:
    """The newest letter of a kind to a recipient, once it is in a state."""

    async def found() -> LetterRow | None:
        rows = [
            row
            for row in await engine.letters(number)
            if (row.notice, row.recipient, row.state) == (notice, to, state)
        ]
        return rows[-1] if rows else None

    row = await engine.until(found)
    assert isinstance(row, LetterRow)
    return row


async def delivered(engine: Engine, number: str, *, of: int = 1) -> list[str]:
    """«escalation supervisor», sorted, once at least so many are written and all are delivered."""

    async def names() -> list[str] | None:
        rows = await engine.letters(number)
        are_delivered = len(rows) >= of and all(row.state == LetterState.DELIVERED for row in rows)
        return sorted(f"{row.notice} {row.recipient}" for row in rows) if are_delivered else None

    async def stand() -> list[str]:
        return [
            f"{row.key} {row.state} {row.attempts} {row.last_error}" for row in await engine.letters(number)
        ]

    return list(await engine.until(names, instead=stand))


async def task(engine: Engine, number: str | None, step: str) -> Task:
    """The open task that a step of this name has left, once it is there."""

    async def found() -> Task | None:
        query = select(Task).where(
            col(Task.number) == number, col(Task.step).contains(step), col(Task.closed_at).is_(None)
        )
        async with engine.sessions() as session:
            return (await session.scalars(query)).first()

    row = await engine.until(found)
    assert isinstance(row, Task)
    return row


async def history(handle: WorkflowHandle[Any, Any]) -> str:
    """Everything that a workflow's history says, its payloads too."""
    return privacy.text_of(await handle.fetch_history())


async def attempted(engine: Engine, delivery: WorkflowHandle[Any, Any], times: int) -> None:
    """Wait until a letter was tried so often and the next try is put off."""

    async def is_put_off() -> bool:
        pending = (await delivery.describe()).raw_description.pending_activities
        return bool(pending) and pending[0].attempt == times + 1

    await engine.until(is_put_off)


@contextmanager
def settings(engine: Engine, **changes: Any) -> Iterator[None]:
    """An API with other settings."""
    engine.app.state.settings = engine.settings.model_copy(update=changes)
    try:
        yield
    finally:
        engine.app.state.settings = engine.settings


@asynccontextmanager
async def refusing(engine: Engine, table: str, condition: str) -> AsyncIterator[None]:
    """Make Postgres refuse rows for which an SQL condition holds: a failure that no retry mends."""
    async with engine.sessions.begin() as session:
        rule = f"ALTER TABLE {table} ADD CONSTRAINT broken CHECK (NOT ({condition})) NOT VALID"
        await session.execute(text(rule))
    try:
        yield
    finally:
        async with engine.sessions.begin() as session:
            await session.execute(text(f"ALTER TABLE {table} DROP CONSTRAINT IF EXISTS broken"))


@asynccontextmanager
async def away(engine: Engine, table: str) -> AsyncIterator[None]:
    """Make Postgres refuse to write a table as it does while it starts: a failure that passes."""
    ours = """
        CREATE FUNCTION away() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN RAISE EXCEPTION 'away' USING ERRCODE = 'cannot_connect_now'; END $$
    """
    async with engine.sessions.begin() as session:
        await session.execute(text(ours))
        rule = f"CREATE TRIGGER away BEFORE INSERT ON {table} EXECUTE FUNCTION away()"
        await session.execute(text(rule))
    try:
        yield
    finally:
        async with engine.sessions.begin() as session:
            await session.execute(text("DROP FUNCTION away() CASCADE"))


async def journal_instant(engine: Engine, number: str, step: str) -> datetime:
    """When the step of this name happened, by the workflow's clock."""
    rows: list[JournalEntry] = list(await engine._rows(JournalEntry, number, "id"))
    return next(row.at for row in rows if row.step.startswith(step))


async def forget_catalogues(engine: Engine) -> None:
    """The next search for analogues reads every Moodle again."""
    async with engine.sessions.begin() as session:
        await session.execute(delete(CatalogueReading))


async def is_started(engine: Engine, number: str) -> bool:
    return await engine.clause(number, Clause.REVIEW) is not None


async def attribute(handle: WorkflowHandle[Any, Any], name: str) -> Any:
    """A search attribute of a workflow as it stands."""
    description = await handle.describe()
    return next((pair.value for pair in description.typed_search_attributes if pair.key.name == name), None)


async def no_open_tasks(engine: Engine, number: str) -> bool:
    return all(one.closed_at is not None for one in await engine.tasks(number))


async def next_number(engine: Engine) -> str:
    """The number that the next request will get."""
    year = local_date(datetime.now(UTC)).year
    async with engine.sessions() as session:
        counter = await session.get(Counter, str(year))
    return f"{year}-{(counter.last if counter else 0) + 1:06}"

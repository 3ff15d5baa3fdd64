"""Words that the tests of the API share."""

import asyncio
from collections.abc import Awaitable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import httpx
from fastapi import FastAPI
from sqlalchemy import update
from sqlmodel import col, select

from api import keys
from api.auth import Role, digest
from api.errors import MEDIA_TYPE
from devstack.keys import RESPONSIBLE_EMAIL
from models.deadlines import local_date
from models.requests import Stage
from models.tables import ApiKey, CaseRow, IdempotencyRecord, Task
from models.terms import Clause
from tests.engine import API, Engine, Json
from tests.workflows import setups

REFUSAL: Json = {
    "outcome": "refused",
    "ground": "incomplete",
    "missing": ["learners"],
    "reason": "Нет перечня",
}
NOBODYS_NUMBER = "2019-000001"


def problem(response: httpx.Response, status: int) -> str:
    """The type of the problem that was answered."""
    assert response.status_code == status, response.text
    assert response.headers["Content-Type"] == MEDIA_TYPE
    body = response.json()
    assert body["status"] == status
    assert body["title"]
    assert body["detail"]
    return str(body["type"])


def wrong_fields(response: httpx.Response) -> dict[str, str]:
    """What an answer of 422 says, by field."""
    assert problem(response, 422) == "invalid"
    return {one["field"]: one["detail"] for one in response.json().get("fields", [])}


async def send(
    app: FastAPI,
    method: str,
    path: str,
    *,
    key: str | None = None,
    headers: dict[str, str] | None = None,
    **more: Any,
) -> httpx.Response:
    """One call with exactly these headers and this body."""
    authorization = {} if key is None else {"Authorization": f"Bearer {key}"}
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://api", timeout=60) as http:
        return await http.request(method, path, headers={**authorization, **(headers or {})}, **more)


async def post_raw(engine: Engine, role: str, path: str, content: Any, **headers: str) -> httpx.Response:
    """A POST of whatever bytes, said to be JSON."""
    said = {"Content-Type": "application/json", "Idempotency-Key": uuid4().hex, **headers}
    return await send(engine.app, "POST", API + path, key=engine.keys[role], headers=said, content=content)


async def issue(
    engine: Engine, role: Role, organisation: str, holder: str = "Проверка", email: str = RESPONSIBLE_EMAIL
) -> str:
    """A fresh key."""
    async with engine.sessions.begin() as session:
        return await keys.issue(session, role, organisation, holder, email)


async def revoke(engine: Engine, secret: str) -> None:
    async with engine.sessions.begin() as session:
        query = select(ApiKey.id).where(col(ApiKey.sha256) == digest(secret))
        assert await keys.revoke(session, (await session.scalars(query)).one() or 0)


async def together(*calls: Awaitable[httpx.Response]) -> list[httpx.Response]:
    return list(await asyncio.gather(*calls))


async def age(engine: Engine, key: str, seconds: int) -> None:
    """Make an idempotency record look as old, and as if its process had died in between."""
    begun_at = datetime.now(UTC) - timedelta(seconds=seconds)
    async with engine.sessions.begin() as session:
        await session.execute(
            update(IdempotencyRecord)
            .where(col(IdempotencyRecord.key) == key)
            .values(begun_at=begun_at, status=None, answer=None)
        )


def local_today() -> str:
    return str(local_date(datetime.now(UTC)))


async def refused(engine: Engine) -> str:
    """A request that is refused and closed; its number."""
    number = await engine.file()
    response = await engine.post("reviewer", f"/requests/{number}/decision", REFUSAL)
    assert response.status_code == 200, response.text
    await until_stage(engine, number, Stage.REFUSED)
    return number


async def done(engine: Engine, **changes: Any) -> str:
    """A request that the engine has set up; its number."""
    number = await engine.file(**changes)
    await engine.approve(number)
    await until_stage(engine, number, Stage.DONE)
    return number


async def by_hand(engine: Engine, **changes: Any) -> str:
    """A request that waits for the operator's work by hand; its number. Nobody closes its case."""
    category = await engine.first_category("local")
    number = await setups.approved(engine, **{"subsystem": "local", "category": category, **changes})
    await engine.setting_up(number)
    return number


async def until_stage(engine: Engine, number: str, stage: Stage) -> None:
    """A stage in which nothing more is to come is there when the case is closed too."""

    async def is_there() -> bool:
        async with engine.sessions() as session:
            is_closed = (await session.get_one(CaseRow, number)).closed_at is not None
        return (await engine.row(number)).stage == stage and is_closed != stage.is_open

    await engine.until(is_there)


async def open_task(engine: Engine, number: str | None, kind: str = "letter_undelivered") -> int:
    """A task of the operator's list, put there by hand."""
    task = Task(
        number=number,
        workflow_id=f"request-{number}",
        step=f"letter/{uuid4().hex}",
        clause=Clause.REQUEST,
        kind=kind,
        why="письмо не вручено",
        opened_at=datetime.now(UTC),
    )
    async with engine.sessions.begin() as session:
        session.add(task)
        await session.flush()
        return int(task.id or 0)

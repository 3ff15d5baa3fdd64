"""The stack from outside: what people send it, what Postgres then holds, and ways to break it."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar
from uuid import uuid4

import psycopg
from psycopg.rows import dict_row
from temporalio.client import Client, WorkflowHandle

from devstack.demo.world import World
from devstack.request_form import request_form
from devstack.stack import Stack
from models import ids
from models.converter import DATA_CONVERTER
from models.requests import Stage

PATIENCE_SECONDS = 120
Json = dict[str, Any]
T = TypeVar("T")

REFUSAL = {
    "outcome": "refused",
    "ground": "incomplete",
    "missing": ["learners"],
    "reason": "Перечень указан не полностью",
}
APPROVAL = {"outcome": "approved", "reason": "Аналогов нет"}


class Outside:
    def __init__(self, stack: Stack, world: World) -> None:
        self.stack = stack
        self.world = world

    # What people do

    async def file(self, **changes: Any) -> str:
        """File a request as the agency; its number."""
        receipt = await self.world.post("agency", "/requests", request_form(**changes), status=201)
        return str(receipt["number"])

    async def file_for_review(self, **changes: Any) -> str:
        """File a request and wait until it can be decided."""
        number = await self.file(**changes)
        await self.until_reviewed(number)
        return number

    async def decide(self, number: str, decision: Json, *, key: str) -> tuple[int, Json]:
        return await self.world.send("reviewer", f"/requests/{number}/decision", decision, key=key)

    async def approve(self, number: str) -> None:
        status, answer = await self.decide(number, APPROVAL, key=uuid4().hex)
        assert status == 200, answer

    # What has become of it

    async def sql(self, query: str, *values: Any) -> list[Json]:
        """Rows, as Postgres has them now."""
        async with await psycopg.AsyncConnection.connect(
            self.stack.database_url, row_factory=dict_row
        ) as connection:
            return await (await connection.execute(query, values)).fetchall()

    async def row(self, number: str) -> Json:
        return (await self.sql("SELECT * FROM requests JOIN cases USING (number) WHERE number = %s", number))[
            0
        ]

    async def journal(self, number: str) -> list[str]:
        """Names of the steps, in order."""
        rows = await self.sql("SELECT step FROM journal WHERE number = %s ORDER BY id", number)
        return [row["step"] for row in rows]

    async def until_reviewed(self, number: str) -> None:
        await self.until(
            lambda: self._has(
                number, "SELECT 1 FROM letters WHERE number = %s AND notice = 'review_requested'"
            )
        )

    async def until_stage(self, number: str, stage: str) -> None:
        """A stage in which nothing more is to come is there when the case is closed too."""
        query = f"SELECT 1 FROM requests JOIN cases USING (number) WHERE number = %s AND stage = '{stage}'"
        if not Stage(stage).is_open:
            query += " AND closed_at IS NOT NULL"
        await self.until(lambda: self._has(number, query))

    async def _has(self, number: str, query: str) -> bool:
        return bool(await self.sql(query, number))

    async def until(self, condition: Callable[[], Awaitable[T | None]]) -> T:
        """Wait until a condition holds; its value."""
        limit = time.monotonic() + PATIENCE_SECONDS
        while not (outcome := await condition()):
            assert time.monotonic() < limit, "the condition did not come to hold"
            await asyncio.sleep(0.1)
        return outcome

    async def temporal(self) -> Client:
        return await Client.connect(
            self.stack.temporal_address,
            namespace=self.stack.settings.namespace,
            data_converter=DATA_CONVERTER,
        )

    async def setup(self, number: str) -> WorkflowHandle[Any, Any]:
        return (await self.temporal()).get_workflow_handle(ids.setup_id(number))

    # Breaking and mending

    async def mend(self) -> None:
        stack = self.stack
        for part in (stack.postgres, stack.temporal, stack.mail, stack.moodle, stack.worker, stack.api):
            if not all(child.running for child in part.children):
                await part.start()
        await self.world.heal_moodle()

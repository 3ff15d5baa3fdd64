"""The engine under measurement: its own stack, over HTTP as agencies and reviewers use it."""

import asyncio
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import aiohttp
import psycopg
from temporalio.client import Client

from clients.moodle import open_session
from devstack import temporal_build
from devstack.ports import free_ports
from devstack.processes import Child
from devstack.request_form import request_form
from devstack.settings import DevstackSettings
from devstack.stack import ROOT, Stack
from models.converter import DATA_CONVERTER

API = "/api/v1"
PATIENCE_SECONDS = 300
"""More than a thousand requests need: something fails for good."""


@dataclass
class Engine:
    """Words for what is measured."""

    stack: Stack
    http: aiohttp.ClientSession
    client: Client
    database: psycopg.AsyncConnection[tuple[int]]

    async def post(self, role: str, path: str, body: dict[str, Any]) -> dict[str, Any]:
        headers = {"Authorization": f"Bearer {self.stack.keys[role]}", "Idempotency-Key": uuid4().hex}
        async with self.http.post(self.stack.api_url + API + path, json=body, headers=headers) as response:
            answer: dict[str, Any] = await response.json()
            assert response.status < 300, answer
            return answer

    async def get(self, role: str, path: str) -> Any:
        headers = {"Authorization": f"Bearer {self.stack.keys[role]}"}
        async with self.http.get(self.stack.api_url + API + path, headers=headers) as response:
            assert response.status == 200
            return await response.json()

    async def file(self) -> str:
        """File a complete request; its number."""
        return str((await self.post("agency", "/requests", request_form()))["number"])

    async def approve(self, number: str) -> None:
        """Approve a request whose review has begun."""
        await self.post(
            "reviewer", f"/requests/{number}/decision", {"outcome": "approved", "reason": "Аналогов нет"}
        )

    async def count(self, sql: str) -> int:
        row = await (await self.database.execute(sql)).fetchone()
        assert row is not None
        return row[0]

    async def until_none(self, sql: str) -> None:
        """Wait until a query counts nothing."""
        limit = time.monotonic() + PATIENCE_SECONDS
        while left := await self.count(sql):
            assert time.monotonic() < limit, f"{left} left of: {sql}"
            await asyncio.sleep(0.02)

    async def until_reviewed(self) -> None:
        """Wait until every open request is before its reviewers."""
        await self.until_none("SELECT count(*) FROM requests WHERE stage = 'registered'")
        await self.until_none(
            "SELECT count(*) FROM requests r WHERE r.stage = 'review' AND NOT EXISTS"
            " (SELECT 1 FROM letters l WHERE l.number = r.number AND l.notice = 'review_requested')"
        )

    async def until_letters_sent(self) -> None:
        await self.until_none("SELECT count(*) FROM letters WHERE state = 'written'")

    async def until_quiet(self) -> None:
        """Wait until every open request is before its reviewers, and every letter has been sent."""
        await self.until_reviewed()
        await self.until_letters_sent()

    def worker_memory_mb(self) -> float:
        """Resident memory of the worker's process."""
        pid = self.stack.worker.children[0].pid
        for line in Path(f"/proc/{pid}/status").read_text().splitlines():
            if line.startswith("VmRSS:"):
                return int(line.split()[1]) / 1024
        raise AssertionError("no VmRSS")


@asynccontextmanager
async def running(folder: Path) -> AsyncIterator[Engine]:
    """The engine and the worker of the bare workflows, both on one Temporal, with state in `folder`."""
    program = await asyncio.to_thread(temporal_build.find)
    async with Stack(_settings(folder), program) as stack, open_session() as http:
        where = [stack.temporal_address, stack.settings.namespace]
        command = [sys.executable, "-m", "bench.bare", *where]
        worker = Child("Базовый исполнитель", command, folder / "bare.log", folder=ROOT)
        worker.start()
        try:
            client = await Client.connect(
                stack.temporal_address, namespace=stack.settings.namespace, data_converter=DATA_CONVERTER
            )
            async with await psycopg.AsyncConnection.connect(stack.database_url, autocommit=True) as database:
                yield Engine(stack, http, client, database)
        finally:
            await worker.stop()


def _settings(folder: Path) -> DevstackSettings:
    temporal_port, ui_port, api_port, moodle_port, smtp_port, letters_port = free_ports(6)
    return DevstackSettings(
        temporal_port=temporal_port,
        temporal_ui_port=ui_port,
        api_port=api_port,
        moodle_port=moodle_port,
        smtp_port=smtp_port,
        letters_port=letters_port,
        var_folder=folder,
    )

"""The engine under measurement: its own stack, over HTTP as agencies and reviewers use it."""

import asyncio
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import aiohttp
import psycopg
from temporalio.client import Client

from devstack.stack import Stack

API = "/api/v1"


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
        return str((await self.post("agency", "/requests", _form()))["number"])

    async def approve(self, number: str) -> None:
        """Approve a request whose review has begun."""
        await self.post(
            "reviewer", f"/requests/{number}/decision", {"outcome": "approved", "reason": "Аналогов нет"}
        )

    async def until(self, sql: str) -> None:
        """Wait until a query counts nothing."""
        while True:
            row = await (await self.database.execute(sql)).fetchone()
            if row is not None and row[0] == 0:
                return
            await asyncio.sleep(0.05)

    async def until_reviewed(self) -> None:
        """Wait until every open request is before its reviewers."""
        await self.until("SELECT count(*) FROM requests WHERE stage = 'registered'")
        await self.until(
            "SELECT count(*) FROM requests r WHERE r.stage = 'review' AND NOT EXISTS"
            " (SELECT 1 FROM letters l WHERE l.number = r.number AND l.notice = 'review_requested')"
        )

    async def until_quiet(self) -> None:
        """Wait until, besides, every letter has been sent."""
        await self.until_reviewed()
        await self.until("SELECT count(*) FROM letters WHERE state = 'written'")

    def worker_memory_mb(self) -> float:
        """Resident memory of the worker's process."""
        pid = self.stack.worker.children[0].pid
        for line in Path(f"/proc/{pid}/status").read_text().splitlines():
            if line.startswith("VmRSS:"):
                return int(line.split()[1]) / 1024
        raise AssertionError("no VmRSS")


def _form() -> dict[str, Any]:
    return {
        "wanted": "course",
        "subsystem": "edu",
        "category": 4,
        "course_name": f"Курс {uuid4().hex}",
        "goal": "Повышение квалификации",
        "learners": {"description": "Врачи и фельдшеры"},
        "access": "by_responsible",
        "responsible": {
            "name": "Тестова Вера Павловна",
            "post": "Методист",
            "email": f"vera.{uuid4().hex[:8]}@example.org",
            "phone": "+7 3452 00-00-00",
        },
    }

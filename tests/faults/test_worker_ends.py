"""A worker that the SDK does not bring to its end: seen with a workflow task under way at the shutdown."""

import asyncio
import time
from datetime import timedelta

import pytest
from temporalio.worker import Worker

import worker
from tests.engine import Engine


async def test_a_worker_that_hangs_at_its_end_is_left(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker, "_SHUTDOWN", timedelta(seconds=0.2))
    monkeypatch.setattr(worker, "_AFTER_SHUTDOWN", timedelta(seconds=0.2))

    async def hang(self: Worker) -> None:
        self._shutdown_event.set()
        await asyncio.Event().wait()

    async with engine.with_settings():
        monkeypatch.setattr(Worker, "shutdown", hang)
        began = time.monotonic()
    assert time.monotonic() - began < 60

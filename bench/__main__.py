"""`python -m bench`: starts a stack of its own, measures, prints ratios; absolute limits only for memory."""

import asyncio
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from uuid import uuid4

import aiohttp
import psycopg
from temporalio.client import Client
from temporalio.service import RPCError, RPCStatusCode

from bench import bare
from bench.engine import Engine
from bench.measure import Pairs, pairs, report
from devstack import temporal_build
from devstack.ports import free_ports
from devstack.processes import Child
from devstack.settings import DevstackSettings
from devstack.stack import ROOT, Stack
from models.converter import DATA_CONVERTER
from models.exit import leave

OPEN_REQUESTS = 1000
MEMORY_LIMIT_MB = 400
AT_ONCE = 16
CASES = 24


async def main() -> int:
    """Measure everything; the exit code tells whether the memory stayed within its limit."""
    with tempfile.TemporaryDirectory(prefix="seo-bench-") as folder:
        async with _engine(Path(folder)) as engine:
            await _warm_up(engine)
            await filing(engine)
            await deciding(engine)
            await whole_cases(engine)
            memory = await many_open(engine)
            await listing(engine)
    return 0 if memory <= MEMORY_LIMIT_MB else 1


async def filing(engine: Engine) -> None:
    """A request filed over the API against the bare start of an empty workflow."""

    async def start() -> None:
        await engine.client.start_workflow(bare.Empty.run, id=f"empty-{uuid4()}", task_queue=bare.QUEUE)

    for rounds, at_once in ((40, 1), (8, AT_ONCE)):
        measured = await pairs(engine.file, start, rounds=rounds, at_once=at_once, settle=engine.until_quiet)
        report(f"Подача запроса, одновременно: {at_once}", measured, "цель — до 1.6")


async def deciding(engine: Engine) -> None:
    """A decision over the API against a bare update."""
    rounds = 30
    numbers = [await engine.file() for _ in range(rounds)]
    waiting = []
    for _ in range(rounds):
        started = engine.client.start_workflow(
            bare.Updated.run, id=f"updated-{uuid4()}", task_queue=bare.QUEUE
        )
        waiting.append(await started)
    await engine.until_quiet()

    async def decide() -> None:
        await engine.approve(numbers.pop())

    async def update() -> None:
        await waiting.pop().execute_update(bare.Updated.decide, "approved")

    async def settle() -> None:
        await engine.until("SELECT count(*) FROM requests WHERE stage = 'setup'")

    measured = await pairs(decide, update, rounds=rounds, settle=settle)
    report("Решение", measured, "без цели")


async def whole_cases(engine: Engine) -> None:
    """Cases from filing to the teacher in Moodle, against the same shape by hand with empty activities."""
    result = Pairs()
    for _ in range(3):
        of_engine = await _timed(_cases(engine))
        of_bare = await _timed(_bare_cases(engine))
        result.engine.seconds.append(of_engine / CASES)
        result.bare.seconds.append(of_bare / CASES)
        result.ratios.append(of_bare / of_engine)
    report(f"Дело целиком, по {CASES} разом (отношение пропускных способностей)", result, "цель — от 0.8")


async def _timed(work: Awaitable[None]) -> float:
    begun = time.perf_counter()
    await work
    return time.perf_counter() - begun


async def _until_it_is_there(act: Callable[[], Awaitable[object]]) -> None:
    """The review starts a moment after the case: as the API does, try until it is there."""
    while True:
        try:
            await act()
        except RPCError as error:
            if error.status is not RPCStatusCode.NOT_FOUND:
                raise
            await asyncio.sleep(0.1)
        else:
            return


async def _cases(engine: Engine) -> None:
    numbers = await asyncio.gather(*(engine.file() for _ in range(CASES)))
    await engine.until_reviewed()
    await asyncio.gather(*(engine.approve(number) for number in numbers))
    await engine.until("SELECT count(*) FROM requests WHERE stage = 'setup'")
    await engine.until("SELECT count(*) FROM letters WHERE state = 'written'")


async def _bare_cases(engine: Engine) -> None:
    async def case() -> None:
        name = f"bare-{uuid4()}"
        handle = await engine.client.start_workflow(bare.BareCase.run, id=name, task_queue=bare.QUEUE)
        review = engine.client.get_workflow_handle(f"{name}-review")
        await _until_it_is_there(lambda: review.execute_update(bare.BareReview.decide, "approved"))
        await handle.result()

    await asyncio.gather(*(case() for _ in range(CASES)))


async def many_open(engine: Engine) -> float:
    """Memory of the worker with a thousand open requests."""
    row = await engine.get("reviewer", "/requests?limit=1")
    assert row is not None
    gate = asyncio.Semaphore(AT_ONCE)

    async def file() -> None:
        async with gate:
            await engine.file()

    begun = time.perf_counter()
    await asyncio.gather(*(file() for _ in range(OPEN_REQUESTS)))
    filed = time.perf_counter() - begun
    await engine.until_quiet()
    memory = engine.worker_memory_mb()
    print(
        f"\nПамять исполнителя, открытых дел от {OPEN_REQUESTS}: {memory:.0f} МБ (предел {MEMORY_LIMIT_MB})"
    )
    print(f"  подано за {filed:.0f} с, разобрано за {time.perf_counter() - begun:.0f} с", flush=True)
    return memory


async def listing(engine: Engine) -> None:
    """The list of a thousand open requests, page by page, against its bare SQL."""

    async def over_the_api() -> None:
        cursor, seen = "", 0
        while seen < OPEN_REQUESTS:
            page = await engine.get("reviewer", f"/requests?limit=200{cursor}")
            seen += len(page["items"])
            cursor = f"&cursor={page['next']}"

    async def by_sql() -> None:
        for page in range(OPEN_REQUESTS // 200):
            await (await engine.database.execute(_LIST, (page * 200,))).fetchall()

    measured = await pairs(over_the_api, by_sql, rounds=15)
    report(f"Список {OPEN_REQUESTS} открытых запросов, страницами по 200", measured, "без цели")


_LIST = """
SELECT r.*, o.name, c.* FROM requests r
JOIN organisations o ON o.code = r.agency
JOIN clauses c ON c.number = r.number AND c.finished_at IS NULL
ORDER BY c.due_at, r.number LIMIT 200 OFFSET %s
"""


async def _warm_up(engine: Engine) -> None:
    numbers = [await engine.file() for _ in range(3)]
    await engine.until_reviewed()
    for number in numbers:
        await engine.approve(number)
    await engine.until("SELECT count(*) FROM requests WHERE stage = 'setup'")
    await engine.client.execute_workflow(bare.Empty.run, id=f"empty-{uuid4()}", task_queue=bare.QUEUE)


@asynccontextmanager
async def _engine(folder: Path) -> AsyncIterator[Engine]:
    temporal_port, ui_port, api_port, moodle_port, smtp_port, letters_port = free_ports(6)
    settings = DevstackSettings(
        temporal_port=temporal_port,
        temporal_ui_port=ui_port,
        api_port=api_port,
        moodle_port=moodle_port,
        smtp_port=smtp_port,
        letters_port=letters_port,
        var_folder=folder,
    )
    program = await asyncio.to_thread(temporal_build.find)
    async with Stack(settings, program) as stack, aiohttp.ClientSession() as http:
        where = [stack.temporal_address, settings.namespace]
        worker = Child(
            "Базовый исполнитель",
            [sys.executable, "-m", "bench.bare", *where],
            folder / "bare.log",
            folder=ROOT,
        )
        worker.start()
        try:
            client = await Client.connect(
                stack.temporal_address, namespace=settings.namespace, data_converter=DATA_CONVERTER
            )
            async with await psycopg.AsyncConnection.connect(stack.database_url, autocommit=True) as database:
                yield Engine(stack, http, client, database)
        finally:
            await worker.stop()


if __name__ == "__main__":
    leave(asyncio.run(main()))

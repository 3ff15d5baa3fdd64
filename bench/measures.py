"""What is measured, by the name that picks it: `python -m bench filing whole-case`."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from uuid import uuid4

from temporalio.client import WorkflowHandle
from temporalio.service import RPCError, RPCStatusCode

from bench import bare, certificates, registration, results
from bench.engine import Engine
from bench.ledger import ledger
from bench.measure import burst, pairs
from bench.reconciliation import reconciliation
from bench.work_list import work_list

OPEN_REQUESTS = 1000
MEMORY_LIMIT_MB = 400
AT_ONCE = 16
CASES = 12

_OPEN = "SELECT count(*) FROM requests WHERE stage IN ('registered', 'review')"
_IN_SETUP = "SELECT count(*) FROM requests WHERE stage = 'setup'"


async def filing(engine: Engine) -> bool:
    """A request filed over the API against the bare start of an empty workflow, one by one."""
    await _filing(engine, rounds=40, at_once=1)
    return True


async def filing_at_once(engine: Engine) -> bool:
    """The same, many at once."""
    await _filing(engine, rounds=12, at_once=AT_ONCE)
    return True


async def _filing(engine: Engine, *, rounds: int, at_once: int) -> None:
    started: list[WorkflowHandle[bare.Empty, None]] = []

    async def start() -> None:
        started.append(
            await engine.client.start_workflow(bare.Empty.run, id=f"empty-{uuid4()}", task_queue=bare.QUEUE)
        )

    async def end() -> None:
        while started:
            await started.pop().result()

    measured = await pairs(
        burst(engine.file, at_once=at_once, settle=engine.until_quiet),
        burst(start, at_once=at_once, settle=end),
        rounds=rounds,
    )
    measured.report(f"Подача запроса, одновременно: {at_once}", "цель — до 1.6")


async def deciding(engine: Engine) -> bool:
    """A decision over the API against a bare update."""
    rounds = 30
    numbers = [await engine.file() for _ in range(rounds)]
    waiting = [
        await engine.client.start_workflow(bare.Updated.run, id=f"updated-{uuid4()}", task_queue=bare.QUEUE)
        for _ in range(rounds)
    ]
    await engine.until_quiet()

    async def decide() -> None:
        await engine.approve(numbers.pop())

    async def update() -> None:
        await waiting.pop().execute_update(bare.Updated.decide, "approved")

    async def settle() -> None:
        await engine.until_none(_IN_SETUP)

    measured = await pairs(burst(decide, settle=settle), burst(update), rounds=rounds)
    measured.report("Решение", "без цели")
    return True


async def whole_case(engine: Engine) -> bool:
    """Cases from filing to the teacher in Moodle, against the same shape by hand with empty activities."""
    measured = await pairs(burst(lambda: _cases(engine)), burst(lambda: _bare_cases(engine)), rounds=8)
    measured.report(f"Дела целиком, по {CASES} разом", "цель — до 1.25: от 0.8 пропускной способности")
    return True


async def _cases(engine: Engine) -> None:
    numbers = await asyncio.gather(*(engine.file() for _ in range(CASES)))
    await engine.until_reviewed()
    await asyncio.gather(*(engine.approve(number) for number in numbers))
    await engine.until_none(_IN_SETUP)
    await engine.until_letters_sent()


async def _bare_cases(engine: Engine) -> None:
    async def case() -> None:
        name = f"bare-{uuid4()}"
        handle = await engine.client.start_workflow(bare.BareCase.run, id=name, task_queue=bare.QUEUE)
        review = engine.client.get_workflow_handle(f"{name}-review")
        await _until_it_is_there(lambda: review.execute_update(bare.BareReview.decide, "approved"))
        await handle.result()

    await asyncio.gather(*(case() for _ in range(CASES)))


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


async def memory(engine: Engine) -> bool:
    """Memory of the worker with a thousand open requests; whether it keeps within its limit."""
    await _many_open(engine)
    used = engine.worker_memory_mb()
    print(f"\nПамять исполнителя, открытых дел от {OPEN_REQUESTS}: {used:.0f} МБ (предел {MEMORY_LIMIT_MB})")
    return used <= MEMORY_LIMIT_MB


async def listing(engine: Engine) -> bool:
    """The list of a thousand open requests, page by page, against its bare SQL."""
    await _many_open(engine)

    async def over_the_api() -> None:
        cursor, seen = "", 0
        while seen < OPEN_REQUESTS:
            page = await engine.get("reviewer", f"/requests?limit=200{cursor}")
            seen += len(page["items"])
            cursor = f"&cursor={page['next']}"

    async def by_sql() -> None:
        for page in range(OPEN_REQUESTS // 200):
            await (await engine.database.execute(_LIST, (page * 200,))).fetchall()

    measured = await pairs(burst(over_the_api), burst(by_sql), rounds=15)
    measured.report(f"Список {OPEN_REQUESTS} открытых запросов, страницами по 200", "без цели")
    return True


async def _many_open(engine: Engine) -> None:
    """File what a thousand open requests lack."""
    lacking = OPEN_REQUESTS - await engine.count(_OPEN)
    if lacking <= 0:
        return
    gate = asyncio.Semaphore(AT_ONCE)

    async def file() -> None:
        async with gate:
            await engine.file()

    begun = time.perf_counter()
    await asyncio.gather(*(file() for _ in range(lacking)))
    filed = time.perf_counter() - begun
    await engine.until_quiet()
    handled = time.perf_counter() - begun
    print(f"\nЗапросов {lacking}: поданы за {filed:.0f} с, разобраны за {handled:.0f} с", flush=True)


_LIST = """
SELECT r.*, o.name, c.* FROM requests r
JOIN organisations o ON o.code = r.agency
JOIN clauses c ON c.number = r.number AND c.finished_at IS NULL
ORDER BY c.due_at, r.number LIMIT 200 OFFSET %s
"""


async def warm_up(engine: Engine) -> None:
    """So that no measure pays for what is done once."""
    numbers = [await engine.file() for _ in range(3)]
    await engine.until_reviewed()
    for number in numbers:
        await engine.approve(number)
    await engine.until_none(_IN_SETUP)
    await engine.client.execute_workflow(bare.Empty.run, id=f"empty-{uuid4()}", task_queue=bare.QUEUE)


MEASURES: dict[str, Callable[[Engine], Awaitable[bool]]] = {
    "filing": filing,
    "filing-at-once": filing_at_once,
    "deciding": deciding,
    "whole-case": whole_case,
    "memory": memory,
    "listing": listing,
    **registration.MEASURES,
    **results.MEASURES,
    **certificates.MEASURES,
    "ledger": ledger,
    "reconciliation": reconciliation,
    "work-list": work_list,
}
"""Each prints its figures, and tells whether they keep within a limit where there is one."""

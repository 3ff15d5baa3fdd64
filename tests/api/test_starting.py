"""Receipts come before the work of the cases that they are for."""

import asyncio
import time

from api import starting
from api.starting import Receipts


async def test_a_case_waits_while_receipts_are_written() -> None:
    receipts, order = Receipts(), list[str]()

    async def case() -> None:
        await receipts.lull()
        order.append("case")

    with receipts.one_more():
        waiting = asyncio.create_task(case())
        with receipts.one_more():
            await asyncio.sleep(0)
        await asyncio.sleep(0.01)
        order.append("receipt")
    await waiting

    assert order == ["receipt", "case"]


async def test_an_endless_burst_holds_no_case_up_for_ever() -> None:
    receipts = Receipts()

    begun = time.monotonic()
    with receipts.one_more():
        await receipts.lull()

    assert 0.9 < (time.monotonic() - begun) / starting.LONGEST_BURST_SECONDS < 100


async def test_a_receipt_that_failed_is_waited_for_no_longer() -> None:
    receipts = Receipts()

    try:
        with receipts.one_more():
            raise ValueError
    except ValueError:
        pass

    async with asyncio.timeout(30):
        await receipts.lull()

"""Files that people send are read in turn, whatever their number."""

import asyncio
import threading
import time

import pytest

from api.uploads import AT_A_TIME, in_turn


async def test_no_more_are_read_at_once_than_there_is_memory_for() -> None:
    lock, running, most = threading.Lock(), 0, 0

    def read() -> None:
        nonlocal running, most
        with lock:
            running += 1
            most = max(most, running)
        time.sleep(0.02)
        with lock:
            running -= 1

    first = [asyncio.ensure_future(in_turn(read)) for _ in range(3 * AT_A_TIME)]
    await asyncio.sleep(0.01)
    first[0].cancel()  # whoever has gone still takes a turn
    await asyncio.gather(*first[1:])

    assert most == AT_A_TIME


async def test_what_a_reading_raises_is_raised() -> None:
    with pytest.raises(ZeroDivisionError):
        await in_turn(lambda: 1 / 0)

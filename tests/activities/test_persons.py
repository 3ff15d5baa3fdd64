"""A responsible whom nobody knows yet, named by two setups that end at the same moment."""

import asyncio
from datetime import UTC, datetime
from uuid import uuid4

from activities import register
from models.deadlines import local_date
from models.tables import Request
from tests.engine import Engine


async def test_two_setups_that_end_at_once_enter_a_new_responsible_once(engine: Engine) -> None:
    email = f"vera.{uuid4().hex[:8]}@example.org"

    async def second() -> int | None:
        async with engine.sessions.begin() as session:
            return (await register.person_of(session, _request(email.upper()))).id

    async with engine.sessions.begin() as session:
        first = (await register.person_of(session, _request(email))).id
        task = asyncio.create_task(second())
        done, _ = await asyncio.wait([task], timeout=0.5)
        assert not done, "the second has to wait for the first one's transaction"
    assert await task == first


async def test_of_two_without_an_address_nobody_can_tell_that_they_are_one(engine: Engine) -> None:
    async with engine.sessions.begin() as session:
        ids = {(await register.person_of(session, _request(""))).id for _ in range(2)}
    assert len(ids) == 2


def _request(email: str) -> Request:
    return Request(
        number="none",
        agency="zdrav",
        subsystem="edu",
        wanted="course",
        responsible_name="Тестова Вера Павловна",
        responsible_email=email,
        received_on=local_date(datetime.now(UTC)),
        filed_by="key-1",
        stage="setup",
    )

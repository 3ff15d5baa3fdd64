"""Certificates in Postgres (clause 4.9): nobody is numbered twice, and no number is lost."""

import asyncio
from datetime import UTC, date, datetime

import pytest
from sqlalchemy.exc import IntegrityError, NoResultFound
from sqlmodel import col, select

from models import certifying
from models.certificates import CertificateRejected, Rejection, Standing
from models.certifying import Recipient
from models.tables import CertificateRow
from tests.certificates import decided
from tests.engine import Engine

PEOPLE = [Recipient(at, f"Слушатель {at}") for at in range(1, 301)]


async def given(engine: Engine, certification: str) -> list[CertificateRow]:
    query = select(CertificateRow).where(col(CertificateRow.certification) == certification)
    async with engine.sessions() as session:
        return list((await session.scalars(query.order_by(col(CertificateRow.number)))).all())


async def give(engine: Engine, certification: str, people: list[Recipient], year: int) -> int:
    async with engine.sessions.begin() as session:
        return await certifying.give(session, certification, people, date(year, 12, 24))


@pytest.fixture
async def certification(engine: Engine) -> str:
    return await decided(engine)


def numbers(rows: list[CertificateRow]) -> list[int]:
    return [int(row.number.rpartition("-")[2]) for row in rows]


async def test_people_are_numbered_in_their_order_without_gaps(engine: Engine, certification: str) -> None:
    assert await give(engine, certification, PEOPLE, 2101) == 300

    rows = await given(engine, certification)
    assert [row.number for row in rows][:2] == ["72-2101-000001", "72-2101-000002"]
    assert [row.ordinal for row in rows] == [one.ordinal for one in PEOPLE]
    assert numbers(rows) == list(range(1, 301))
    assert len({row.code for row in rows}) == 300


async def test_a_retry_numbers_only_who_has_no_number(engine: Engine, certification: str) -> None:
    assert await give(engine, certification, PEOPLE[:120], 2102) == 120
    before = await given(engine, certification)

    assert await give(engine, certification, PEOPLE, 2102) == 180
    assert await give(engine, certification, PEOPLE, 2102) == 0

    rows = await given(engine, certification)
    assert rows[:120] == before
    assert numbers(rows) == list(range(1, 301))


async def test_a_worker_that_dies_in_the_middle_loses_no_number(engine: Engine, certification: str) -> None:
    async def dies() -> None:
        async with engine.sessions.begin() as session:
            await certifying.give(session, certification, PEOPLE[:50], date(2103, 1, 1))
            raise asyncio.CancelledError

    with pytest.raises(asyncio.CancelledError):
        await dies()

    assert await give(engine, certification, PEOPLE[:60], 2103) == 60
    assert numbers(await given(engine, certification)) == list(range(1, 61))


async def test_two_workers_at_once_number_each_person_once(engine: Engine, certification: str) -> None:
    counts = await asyncio.gather(*(give(engine, certification, PEOPLE[:100], 2104) for _ in range(4)))

    assert sorted(counts) == [0, 0, 0, 100]
    assert numbers(await given(engine, certification)) == list(range(1, 101))


async def test_decisions_at_once_share_the_numbers_of_the_year(engine: Engine, certification: str) -> None:
    other = await decided(engine)

    await asyncio.gather(
        *(
            give(engine, one, PEOPLE[at : at + 20], 2105)
            for one in (certification, other)
            for at in (0, 20, 40)
        )
    )

    rows = await given(engine, certification) + await given(engine, other)
    assert sorted(numbers(rows)) == list(range(1, 121))


async def test_each_year_begins_anew(engine: Engine, certification: str) -> None:
    await give(engine, certification, PEOPLE[:1], 2106)
    await give(engine, certification, PEOPLE[1:2], 2107)

    assert [row.number for row in await given(engine, certification)] == ["72-2106-000001", "72-2107-000001"]


async def test_postgres_itself_refuses_a_second_number(engine: Engine, certification: str) -> None:
    await give(engine, certification, PEOPLE[:1], 2108)
    (row,) = await given(engine, certification)

    again = CertificateRow(**row.model_dump() | {"number": "72-2108-000099", "code": "another"})
    async with engine.sessions() as session:
        session.add(again)
        with pytest.raises(IntegrityError, match="certificates_person"):
            await session.commit()


async def test_a_document_is_revoked_once_with_its_reason(engine: Engine, certification: str) -> None:
    await give(engine, certification, PEOPLE[:1], 2109)
    (row,) = await given(engine, certification)
    at = datetime(2109, 12, 25, tzinfo=UTC)

    async with engine.sessions.begin() as session:
        await certifying.revoke(session, row.number, by="key-1", because="выдан по ошибке", at=at)

    (revoked,) = await given(engine, certification)
    assert (revoked.revoked_at, revoked.revoked_by) == (at, "key-1")
    assert revoked.revoked_because == "выдан по ошибке"
    with pytest.raises(CertificateRejected) as refused:
        async with engine.sessions.begin() as session:
            await certifying.revoke(session, row.number, by="key-2", because="ещё раз", at=at)
    assert refused.value.rejection is Rejection.ALREADY_REVOKED
    with pytest.raises(CertificateRejected):
        async with engine.sessions.begin() as session:
            await certifying.reissue(session, row.number, "Другое Имя", date(2109, 12, 26))


async def test_a_corrected_name_gives_another_document_and_the_first_holds_no_more(
    engine: Engine, certification: str
) -> None:
    await give(engine, certification, PEOPLE[:2], 2110)
    first, _ = await given(engine, certification)

    async with engine.sessions.begin() as session:
        second = await certifying.reissue(session, first.number, "Слушателев Первый", date(2110, 12, 26))

    assert (second.number, second.supersedes, second.ordinal) == (
        "72-2110-000003",
        first.number,
        first.ordinal,
    )
    assert second.code != first.code
    async with engine.sessions() as session:
        old, new = (
            await certifying.look_up(session, first.code),
            await certifying.look_up(session, second.code),
        )
    assert old is not None
    assert new is not None
    assert (old.standing, old.replaced_by) == (Standing.REPLACED, second)
    assert (new.standing, new.row.name) == (Standing.VALID, "Слушателев Первый")
    # And a retry of the whole decision gives the person no third one.
    assert await give(engine, certification, PEOPLE[:2], 2110) == 0


async def test_a_document_replaced_by_two_at_once_is_replaced_once(
    engine: Engine, certification: str
) -> None:
    await give(engine, certification, PEOPLE[:1], 2111)
    (row,) = await given(engine, certification)

    async def reissue(name: str) -> None:
        async with engine.sessions.begin() as session:
            await certifying.reissue(session, row.number, name, date(2111, 12, 26))

    ended = await asyncio.gather(reissue("Первый"), reissue("Второй"), return_exceptions=True)

    (refused,) = [one for one in ended if one is not None]
    assert isinstance(refused, CertificateRejected)
    assert refused.rejection is Rejection.ALREADY_REPLACED
    assert numbers(await given(engine, certification)) == [1, 2]


async def test_what_is_not_there(engine: Engine) -> None:
    async with engine.sessions() as session:
        assert await certifying.look_up(session, "2222-2222-2222") is None
        assert await certifying.look_up(session, "../etc/passwd") is None
        with pytest.raises(NoResultFound):
            await certifying.revoke(session, "72-2026-999999", by="key-1", because="", at=datetime.now(UTC))

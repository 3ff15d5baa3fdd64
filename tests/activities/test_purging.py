"""What upkeep clears up: old keys of posts, drafts, texts that no decision needs."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

from sqlmodel import col, select

from activities.purging import purge
from models.tables import (
    ApiKey,
    DraftFile,
    DraftRow,
    IdempotencyRecord,
    TextRow,
)
from tests.engine import Engine
from tests.workflows import courses, words


async def test_old_keys_of_posts_are_forgotten_and_newer_ones_kept(engine: Engine) -> None:
    await engine.file()
    now = datetime.now(UTC)
    async with engine.sessions() as session:
        mine = (await session.scalars(select(IdempotencyRecord).limit(1))).one()
    async with engine.sessions.begin() as session:
        for age in (29, 31, 32):
            begun_at = now - timedelta(days=age)
            row = mine.model_dump() | {"key": f"age-{age}-{uuid4().hex}", "begun_at": begun_at}
            session.add(IdempotencyRecord(**row))

    await purge(engine.sessions, now)

    async with engine.sessions() as session:
        kept = (await session.scalars(select(IdempotencyRecord.key))).all()
    assert [key for key in kept if key.startswith("age-29")]
    assert not [key for key in kept if key.startswith(("age-31", "age-32"))]
    assert mine.key in kept


async def test_drafts_left_lying_and_those_of_a_revoked_key_go_with_their_files(engine: Engine) -> None:
    now = datetime.now(UTC)
    file: dict[str, Any] = {
        "title": "",
        "filename": "",
        "media_type": "",
        "content": b"",
        "sha256": "",
        "rows": 0,
    }
    form = {"course_name": "", "category_name": ""}
    async with engine.sessions.begin() as session:
        live, revoked = [
            ApiKey(sha256=uuid4().hex, role="agency", organisation="zdrav", holder="", issued_at=now)
            for _ in range(2)
        ]
        revoked.revoked_at = now
        session.add_all((live, revoked))
        await session.flush()
        drafts = [
            DraftRow(api_key=key.id or 0, form=form, saved_at=now - timedelta(days=age))
            for key, age in ((live, 179), (live, 181), (revoked, 0))
        ]
        session.add_all(drafts)
        await session.flush()
        own = [one.id or 0 for one in drafts]
        session.add_all(DraftFile(draft=one, kind="letter", **file) for one in own)

    await purge(engine.sessions, now)

    async with engine.sessions() as session:
        kept = await session.scalars(select(DraftRow.id).where(col(DraftRow.id).in_(own)))
        files = await session.scalars(select(DraftFile.draft).where(col(DraftFile.draft).in_(own)))
        assert kept.all() == files.all() == own[:1]


async def test_of_a_closed_case_only_the_texts_of_its_decision_stay(engine: Engine) -> None:
    number, open_case = await engine.file(), await engine.file()
    await engine.reviewing(number)
    await engine.reviewing(open_case)
    for_nothing = await words.keep_text(engine, number, "Причина, с которой не решили")
    for_a_signal = await words.keep_text(engine, open_case, "Причина, о которой сигнал ещё придёт")
    await words.decide(engine, number)
    await words.closed(engine, number)

    await purge(engine.sessions, datetime.now(UTC))
    before = await texts(engine, number)
    await purge(engine.sessions, datetime.now(UTC) + timedelta(days=2))
    decision = await words.decision(engine, number)

    assert for_nothing in before
    assert await texts(engine, number) == {str(decision.reason_id)}
    assert for_a_signal in await texts(engine, open_case)


async def texts(engine: Engine, number: str) -> set[str]:
    async with engine.sessions() as session:
        query = select(TextRow.id).where(col(TextRow.number) == number)
        return {str(one) for one in (await session.scalars(query)).all()}


async def test_the_thread_of_a_closed_consultation_stays(engine: Engine) -> None:
    handle = await courses.asked(engine)
    answer = await engine.post("operator", f"/consultations/{handle.id}/answers", {"text": "Так"})
    closing = await engine.post("responsible", f"/consultations/{handle.id}/closing")
    assert (answer.status_code, closing.status_code) == (200, 200)
    await handle.result()

    await purge(engine.sessions, datetime.now(UTC) + timedelta(days=2))

    thread = (await engine.get("responsible", f"/consultations/{handle.id}"))["lines"]
    assert [one["text"] for one in thread] == [courses.QUESTION, "Так"]

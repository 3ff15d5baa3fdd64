"""Letters on the real server: delivered, bounced, late, never; and nobody waits for them."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from pydantic import ValidationError
from temporalio.client import WorkflowHandle

from devstack.mailsink import Mood
from models import ids
from models.letters import LONGEST_SENDING, Letter, LetterState, Notice
from models.settings import Settings
from models.tables import LetterRow
from models.terms import Recipient
from tests.engine import Engine
from tests.workflows import words
from workflows import steps
from workflows.delivery import DeliveryWorkflow


@pytest.fixture(scope="module")
async def number(engine: Engine) -> str:
    """A case for letters to be about; its responsible has no e-mail."""
    number = await engine.file(responsible={"name": "Тестова Вера Павловна"}, goal="")
    await words.closed(engine, number)
    await words.delivered(engine, number)
    return number


async def test_a_letter_that_the_server_takes_is_delivered(engine: Engine, number: str) -> None:
    letter = a_letter(number)

    state = await (await put_on_its_way(engine, letter)).result()

    row = await written(engine, letter)
    assert (state, row.state, row.attempts) == (LetterState.DELIVERED, LetterState.DELIVERED, 1)
    assert row.settled_at is not None
    assert copies(engine, row) == 1
    line = "Письмо инициатору («запрос зарегистрирован»): доставлено почтовому серверу"
    assert line in await engine.journal(number)


async def test_an_address_that_takes_no_mail_is_the_operators_task(engine: Engine, number: str) -> None:
    letter = a_letter(number)
    engine.mail.mood = Mood(refuses={"zdrav@example.org"})

    state = await (await put_on_its_way(engine, letter)).result()

    row = await written(engine, letter)
    assert (state, row.attempts) == (LetterState.BOUNCED, 1)
    task = await words.task(engine, number, letter.step)
    assert (task.kind, "адрес не принимает почту" in task.why) == ("letter_undelivered", True)
    assert f"Задача Оператору: {task.why}" in await engine.journal(number)


@pytest.mark.parametrize(
    ("mood", "said"),
    [
        (Mood(greylists=2), "почтовый сервер недоступен или отложил письмо (451)"),
        (Mood(shuts_out=2), "почтовый сервер не пускает систему (553)"),
    ],
    ids=["greylisted", "shut out"],
)
async def test_a_letter_that_the_server_does_not_take_yet_goes_out_later(
    engine: Engine, number: str, mood: Mood, said: str
) -> None:
    letter = a_letter(number)
    engine.mail.mood = mood

    delivery = await put_on_its_way(engine, letter)
    await words.attempted(engine, delivery, 1)
    assert (await written(engine, letter)).last_error == said
    await engine.skipper.fast_forward(delivery, timedelta(minutes=10))

    assert await delivery.result() is LetterState.DELIVERED
    row = await written(engine, letter)
    assert (row.attempts, copies(engine, row)) == (3, 1)


async def test_a_mail_server_that_is_too_slow_is_left_and_the_letter_goes_out_later_as_the_same(
    engine: Engine, number: str
) -> None:
    letter = a_letter(number)
    engine.mail.mood = Mood(slow_seconds=3)

    async with engine.with_settings(mail_timeout=timedelta(seconds=1)) as hasty:
        began = time.monotonic()
        delivery = await put_on_its_way(hasty, letter)
        await words.attempted(hasty, delivery, 1)
        took = time.monotonic() - began
        await engine.calm()
        await engine.skipper.fast_forward(delivery, timedelta(minutes=2))
        state = await delivery.result()

    row = await written(engine, letter)
    assert took < LONGEST_SENDING.total_seconds()
    assert (state, row.attempts) == (LetterState.DELIVERED, 2)
    assert copies(engine, row) == 1


def test_an_attempt_outlasts_the_sending_so_that_never_two_run_at_a_time() -> None:
    assert steps.MAIL["start_to_close_timeout"] > LONGEST_SENDING
    with pytest.raises(ValidationError, match="mail_timeout"):
        Settings.model_validate({"mail_timeout": LONGEST_SENDING + timedelta(seconds=1)})


async def test_after_four_days_without_a_mail_server_the_letter_is_given_up(
    engine: Engine, number: str
) -> None:
    letter = a_letter(number)

    async with nobody_listens(engine):
        delivery = await put_on_its_way(engine, letter)
        await words.attempted(engine, delivery, 1)
        await engine.skipper.fast_forward(delivery, timedelta(days=3, hours=23))
        still_trying = (await written(engine, letter)).state
        await engine.skipper.fast_forward(delivery, timedelta(hours=2))
        state = await delivery.result()

    assert (still_trying, state) == (LetterState.WRITTEN, LetterState.UNDELIVERED)
    task = await words.task(engine, number, letter.step)
    assert task.why.endswith("не доставлено, почтовый сервер недоступен или отложил письмо")
    assert (await written(engine, letter)).attempts > 24


async def test_a_responsible_without_an_address_is_the_operators_task(engine: Engine, number: str) -> None:
    letter = a_letter(number, to=Recipient.RESPONSIBLE)

    state = await (await put_on_its_way(engine, letter)).result()

    assert state is LetterState.NO_ADDRESS
    assert "нет адреса" in (await words.task(engine, number, letter.step)).why
    assert (await written(engine, letter)).attempts == 0


async def test_a_letter_that_was_taken_is_never_sent_a_second_time(engine: Engine, number: str) -> None:
    letter = a_letter(number)
    await (await put_on_its_way(engine, letter)).result()

    state = await (await put_on_its_way(engine, letter)).result()

    row = await written(engine, letter)
    assert state is LetterState.DELIVERED
    assert (row.attempts, copies(engine, row)) == (1, 1)


async def test_no_clause_waits_for_a_slow_mail_server(engine: Engine) -> None:
    engine.mail.mood = Mood(slow_seconds=4)
    number = await engine.file()

    async with asyncio.timeout(60):
        await words.decide(engine, number)
        stage = await words.closed(engine, number)

    assert stage == "refused"
    assert {row.state for row in await engine.letters(number)} == {LetterState.WRITTEN}
    assert sorted(await words.delivered(engine, number))[:2] == ["confirmation agency", "refusal agency"]


async def test_a_case_comes_to_its_end_while_no_mail_server_listens(engine: Engine) -> None:
    async with nobody_listens(engine):
        number = await engine.file()
        await words.decide(engine, number)
        stage = await words.closed(engine, number)

    assert stage == "refused"
    refusal = await words.letter(engine, number, Notice.REFUSAL, Recipient.AGENCY, LetterState.WRITTEN)
    delivery = engine.client.get_workflow_handle(ids.delivery_id(refusal.key))
    await engine.skipper.fast_forward(delivery, timedelta(minutes=5))
    assert await delivery.result() == LetterState.DELIVERED


def a_letter(number: str, to: Recipient = Recipient.AGENCY) -> Letter:
    """A confirmation under a name of its own."""
    step = f"review/letter-{uuid4().hex[:8]}"
    return Letter(number=number, step=step, notice=Notice.CONFIRMATION, to=to, at=datetime.now(UTC))


async def put_on_its_way(engine: Engine, letter: Letter) -> WorkflowHandle[Any, LetterState]:
    return await engine.client.start_workflow(
        DeliveryWorkflow.run,
        letter,
        id=ids.delivery_id(letter.key),
        task_queue=engine.settings.task_queue,
    )


async def written(engine: Engine, letter: Letter) -> LetterRow:
    async with engine.sessions() as session:
        return await session.get_one(LetterRow, letter.key)


def copies(engine: Engine, row: LetterRow) -> int:
    """How many letters under this Message-ID the mail server has taken."""
    return sum(
        str(one.message["Message-ID"]).strip() == row.message_id
        for one in engine.mail.letters(naming=row.message_id)
    )


@asynccontextmanager
async def nobody_listens(engine: Engine) -> AsyncIterator[None]:
    """The mail server is down."""
    await engine.mail.down()
    try:
        yield
    finally:
        await engine.mail.start()

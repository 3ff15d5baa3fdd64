"""After an act the next page has what it brought, though the rows follow the workflow by a moment."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable
from contextlib import asynccontextmanager

import httpx
import pytest
from sqlalchemy import text
from sqlmodel import col, select

from api.pages import catching_up
from api.pages.catching_up import case_of
from models.tables import CaseRow
from tests.api import words
from tests.engine import Engine, Json
from tests.pages.people import SignIn
from tests.workflows.trainings import course_of_its_own, opened

_BEHIND_SECONDS = 0.7


@pytest.fixture(autouse=True)
def patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """Enough of it on a slow machine too."""
    monkeypatch.setattr(catching_up, "PATIENCE_SECONDS", 30)


@asynccontextmanager
async def nothing_written(engine: Engine, number: str) -> AsyncIterator[None]:
    """While nothing can be written into a case."""
    async with engine.sessions.begin() as session:
        await session.execute(select(CaseRow).where(col(CaseRow.number) == number).with_for_update())
        yield


async def while_the_worker_waits(
    engine: Engine, number: str, act: Awaitable[httpx.Response]
) -> httpx.Response:
    """What an act answers while nothing can be written into its case for a moment."""
    async with nothing_written(engine, number):
        acting = asyncio.ensure_future(act)
        await asyncio.sleep(_BEHIND_SECONDS)
    return await acting


async def test_the_page_after_a_decision_has_it(stand: Engine, signed_in: SignIn) -> None:
    number = await stand.file()
    await stand.reviewing(number)
    reviewer = await signed_in("reviewer")

    act = reviewer.send(f"/cases/{number}/decision", outcome="approved")
    answer = await while_the_worker_waits(stand, number, act)

    assert "Принято решение создать." in answer.text
    assert f'action="/cases/{number}/decision"' not in answer.text


async def test_a_page_that_is_shown_before_its_rows_says_so(
    stand: Engine, signed_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(catching_up, "PATIENCE_SECONDS", 0.1)
    number = await stand.file()
    await stand.reviewing(number)
    reviewer = await signed_in("reviewer")

    async with nothing_written(stand, number):
        answer = await reviewer.send(f"/cases/{number}/decision", outcome="approved")

    assert "Принято решение создать. Если на странице ещё прежнее состояние" in answer.text


@asynccontextmanager
async def no_letters(engine: Engine) -> AsyncIterator[None]:
    """While none can be written: what comes before them is there, the end of the case is not."""
    async with engine.sessions.begin() as session:
        await session.execute(text("LOCK TABLE letters IN EXCLUSIVE MODE"))
        yield


async def test_a_refused_request_is_refused_before_its_letters_are_written(
    stand: Engine, signed_in: SignIn
) -> None:
    number = await stand.file()
    await stand.reviewing(number)
    reviewer = await signed_in("reviewer")
    refusal: Json = {
        "outcome": "refused",
        "ground": "incomplete",
        "missing": "learners",
        "reason": "Нет перечня",
    }

    async with no_letters(stand):
        page = (await reviewer.send(f"/cases/{number}/decision", **refusal)).text

    assert "Запросу отказано." in page
    assert "<dt>Этап</dt><dd><b>отказано</b>" in page
    assert f'action="/cases/{number}/decision"' not in page


async def test_what_the_operator_has_done_is_done_before_its_letters_are_written(
    stand: Engine, signed_in: SignIn
) -> None:
    number = await words.by_hand(stand)
    done = [check for task in await stand.tasks(number) for check in task.checklist]
    operator = await signed_in("operator")

    async with no_letters(stand):
        answer = await operator.send(f"/cases/{number}/confirmation", done=done, act="anyway")

    assert "Исполнение завершено." in answer.text
    assert "<dt>Этап</dt><dd><b>исполнен</b>" in answer.text
    assert f'action="/cases/{number}/' not in answer.text


async def test_the_page_after_a_prolongation_has_the_new_day(stand: Engine, signed_in: SignIn) -> None:
    training = await opened(stand, await course_of_its_own(stand))
    number = str(training["number"])
    await stand.until_waiting(stand.client.get_workflow_handle(number))
    owner = await signed_in("agency")
    later = "2027-02-03"

    act = owner.send(f"/trainings/{number}/prolongation", ends_on=later)
    answer = await while_the_worker_waits(stand, number, act)

    assert "3 февраля 2027" in answer.text


async def test_a_worker_that_is_away_keeps_nobody_long(
    stand: Engine, signed_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(catching_up, "PATIENCE_SECONDS", 0.1)
    number = await stand.file()
    await stand.reviewing(number)
    reviewer = await signed_in("reviewer")
    form: Json = {"outcome": "approved", "once": "one-decision"}
    await reviewer.send(f"/cases/{number}/decision", **form)

    # The same form again brings no line that one could wait for.
    began = time.monotonic()
    again = await reviewer.send(f"/cases/{number}/decision", **form)

    assert again.status_code == 200
    assert time.monotonic() - began < 5


@pytest.mark.parametrize(
    ("path", "number"),
    [
        ("/requests/2026-000001/decision", "2026-000001"),
        ("/consultations/consultation-3/questions", "consultation-3"),
        ("/courses/5/authoring/plan", "authoring-5"),
        ("/replacements/replacement-2/accept", "replacement-2"),
        ("/requests", ""),
        ("/requests/2026-000001/claim", ""),
        ("/trainings/training-7/refresh", ""),
        ("/tasks/7/retry", ""),
    ],
)
def test_only_acts_that_write_a_line_a_moment_later_are_waited_for(path: str, number: str) -> None:
    assert case_of(path) == number

"""Clause 4.1 on the real server: what comes of a request before anybody decides."""

import asyncio
import json
from datetime import UTC, datetime
from io import BytesIO
from typing import Any

from pypdf import PdfReader
from sqlmodel import col, select
from temporalio.client import WorkflowHandle

from activities.clauses import ClauseActivities
from models.calendar import CONFIRMED_YEARS
from models.deadlines import local_date
from models.letters import Notice
from models.regulation import REVIEW_TERM
from models.steps import OpenClause
from models.tables import Document
from models.terms import Clause, Recipient
from tests.engine import Engine, Json
from tests.workflows import words


async def test_a_complete_request_is_confirmed_and_waits_for_the_reviewers(engine: Engine) -> None:
    number = await engine.file()

    await words.reviewing(engine, number)

    names = await words.delivered(engine, number, of=2)
    assert names == ["confirmation agency", "review_requested reviewer"]
    assert (await engine.row(number)).stage == "review"
    assert (await engine.case(number)).started_at is not None


async def test_an_incomplete_request_is_refused_at_once_and_the_reviewers_only_hear_of_it(
    engine: Engine,
) -> None:
    number = await engine.file(goal="", learners={}, access=None)

    stage = await words.closed(engine, number)

    assert stage == "refused"
    assert await words.delivered(engine, number, of=2) == ["engine_refusal reviewer", "refusal agency"]
    assert await engine.tasks(number) == []
    decision = await words.decision(engine, number)
    assert (decision.ground, decision.decided_by) == ("incomplete", "engine")
    assert decision.missing == ["goal", "learners", "access"]


async def test_the_refusal_names_in_the_letter_and_in_the_pdf_what_is_missing(engine: Engine) -> None:
    number = await engine.file(responsible={"name": " — "})

    refusal = await words.letter(engine, number, Notice.REFUSAL, Recipient.AGENCY)

    assert "ответственное лицо (учитель)" in refusal.text
    assert "цель учебного курса" not in refusal.text
    assert "ответственное лицо (учитель)" in await _pdf(engine, number)


async def test_missing_contacts_are_asked_for_by_letter_and_refuse_nothing(engine: Engine) -> None:
    number = await engine.file(responsible={"name": "Тестова Вера Павловна", "post": "Методист"})

    asked = await words.letter(engine, number, Notice.CONTACTS_NEEDED, Recipient.AGENCY)

    assert "телефон" in asked.text
    assert "адрес электронной почты" in asked.text
    assert "должность" not in asked.text
    assert (await engine.row(number)).stage == "review"


async def test_a_category_needs_neither_learners_nor_access(engine: Engine) -> None:
    number = await engine.file(
        wanted="category",
        category=None,
        category_name="Охрана озёр",
        course_name="",
        learners={},
        access=None,
    )

    await words.reviewing(engine, number)

    assert (await engine.row(number)).stage == "review"


async def test_an_incomplete_paper_letter_already_overdue_is_refused_late(engine: Engine) -> None:
    number = await engine.file_paper(words.days_ago(90), goal="")

    assert await words.closed(engine, number) == "refused"
    assert (await words.decision(engine, number)).late_by != ""
    [asked, answered] = await _decisions(engine.review(number))
    assert (asked["is_late"], answered["is_late"]) == (True, True)
    assert await words.delivered(engine, number, of=2) == ["engine_refusal reviewer", "refusal agency"]


async def test_a_moodle_that_hangs_does_not_hold_up_the_review(engine: Engine) -> None:
    await words.forget_catalogues(engine)
    await engine.moodle_fault("slow", seconds=300)

    number = await engine.file()

    async with asyncio.timeout(120):
        line = await words.journaled(engine, number, "Поиск аналогов")
    assert "edu" in line
    assert "eledu" not in line
    await words.forget_catalogues(engine)


async def test_a_deadline_past_the_confirmed_years_is_provisional_and_says_so(engine: Engine) -> None:
    number = await engine.file(goal="")
    await words.closed(engine, number)
    confirmed = frozenset(year for year in CONFIRMED_YEARS if year < words.local_today().year)
    opening = OpenClause(
        number=number,
        step="review/opened-by-another-calendar",
        at=datetime.now(UTC),
        clause=Clause.REVIEW,
        workflow_id="none",
        term=REVIEW_TERM,
        started_on=local_date(datetime.now(UTC)),
        waits_for="",
    )

    opened = await ClauseActivities(engine.sessions, confirmed).open_clause(opening)

    assert opened.deadline.provisional
    assert await words.journaled(engine, number, "предварительно")
    row = await engine.clause(number, Clause.REVIEW)
    assert row is not None
    assert row.is_provisional


async def _decisions(review: WorkflowHandle[Any, Any]) -> list[Json]:
    """As the history has it: what was to be written down, and what was."""
    result = await review.result()
    events = (await review.fetch_history()).events
    scheduled = [event.activity_task_scheduled_event_attributes for event in events]
    [recorded] = [one for one in scheduled if one.activity_type.name == "record_decision"]
    return [json.loads(recorded.input.payloads[0].data)["decision"], result["decision"]]


async def _pdf(engine: Engine, number: str) -> str:
    """The text of the case's only document."""
    async with engine.sessions() as session:
        query = select(Document).where(col(Document.number) == number)
        document = (await session.scalars(query)).one()
    pages = PdfReader(BytesIO(document.content)).pages
    return " ".join(" ".join(page.extract_text() for page in pages).split())

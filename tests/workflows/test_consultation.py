"""Clauses 4.3-4.4: a question to the operator, and what becomes of it."""

import asyncio
from datetime import timedelta

import httpx
import pytest

from models.deadlines import Deadline
from models.letters import Notice
from models.tables import ClauseRow
from models.terms import Clause, Recipient
from tests.engine import JUST, Engine, Json, result_of
from tests.workflows import words
from tests.workflows.amending import after, moved
from tests.workflows.courses import QUESTION, asked
from tests.workflows.trainings import course_of_its_own

ANSWER = "Создайте в курсе группу и ограничьте доступ."


async def say(engine: Engine, role: str, number: str, what: str, text: str = ANSWER) -> Json:
    body = {} if what == "closing" else {"text": text}
    response = await engine.post(role, f"/consultations/{number}/{what}", body)
    assert response.status_code == 200, response.text
    return dict(response.json())


async def term(engine: Engine, number: str) -> ClauseRow:
    row = await engine.clause(number, Clause.CONSULTATION)
    assert row is not None
    return row


async def test_a_question_is_answered_in_time_and_both_are_told(engine: Engine) -> None:
    handle = await asked(engine)

    shown = await say(engine, "operator", handle.id, "answers")
    await engine.until_waiting(handle)

    assert shown["state"]["code"] == "answered"
    assert [(one["answer"], one["text"]) for one in shown["lines"]] == [(False, QUESTION), (True, ANSWER)]
    question = await words.letter(engine, handle.id, Notice.QUESTION, Recipient.OPERATOR)
    answer = await words.letter(engine, handle.id, Notice.ANSWER, Recipient.RESPONSIBLE)
    assert QUESTION in " ".join(question.text.split())
    assert ANSWER in " ".join(answer.text.split())
    clause = await term(engine, handle.id)
    assert (clause.late_by, clause.finished_at is not None) == ("", True)
    assert any(QUESTION in line for line in await engine.journal(handle.id))
    assert await words.attribute(handle, "SeoDueAt") is None, "operators look for what runs"


async def test_a_question_that_nobody_answers_reaches_the_operators_head_and_is_late(engine: Engine) -> None:
    handle = await asked(engine)
    due_at = (await term(engine, handle.id)).due_at

    await engine.skip(handle, to=due_at + timedelta(days=6))
    names = await engine.letter_names(handle.id)
    overdue = (await term(engine, handle.id)).is_overdue
    await say(engine, "operator", handle.id, "answers")
    await engine.until_waiting(handle)

    assert overdue
    assert any(name.startswith("reminder operator ") for name in names)
    assert any(name.startswith("escalation operator_head") for name in names)
    assert (await term(engine, handle.id)).late_by
    assert any("с опозданием" in line for line in await engine.journal(handle.id))


async def test_an_answer_in_the_last_seconds_is_in_time(engine: Engine) -> None:
    handle = await asked(engine)
    due_at = (await term(engine, handle.id)).due_at

    await engine.skip(handle, to=due_at - JUST)
    await say(engine, "operator", handle.id, "answers")
    await engine.until_waiting(handle)

    assert (await term(engine, handle.id)).late_by == ""


async def test_another_question_has_a_term_of_its_own(engine: Engine) -> None:
    handle = await asked(engine)
    first = (await term(engine, handle.id)).due_at
    await say(engine, "operator", handle.id, "answers")
    await engine.until_waiting(handle)
    await engine.skipper.fast_forward(handle, timedelta(days=10))

    asked_again = await say(engine, "responsible", handle.id, "questions", "А как это отменить?")
    await engine.until_waiting(handle)

    assert asked_again["state"]["code"] == "asked"
    clause = await term(engine, handle.id)
    assert clause.due_at > first
    assert clause.finished_at is None
    assert Deadline.model_validate(clause.deadline).due_at == clause.due_at
    await say(engine, "operator", handle.id, "answers", "Удалите ограничение.")
    await engine.until_waiting(handle)

    async def answers() -> list[str] | None:
        told = [name for name in await engine.letter_names(handle.id) if name.startswith("answer")]
        return told if len(told) > 1 else None

    # A letter is written down by a process of its own.
    assert len(await engine.until(answers)) == 2


async def test_a_question_added_while_one_waits_keeps_its_term(engine: Engine) -> None:
    handle = await asked(engine)
    before = (await term(engine, handle.id)).due_at

    await say(engine, "responsible", handle.id, "questions", "И ещё: где видны оценки?")
    await engine.until_waiting(handle)

    assert (await term(engine, handle.id)).due_at == before


async def test_a_consultation_that_nobody_goes_on_with_closes_by_itself(engine: Engine) -> None:
    handle = await asked(engine)
    await say(engine, "operator", handle.id, "answers")
    await engine.until_waiting(handle)

    await engine.skipper.fast_forward(handle, timedelta(days=31))

    assert await result_of(handle) == "closed"
    assert any("новых вопросов нет" in line for line in await engine.journal(handle.id))


async def test_a_question_that_is_taken_back_is_not_answered_and_takes_no_more(engine: Engine) -> None:
    course = await course_of_its_own(engine)
    handle = await asked(engine, course)

    closed = await say(engine, "responsible", handle.id, "closing")
    assert await result_of(handle) == "closed"
    refused = await engine.post("operator", f"/consultations/{handle.id}/answers", {"text": ANSWER})

    assert closed["state"]["code"] == "closed"
    assert words.problem(refused)[0] == 409
    assert any("снят без ответа" in line for line in await engine.journal(handle.id))
    shown = await engine.get("responsible", f"/courses/{course.id}/consultations")
    assert [one["number"] for one in shown] == [handle.id]


async def test_a_repeated_answer_is_one_line(engine: Engine) -> None:
    handle = await asked(engine)
    for _ in range(2):
        response = await answering(engine, handle.id)
        assert response.status_code == 200, response.text

    shown = response.json()["lines"]
    assert [one["text"] for one in shown] == [QUESTION, ANSWER]
    await words.letter(engine, handle.id, Notice.ANSWER, Recipient.RESPONSIBLE)
    assert sum(name.startswith("answer ") for name in await engine.letter_names(handle.id)) == 1


async def test_an_answer_outlasts_an_outage_of_postgres(engine: Engine) -> None:
    handle = await asked(engine)

    async def is_retrying() -> bool:
        described = await handle.describe()
        return any(one.attempt > 1 for one in described.raw_description.pending_activities)

    async def until_known() -> None:
        """As the API tells its clients: on `outcome-unknown` again under the same key."""
        while (response := await answering(engine, handle.id)).status_code != 200:
            assert words.problem(response) in ((503, "outcome-unknown"), (503, "unavailable"))

    async with words.away(engine, "thread"):
        answer = asyncio.create_task(until_known())
        await engine.until(is_retrying)
    await answer

    await words.journaled(engine, handle.id, "Вопрос отвечен")
    await words.letter(engine, handle.id, Notice.ANSWER, Recipient.RESPONSIBLE)
    assert sum(name.startswith("answer ") for name in await engine.letter_names(handle.id)) == 1


@pytest.mark.usefixtures("official_calendar")
async def test_an_amended_calendar_moves_the_term(engine: Engine) -> None:
    handle = await asked(engine)
    last_day = (await term(engine, handle.id)).last_day

    await words.amend(engine, last_day, working=False)

    row = await moved(engine, handle.id, Clause.CONSULTATION, after(last_day))
    assert row.last_day > last_day
    for recipient in (Recipient.RESPONSIBLE, Recipient.OPERATOR):
        assert await words.letter(engine, handle.id, Notice.DEADLINE_MOVED, recipient)


async def test_rounds_that_follow_each_other_at_once_each_have_their_term_and_end(engine: Engine) -> None:
    handle = await asked(engine)
    async with words.away(engine, "clauses"):
        for role, what in (("operator", "answers"), ("responsible", "questions"), ("operator", "answers")):
            await say(engine, role, handle.id, what)

    async def both_ended() -> bool:
        return (await engine.journal(handle.id)).count("Вопрос отвечен") == 2

    assert await engine.until(both_ended)


async def answering(engine: Engine, number: str) -> httpx.Response:
    path = f"/consultations/{number}/answers"
    return await engine.post("operator", path, {"text": ANSWER}, key=f"answer-{number}")

"""Clause 4.2 on the real server: reminders, the deadline, escalation, what is late."""

from datetime import datetime, timedelta

from models.calendar import WorkCalendar
from models.deadlines import LOCAL_ZONE, next_repeat
from models.letters import Notice
from models.rungs import RungKind
from models.tables import LetterRow
from models.terms import Clause, Recipient
from tests.engine import Engine
from tests.workflows import words

SECOND = timedelta(seconds=1)
DAY = timedelta(days=1)

BEFORE = ["confirmation agency", "review_requested reviewer"]
REMINDERS = ["reminder reviewer"] * 3
FIRST = ["escalation reviewer", "escalation supervisor"]
SECOND_RUNG = ["escalation authority_head", "escalation supervisor"]


async def test_each_rung_of_the_ladder_goes_once_to_its_recipients(engine: Engine) -> None:
    number = await engine.file()
    review = await words.reviewing(engine, number)
    ladder = await words.ladder(engine, number)

    await engine.skip(review, to=ladder[-1].planned_at + timedelta(hours=1))

    expected = sorted([*BEFORE, *REMINDERS, *FIRST, *SECOND_RUNG])
    assert await words.delivered(engine, number, of=len(expected)) == expected
    rungs = await words.ladder(engine, number)
    assert [rung.state for rung in rungs] == ["sent"] * 5
    assert all(_is_prompt(rung.planned_at, rung.fired_at) for rung in rungs)
    letters = [row for row in await engine.letters(number) if row.rung is not None]
    assert all(_is_prompt(rungs[row.rung or 0].planned_at, row.written_at) for row in letters)


async def test_silence_decides_nothing_and_is_escalated_every_five_working_days(engine: Engine) -> None:
    number = await engine.file()
    review = await words.reviewing(engine, number)
    last = (await words.ladder(engine, number))[-1].planned_at
    again = next_repeat(last, 5, WorkCalendar())
    once_more = next_repeat(again, 5, WorkCalendar())

    await engine.skip(review, to=once_more + timedelta(hours=1))

    repeated = [row for row in await _letters_to_the_head(engine, number, 3) if "/repeat-" in row.key]
    assert [_is_prompt(at, row.written_at) for at, row in zip((again, once_more), repeated, strict=True)]
    assert all("повторно" in row.text for row in repeated)
    lines = [line for line in await engine.journal(number) if line.startswith("Эскалация повторно")]
    assert len(lines) == 2
    row = await engine.clause(number, Clause.REVIEW)
    assert row is not None
    assert (row.is_overdue, row.finished_at) == (True, None)
    assert (await engine.row(number)).stage == "review"


async def test_a_decision_in_the_last_seconds_of_the_last_day_is_in_time(engine: Engine) -> None:
    number = await engine.file()
    review = await words.reviewing(engine, number)
    due_at = await words.due_at(engine, number)

    await engine.skip(review, to=due_at - 5 * SECOND)
    response = await words.decide(engine, number)

    # The workflow's clock runs on in real time: the rule is held to the instant it really had.
    decision = await words.decision(engine, number)
    assert due_at - 5 * SECOND <= decision.at < due_at
    assert (response.json()["late"], decision.late_by) == (False, "")


async def test_a_decision_from_midnight_on_is_late(engine: Engine) -> None:
    number = await engine.file()
    review = await words.reviewing(engine, number)
    due_at = await words.due_at(engine, number)

    await engine.skip(review, to=due_at)
    response = await words.decide(engine, number)

    decision = await words.decision(engine, number)
    assert due_at <= decision.at < due_at + 5 * SECOND
    assert (response.json()["late"], decision.late_by) == (True, "на 1 день")


async def test_a_case_is_overdue_from_midnight_exactly(engine: Engine) -> None:
    number = await engine.file()
    review = await words.reviewing(engine, number)
    due_at = await words.due_at(engine, number)

    await engine.skip(review, to=due_at + SECOND)

    await words.journaled(engine, number, "Просрочено")
    marked_at = await words.journal_instant(engine, number, "review/overdue")
    assert due_at <= marked_at < due_at + 5 * SECOND
    row = await engine.clause(number, Clause.REVIEW)
    assert row is not None
    assert row.is_overdue


async def test_a_late_decision_is_accepted_and_recorded_as_late_by_so_many_days(engine: Engine) -> None:
    number = await engine.file()
    review = await words.reviewing(engine, number)
    due_at = await words.due_at(engine, number)

    await engine.skip(review, to=due_at + 2 * DAY + timedelta(hours=1))
    response = await words.decide(engine, number)

    assert response.json()["late"] is True
    assert (await words.decision(engine, number)).late_by == "на 3 дня"
    assert await words.journaled(engine, number, "с опозданием на 3 дня")
    assert await words.closed(engine, number) == "refused"
    row = await engine.clause(number, Clause.REVIEW)
    assert row is not None
    assert (row.is_overdue, row.late_by) == (False, "на 3 дня")


async def test_a_withdrawal_after_the_term_is_not_the_agencys_lateness(engine: Engine) -> None:
    number = await engine.file()
    review = await words.reviewing(engine, number)

    await engine.skip(review, to=await words.due_at(engine, number) + DAY)
    await words.withdraw(engine, number)

    assert (await words.decision(engine, number)).late_by == ""
    assert not any("опоздан" in line for line in await engine.journal(number))


async def test_of_a_paper_letter_already_overdue_only_the_highest_rung_goes_and_in_the_morning(
    engine: Engine,
) -> None:
    number = await engine.file_paper(words.days_ago(90))
    review = await words.reviewing(engine, number)
    before = await words.delivered(engine, number, of=2)
    planned = await words.ladder(engine, number)
    morning = planned[3].planned_at

    await engine.skip(review, to=morning + SECOND)
    await words.journaled(engine, number, "Поглощено")

    assert before == BEFORE
    assert {rung.planned_at for rung in planned[3:]} == {morning}
    assert _is_working_morning(morning)
    expected = sorted([*BEFORE, *SECOND_RUNG])
    assert await words.delivered(engine, number, of=len(expected)) == expected
    states = [rung.state for rung in await words.ladder(engine, number)]
    assert states == ["skipped", "skipped", "skipped", "absorbed", "sent"]
    assert await words.journaled(engine, number, "Поглощено более высокой ступенью: срок истёк")
    assert await words.journaled(engine, number, "Просрочено")
    head = await words.letter(engine, number, Notice.ESCALATION, Recipient.AUTHORITY_HEAD)
    told = " ".join(head.text.split())
    assert "О просрочке сообщено также: руководителю рассматривающих." in told
    for notice, to in (
        (Notice.CONFIRMATION, Recipient.AGENCY),
        (Notice.REVIEW_REQUESTED, Recipient.REVIEWER),
    ):
        letter = await words.letter(engine, number, notice, to)
        assert "истёк" in letter.text


async def test_of_a_finished_clause_the_rungs_still_to_go_are_not_needed(engine: Engine) -> None:
    number = await engine.file()
    review = await words.reviewing(engine, number)
    await engine.skip(review, to=(await words.ladder(engine, number))[0].planned_at + SECOND)

    await engine.approve(number)
    await words.decision(engine, number)

    ladder = await words.ladder(engine, number)
    assert [rung.state for rung in ladder] == ["sent", *["not_needed"] * 4]
    [term, *_] = await engine.get("reviewer", f"/cases/{number}/deadlines")
    names = [rung["state_name"] for rung in term["rungs"]]
    assert names == ["отправлено", *["не понадобилось"] * 4]


async def test_of_a_paper_letter_registered_late_the_past_reminders_are_not_sent(engine: Engine) -> None:
    number = await engine.file_paper(words.days_ago(28))
    review = await words.reviewing(engine, number)
    planned = await words.ladder(engine, number)

    await engine.skip(review, to=planned[3].planned_at + timedelta(hours=1))

    reminders = [rung for rung in planned if rung.kind == RungKind.REMINDER]
    skipped = [rung.ordinal for rung in reminders if rung.state == "skipped"]
    assert await words.letter(engine, number, Notice.ESCALATION, Recipient.SUPERVISOR)
    sent = [row.rung for row in await engine.letters(number) if row.notice == Notice.REMINDER]
    assert 0 in skipped
    assert sent == [rung.ordinal for rung in reminders if rung.ordinal not in skipped]
    after = await words.ladder(engine, number)
    assert [rung.ordinal for rung in after if rung.state == "skipped"] == skipped


async def test_an_outage_over_several_rungs_ends_in_the_highest_alone(engine: Engine) -> None:
    number = await engine.file()
    review = await words.reviewing(engine, number)
    ladder = await words.ladder(engine, number)

    async with words.refusing(engine, "journal", f"number = '{number}' AND step ~ '^review/rung-0-[0-9-]+$'"):
        await engine.skip(review, to=ladder[2].planned_at + timedelta(hours=1))
        task = await words.task(engine, number, "review/rung-0-")
    await words.try_again(engine, task)

    await words.journaled(engine, number, ladder[2].label)
    states = [rung.state for rung in await words.ladder(engine, number)]
    assert states == ["sent", "absorbed", "sent", "planned", "planned"]


def _is_working_morning(at: datetime) -> bool:
    local = at.astimezone(LOCAL_ZONE)
    return (local.hour, local.minute) == (9, 0) and WorkCalendar().is_working(local.date())


def _is_prompt(planned_at: datetime, at: datetime | None) -> bool:
    return at is not None and planned_at <= at < planned_at + timedelta(minutes=1)


async def _letters_to_the_head(engine: Engine, number: str, count: int) -> list[LetterRow]:
    async def found() -> list[LetterRow] | None:
        rows = [row for row in await engine.letters(number) if row.recipient == Recipient.AUTHORITY_HEAD]
        return rows if len(rows) >= count else None

    return list(await engine.until(found))

"""Section 3 of the design on the real server: the calendar is amended, and open cases move."""

from datetime import UTC, date, datetime, timedelta

import pytest

from activities.calendar import CalendarActivities
from models import ids
from models.calendar import WorkCalendar
from models.deadlines import next_repeat
from models.letters import Notice
from models.steps import MovedClause
from models.terms import Clause, Recipient
from tests.engine import Engine
from tests.workflows import words
from tests.workflows.amending import HOUR, after, moved, reviewed_until, set_up_by_hand

pytestmark = pytest.mark.usefixtures("official_calendar")


async def test_the_preview_shows_what_would_move_and_moves_nothing(engine: Engine, last_day: date) -> None:
    number = await reviewed_until(engine, last_day)
    in_force = await engine.get("admin", "/calendar/amendments")

    answer = await words.amend(engine, last_day, working=False, path="/preview")

    mine = [one for one in answer["moved"] if one["number"] == number]
    assert mine == [
        {
            "number": number,
            "clause": "4.2",
            "last_day": str(last_day),
            "new_last_day": str(after(last_day)),
        }
    ]
    assert (await words.deadline(engine, number)).last_day == last_day
    assert await engine.get("admin", "/calendar/amendments") == in_force


async def test_an_amendment_moves_every_open_case_and_tells_the_agency_and_who_acts(
    engine: Engine, last_day: date
) -> None:
    setup = await set_up_by_hand(engine)
    last_day = (await words.deadline(engine, setup, Clause.SETUP)).last_day
    reviews = [await reviewed_until(engine, last_day) for _ in range(2)]

    answer = await words.amend(engine, last_day, working=False)

    assert {*reviews, setup} <= {one["number"] for one in answer["moved"]}
    new_day = after(last_day)
    for number in reviews:
        row = await moved(engine, number, Clause.REVIEW, new_day)
        assert (row.moved_from, row.deadline["last_day"]) == (last_day, str(new_day))
        assert await words.attribute(engine.review(number), "SeoDueAt") == row.due_at
        for recipient in (Recipient.AGENCY, Recipient.REVIEWER):
            letter = await words.letter(engine, number, Notice.DEADLINE_MOVED, recipient)
            assert "Постановление для проверки" in letter.text
    await moved(engine, setup, Clause.SETUP, new_day)
    assert await words.letter(engine, setup, Notice.DEADLINE_MOVED, Recipient.AGENCY)
    assert await words.letter(engine, setup, Notice.DEADLINE_MOVED, Recipient.OPERATOR)


async def test_reminders_move_along_and_what_has_gone_does_not_go_again(engine: Engine) -> None:
    number = await set_up_by_hand(engine)
    before = await words.ladder(engine, number, Clause.SETUP)
    deadline = await words.deadline(engine, number, Clause.SETUP)
    setup = engine.setup(number)
    await engine.skip(setup, to=before[0].planned_at + HOUR)

    await words.amend(engine, after(deadline.started_on), working=False)
    row = await moved(engine, number, Clause.SETUP, after(deadline.last_day))
    await engine.skip(setup, to=row.due_at - HOUR)

    rungs = await words.ladder(engine, number, Clause.SETUP)
    assert [rung.state for rung in rungs] == ["sent", "sent", "planned", "planned"]
    assert rungs[0].planned_at == before[0].planned_at
    assert all(new.planned_at > old.planned_at for new, old in zip(rungs[1:], before[1:], strict=True))
    assert rungs[1].fired_at is not None
    assert rungs[1].fired_at >= rungs[1].planned_at
    names = await words.delivered(engine, number, of=9)
    assert names.count("reminder operator") == 2


async def test_a_case_may_become_not_overdue_and_overdue_again(engine: Engine, last_day: date) -> None:
    number = await reviewed_until(engine, last_day)
    review = engine.review(number)
    await engine.skip(review, to=await words.due_at(engine, number) + HOUR)
    await words.journaled(engine, number, "Просрочено")

    await words.amend(engine, last_day, working=False)
    row = await moved(engine, number, Clause.REVIEW, after(last_day))
    was_overdue = (row.is_overdue, await words.attribute(review, "SeoOverdue"))
    await engine.skip(review, to=row.due_at + HOUR)

    assert was_overdue == (False, False)
    assert len([line for line in await engine.journal(number) if line.startswith("Просрочено")]) == 2
    assert await words.attribute(review, "SeoOverdue") is True


async def test_a_reminder_whose_new_morning_has_passed_is_skipped(engine: Engine, last_day: date) -> None:
    number = await reviewed_until(engine, last_day)
    second = (await words.ladder(engine, number))[1].planned_at
    await engine.skip(engine.review(number), to=second - HOUR)

    await words.amend(engine, second.date(), working=False)

    await words.journaled(engine, number, "Изменён календарь")
    states = [rung.state for rung in await words.ladder(engine, number)]
    assert states == ["sent", "skipped", "planned", "planned", "planned"]


async def test_a_day_before_the_last_one_moves_the_reminders_alone(engine: Engine, last_day: date) -> None:
    number = await reviewed_until(engine, last_day)
    before = await words.ladder(engine, number)

    await words.amend(engine, before[1].planned_at.date(), working=False)

    line = await words.journaled(engine, number, "Изменён календарь")
    assert "срок прежний" in line
    assert (await words.ladder(engine, number))[1].planned_at < before[1].planned_at
    row = await engine.clause(number, Clause.REVIEW)
    assert row is not None
    assert (row.last_day, row.moved_from) == (last_day, None)
    assert not any("deadline_moved" in name for name in await words.delivered(engine, number))


async def test_the_same_amendment_twice_moves_once(engine: Engine, last_day: date) -> None:
    number = await reviewed_until(engine, last_day)

    first = await words.amend(engine, last_day, working=False, key="the-same-key")
    await moved(engine, number, Clause.REVIEW, after(last_day))
    repeated = await words.amend(engine, last_day, working=False, key="the-same-key")

    await engine.client.get_workflow_handle(ids.amendment_id(first["id"])).result()
    assert repeated == first
    assert len([line for line in await engine.journal(number) if "Срок перенесён" in line]) == 1
    names = await words.delivered(engine, number, of=4)
    assert names.count("deadline_moved agency") == 1


async def test_a_day_already_past_moves_an_overdue_case_that_stays_overdue(engine: Engine) -> None:
    number = await engine.file_paper(words.days_ago(80))
    review = await words.reviewing(engine, number)
    await engine.skip(review, to=(await words.ladder(engine, number))[4].planned_at + HOUR)
    await words.journaled(engine, number, "Эскалация")
    last_day = (await words.deadline(engine, number)).last_day

    answer = await words.amend(engine, last_day, working=False)

    row = await moved(engine, number, Clause.REVIEW, after(last_day))
    assert "День уже прошёл" in answer["note"]
    assert row.is_overdue
    assert await words.letter(engine, number, Notice.DEADLINE_MOVED, Recipient.REVIEWER)
    names = await words.delivered(engine, number, of=6)
    assert names[1:4] == ["deadline_moved agency", "deadline_moved reviewer", "escalation authority_head"]
    assert [name for name in names if name.startswith("escalation")] == names[3:5]


async def test_a_case_decided_meanwhile_needs_no_move(engine: Engine, last_day: date) -> None:
    number = await reviewed_until(engine, last_day)
    await words.decide(engine, number)
    await words.closed(engine, number)
    activities = CalendarActivities(engine.sessions, engine.client, engine.settings.confirmed_years)
    late = MovedClause(
        number=number,
        step="review/moved-0",
        at=datetime.now(UTC),
        clause=Clause.REVIEW,
        workflow_id=ids.review_id(number),
        amendment=0,
    )

    await activities.move_clause(late)

    assert not any("календарь" in line for line in await engine.journal(number))


async def test_a_case_that_cannot_be_moved_does_not_hold_up_the_others(
    engine: Engine, last_day: date
) -> None:
    broken, sound = [await reviewed_until(engine, last_day) for _ in range(2)]

    async with words.refusing(engine, "journal", f"number = '{broken}' AND step ~ '^review/moved-[0-9]+$'"):
        answer = await words.amend(engine, last_day, working=False)
        await moved(engine, sound, Clause.REVIEW, after(last_day))
        task = await words.task(engine, broken, "review/moved-")
    await words.try_again(engine, task)

    await moved(engine, broken, Clause.REVIEW, after(last_day))
    await engine.client.get_workflow_handle(ids.amendment_id(answer["id"])).result()


# Escalations of a case that is overdue twice


async def test_escalations_begin_anew_when_a_case_is_overdue_again_and_none_goes_twice_for_a_morning(
    engine: Engine, last_day: date
) -> None:
    number = await reviewed_until(engine, last_day)
    review = engine.review(number)
    first = (await words.ladder(engine, number))[3].planned_at
    await engine.skip(review, to=first + HOUR)
    await words.letter(engine, number, Notice.ESCALATION, Recipient.SUPERVISOR)

    # the escalation's own day is off: the last day becomes that of the morning on which it went
    await words.amend(engine, last_day, working=False)
    await moved(engine, number, Clause.REVIEW, after(last_day))
    planned = await words.ladder(engine, number)
    await engine.skip(review, to=planned[4].planned_at + HOUR)

    assert [rung.state for rung in planned[3:]] == ["planned", "planned"]
    assert (planned[3].planned_at, planned[3].fired_at) == (_morning_after(first), None)
    rungs = await words.ladder(engine, number)
    assert [rung.state for rung in rungs[3:]] == ["sent", "sent"]
    lines = [line for line in await engine.journal(number) if line.startswith("Эскалация")]
    assert lines == ["Эскалация: срок истёк"] * 2 + ["Эскалация: после срока прошло 3 рабочих дня"]
    keys = [row.key for row in await engine.letters(number) if row.notice == Notice.ESCALATION]
    assert len(set(keys)) == len(keys) == 6


async def test_a_case_overdue_all_the_same_is_not_escalated_a_second_time(engine: Engine) -> None:
    number = await engine.file_paper(words.days_ago(80))
    review = await words.reviewing(engine, number)
    await engine.skip(review, to=(await words.ladder(engine, number))[4].planned_at + HOUR)
    last_day = (await words.deadline(engine, number)).last_day

    await words.amend(engine, last_day, working=False)
    row = await moved(engine, number, Clause.REVIEW, after(last_day))
    now = await engine.skipper.get_current_time(review)
    await engine.skip(review, to=now + timedelta(days=1))

    assert row.is_overdue
    lines = [line for line in await engine.journal(number) if line.startswith("Эскалация")]
    assert len(lines) == 1


def _morning_after(morning: datetime) -> datetime:
    """09:00 of the next working day."""
    return next_repeat(morning, 1, WorkCalendar())


# Who amended it, and taking it back


async def test_the_journal_of_a_moved_case_names_who_amended_the_calendar_and_by_what(
    engine: Engine, last_day: date
) -> None:
    number = await reviewed_until(engine, last_day)

    await words.amend(engine, last_day, working=False)
    await moved(engine, number, Clause.REVIEW, after(last_day))

    lines = await engine.get("reviewer", f"/cases/{number}/journal")
    [line] = [line for line in lines if line["what"].startswith("Срок перенесён")]
    [amendment] = await engine.get("admin", "/calendar/amendments")
    assert "(Постановление для проверки)" in line["what"]
    assert line["who"] == amendment["entered_by"] != "система"


async def test_an_amendment_taken_back_moves_the_cases_back(engine: Engine, last_day: date) -> None:
    number = await reviewed_until(engine, last_day)
    entered = await words.amend(engine, last_day, working=False)
    await moved(engine, number, Clause.REVIEW, after(last_day))

    withdrawn = await words.take_back(engine, entered["id"])

    assert number in [one["number"] for one in withdrawn["moved"]]
    row = await moved(engine, number, Clause.REVIEW, last_day)
    assert row.moved_from == after(last_day)
    lines = [line for line in await engine.journal(number) if line.startswith("Срок перенесён")]
    assert ["Отмена для проверки" in line for line in lines] == [False, True]
    assert len(await _letters(engine, number, Notice.DEADLINE_MOVED, 4)) == 4


async def _letters(engine: Engine, number: str, notice: Notice, count: int) -> list[str]:
    async def found() -> list[str] | None:
        keys = [row.key for row in await engine.letters(number) if row.notice == notice]
        return keys if len(keys) >= count else None

    return list(await engine.until(found))

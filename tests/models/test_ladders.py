"""The ladder of letters around a deadline, what is left and what is late, as dated cases."""

from datetime import UTC, date, datetime, timedelta

import pytest

from models.calendar import WorkCalendar
from models.deadlines import (
    LOCAL_ZONE,
    Deadline,
    compute,
    days_left,
    lateness,
    next_repeat,
    postponed,
    standing,
)
from models.regulation import REVIEW_TERM, SETUP_TERM
from models.rungs import RungKind, RungState
from models.terms import Clause, Recipient, Reminder, Term, Unit

OFFICIAL = WorkCalendar()
MICROSECOND = timedelta(microseconds=1)


def local(year: int, month: int, day: int, hour: int = 0, minute: int = 0) -> datetime:
    return datetime(year, month, day, hour, minute, tzinfo=LOCAL_ZONE)


def ladder(deadline: Deadline) -> list[tuple[int, RungKind, datetime, tuple[Recipient, ...], str]]:
    return [(r.ordinal, r.kind, r.at, r.to, r.label) for r in deadline.rungs]


def test_the_ladder_of_a_review() -> None:
    """Last day Monday 18 May 2026, a week after the moved Victory Day."""
    deadline = compute(REVIEW_TERM, date(2026, 4, 18), OFFICIAL)

    remind, escalate = RungKind.REMINDER, RungKind.ESCALATION
    reviewer, supervisor, head = Recipient.REVIEWER, Recipient.SUPERVISOR, Recipient.AUTHORITY_HEAD
    assert ladder(deadline) == [
        (0, remind, local(2026, 5, 6, 9), (reviewer,), "за 7 рабочих дней до срока"),
        (1, remind, local(2026, 5, 13, 9), (reviewer,), "за 3 рабочих дня до срока"),
        (2, remind, local(2026, 5, 15, 9), (reviewer,), "за 1 рабочий день до срока"),
        (3, escalate, local(2026, 5, 19, 9), (supervisor, reviewer), "срок истёк"),
        (4, escalate, local(2026, 5, 22, 9), (head, supervisor), "после срока прошло 3 рабочих дня"),
    ]
    assert deadline.hand_over_at is None


def test_the_ladder_of_a_setup_hands_over_to_a_person_in_time() -> None:
    deadline = compute(SETUP_TERM, date(2026, 4, 28), OFFICIAL)

    assert [rung.at for rung in deadline.rungs] == [
        local(2026, 5, 6, 9),
        local(2026, 5, 12, 9),
        local(2026, 5, 15, 9),
        local(2026, 5, 19, 9),
    ]
    assert deadline.hand_over_at == local(2026, 5, 8, 9)


def test_an_escalation_waits_for_the_first_working_morning() -> None:
    """Last day Saturday 28 December 2024; off from the 29th until 8 January."""
    deadline = compute(SETUP_TERM, date(2024, 12, 16), OFFICIAL)

    assert deadline.due_at == local(2024, 12, 29)
    assert deadline.rungs[2].at == local(2025, 1, 9, 9)


@pytest.mark.parametrize(
    ("before", "day", "label", "why"),
    [
        (0, 12, "последний день срока", "the morning of the last day"),
        (1, 8, "за 1 день до срока", "Monday the 11th is off, and so is the weekend before"),
        (3, 8, "за 3 дня до срока", "Saturday the 9th: the preceding working day"),
        (4, 8, "за 4 дня до срока", "Friday the 8th works"),
        (6, 6, "за 6 дней до срока", "Wednesday the 6th works"),
    ],
)
def test_a_reminder_on_a_day_off_goes_on_the_working_day_before(
    before: int, day: int, label: str, why: str
) -> None:
    reminder = Reminder(before=before, unit=Unit.CALENDAR_DAYS, to=(Recipient.REVIEWER,))
    term = Term(clause=Clause.REVIEW, amount=30, unit=Unit.CALENDAR_DAYS, reminders=(reminder,))

    rung = compute(term, date(2026, 4, 9), OFFICIAL).rungs[0]

    assert (rung.at, rung.label) == (local(2026, 5, day, 9), label), why


@pytest.mark.parametrize(
    ("after", "expected", "why"),
    [
        (local(2026, 5, 19, 9), local(2026, 5, 26, 9), "a week later, at the same hour"),
        (local(2026, 4, 27, 9, 0), local(2026, 5, 5, 9), "1 May is skipped"),
        (local(2026, 5, 16, 15, 0), local(2026, 5, 22, 9), "from a Saturday"),
        (datetime(2026, 5, 18, 20, tzinfo=UTC), local(2026, 5, 26, 9), "01:00 of the 19th in Tyumen"),
    ],
)
def test_the_last_rung_is_repeated_every_5_working_days(
    after: datetime, expected: datetime, why: str
) -> None:
    assert next_repeat(after, 5, OFFICIAL) == expected, why


REVIEW = compute(REVIEW_TERM, date(2026, 4, 18), OFFICIAL)  # last day Monday 18 May 2026
SETUP = compute(SETUP_TERM, date(2026, 12, 30), OFFICIAL)  # last day Friday 22 January 2027


@pytest.mark.parametrize(
    ("deadline", "at", "late", "words"),
    [
        (REVIEW, local(2026, 4, 18, 12), None, "осталось 30 дней"),
        (REVIEW, local(2026, 5, 17, 12), None, "остался 1 день"),
        (REVIEW, local(2026, 5, 18, 12), None, "сегодня последний день"),
        (REVIEW, local(2026, 5, 19) - MICROSECOND, None, "сегодня последний день"),
        (REVIEW, local(2026, 5, 19), 1, "просрочено на 1 день"),
        # Calendar days: the weekend counts.
        (REVIEW, local(2026, 5, 25, 10), 7, "просрочено на 7 дней"),
        (SETUP, local(2026, 12, 30, 18), None, "осталось 10 рабочих дней"),
        (SETUP, local(2027, 1, 10, 18), None, "осталось 10 рабочих дней"),
        (SETUP, local(2027, 1, 19, 10), None, "осталось 3 рабочих дня"),
        (SETUP, local(2027, 1, 22, 23, 59), None, "сегодня последний день"),
        # Late on a Saturday, though no working day has begun.
        (SETUP, local(2027, 1, 23), 0, "просрочено менее чем на 1 рабочий день"),
        (SETUP, local(2027, 1, 25, 9), 1, "просрочено на 1 рабочий день"),
        (SETUP, local(2027, 1, 29, 9), 5, "просрочено на 5 рабочих дней"),
    ],
)
def test_where_a_case_stands(deadline: Deadline, at: datetime, late: int | None, words: str) -> None:
    found = lateness(deadline, at, OFFICIAL)

    assert (found.days if found else None) == late
    assert standing(deadline, at, OFFICIAL) == words


@pytest.mark.parametrize(
    ("deadline", "at", "left"),
    [
        (REVIEW, local(2026, 4, 18, 12), 30),
        (REVIEW, local(2026, 5, 18, 23, 59), 0),
        (REVIEW, local(2026, 5, 19), -1),
        (SETUP, local(2027, 1, 10, 18), 10),
        (SETUP, local(2027, 1, 22, 23, 59), 0),
        (SETUP, local(2027, 1, 24), 0),  # a Sunday: no working day has begun since
        (SETUP, local(2027, 1, 29, 9), -5),
    ],
)
def test_how_many_days_are_left_as_a_number(deadline: Deadline, at: datetime, left: int) -> None:
    assert days_left(deadline, at, OFFICIAL) == left


def test_lateness_is_worded_to_follow_any_verb() -> None:
    late = lateness(SETUP, local(2027, 1, 26, 9), OFFICIAL)

    assert late is not None
    assert (late.days, late.unit, late.words) == (2, Unit.WORKING_DAYS, "на 2 рабочих дня")


def test_a_deadline_is_small_enough_for_every_history() -> None:
    assert all(len(deadline.model_dump_json().encode()) < 1024 for deadline in (REVIEW, SETUP))
    assert Deadline.model_validate_json(REVIEW.model_dump_json()) == REVIEW


TUESDAY, THURSDAY, NEXT = (local(2026, 5, day, 9) for day in (19, 21, 22))


@pytest.mark.parametrize(
    ("now", "escalations", "why"),
    [
        (local(2026, 5, 18, 12), [TUESDAY, NEXT], "in time: the ladder as it is"),
        (local(2026, 5, 19), [TUESDAY, NEXT], "overdue by night: this morning"),
        (local(2026, 5, 19, 9), [local(2026, 5, 20, 9), NEXT], "at nine exactly it is past"),
        (local(2026, 5, 20, 18), [THURSDAY, NEXT], "the first went by: the next working morning"),
        (local(2026, 5, 21, 10), [NEXT, NEXT], "the first meets the second"),
        (local(2026, 5, 22, 18), [local(2026, 5, 25, 9)] * 2, "both past on a Friday evening: on Monday"),
        (local(2026, 5, 23, 8), [local(2026, 5, 25, 9)] * 2, "both past on a Saturday: on Monday"),
        (local(2026, 6, 12, 3), [local(2026, 6, 15, 9)] * 2, "on a holiday: on the next working day"),
    ],
)
def test_an_escalation_already_past_goes_on_the_next_working_morning(
    now: datetime, escalations: list[datetime], why: str
) -> None:
    rungs = postponed(REVIEW, now, OFFICIAL).rungs

    assert [rung.at for rung in rungs if rung.kind is RungKind.ESCALATION] == escalations, why
    assert rungs[:3] == REVIEW.rungs[:3], "reminders stay"


@pytest.mark.parametrize(
    ("ordinal", "moved_at", "again", "why"),
    [
        (0, local(2026, 5, 18, 12), False, "who was reminded knows"),
        (2, local(2026, 5, 19), False, "who was reminded knows"),
        (3, local(2026, 5, 18, 23, 59), True, "not overdue any more: escalations begin anew"),
        (4, local(2026, 5, 18, 12), True, "not overdue any more: escalations begin anew"),
        (3, local(2026, 5, 19), False, "overdue all the same: they have been told"),
        (4, local(2026, 5, 25), False, "overdue all the same: they have been told"),
    ],
)
def test_what_has_gone_goes_again_when_the_case_is_not_overdue_any_more(
    ordinal: int, moved_at: datetime, again: bool, why: str
) -> None:
    assert REVIEW.goes_again(REVIEW.rungs[ordinal], moved_at) is again, why


@pytest.mark.parametrize(
    ("ordinal", "now", "over"),
    [(0, local(2026, 5, 6, 8, 59), False), (0, local(2026, 5, 6, 9), True), (3, local(2026, 5, 25), False)],
)
def test_a_reminder_already_past_is_passed_over_and_an_escalation_never(
    ordinal: int, now: datetime, over: bool
) -> None:
    assert REVIEW.rungs[ordinal].is_passed_over(now) is over


def test_every_state_of_a_rung_has_its_russian_name() -> None:
    assert len({state.russian for state in RungState}) == len(RungState)

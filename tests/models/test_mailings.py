"""When learners get letters (clause 4.6): dated cases, worked out by hand from the production calendar."""

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from models.calendar import Amendment, WorkCalendar
from models.deadlines import LOCAL_ZONE, local_date
from models.mailings import Audience, Mailing, Reminding, ahead, due, schedule
from models.results import State
from models.trainings import Training, close, plan, prolong

OFFICIAL = WorkCalendar()


def local(year: int, month: int, day: int, hour: int = 0, minute: int = 0) -> datetime:
    return datetime(year, month, day, hour, minute, tzinfo=LOCAL_ZONE)


def shown(mailings: tuple[Mailing, ...]) -> list[tuple[str, datetime]]:
    return [(one.key, one.at) for one in mailings]


EARLY = local(2026, 1, 12, 12)


@pytest.mark.parametrize(
    ("starts_on", "ends_on", "expected", "why"),
    [
        (
            date(2026, 9, 1),
            date(2026, 10, 30),
            [
                ("start", local(2026, 9, 1, 9)),
                ("not-begun-7", local(2026, 9, 8, 9)),
                ("half-time", local(2026, 9, 30, 9)),
                ("not-finished-7-2026-10-30", local(2026, 10, 23, 9)),
                ("not-finished-1-2026-10-30", local(2026, 10, 29, 9)),
            ],
            "two months, Tuesday to Friday",
        ),
        (
            date(2026, 9, 5),
            date(2026, 9, 27),
            [
                ("start", local(2026, 9, 4, 9)),
                ("not-begun-7", local(2026, 9, 14, 9)),
                ("not-finished-7-2026-09-27", local(2026, 9, 18, 9)),
                ("not-finished-1-2026-09-27", local(2026, 9, 25, 9)),
            ],
            "Saturday to Sunday: before the start and before the end, but not before the week is over",
        ),
        (date(2026, 9, 1), date(2026, 9, 1), [("start", local(2026, 9, 1, 9))], "one day"),
        (
            date(2026, 9, 1),
            date(2026, 9, 2),
            [("start", local(2026, 9, 1, 9))],
            "no two letters on one morning",
        ),
        (
            date(2026, 9, 1),
            date(2026, 9, 4),
            [("start", local(2026, 9, 1, 9)), ("not-finished-1-2026-09-04", local(2026, 9, 3, 9))],
            "shorter than the reminders",
        ),
        (
            date(2026, 9, 1),
            date(2026, 9, 16),
            [
                ("start", local(2026, 9, 1, 9)),
                ("not-finished-7-2026-09-16", local(2026, 9, 9, 9)),
                ("not-finished-1-2026-09-16", local(2026, 9, 15, 9)),
            ],
            "those who haven't begun hear on Wednesday, so not on Tuesday as well",
        ),
        (
            date(2026, 12, 7),
            date(2027, 1, 8),
            [
                ("start", local(2026, 12, 7, 9)),
                ("not-begun-7", local(2026, 12, 14, 9)),
                ("half-time", local(2026, 12, 23, 9)),
                ("not-finished-1-2027-01-08", local(2026, 12, 30, 9)),
            ],
            "ends in the holidays: 31 December is off in 2026, both reminders meet on the 30th",
        ),
        (
            date(2027, 1, 1),
            date(2027, 1, 31),
            [
                ("start", local(2026, 12, 30, 9)),
                ("not-begun-7", local(2027, 1, 11, 9)),
                ("half-time", local(2027, 1, 18, 9)),
                ("not-finished-7-2027-01-31", local(2027, 1, 22, 9)),
                ("not-finished-1-2027-01-31", local(2027, 1, 29, 9)),
            ],
            "begins on New Year's day: the letter goes before the holidays, the reminder after them",
        ),
        (
            date(2027, 1, 2),
            date(2027, 1, 10),
            [("start", local(2026, 12, 30, 9))],
            "all of it in the holidays: the reminders would come before the start has",
        ),
    ],
)
def test_letters_of_a_training_planned_ahead(
    starts_on: date, ends_on: date, expected: list[tuple[str, datetime]], why: str
) -> None:
    assert shown(schedule(plan(starts_on, ends_on, EARLY), OFFICIAL)) == expected, why


@pytest.mark.parametrize(
    ("starts_on", "ends_on", "planned_at", "expected", "why"),
    [
        (
            date(2026, 9, 1),
            date(2026, 9, 30),
            local(2026, 9, 1, 9),
            [local(2026, 9, 1, 9), local(2026, 9, 8, 9), local(2026, 9, 15, 9)],
            "at the very moment of the letter",
        ),
        (
            date(2026, 9, 1),
            date(2026, 9, 30),
            local(2026, 9, 4, 18),
            [local(2026, 9, 7, 9), local(2026, 9, 14, 9)],
            "on Friday evening: Monday morning, and the week is counted from there; no half-time so soon",
        ),
        (
            date(2026, 9, 5),
            date(2026, 9, 6),
            local(2026, 9, 4, 18),
            [local(2026, 9, 4, 18)],
            "a week-end planned on Friday evening: no working morning is left, so at once",
        ),
        (
            date(2026, 3, 1),
            date(2026, 9, 30),
            local(2026, 9, 21, 12),
            [local(2026, 9, 22, 9)],
            "begun half a year ago: its start, and nothing that is past",
        ),
    ],
)
def test_letters_of_a_training_that_began_before_it_was_planned(
    starts_on: date, ends_on: date, planned_at: datetime, expected: list[datetime], why: str
) -> None:
    mailings = schedule(plan(starts_on, ends_on, planned_at), OFFICIAL)

    early = [one.at for one in mailings if one.to is not Audience.NOT_FINISHED]
    assert early == expected, why


AUTUMN = plan(date(2026, 9, 1), date(2026, 9, 30), EARLY)


def test_what_has_gone_does_not_go_again_after_two_prolongations() -> None:
    gone = {"start", "not-begun-7", "half-time", "not-finished-7-2026-09-30", "not-finished-1-2026-09-30"}
    once_at = local(2026, 9, 30, 12)
    once = prolong(AUTUMN, date(2026, 10, 14), once_at)

    left = ahead(schedule(once, OFFICIAL), gone=gone, since=once_at)

    assert shown(left) == [
        ("not-finished-7-2026-10-14", local(2026, 10, 7, 9)),
        ("not-finished-1-2026-10-14", local(2026, 10, 13, 9)),
    ]
    gone.add("not-finished-7-2026-10-14")
    twice_at = local(2026, 10, 10, 12)
    twice = prolong(once, date(2026, 10, 16), twice_at)

    left = ahead(schedule(twice, OFFICIAL), gone=gone, since=twice_at)

    # A week before the new end is past by now: the day before is still to come.
    assert shown(left) == [("not-finished-1-2026-10-16", local(2026, 10, 15, 9))]


def test_a_start_letter_that_has_not_gone_is_never_passed_over() -> None:
    moved_at = local(2026, 9, 20)

    left = ahead(schedule(AUTUMN, OFFICIAL), gone=(), since=moved_at)

    assert [one.key for one in left] == ["start", "not-finished-7-2026-09-30", "not-finished-1-2026-09-30"]


@pytest.mark.parametrize(
    ("closed_at", "keys", "why"),
    [
        (local(2026, 8, 20), [], "closed before it began"),
        (local(2026, 9, 8, 9), ["start"], "what is due at that very moment doesn't go"),
        (local(2026, 9, 16), ["start", "not-begun-7", "half-time"], "half-way"),
    ],
)
def test_a_closed_training_sends_no_more_letters(closed_at: datetime, keys: list[str], why: str) -> None:
    assert [one.key for one in schedule(close(AUTUMN, closed_at), OFFICIAL)] == keys, why


def test_an_amended_calendar_moves_the_letters() -> None:
    decree = Amendment(day=date(2026, 9, 8), working=False, decree="постановление № 1")

    mailings = schedule(AUTUMN, WorkCalendar((decree,)))

    assert shown(mailings)[1] == ("not-begun-7", local(2026, 9, 9, 9))


@pytest.mark.parametrize(
    ("now", "goes", "absorbed", "why"),
    [
        (local(2026, 8, 31), None, [], "nothing is due"),
        (local(2026, 9, 1, 9), "start", [], "at the moment itself"),
        (local(2026, 9, 9), "start", ["not-begun-7"], "an outage of a week: the start is for all"),
        (local(2026, 10, 1), "start", 4, "an outage of a month"),
    ],
)
def test_after_an_outage_one_letter_goes(
    now: datetime, goes: str | None, absorbed: list[str] | int, why: str
) -> None:
    found = due(schedule(AUTUMN, OFFICIAL), now)

    assert (found.mailing.key if found else None) == goes, why
    keys = [one.key for one in found.absorbed] if found else []
    assert (len(keys) if isinstance(absorbed, int) else keys) == absorbed, why


def test_the_latest_reminder_absorbs_the_earlier_ones() -> None:
    started = [one for one in schedule(AUTUMN, OFFICIAL) if one.key != "start"]

    found = due(started, local(2026, 9, 29, 12))

    assert found is not None
    assert found.mailing.key == "not-finished-1-2026-09-30"
    assert len(found.absorbed) == 3


@pytest.mark.parametrize(
    ("audience", "states"),
    [
        (Audience.ALL, set(State) - {State.LEFT}),
        (Audience.NOT_BEGUN, {State.NOT_BEGUN}),
        (Audience.NOT_FINISHED, {State.NOT_BEGUN, State.IN_PROGRESS, State.UNKNOWN}),
    ],
)
def test_whom_a_letter_is_for(audience: Audience, states: set[State]) -> None:
    assert {state for state in State if audience.takes(state)} == states


@pytest.mark.parametrize(
    "wrong",
    [
        {"after_start": (7, 3)},
        {"after_start": (0,)},
        {"before_end": (1, 7)},
        {"before_end": (-1,)},
        {"least_gap": 0},
    ],
)
def test_reminders_out_of_order_are_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        Reminding.model_validate(wrong)


def test_no_reminders_at_all_leave_the_start() -> None:
    none = Reminding(after_start=(), at_half_time=False, before_end=())

    assert [one.key for one in schedule(AUTUMN, OFFICIAL, none)] == ["start"]


DAYS = st.dates(date(2025, 1, 1), date(2027, 12, 31))


@given(DAYS, st.integers(0, 200), st.integers(-300, 100))
def test_whatever_the_dates_one_letter_a_morning_in_order_and_before_the_end(
    starts_on: date, length: int, planned: int
) -> None:
    planned_on = min(starts_on + timedelta(days=planned), starts_on + timedelta(days=length))
    planned_at = datetime(planned_on.year, planned_on.month, planned_on.day, 12, tzinfo=LOCAL_ZONE)
    ends_on = starts_on + timedelta(days=length)
    training = Training(starts_on=starts_on, ends_on=ends_on, planned_at=planned_at)

    mailings = schedule(training, OFFICIAL)

    times = [one.at for one in mailings]
    assert times == sorted({*times})
    assert len({one.key for one in mailings}) == len(mailings)
    assert mailings[0].key == "start"
    assert times[0] >= planned_at or local_date(times[0]) <= starts_on
    assert all(at < training.ends_at for at in times)
    for mailing in mailings[1:]:
        assert (mailing.at.hour, mailing.at.minute) == (9, 0)
        assert OFFICIAL.is_working(local_date(mailing.at))

"""What holds of every deadline, whatever the day and whatever the decrees."""

from datetime import date, time, timedelta

from hypothesis import given
from hypothesis import strategies as st

from models.calendar import Amendment, WorkCalendar
from models.deadlines import LOCAL_ZONE, Deadline, compute, lateness, next_repeat, postponed
from models.explanations import explain
from models.regulation import TERMS
from models.rungs import RungKind
from models.terms import Term, Unit

FIRST, LAST = date(2018, 1, 1), date(2031, 12, 31)
DAYS = st.dates(FIRST, LAST)
REGULATION_TERMS = st.sampled_from(list(TERMS.values()))


@st.composite
def calendars(draw: st.DrawFn) -> WorkCalendar:
    changes = draw(st.dictionaries(DAYS, st.booleans(), max_size=20))
    return WorkCalendar(
        tuple(Amendment(day=day, working=working, decree="№ 1") for day, working in changes.items())
    )


@st.composite
def terms(draw: st.DrawFn) -> Term:
    term = draw(REGULATION_TERMS)
    change = {"amount": draw(st.integers(1, 45)), "unit": draw(st.sampled_from(Unit))}
    return term.model_copy(update=change)


def with_a_day_off(calendar: WorkCalendar, day: date) -> WorkCalendar:
    others = tuple(amendment for amendment in calendar.amendments if amendment.day != day)
    return WorkCalendar((*others, Amendment(day=day, working=False, decree="№ 2")))


@given(term=terms(), started_on=DAYS, calendar=calendars())
def test_the_last_day_is_a_working_day_after_the_event(
    term: Term, started_on: date, calendar: WorkCalendar
) -> None:
    deadline = compute(term, started_on, calendar)

    assert calendar.is_working(deadline.last_day)
    assert deadline.last_day > started_on
    assert (deadline.last_day - started_on).days >= term.amount


@given(term=terms(), started_on=DAYS, calendar=calendars(), days_on=st.integers(1, 60))
def test_a_day_off_more_never_makes_a_deadline_earlier(
    term: Term, started_on: date, calendar: WorkCalendar, days_on: int
) -> None:
    amended = with_a_day_off(calendar, started_on + timedelta(days=days_on))

    assert compute(term, started_on, amended).due_at >= compute(term, started_on, calendar).due_at


@given(term=terms(), started_on=DAYS, calendar=calendars())
def test_a_later_event_never_makes_a_deadline_earlier(
    term: Term, started_on: date, calendar: WorkCalendar
) -> None:
    tomorrow = started_on + timedelta(days=1)

    assert compute(term, tomorrow, calendar).due_at >= compute(term, started_on, calendar).due_at


@given(term=terms(), started_on=DAYS, calendar=calendars(), moves=st.booleans())
def test_letters_go_at_nine_on_working_days_in_order(
    term: Term, started_on: date, calendar: WorkCalendar, moves: bool
) -> None:
    deadline = compute(term.model_copy(update={"moves_from_day_off": moves}), started_on, calendar)

    moments = [rung.at for rung in deadline.rungs]
    assert all(at.timetz() == time(9, tzinfo=LOCAL_ZONE) for at in moments)
    assert all(calendar.is_working(at.date()) for at in moments)
    assert moments == sorted(set(moments))
    assert [rung.ordinal for rung in deadline.rungs] == list(range(len(moments)))


@given(term=terms(), started_on=DAYS, calendar=calendars())
def test_reminders_go_before_the_deadline_and_escalations_after(
    term: Term, started_on: date, calendar: WorkCalendar
) -> None:
    deadline = compute(term, started_on, calendar)

    assert all(deadline.is_late(r.at) == (r.kind is RungKind.ESCALATION) for r in deadline.rungs)
    assert deadline.hand_over_at is None or deadline.hand_over_at < deadline.due_at


@given(term=terms(), started_on=DAYS, calendar=calendars(), hours=st.integers(-2000, 2000))
def test_a_moment_is_either_in_time_or_late(
    term: Term, started_on: date, calendar: WorkCalendar, hours: int
) -> None:
    deadline = compute(term, started_on, calendar)
    at = deadline.due_at + timedelta(hours=hours)

    assert (lateness(deadline, at, calendar) is None) == (hours < 0)


@given(term=terms(), started_on=DAYS, calendar=calendars(), hours=st.integers(-2000, 2000))
def test_every_escalation_still_to_go_goes_on_a_working_morning_in_order(
    term: Term, started_on: date, calendar: WorkCalendar, hours: int
) -> None:
    deadline = compute(term, started_on, calendar)
    now = deadline.due_at + timedelta(hours=hours)

    escalations = [r.at for r in postponed(deadline, now, calendar).rungs if r.kind is RungKind.ESCALATION]

    assert escalations == sorted(escalations)
    assert all(at > now for at in escalations)
    assert all(at.hour == 9 and calendar.is_working(at.date()) for at in escalations)


@given(term=terms(), started_on=DAYS, calendar=calendars())
def test_repetitions_go_on_after_the_last_rung(term: Term, started_on: date, calendar: WorkCalendar) -> None:
    deadline = compute(term, started_on, calendar)
    last = deadline.rungs[-1].at

    again = next_repeat(last, deadline.repeat_every, calendar)

    assert calendar.working_days_between(last.date(), again.date()) == deadline.repeat_every


@given(term=terms(), started_on=DAYS, calendar=calendars(), moves=st.booleans())
def test_an_explanation_ends_on_the_last_day_and_counts_the_amount(
    term: Term, started_on: date, calendar: WorkCalendar, moves: bool
) -> None:
    term = term.model_copy(update={"moves_from_day_off": moves})

    notes = explain(term, started_on, calendar).days

    assert notes[-1].day == compute(term, started_on, calendar).last_day
    assert [note.day for note in notes] == sorted({note.day for note in notes})
    assert not any(calendar.is_working(note.day) for note in notes if not note.counted)
    if term.unit.is_working:
        assert sum(note.counted for note in notes) == term.amount
        assert len(notes) == (notes[-1].day - started_on).days


@given(term=terms(), started_on=DAYS, calendar=calendars())
def test_a_deadline_survives_its_journey_through_temporal(
    term: Term, started_on: date, calendar: WorkCalendar
) -> None:
    deadline = compute(term, started_on, calendar)

    assert Deadline.model_validate_json(deadline.model_dump_json()) == deadline

"""The clause ledger as dated cases: states, lateness, whose time it took, what is usual."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from models.calendar import WorkCalendar
from models.cases import Kind
from models.deadlines import LOCAL_ZONE
from models.ledger import CLAUSES_OF, PARTY_OF, Fact, Ledger, Party, State
from models.ledger_totals import Spent, Usual, clock, summarise, usual
from models.terms import Clause, Unit


def local(month: int, day: int, hour: int = 12) -> datetime:
    return datetime(2026, month, day, hour, tzinfo=LOCAL_ZONE)


NOW = local(5, 18)
LEDGER = Ledger(WorkCalendar(), NOW)


def review(**more: Any) -> Fact:
    """A request received on Wednesday 1 April 2026: 30 days end on 1 May, a holiday, so on 4 May."""
    known = {"started_on": date(2026, 4, 1), "last_day": date(2026, 5, 4), "unit": Unit.CALENDAR_DAYS}
    return Fact(Clause.REVIEW, **{**known, **more})


def setup(**more: Any) -> Fact:
    """An order received on Tuesday 28 April 2026: the tenth working day is Thursday 14 May."""
    known = {"started_on": date(2026, 4, 28), "last_day": date(2026, 5, 14), "unit": Unit.WORKING_DAYS}
    return Fact(Clause.SETUP, **{**known, **more})


def replacement(**more: Any) -> Fact:
    """Powers that ended on Wednesday 6 May 2026: the fifth working day, 8 May working, is Thursday 14 May."""
    known = {"started_on": date(2026, 5, 6), "last_day": date(2026, 5, 14), "unit": Unit.WORKING_DAYS}
    return Fact(Clause.REPLACEMENT, **{**known, **more})


DECIDED = {"outcome": "approved", "done_at": local(4, 20)}


@pytest.mark.parametrize(
    ("fact", "state", "why"),
    [
        (review(**DECIDED), State.KEPT, "decided in time"),
        (review(outcome="refused", done_at=local(4, 1)), State.KEPT, "refused on the same day"),
        (
            review(outcome="approved", done_at=local(5, 5), late_by="на 1 день"),
            State.LATE,
            "recorded as late",
        ),
        # Nothing is backdated: what was in time when it was done stays so, whatever became of the calendar.
        (review(outcome="approved", done_at=local(5, 5)), State.KEPT, "its lateness was not recorded"),
        (review(), State.LATE, "nobody has decided"),
        (review(last_day=date(2026, 5, 18)), State.NOT_DUE, "today is the last day"),
        (review(last_day=date(2026, 5, 17)), State.LATE, "yesterday was"),
        (review(last_day=date(2026, 6, 1), is_overdue=True), State.LATE, "by the workflow's clock"),
        (review(outcome="withdrawn", done_at=local(4, 20)), State.NOT_APPLICABLE, "withdrawn in time"),
        (
            review(outcome="withdrawn", done_at=local(5, 15)),
            State.NOT_APPLICABLE,
            "nobody can be late any more",
        ),
        (setup(outcome="approved", done_at=local(5, 14, 23)), State.KEPT, "on the last day"),
        (setup(outcome="approved", done_at=local(5, 18), late_by="на 2 рабочих дня"), State.LATE, "late"),
        (setup(outcome="approved"), State.LATE, "not done"),
        (replacement(), State.LATE, "nobody has told"),
        (replacement(told_on=date(2026, 5, 14)), State.NOT_DUE, "told in time, still to appoint"),
        (replacement(told_on=date(2026, 5, 14), is_overdue=True), State.NOT_DUE, "the ladder goes on"),
        (replacement(told_on=date(2026, 5, 15)), State.LATE, "told a day late"),
        (replacement(told_on=date(2026, 5, 13), done_at=local(5, 18)), State.KEPT, "appointed later"),
        (Fact(Clause.SETUP), State.NOT_DUE, "not ordered yet"),
        (Fact(Clause.SETUP, outcome="approved"), State.NOT_DUE, "just approved"),
        (Fact(Clause.SETUP, outcome="refused"), State.NOT_APPLICABLE, "refused"),
        (Fact(Clause.SETUP, outcome="withdrawn", is_closed=True), State.NOT_APPLICABLE, "withdrawn"),
        (setup(outcome="approved", is_closed=True), State.NOT_APPLICABLE, "closed by hand, not done"),
        (Fact(Clause.REQUEST, done_at=local(4, 1)), State.KEPT, "filed"),
        (Fact(Clause.REQUEST, outcome="withdrawn", done_at=local(4, 1)), State.KEPT, "filed all the same"),
        (Fact(Clause.TRAINING, started_on=date(2026, 5, 1)), State.NOT_DUE, "no term is set, and it runs"),
        (Fact(Clause.TRAINING, done_at=local(5, 10), is_closed=True), State.KEPT, "no term is set"),
        (Fact(Clause.AUTHORING, is_closed=True), State.NOT_APPLICABLE, "the course was retired"),
    ],
)
def test_how_a_clause_was_kept(fact: Fact, state: State, why: str) -> None:
    assert LEDGER.line(fact).state is state, why


@pytest.mark.parametrize(
    ("fact", "words", "days"),
    [
        (review(**DECIDED), "", 0),
        (review(), "на 14 дней", 14),
        (review(outcome="approved", done_at=local(5, 5), late_by="на 1 день"), "на 1 день", 1),
        # Working days: 15 May is Friday, 18 May is today, Monday.
        (setup(), "на 2 рабочих дня", 2),
        (setup(last_day=date(2026, 5, 15)), "на 1 рабочий день", 1),
        # By the workflow's clock only: less than a day by ours.
        (setup(last_day=date(2026, 6, 1), is_overdue=True), "менее чем на 1 рабочий день", 0),
        # What was recorded is what people read, whatever the calendar says now.
        (setup(done_at=local(5, 18), late_by="на 3 рабочих дня"), "на 3 рабочих дня", 2),
    ],
)
def test_how_late_in_words_and_as_a_number(fact: Fact, words: str, days: int) -> None:
    line = LEDGER.line(fact)

    assert (line.late_by, line.late_days) == (words, days)


@pytest.mark.parametrize(
    ("fact", "spent", "took", "is_running"),
    [
        (review(**DECIDED), 19, 19, False),
        (review(outcome="refused", done_at=local(4, 1)), 0, 0, False),
        # Its local date counts: 20:30 UTC of the 20th is the 21st in Tyumen.
        (review(outcome="approved", done_at=datetime(2026, 4, 20, 20, 30, tzinfo=UTC)), 20, 20, False),
        (review(), 47, None, True),
        (review(outcome="withdrawn", done_at=local(4, 11)), 10, None, False),
        (setup(outcome="approved", done_at=local(5, 14)), 16, 10, False),
        (setup(outcome="approved", done_at=local(5, 12)), 14, 8, False),
        (setup(outcome="approved"), 20, None, True),
        (setup(outcome="approved", is_closed=True), 0, None, False),
        (Fact(Clause.SETUP, outcome="approved"), 0, None, False),
        # The agency's time is that between a refusal and its next request; here a paper letter's.
        (Fact(Clause.REQUEST, done_at=local(4, 20), ended_on=date(2026, 4, 15)), 0, None, False),
        (
            Fact(
                Clause.REQUEST,
                started_on=date(2026, 4, 1),
                done_at=local(4, 20),
                ended_on=date(2026, 4, 15),
            ),
            14,
            14,
            False,
        ),
        # Dated before what it follows: nobody gets time back.
        (
            Fact(
                Clause.REQUEST, started_on=date(2026, 4, 1), done_at=local(4, 20), ended_on=date(2026, 3, 15)
            ),
            0,
            0,
            False,
        ),
    ],
)
def test_how_much_time_it_took(fact: Fact, spent: int, took: int | None, is_running: bool) -> None:
    line = LEDGER.line(fact)

    assert (line.spent, line.took, line.is_running) == (spent, took, is_running)


def test_every_clause_has_a_party_and_every_kind_of_case_its_clauses() -> None:
    assert set(PARTY_OF) == set(Clause)
    assert set(CLAUSES_OF) == set(Kind)
    assert CLAUSES_OF[Kind.REQUEST] == (Clause.REQUEST, Clause.REVIEW, Clause.SETUP)
    assert CLAUSES_OF[Kind.TRAINING] == (Clause.TRAINING,)


@pytest.mark.parametrize("values", [State, Party])
def test_all_that_people_read_is_in_russian(values: Any) -> None:
    assert all("а" <= value.russian[-1] <= "я" for value in values)


def test_whose_clock_in_sum() -> None:
    facts = [review(**DECIDED), setup(outcome="approved"), review(), Fact(Clause.SETUP)]

    assert clock(LEDGER.line(fact) for fact in facts) == [
        Spent(Party.AUTHORITY, 19 + 47, 1),
        Spent(Party.OPERATOR, 20, 1),
    ]
    assert clock([]) == []


@pytest.mark.parametrize(
    ("took", "median", "p90"),
    [
        ([], None, None),
        ([7], 7, 7),
        ([1, 9], 1, 9),
        ([3, 1, 2], 2, 3),
        (range(1, 11), 5, 9),
        (range(1, 101), 50, 90),
        ([0] * 9 + [30], 0, 0),
        ([0] * 8 + [30, 40], 0, 30),
    ],
)
def test_what_is_usual_by_nearest_rank(took: Any, median: int | None, p90: int | None) -> None:
    assert usual(took) == Usual(len(took), median, p90)


def test_clauses_are_summed_up_in_the_order_of_the_regulation() -> None:
    facts = [
        setup(outcome="approved", done_at=local(5, 14)),
        setup(outcome="approved"),
        review(**DECIDED),
        review(outcome="refused", done_at=local(4, 11)),
        review(outcome="withdrawn", done_at=local(4, 2)),
        Fact(Clause.SETUP),
    ]

    of_review, of_setup = summarise(LEDGER.line(fact) for fact in facts)

    assert (of_review.clause, of_review.unit, of_review.usual) == (
        Clause.REVIEW,
        Unit.CALENDAR_DAYS,
        Usual(2, 10, 19),
    )
    assert dict(of_review.states) == {
        State.KEPT: 2,
        State.LATE: 0,
        State.NOT_DUE: 0,
        State.NOT_APPLICABLE: 1,
    }
    assert (of_setup.clause, of_setup.unit, of_setup.usual) == (
        Clause.SETUP,
        Unit.WORKING_DAYS,
        Usual(1, 10, 10),
    )
    assert dict(of_setup.states) == {
        State.KEPT: 1,
        State.LATE: 1,
        State.NOT_DUE: 1,
        State.NOT_APPLICABLE: 0,
    }


def test_a_telling_a_day_late_stays_a_day_late_while_nobody_is_appointed() -> None:
    line = LEDGER.line(replacement(told_on=date(2026, 5, 15)))
    assert (line.late_by, line.late_days, line.is_running) == ("на 1 рабочий день", 1, True)

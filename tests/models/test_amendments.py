"""Which amendments the calendar takes, and which clauses they move."""

from datetime import UTC, date, datetime

import pytest

from models.amendments import Objection, is_moved, objection
from models.calendar import Amendment, WorkCalendar
from models.deadlines import compute
from models.regulation import REVIEW_TERM, SETUP_TERM
from models.tables import ClauseRow
from models.terms import Term

OFFICIAL = WorkCalendar()
FRIDAY, SATURDAY = date(2026, 5, 15), date(2026, 5, 16)


def amendment(day: date, *, working: bool) -> Amendment:
    return Amendment(day=day, working=working, decree="постановление № 1")


AMENDED = OFFICIAL.amended(amendment(FRIDAY, working=False))


@pytest.mark.parametrize(
    ("asked", "calendar", "against", "why"),
    [
        (amendment(FRIDAY, working=False), OFFICIAL, None, "a working day made off"),
        (amendment(SATURDAY, working=True), OFFICIAL, None, "a day off made working"),
        (amendment(FRIDAY, working=True), OFFICIAL, Objection.CHANGES_NOTHING, "works anyway"),
        (amendment(SATURDAY, working=False), OFFICIAL, Objection.CHANGES_NOTHING, "off anyway"),
        (amendment(date(2026, 5, 11), working=False), OFFICIAL, Objection.CHANGES_NOTHING, "a transfer"),
        (amendment(FRIDAY, working=False), AMENDED, Objection.AMENDED_ALREADY, "the same again"),
        (amendment(FRIDAY, working=True), AMENDED, Objection.AMENDED_ALREADY, "the contrary"),
        (amendment(SATURDAY, working=True), AMENDED, None, "another day"),
        (amendment(FRIDAY, working=False), AMENDED.without(FRIDAY), None, "the first was taken back"),
    ],
)
def test_an_amendment_is_taken_or_objected_to(
    asked: Amendment, calendar: WorkCalendar, against: Objection | None, why: str
) -> None:
    assert objection(asked, calendar) == against, why


def test_a_day_without_its_amendment_is_as_it_was() -> None:
    assert not AMENDED.is_working(FRIDAY)
    assert AMENDED.without(FRIDAY) == OFFICIAL
    assert OFFICIAL.without(FRIDAY) == OFFICIAL


def clause(term: Term, started_on: date) -> ClauseRow:
    """A clause whose deadline was computed by another library: a day later than by today's."""
    deadline = compute(term, started_on, OFFICIAL)
    return ClauseRow(
        number="2026-000001",
        clause=term.clause.value,
        workflow_id="",
        term=term.model_dump(mode="json"),
        deadline=deadline.model_dump(mode="json"),
        calendar_version=0,
        started_on=started_on,
        last_day=date(2026, 5, 19),
        due_at=deadline.due_at,
        explanation={},
        opened_at=datetime(2026, 4, 18, tzinfo=UTC),
    )


@pytest.mark.parametrize(
    ("row", "moves", "why"),
    [
        (clause(REVIEW_TERM, date(2026, 4, 18)), True, "a reminder of the review falls on that Friday"),
        (clause(REVIEW_TERM, date(2026, 4, 15)), True, "the review's last day is that Friday"),
        (clause(REVIEW_TERM, date(2026, 6, 15)), False, "the review runs in summer"),
        (clause(SETUP_TERM, date(2026, 5, 12)), True, "the Friday is one of the ten working days"),
        (clause(SETUP_TERM, date(2026, 5, 15)), False, "the term runs from the day after"),
    ],
)
def test_only_what_the_amendment_changes_moves(row: ClauseRow, moves: bool, why: str) -> None:
    assert is_moved(row, OFFICIAL, AMENDED) is moves, why
    assert not is_moved(row, AMENDED, AMENDED), "whatever the library says now"

"""Which amendments the calendar takes, and which clauses they move."""

from datetime import UTC, date, datetime

import pytest

from models.amendments import Objection, is_moved, moves, objection, supposed
from models.calendar import Amendment, WorkCalendar
from models.deadlines import compute
from models.regulation import REVIEW_TERM, SETUP_TERM
from models.tables import ClauseRow
from models.terms import Recipient, Term

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


REVIEWED = (Recipient.AGENCY, Recipient.REVIEWER)


@pytest.mark.parametrize(
    ("row", "last_day", "new_last_day", "told"),
    [
        # Its last day is that Friday.
        (clause(REVIEW_TERM, date(2026, 4, 15)), FRIDAY, date(2026, 5, 18), REVIEWED),
        # A reminder of it is of that Friday: only the letter moves, and nobody is told.
        (clause(REVIEW_TERM, date(2026, 4, 18)), date(2026, 5, 18), date(2026, 5, 18), ()),
        (
            clause(SETUP_TERM, date(2026, 5, 12)),
            date(2026, 5, 26),
            date(2026, 5, 27),
            (Recipient.AGENCY, Recipient.OPERATOR),
        ),
    ],
)
def test_a_moved_clause_says_from_where_to_where_and_who_is_told(
    row: ClauseRow, last_day: date, new_last_day: date, told: tuple[Recipient, ...]
) -> None:
    stays = clause(REVIEW_TERM, date(2026, 6, 15))

    (move,) = moves([stays, row], OFFICIAL, AMENDED)

    assert move.clause is row
    assert (move.before.last_day, move.after.last_day) == (last_day, new_last_day)
    assert move.told == told


@pytest.mark.parametrize(
    ("calendar", "day", "working", "amended"),
    [
        (OFFICIAL, FRIDAY, False, 1),
        (OFFICIAL, SATURDAY, True, 1),
        (AMENDED, SATURDAY, True, 2),
        # As the production calendar has it: what is supposed is that the amendment is taken back.
        (AMENDED, FRIDAY, True, 0),
    ],
)
def test_a_supposed_day_is_as_it_is_supposed_to_be(
    calendar: WorkCalendar, day: date, working: bool, amended: int
) -> None:
    found = supposed(calendar, day, working=working)

    assert found.is_working(day) is working
    assert len(found.amendments) == amended
    assert found.is_working(date(2026, 5, 14)) is calendar.is_working(date(2026, 5, 14))

"""Messages between the clauses and the activities that write their steps down.

Every message names its step: chosen in workflow code, so that a retry writes once.
"""

from datetime import date, timedelta

from models.deadlines import Deadline
from models.decisions import Decision
from models.message import Message
from models.setup import Check, HandOver, SetupResult
from models.step import Step
from models.terms import Clause, Term


class OpenClause(Step):
    """A clause with a term begins: compute its deadline and show it."""

    clause: Clause
    workflow_id: str
    term: Term
    started_on: date
    waits_for: str
    anew: bool = False
    """The clause has had a term in this case: what has gone of its ladder goes again by this one."""


class Opened(Message):
    """A clause's term as it stands in Postgres."""

    deadline: Deadline
    is_finished: bool
    """The clause has ended, and was begun anew by hand."""


class AnaloguesFound(Message):
    """What the search for analogues found; the candidates themselves are in Postgres."""

    found: int
    has_strong: bool
    """One at or above the threshold already exists: approving past it needs a reason."""


class Named(Step):
    """What a decision that came as a Signal refers to."""

    reason_id: str | None
    analogue: str | None


class RecordDecision(Step):
    """Write a decision down and, when it approves, put the order into the operator's list."""

    decision: Decision


class FireRung(Step):
    """A rung goes; lower ones that were due at the same time are absorbed by it."""

    clause: Clause
    ordinal: int
    absorbed: tuple[int, ...] = ()


class MarkOverdue(Step):
    clause: Clause


class NextRepeat(Step):
    """Ask the calendar for the next 09:00 so many working days after `at`."""

    every: int
    pace: timedelta | None = None
    """Of a canary: so long after `at` instead."""


class MoveDeadline(Step):
    """The argument of the update `move_deadline`."""

    deadline: Deadline
    amendment: int


class OpenTask(Step):
    """Work for a person: set up by hand, or mend what made a step fail."""

    clause: Clause
    workflow_id: str
    hand_over: HandOver | None = None
    failure: str = ""
    """Type of the failure, never its text."""
    failed_step: str = ""
    checklist: tuple[Check, ...] = ()
    done: tuple[Check, ...] = ()
    """What of the checklist the engine or the operator has done already."""


class CloseTask(Step):
    """The task that this step opened is done."""

    workflow_id: str
    task_step: str
    mended_by: str = ""
    """Who asked the engine to try again; empty when the work is simply done."""


class TickOff(Step):
    """The operator's checklist as it stands."""

    workflow_id: str
    task_step: str
    done: tuple[Check, ...]
    by: str


class Note(Step):
    """A line in the journal; what was typed is named by its id."""

    clause: Clause
    what: str
    """In Russian, without persons."""
    by: str
    text_id: str | None = None


class RecordSetup(Step):
    """Enter what was set up into the register, and open the building of the course (clause 4.4)."""

    result: SetupResult


class CloseCase(Step):
    """A case is over; nothing of it is waited for any more."""

    clause: Clause
    what: str
    """In Russian, for the journal."""


class InMoodle(Message):
    """A step in Moodle: everything else about it is read from Postgres by the case's number."""

    number: str


class Grant(Message):
    """Whom to make the teacher, and where."""

    number: str
    user_id: int
    category_id: int | None
    course_id: int | None


class Evidence(Step):
    """Read back from Moodle what was set up, for the journal."""

    user_id: int
    category_id: int | None
    course_id: int | None


class MovedClause(Step):
    """An open clause whose deadline an amendment moves."""

    clause: Clause
    workflow_id: str
    amendment: int


class MoveClauses(Step):
    """Find what an amendment moves, behind a clause and so many at most."""

    amendment: int
    after: tuple[str, str]
    page: int


class Amend(Message):
    """The input of `AmendmentWorkflow`."""

    amendment: int
    after: tuple[str, str] = ("", "")
    """Number and clause of the last one that earlier runs have moved."""
    page: int = 500
    """How many clauses at a time: each is up to 6 events of a history, which may hold some 50,000."""

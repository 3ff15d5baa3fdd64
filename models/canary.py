"""The canary: an invented request whose ladders are gone through at short terms, and what it must show."""

from datetime import timedelta

from models.message import Message
from models.regulation import REVIEW_TERM, SETUP_TERM
from models.requests import Filed
from models.step import Step
from models.terms import Clause

SCHEMA = "canary"
"""Where its rows stand: none of the engine's own tables ever holds one."""

CLAUSES = (Clause.REVIEW, Clause.SETUP)
TERMS = {Clause.REVIEW: REVIEW_TERM, Clause.SETUP: SETUP_TERM}


def queue(task_queue: str) -> str:
    """The task queue of the workers that do what a canary does, in its schema."""
    return f"{task_queue}-canary"


class RunCanary(Message):
    """The input of `CanaryWorkflow`."""

    by: str
    """Who asked for it: `engine` for those of every week, `key-12`."""


class BeginCanary(Step):
    by: str


class Begun(Message):
    """A canary that may go: the answer to its first step.

    Attributes:
        run: Its id; the case is `canary-<run>`.
        queue: Task queue of the workers that do what it does, in its own schema.
        filed: The invented request, with its short terms.
        pace: See `Term`.
        patience: How late a rung or a letter may be.
    """

    run: int
    queue: str
    filed: Filed
    pace: timedelta
    patience: timedelta

    def longest(self, clause: Clause) -> timedelta:
        """From the clause's opening until its ladder must have been gone through, its repetition too."""
        term = TERMS[clause]
        instants = len(term.reminders) + len(term.escalations) + 2
        return instants * self.pace + self.patience


class Look(Step):
    """Which clause of which canary; steps of it belong to no case, so that none of them looks for a row."""

    case: str
    clause: Clause


class Judge(Step):
    """Read the canary back and say whether every rung has fired, in time, and reached its reader."""

    case: str
    run: int
    patience: timedelta

"""Clause 4.6 - messages between `TrainingWorkflow`, the API and the activities. No persons in them."""

from datetime import date

from pydantic import AwareDatetime

from models.cases import CourseCase
from models.mailings import Mailing
from models.message import Message
from models.step import Step
from models.trainings import Stage, Training


class TrainingCase(Message):
    """The input of `TrainingWorkflow`; what follows `reads` is what a long one takes along."""

    case: CourseCase
    training: Training
    by: str
    """Who set it up."""
    reads: bool
    """Whether the results are read from Moodle; else the responsible imports them."""
    since: AwareDatetime | None = None
    """When the dates last moved; None: when it was set up."""
    gone: tuple[str, ...] = ()
    """Keys of the mailings that went, or were absorbed."""
    read_on: date | None = None
    """The local day of the last reading by the clock."""
    gone_course: str = ""
    """Step of the task that tells that the course is gone from Moodle; empty while it is there."""
    changes: int = 0
    """How often people have changed it or asked for a reading."""


class Prolong(Message):
    """The argument of the update `prolong`."""

    ends_on: date
    by: str


class CloseEarly(Message):
    """The argument of the update `close_early`."""

    by: str
    text_id: str | None = None


class Refresh(Message):
    """The argument of the update `refresh`."""

    by: str


class ShowTraining(Step):
    """Put the training's dates and stage on record."""

    training: Training
    stage: Stage
    what: str
    """In Russian, for the journal."""
    by: str
    text_id: str | None = None


class PlanMailings(Step):
    """Ask for the mailings by the dates in force, and by today's calendar."""

    training: Training


class ReadResults(Step):
    """Read the results of all who take part."""


class Reading(Message):
    """What came of a reading."""

    is_course_gone: bool
    participants: int


class WriteMailing(Step):
    """Write a mailing's letters to those it is for, by their state now."""

    mailing: Mailing


class Keep(Step):
    """Keep the results as they are, with the documents; the training is over."""

    stage: Stage

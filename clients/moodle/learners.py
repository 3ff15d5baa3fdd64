"""What a learner has reached in a course, as values (clauses 4.6 and 4.7)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class State(StrEnum):
    NOT_STARTED = "not-started"
    IN_PROGRESS = "in-progress"
    COMPLETED = "completed"
    LEFT = "left"  # not enrolled any more, or never; suspended; deleted
    UNKNOWN = "unknown"  # this Moodle shows nothing that would tell


class Unseen(StrEnum):
    """What this Moodle, course or account keeps back, so that no report shows it as zero."""

    COMPLETION = "completion"  # the release has no such function (2.8.5), or a right lacks
    CRITERIA = "criteria"  # the course has no criteria of completion: nobody can complete it
    PROGRESS = "progress"  # no activity with completion tracking is shown
    ACTIVITIES = "activities"  # some graded activities are hidden from the account: progress is of the rest
    GRADES = "grades"  # hidden from the account, or a right or function lacks
    LAST_ACCESS = "last-access"  # told since 3.7, with moodle/course:viewhiddenuserfields where it is hidden


@dataclass(frozen=True)
class Learner:
    """Moments are in seconds since 1970. `None` is not known, or not there yet: see `Unseen`.

    Attributes:
        user_id: Moodle's.
        state: What follows from all that is shown.
        progress: Share of the tracked activities that are done, 0 to 1.
        completed_on: When the last criterion was met.
        grade: The course total, out of `grade_max`.
        graded_on: When it last changed.
        last_access: To the course; 0 when never.
    """

    user_id: int
    state: State
    progress: float | None = None
    completed_on: int | None = None
    grade: float | None = None
    grade_max: float | None = None
    graded_on: int | None = None
    last_access: int | None = None


@dataclass(frozen=True)
class ResultsPage:
    """Some of the learners asked for, in the order they were asked for."""

    learners: tuple[Learner, ...]
    unseen: frozenset[Unseen]

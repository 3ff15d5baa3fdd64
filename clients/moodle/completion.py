"""How far a learner is in a course."""

from __future__ import annotations

import asyncio
from typing import NamedTuple

from pydantic import BaseModel, Field, TypeAdapter

from clients.moodle.enrolling import Enrolling
from clients.moodle.errors import MoodleRefused

COURSE = "core_completion_get_course_completion_status"
ACTIVITIES = "core_completion_get_activities_completion_status"
NO_CRITERIA = "nocriteriaset"
_OF_COURSE = frozenset({NO_CRITERIA, "invalidrecord"})  # the course has no criteria, or is deleted


class _Criterion(BaseModel):
    complete: bool
    completed_on: int | None = Field(alias="timecompleted", default=None)


class _Status(BaseModel):
    completed: bool
    criteria: tuple[_Criterion, ...] = Field(alias="completions", default=())


class _CourseStatus(BaseModel):
    status: _Status = Field(alias="completionstatus")


class _Activity(BaseModel):
    state: int


class _Activities(BaseModel):
    statuses: tuple[_Activity, ...]


COURSES = TypeAdapter(_CourseStatus)
STATUSES = TypeAdapter(_Activities)


class Completed(NamedTuple):
    """`any_met`: one criterion at least. `completed_on` in seconds since 1970."""

    completed: bool
    any_met: bool
    completed_on: int | None


class Completion(Enrolling):
    """Both return `None` where Moodle says nothing of this learner (left, suspended, deleted)."""

    async def completion(self, course_id: int, user_id: int, gate: asyncio.Semaphore) -> Completed | None:
        """Raises what is true of the whole course: `nocriteriaset`, `MoodleDenied`, `NotFound`."""
        params = {"courseid": course_id, "userid": user_id}
        try:
            answer = await self._patiently(gate, lambda: self._call(COURSE, COURSES, params))
        except MoodleRefused as refused:
            if refused.errorcode in _OF_COURSE:
                raise
            return None
        status = answer.status
        met = [one for one in status.criteria if one.complete]
        when = max((one.completed_on or 0 for one in met), default=0)
        return Completed(status.completed, bool(met), (when or None) if status.completed else None)

    async def activities_done(
        self, course_id: int, user_id: int, gate: asyncio.Semaphore
    ) -> tuple[int, int] | None:
        """How many of how many tracked activities are done. Raises `MoodleDenied` and `NotFound` as above."""
        params = {"courseid": course_id, "userid": user_id}
        try:
            answer = await self._patiently(gate, lambda: self._call(ACTIVITIES, STATUSES, params))
        except MoodleRefused as refused:
            if refused.errorcode in _OF_COURSE:
                raise
            return None
        # 0: not done; 1: done; 2: with a passing grade; 3: with a failing one
        return sum(one.state > 0 for one in answer.statuses), len(answer.statuses)

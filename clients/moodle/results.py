"""Reading the results of a course page by page: memory is bounded by the page (clauses 4.6 and 4.7).

    async for page in moodle.read_results(course_id, user_ids, asyncio.Semaphore(4)):
        ...

What cannot be seen is named on every page, and is `None` at the learners: never a zero.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import suppress
from functools import partial

from pydantic import BaseModel, Field, TypeAdapter

from clients.moodle.calls import in_parts, side_by_side
from clients.moodle.completion import ACTIVITIES, COURSE, NO_CRITERIA, Completed, Completion
from clients.moodle.enrolling import ENROLLED
from clients.moodle.errors import MoodleDenied, MoodleRefused
from clients.moodle.grades import Grade, Grades
from clients.moodle.learners import Learner, ResultsPage, State, Unseen
from clients.moodle.readiness import ReadinessOfCourses
from clients.moodle.transport import Params
from clients.moodle.types import Participant

_SINCE_LAST_ACCESS = 2019052000  # Moodle 3.7
_ROLL_PAGE = 1000
_PAGE = 100


class _Access(BaseModel):
    id: int
    last_access: int | None = Field(alias="lastcourseaccess", default=None)


_ACCESSES = TypeAdapter(tuple[_Access, ...])
_LEARNERS = TypeAdapter(tuple[Participant, ...])


class Results(Completion, Grades, ReadinessOfCourses):
    async def read_results(
        self, course_id: int, user_ids: Iterable[int], gate: asyncio.Semaphore, *, page: int = _PAGE
    ) -> AsyncIterator[ResultsPage]:
        """State, progress, grade and dates of the learners, `page` of them at a time.

        Raises:
            NotFound: the course was deleted.
            MoodleUnavailable: also after `pauses`; pages that came are good, the rest may be asked for.
        """
        reading = _Reading(self, course_id, gate)
        await reading.begin()
        for part in in_parts(user_ids, page):
            yield await reading.read(part)

    async def course_learners(
        self, course_id: int, gate: asyncio.Semaphore
    ) -> AsyncIterator[tuple[Participant, ...]]:
        """All who learn in the course now, some at a time, with names and, where the account may see
        them, addresses; those enrolled with another role are left out.

        Raises:
            NotFound: the course was deleted.
        """
        start = 0
        while True:
            params = _roll_page(course_id, "id,fullname,email,roles", start=start)
            part = await self._patiently(gate, partial(self._call, ENROLLED, _LEARNERS, params))
            yield tuple(one for one in part if one.holds(self.roles.student))
            start += len(part)
            if len(part) < _ROLL_PAGE:
                return

    async def last_accesses(self, course_id: int, gate: asyncio.Semaphore) -> dict[int, int | None]:
        """When each of the enrolled was last in the course, in seconds since 1970; `None`: not told."""
        tells = (await self.site()).version_number >= _SINCE_LAST_ACCESS
        fields = "id,lastcourseaccess" if tells else "id"
        found: dict[int, int | None] = {}
        while True:
            part = await self._accesses(_roll_page(course_id, fields, start=len(found)), gate)
            found |= {one.id: one.last_access for one in part}
            if len(part) < _ROLL_PAGE:
                return found

    async def _accesses(self, params: Params, gate: asyncio.Semaphore) -> tuple[_Access, ...]:
        return await self._patiently(gate, lambda: self._call(ENROLLED, _ACCESSES, params))


class _Reading:
    """One reading of a course: what is unseen of the whole course is asked for once."""

    def __init__(self, client: Results, course_id: int, gate: asyncio.Semaphore) -> None:
        self._client = client
        self._course_id = course_id
        self._gate = gate
        self._unseen: set[Unseen] = set()
        self._accesses: dict[int, int | None] = {}

    async def begin(self) -> None:
        client, site = self._client, await self._client.site()
        self._accesses = await client.last_accesses(self._course_id, self._gate)
        if not site.has(COURSE):
            self._unseen.add(Unseen.COMPLETION)
        if not site.has(ACTIVITIES):
            self._unseen.add(Unseen.PROGRESS)
        with suppress(MoodleDenied):
            if await client.unseen_activities(self._course_id, await client.contents(self._course_id)):
                self._unseen.add(Unseen.ACTIVITIES)
        if any(access is None for access in self._accesses.values()):
            self._unseen.add(Unseen.LAST_ACCESS)

    async def read(self, user_ids: Sequence[int]) -> ResultsPage:
        enrolled = [user_id for user_id in user_ids if user_id in self._accesses]
        grades = await self._grades(enrolled)
        learners = {
            one.user_id: one
            for one in await side_by_side(self._learner(user_id, grades.get(user_id)) for user_id in enrolled)
        }
        page = (learners.get(user_id) or Learner(user_id, State.LEFT) for user_id in user_ids)
        return ResultsPage(tuple(page), frozenset(self._unseen))

    async def _grades(self, enrolled: Sequence[int]) -> dict[int, Grade]:
        if not enrolled or Unseen.GRADES in self._unseen:
            return {}
        grades = await self._client.course_grades(self._course_id, enrolled, self._gate)
        if grades is None or any(grade.hidden for grade in grades.values()):
            self._unseen.add(Unseen.GRADES)
        return grades or {}

    async def _learner(self, user_id: int, grade: Grade | None) -> Learner:
        completed = await self._completed(user_id)
        done = await self._done(user_id)
        access = self._accesses[user_id]
        return Learner(
            user_id,
            _state(completed, done, grade, access),
            progress=done[0] / done[1] if done and done[1] else None,
            completed_on=completed.completed_on if completed else None,
            grade=grade.value if grade else None,
            grade_max=grade.maximum if grade else None,
            graded_on=grade.graded_on if grade else None,
            last_access=access,
        )

    async def _completed(self, user_id: int) -> Completed | None:
        if self._unseen & {Unseen.COMPLETION, Unseen.CRITERIA}:
            return None
        try:
            return await self._client.completion(self._course_id, user_id, self._gate)
        except MoodleRefused as refused:
            if refused.errorcode != NO_CRITERIA:
                raise
            self._unseen.add(Unseen.CRITERIA)
        except MoodleDenied:
            self._unseen.add(Unseen.COMPLETION)
        return None

    async def _done(self, user_id: int) -> tuple[int, int] | None:
        if Unseen.PROGRESS in self._unseen:
            return None
        try:
            done = await self._client.activities_done(self._course_id, user_id, self._gate)
        except MoodleDenied:
            done = (0, 0)
        if done and not done[1]:
            self._unseen.add(Unseen.PROGRESS)
        return done


def _state(
    completed: Completed | None, done: tuple[int, int] | None, grade: Grade | None, access: int | None
) -> State:
    if completed and completed.completed:
        return State.COMPLETED
    graded = grade is not None and grade.value is not None
    if graded or access or (completed and completed.any_met) or (done and done[0]):
        return State.IN_PROGRESS
    # Without a trace, and something is shown that would have kept one.
    tells = access is not None or completed is not None or (done is not None and done[1] > 0)
    return State.NOT_STARTED if tells else State.UNKNOWN


def _roll_page(course_id: int, fields: str, *, start: int) -> Params:
    options = {
        "userfields": fields,
        "limitfrom": str(start),
        "limitnumber": str(_ROLL_PAGE),
        "onlyactive": "1",
    }
    return {
        "courseid": course_id,
        "options": [{"name": name, "value": value} for name, value in options.items()],
    }

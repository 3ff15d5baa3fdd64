"""What the nightly reconciliation reads of many courses."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from functools import partial

from pydantic import TypeAdapter

from clients.moodle.calls import in_parts, side_by_side
from clients.moodle.enrolling import ENROLLED
from clients.moodle.errors import MoodleDenied
from clients.moodle.readiness import ReadinessOfCourses
from clients.moodle.transport import Params
from clients.moodle.types import Course, Participant

_COURSES = "core_course_get_courses"
_FOUND = TypeAdapter(tuple[Course, ...])
_PEOPLE = TypeAdapter(tuple[Participant, ...])
_PAGE = 1000
_A_PART = 200


class Reconciling(ReadinessOfCourses):
    _shows_builders = True

    async def courses_by_ids(self, ids: Sequence[int], gate: asyncio.Semaphore) -> tuple[Course, ...]:
        """Those of the courses that are there, in parts."""
        parts = await side_by_side(self._courses_of(part, gate) for part in in_parts(ids, _A_PART))
        return tuple(course for part in parts for course in part)

    async def _courses_of(self, ids: Sequence[int], gate: asyncio.Semaphore) -> tuple[Course, ...]:
        params: Params = {"options": {"ids": list(ids)}}
        return await self._patiently(gate, lambda: self._call(_COURSES, _FOUND, params))

    async def teachers(self, course_id: int, gate: asyncio.Semaphore) -> frozenset[int]:
        """Ids of those who hold «учитель» with full rights in the course itself, enrolled in it.

        A role in a category above shows nowhere. Moodle asks for `moodle/role:review` to pick out those
        who may build; without it all the enrolled are looked through, a thousand at a time.

        Raises:
            NotFound: the course was deleted.
        """
        if self._shows_builders:
            try:
                builders = await self._roll(course_id, gate, withcapability="moodle/course:manageactivities")
            except MoodleDenied:
                self._shows_builders = False
            else:
                return self._builders(builders)
        found: frozenset[int] = frozenset()
        start = 0
        while True:
            part = await self._roll(course_id, gate, limitfrom=str(start), limitnumber=str(_PAGE))
            found |= self._builders(part)
            start += len(part)
            if len(part) < _PAGE:
                return found

    def _builders(self, people: Sequence[Participant]) -> frozenset[int]:
        return frozenset(one.id for one in people if one.holds(self.roles.editing_teacher))

    async def _roll(self, course_id: int, gate: asyncio.Semaphore, **more: str) -> tuple[Participant, ...]:
        options = {"userfields": "id,roles", **more}
        params: Params = {
            "courseid": course_id,
            "options": [{"name": name, "value": value} for name, value in options.items()],
        }
        return await self._patiently(gate, partial(self._call, ENROLLED, _PEOPLE, params))

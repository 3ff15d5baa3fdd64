"""Enrolling many learners in a course, and reading back cheaply who is in it."""

from __future__ import annotations

import asyncio
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from pydantic import BaseModel, TypeAdapter

from clients.moodle.calls import in_parts, side_by_side
from clients.moodle.errors import FormCut, MoodleRefused, NotFound
from clients.moodle.operations import Operations
from clients.moodle.transport import Params
from clients.moodle.types import Course

ENROLLED = "core_enrol_get_enrolled_users"
_ENROL = "enrol_manual_enrol_users"
_COURSES = "core_course_get_courses"
_ENROLMENT_FIELDS = 3


class _Id(BaseModel):
    id: int


_IDS = TypeAdapter(tuple[_Id, ...])
_FOUND_COURSES = TypeAdapter(tuple[Course, ...])
_NOTHING = TypeAdapter(None)


@dataclass
class Enrolled:
    """Moodle took the enrolment; or the code with which it refused, by id of the account."""

    taken: set[int] = field(default_factory=set)
    refused: dict[int, str] = field(default_factory=dict)


class Enrolling(Operations):
    async def course(self, course_id: int) -> Course:
        """The course by id.

        Raises:
            NotFound: it was deleted.
        """
        found = await self._call(_COURSES, _FOUND_COURSES, {"options": {"ids": [course_id]}})
        if not found:
            raise NotFound(_COURSES, "invalidrecord", self._transport.site)
        return found[0]

    async def enrolled_ids(
        self, course_id: int, *, start: int = 0, only_active: bool = False
    ) -> tuple[int, ...]:
        """Ids of the enrolled in rising order, from the place `start` in that order.

        `only_active` leaves suspended enrolments out, and needs `moodle/course:enrolreview`.
        """
        options = {"userfields": "id", "limitfrom": str(start), "onlyactive": str(int(only_active))}
        params: Params = {
            "courseid": course_id,
            "options": [{"name": name, "value": value} for name, value in options.items()],
        }
        return tuple(sorted(one.id for one in await self._call(ENROLLED, _IDS, params)))

    async def enrol_students(
        self, course_id: int, user_ids: Iterable[int], gate: asyncio.Semaphore
    ) -> Enrolled:
        """Enrol as learners. Again: no change, but it opens a suspended enrolment.

        Leave out who is on the `Roll`: somebody who enrolled alone would get a second enrolment.

        Raises:
            NotFound: the course was deleted.
            MoodleDenied: manual enrolment is off in the course, or a right lacks.
        """
        done = Enrolled()
        size = self._rows_a_call(_ENROLMENT_FIELDS)
        await side_by_side(
            self._enrol_part(course_id, part, gate, done) for part in in_parts(dict.fromkeys(user_ids), size)
        )
        return done

    async def _enrol_part(
        self, course_id: int, user_ids: Sequence[int], gate: asyncio.Semaphore, done: Enrolled
    ) -> None:
        role_id = self.roles.student
        rows = [{"roleid": role_id, "userid": user_id, "courseid": course_id} for user_id in user_ids]
        try:
            # Repeated safely, so nothing needs to be looked up after an unknown outcome.
            await self._patiently(gate, lambda: self._call(_ENROL, _NOTHING, {"enrolments": rows}))
        except FormCut as cut:
            self._remember_cut(cut)
            size = self._rows_a_call(_ENROLMENT_FIELDS)
        except MoodleRefused as refused:
            await self.course(course_id)  # of a deleted course every row is refused
            if len(user_ids) == 1:
                done.refused[user_ids[0]] = refused.errorcode
                return
            size = -(-len(user_ids) // 2)
        else:
            done.taken.update(user_ids)
            return
        for part in in_parts(user_ids, size):
            await self._enrol_part(course_id, part, gate, done)


class Roll:
    """Who is actively enrolled, read whole once and then only as far as it grew.

        roll = await Roll.of(moodle, course_id, gate)
        await moodle.enrol_students(course_id, roll.absent(user_ids), gate)
        lost = await roll.confirm(user_ids)

    Moodle lists people by rising id, so those who come after a chunk was enrolled are read from the
    place where the least id of the chunk must stand: for new accounts that is the chunk alone.
    """

    def __init__(self, client: Enrolling, course_id: int, gate: asyncio.Semaphore) -> None:
        self._client = client
        self._course_id = course_id
        self._gate = gate
        self._ids: list[int] = []
        self._known: set[int] = set()

    @classmethod
    async def of(cls, client: Enrolling, course_id: int, gate: asyncio.Semaphore) -> Roll:
        roll = cls(client, course_id, gate)
        await roll._read(0)
        return roll

    def __len__(self) -> int:
        return len(self._ids)

    def __contains__(self, user_id: int) -> bool:
        return user_id in self._known

    def absent(self, user_ids: Iterable[int]) -> list[int]:
        """Those who are not known to be enrolled, without asking Moodle."""
        return [user_id for user_id in user_ids if user_id not in self._known]

    async def confirm(self, user_ids: Iterable[int]) -> list[int]:
        """Read back; those whom Moodle does not show as enrolled."""
        missing = self.absent(user_ids)
        if missing:
            await self._read(bisect_left(self._ids, min(missing)))
        if self.absent(missing):
            # Somebody with a lesser id left meanwhile, and all places moved up.
            await self._read(0)
        return self.absent(missing)

    async def _read(self, start: int) -> None:
        ids = await self._client._patiently(
            self._gate, lambda: self._client.enrolled_ids(self._course_id, start=start, only_active=True)
        )
        self._known = set(ids) if start == 0 else self._known | set(ids)
        self._ids = sorted(self._known)

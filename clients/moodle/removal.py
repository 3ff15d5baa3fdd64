"""Taking a responsible person's rights away, and proving it (clause 4.8).

What Moodle shows of rights it shows of enrolled people only, so a category's role is looked for after
it was taken and before the person leaves the courses of the category; where the person is in none of
them, nothing can show it, and the proof says so.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pydantic import BaseModel, TypeAdapter

from clients.moodle.enrolling import Enrolling
from clients.moodle.errors import NotFound
from clients.moodle.transport import Params

WITH_CAPABILITY = "core_enrol_get_enrolled_users_with_capability"
UNENROL = "enrol_manual_unenrol_users"
_BUILDS_COURSE = "moodle/course:manageactivities"
_CREATES_COURSES = "moodle/course:create"


class _Holder(BaseModel):
    id: int


class _Holders(BaseModel):
    capability: str
    users: tuple[_Holder, ...]


_HOLDERS = TypeAdapter(tuple[_Holders, ...])


@dataclass(frozen=True)
class CourseProof:
    """What is left in one course after the role was taken and the enrolment ended.

    Attributes:
        course_id: Moodle's.
        exists: Else the course was deleted, and the rest is empty.
        was_enrolled: Before.
        can_build: May still build the course, by a right from elsewhere; `None`: not shown, as the
            person was not enrolled. A role without enrolment was taken too, but no Moodle shows it.
        still_enrolled: Actively enrolled, say by themselves: the engine can't end that.
        ended_by: `unenrol`, or `suspend` where a Moodle can't do better (2.8.5).
    """

    course_id: int
    exists: bool = True
    was_enrolled: bool = False
    can_build: bool | None = None
    still_enrolled: bool = False
    ended_by: str = ""


@dataclass(frozen=True)
class CategoryProof:
    """`can_create`: may still create courses there; `None`: this Moodle cannot show it."""

    category_id: int
    can_create: bool | None = None


@dataclass(frozen=True)
class Proof:
    """What was taken away, what was read back, and what cannot be shown."""

    user_id: int
    courses: tuple[CourseProof, ...]
    categories: tuple[CategoryProof, ...]

    @property
    def is_clean(self) -> bool:
        """Nothing of the rights shows any more; what can't be shown is not counted."""
        left = (course.can_build or course.still_enrolled for course in self.courses)
        return not any(left) and not any(category.can_create for category in self.categories)

    @property
    def is_complete(self) -> bool:
        """All could be read back."""
        shown = [course.can_build is not None for course in self.courses if course.exists]
        return all(shown) and all(category.can_create is not None for category in self.categories)


@dataclass(frozen=True)
class _Seen:
    """What a course shows of the person between the loss of the roles and of the enrolment."""

    enrolled: bool
    category_id: int
    can_build: bool | None = None
    can_create: bool | None = None


class Removal(Enrolling):
    async def remove_rights(
        self, user_id: int, course_ids: Sequence[int], category_ids: Sequence[int]
    ) -> Proof:
        """Take the roles and the enrolments that `ensure_teacher` and `ensure_course_creator` gave.

        Safe to repeat after any failure; what the first attempt saw before it took it away shows no more.
        """
        for category_id in category_ids:
            await self._forget_category(category_id, user_id)
        seen = {course_id: await self._take_role(course_id, user_id) for course_id in course_ids}
        courses = [await self._end(course_id, user_id, seen[course_id]) for course_id in course_ids]
        told = [one for one in seen.values() if one is not None]
        categories = [CategoryProof(one, _can_create(one, told)) for one in category_ids]
        return Proof(user_id, tuple(courses), tuple(categories))

    async def _forget_category(self, category_id: int, user_id: int) -> None:
        if any(category.id == category_id for category in await self.categories()):
            await self.unassign_course_creator(category_id, user_id)

    async def _take_role(self, course_id: int, user_id: int) -> _Seen | None:
        """`None` for a course that was deleted."""
        try:
            course = await self.course(course_id)
        except NotFound:
            return None
        await self.unassign_teacher(course_id, user_id)
        if user_id not in await self.enrolled_ids(course_id):
            return _Seen(enrolled=False, category_id=course.category_id)
        holders = await self._holders(course_id)
        return _Seen(
            enrolled=True,
            category_id=course.category_id,
            can_build=user_id in holders.get(_BUILDS_COURSE, ()),
            can_create=user_id in holders.get(_CREATES_COURSES, ()),
        )

    async def _holders(self, course_id: int) -> dict[str, frozenset[int]]:
        asked: Params = {"courseid": course_id, "capabilities": [_BUILDS_COURSE, _CREATES_COURSES]}
        params: Params = {
            "coursecapabilities": [asked],
            "options": [{"name": "userfields", "value": "id"}],
        }
        answer = await self._call(WITH_CAPABILITY, _HOLDERS, params)
        return {one.capability: frozenset(user.id for user in one.users) for one in answer}

    async def _end(self, course_id: int, user_id: int, seen: _Seen | None) -> CourseProof:
        if seen is None:
            return CourseProof(course_id, exists=False)
        if not seen.enrolled:
            return CourseProof(course_id)
        can_unenrol = (await self.site()).has(UNENROL)
        await (self.unenrol if can_unenrol else self.suspend)(course_id, user_id)
        # Who is suspended counts as gone, for on 2.8.5 that is all there is.
        active = await self.enrolled_ids(course_id, only_active=True)
        return CourseProof(
            course_id,
            was_enrolled=True,
            can_build=seen.can_build,
            still_enrolled=user_id in active,
            ended_by="unenrol" if can_unenrol else "suspend",
        )


def _can_create(category_id: int, seen: Sequence[_Seen]) -> bool | None:
    told = [one.can_create for one in seen if one.category_id == category_id and one.can_create is not None]
    return any(told) if told else None

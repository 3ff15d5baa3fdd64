"""Is a course ready for its learners, and can they come in by themselves (clauses 4.4 and 4.5)?"""

from __future__ import annotations

from dataclasses import dataclass

from pydantic import BaseModel, TypeAdapter

from clients.moodle.enrolling import Enrolling
from clients.moodle.errors import MoodleDenied, MoodleRefused
from clients.moodle.finding import NOBODY
from clients.moodle.transport import Params

CONTENTS = "core_course_get_contents"
METHODS = "core_enrol_get_course_enrolment_methods"
GRADES = "core_grades_get_grades"
COMPLETION = "core_completion_get_course_completion_status"
PUBLIC_CONFIG = "tool_mobile_get_public_config"
_ENROL = "enrol_manual_enrol_users"

_NO_CRITERIA = "nocriteriaset"
_SOME = 200
"""Participants among whom a learner is looked for; teachers are older accounts than learners."""


class Module(BaseModel):
    """An activity or a resource; `completion` (0: not tracked) is told since 3.7."""

    id: int
    modname: str
    visible: bool = True
    completion: int | None = None


class Section(BaseModel):
    visible: bool = True
    modules: tuple[Module, ...] = ()


class _Method(BaseModel):
    type: str
    # True, or the reason why nobody can come in this way now
    status: bool | str
    wsfunction: str = ""


class _GradeItem(BaseModel):
    activityid: str


class _GradeItems(BaseModel):
    items: tuple[_GradeItem, ...]


class _PublicConfig(BaseModel):
    registerauth: str = ""


SECTIONS = TypeAdapter(tuple[Section, ...])
_METHODS = TypeAdapter(tuple[_Method, ...])
_ITEMS = TypeAdapter(_GradeItems)
_CONFIG = TypeAdapter(_PublicConfig)
_ANYTHING: TypeAdapter[object] = TypeAdapter(object)


@dataclass(frozen=True)
class SelfEnrolment:
    """A way in that learners take alone."""

    is_open: bool
    needs_key: bool


@dataclass(frozen=True)
class Readiness:
    """What a course has; `None` means that this Moodle doesn't tell.

    Attributes:
        has_content: Something visible besides the forum that every new course gets.
        hidden_activities: So many are there but hidden from learners.
        visible: Learners see the course.
        self_enrolment: `None` when the course has no way in that learners take alone.
        manual_enrolment: People can be enrolled by the engine.
        has_criteria: Criteria of completing the course; told only once a learner is enrolled.
        completion_enabled: Completion is tracked in the course at all.
    """

    has_content: bool | None
    hidden_activities: int
    visible: bool | None
    self_enrolment: SelfEnrolment | None
    manual_enrolment: bool
    has_criteria: bool | None
    completion_enabled: bool | None


class ReadinessOfCourses(Enrolling):
    async def readiness(self, course_id: int) -> Readiness:
        """Look at all that makes a course ready.

        Raises:
            NotFound: the course was deleted.
        """
        course = await self.course(course_id)
        sections = await self.contents(course_id)
        return Readiness(
            has_content=await self._has_content(course_id, sections),
            hidden_activities=sum(len(section.modules) - len(_shown(section)) for section in sections),
            visible=course.visible,
            self_enrolment=await self.self_enrolment(course_id),
            manual_enrolment=await self.has_manual_enrolment(course_id),
            has_criteria=await self.has_criteria(course_id),
            completion_enabled=course.completion_enabled,
        )

    async def contents(self, course_id: int) -> tuple[Section, ...]:
        """Sections with the activities that the service account may see."""
        params: Params = {"courseid": course_id}
        return await self._call(CONTENTS, SECTIONS, params)

    async def _has_content(self, course_id: int, sections: tuple[Section, ...]) -> bool | None:
        if any(_has_content(section, place) for place, section in enumerate(sections)):
            return True
        # Without mod/assign:view and its like an activity is simply missing from the contents.
        return None if await self.unseen_activities(course_id, sections) else False

    async def unseen_activities(self, course_id: int, sections: tuple[Section, ...]) -> bool | None:
        """Whether there are graded activities that the account doesn't see; `None` after 3.9."""
        try:
            graded = await self.graded_activities(course_id)
        except MoodleDenied:
            return None
        seen = {module.id for section in sections for module in section.modules}
        return None if graded is None else not graded <= seen

    async def graded_activities(self, course_id: int) -> frozenset[int] | None:
        """Ids of the modules that are graded, seen or not; `None` after 3.9."""
        if not (await self.site()).has(GRADES):
            return None
        items = (await self._call(GRADES, _ITEMS, {"courseid": course_id})).items
        return frozenset(int(item.activityid) for item in items if item.activityid.isdecimal())

    async def self_enrolment(self, course_id: int) -> SelfEnrolment | None:
        methods = await self._call(METHODS, _METHODS, {"courseid": course_id})
        ways = [_way(method) for method in methods if method.type == "self"]
        return min(ways, key=lambda way: (not way.is_open, way.needs_key), default=None)

    async def has_manual_enrolment(self, course_id: int) -> bool:
        """By enrolling a person who doesn't exist: Moodle looks for the way first, and undoes it all."""
        row = {"roleid": self.roles.student, "userid": NOBODY, "courseid": course_id}
        await self._require(_ENROL)
        refusal = await self.refusal(_ENROL, {"enrolments": [row]})
        if refusal is None or isinstance(refusal, MoodleRefused):
            return True
        if refusal.errorcode == "wsnoinstance":
            return False
        raise refusal

    async def has_criteria(self, course_id: int) -> bool | None:
        """Moodle tells it of a learner only, so nobody knows while none is enrolled."""
        try:
            return await self.look_at_completion(course_id)
        except MoodleRefused as refused:
            return False if refused.errorcode == _NO_CRITERIA else None
        except MoodleDenied:
            return None

    async def look_at_completion(self, course_id: int) -> bool | None:
        """Whether a learner's completion can be read; `None`: no function, or no learner to look at."""
        if not (await self.site()).has(COMPLETION):
            return None
        role_id = self.roles.student
        learner = next(
            (one.id for one in await self.enrolled(course_id, limit=_SOME) if one.holds(role_id)), None
        )
        if learner is None:
            return None
        await self._call(COMPLETION, _ANYTHING, {"courseid": course_id, "userid": learner})
        return True

    async def self_registration(self) -> bool | None:
        """Whether people may make accounts on the site themselves; `None` where it isn't told (2.8.5)."""
        if not (await self.site()).has(PUBLIC_CONFIG):
            return None
        return bool((await self._call(PUBLIC_CONFIG, _CONFIG, {})).registerauth)


def _way(method: _Method) -> SelfEnrolment:
    return SelfEnrolment(method.status is True, bool(method.wsfunction))


def _shown(section: Section) -> list[Module]:
    return [module for module in section.modules if section.visible and module.visible]


def _has_content(section: Section, place: int) -> bool:
    """The forum in a course's first section is the one of the news, there from the start."""
    return any(module.modname != "forum" or place > 0 for module in _shown(section))

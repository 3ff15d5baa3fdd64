"""Looking at courses of the register one by one: who teaches them, and whether learners can come in."""

import asyncio

import structlog

from activities.sites import Site
from activities.trusted import Trusted
from clients.moodle import MoodleError, MoodleUnavailable, NotFound
from models.comparing import unknown_teachers
from models.reconciliation import Difference, Kind, quoted
from models.tables import Course

log = structlog.get_logger()

CALLS_AT_ONCE = 4
_AWAY_AFTER = 4
"""So many courses of a part that did not answer, and the rest is not asked for."""


class Looking:
    """One part of the courses, a few calls at a time."""

    def __init__(self, site: Site, trust: dict[int, Trusted], open_ways: set[int]) -> None:
        self._site = site
        self._trust = trust
        self._open_ways = open_ways
        self._gate = asyncio.Semaphore(CALLS_AT_ONCE)
        self.found: list[Difference] = []
        self.seen: list[int] = []
        self.away = 0

    async def look(self, course: Course) -> None:
        id, moodle_id = course.id or 0, course.moodle_id or 0
        async with self._gate:
            if self.away >= _AWAY_AFTER:
                return
            try:
                found = await self._differences(course, id, moodle_id)
            except NotFound:
                found = []  # That it was deleted is what the lists tell.
            except MoodleUnavailable:
                self.away += 1
                return
            except MoodleError as error:
                log.warning("course not looked at", course=id, error=type(error).__name__)
                return
        self.found += found
        self.seen.append(id)

    async def _differences(self, course: Course, id: int, moodle_id: int) -> list[Difference]:
        found, name, mine = [], quoted(course.name), self._trust[id]
        free = asyncio.Semaphore(1)  # its place in the queue is taken already
        teachers = await self._site.moodle.teachers(moodle_id, free)
        others = unknown_teachers(teachers, mine.known, mine.without_account) if mine.is_told else ()
        if others:
            accounts = ", ".join(f"№ {one}" for one in others)
            what = f"роль и у учётных записей, которых реестр не знает: {accounts}"
            known = f"{name}: такую роль имеет только ответственное лицо"
            found.append(Difference(Kind.ROLE_BY_HAND, known, what, course=id))
        if lacking := sorted(mine.teachers - teachers):
            accounts = ", ".join(f"№ {one}" for one in lacking)
            what = f"роли нет (учётная запись {accounts})"
            known = f"{name}: роль назначена ответственному лицу"
            found.append(Difference(Kind.ROLE_TAKEN, known, what, course=id))
        if id in self._open_ways:
            way = await self._site.moodle.self_enrolment(moodle_id)
            if way is None or not way.is_open:
                known = f"{name}: Пользователи записываются сами"
                found.append(Difference(Kind.WAY_SHUT, known, "записаться самостоятельно нельзя", course=id))
        return found

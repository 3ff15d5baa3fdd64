"""The register against one Moodle: reads its lists, then its courses part by part.

Nothing is concluded from what did not come, or did not come whole; what was known of it stays.
"""

import asyncio
from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, func, or_, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col
from temporalio import activity

from activities import adopting, differences, trusted
from activities.looking import CALLS_AT_ONCE, Looking
from activities.sites import Site, Sites
from clients.moodle import Category as Found
from clients.moodle import Course as Seen
from clients.moodle import MoodleDenied, MoodleUnavailable
from models import store
from models.comparing import OurCategory, OurCourse, compare, is_whole, missing
from models.enrolment import Stage
from models.errors import SiteMissing
from models.reconciliation import Looked, LookOn, Night, Outcome, Settle
from models.tables import CaseRow, Category, Course, EnrolmentRow, ReconciliationRow, Request, TrainingRow
from models.trainings import Stage as TrainingStage

_A_PART = 1000
"""Courses that a step looks at: all that a worker holds of them at a time."""
_LIST = "core_course_get_courses"


class ReconciliationActivities:
    """Activities on the register and a Moodle."""

    def __init__(self, sessions: store.Sessions, sites: Sites) -> None:
        self._sessions = sessions
        self._sites = sites

    @activity.defn
    async def begin_reconciliation(self, night: Night) -> None:
        """Show that a run is under way; one that somebody ended by hand is so no longer."""
        async with self._sessions.begin() as session:
            is_running = col(ReconciliationRow.outcome) == Outcome.RUNNING
            earlier = is_running & (col(ReconciliationRow.subsystem) == night.subsystem)
            others = earlier & (col(ReconciliationRow.run) != night.run)
            stopped = {"outcome": Outcome.STOPPED.value, "finished_at": night.at}
            await session.execute(update(ReconciliationRow).where(others).values(stopped))
            row = {"run": night.run, "subsystem": night.subsystem, "started_at": night.at}
            await session.execute(insert(ReconciliationRow).values(row).on_conflict_do_nothing())

    @activity.defn
    async def read_lists(self, night: Night) -> None:
        """Categories and courses, whole: adopt what is new, show what differs.

        Raises:
            MoodleUnavailable: the Moodle is away, or its lists came cut.
            MoodleDenied: it shows the account nothing.
            SiteMissing: the settings don't name it.
        """
        site = self._site(night.subsystem)
        ours = await self._ours(night.subsystem)
        theirs = await _lists(site, ours[1])
        async with self._sessions.begin() as session:
            found = compare(ours, theirs, await _awaited(session, night.subsystem))
            adopted = await adopting.adopt(session, found, site, night.at)
            await differences.keep_listed(session, night.subsystem, found.differences, found.gone, night.at)
            row = await session.get_one(ReconciliationRow, night.run)
            row.categories, row.courses = len(theirs[0]), len(theirs[1])
            row.adopted += adopted

    @activity.defn
    async def look_on(self, look: LookOn) -> Looked:
        """Teachers of the next courses of the register, and ways in where learners come by themselves.

        Raises:
            MoodleUnavailable: not one of them answered.
        """
        site = self._site(look.subsystem)
        async with store.looking(self._sessions) as session:
            courses: Sequence[Course] = (await session.scalars(_next(look))).all()
            trust = await trusted.with_courses(session, look.subsystem, courses)
            open_ways = set((await session.scalars(_open_ways(courses))).all())
        looking = Looking(site, trust, open_ways)
        await asyncio.gather(*(looking.look(one) for one in courses))
        if courses and not looking.seen and looking.away:
            raise MoodleUnavailable(_LIST, "nocourseanswered", site.url)
        async with self._sessions.begin() as session:
            await differences.keep_looked_at(session, look.subsystem, looking.seen, looking.found, look.at)
        last = courses[-1].id if len(courses) == _A_PART else None
        seen = len(looking.seen)
        return Looked(
            number="", step=look.step, at=look.at, last=last, looked=seen, unread=len(courses) - seen
        )

    @activity.defn
    async def settle_reconciliation(self, settle: Settle) -> None:
        """Open and close tasks, and say how far the run has come."""
        async with self._sessions.begin() as session:
            row = await session.get_one(ReconciliationRow, settle.run)
            if row.finished_at is not None:
                return
            await differences.see_to_tasks(session, settle.subsystem, settle.run, settle.at)
            row.finished_at, row.outcome, row.failure = settle.at, settle.outcome.value, settle.failure
            row.looked, row.unread = settle.looked, settle.unread

    def _site(self, subsystem: str) -> Site:
        if subsystem not in self._sites:
            raise SiteMissing
        return self._sites[subsystem]

    async def _ours(self, subsystem: str) -> tuple[list[OurCategory], list[OurCourse]]:
        categories: Any = select(col(Category.id), col(Category.name), col(Category.moodle_id))
        courses: Any = select(
            col(Course.id), col(Course.name), col(Course.moodle_id), col(Course.category), _is_in_use()
        )
        async with store.looking(self._sessions) as session:
            found = await session.execute(categories.where(col(Category.subsystem) == subsystem))
            held = await session.execute(courses.where(col(Course.subsystem) == subsystem))
            return [OurCategory(*row) for row in found.all()], [OurCourse(*row) for row in held.all()]


async def _lists(site: Site, ours: Sequence[OurCourse]) -> tuple[tuple[Found, ...], tuple[Seen, ...]]:
    """Both lists, whole, with what of ours the list of courses should have had."""
    categories, courses = await site.moodle.categories(), await site.moodle.courses()
    if not categories:
        raise MoodleDenied("core_course_get_categories", "emptylist", site.url)
    left_out = await site.moodle.courses_by_ids(missing(ours, courses), asyncio.Semaphore(CALLS_AT_ONCE))
    if left_out or not is_whole(categories, courses):
        raise MoodleUnavailable(_LIST, "halflist", site.url)
    return categories, courses


async def _awaited(session: AsyncSession, subsystem: str) -> Sequence[str]:
    """Names of courses that are being set up now: whoever makes them by hand will enter them."""
    query = (
        select(col(Request.course_name))
        .join(CaseRow, col(CaseRow.number) == col(Request.number))
        .where(
            col(Request.subsystem) == subsystem,
            col(CaseRow.closed_at).is_(None),
            col(Request.course_name) != "",
        )
    )
    return (await session.scalars(query)).all()


def _next(look: LookOn) -> Select[Any]:
    return (
        select(Course)
        .where(
            col(Course.subsystem) == look.subsystem,
            col(Course.moodle_id).is_not(None),
            col(Course.id) > look.after,
        )
        .order_by(col(Course.id))
        .limit(_A_PART)
    )


def _is_in_use() -> ColumnElement[bool]:
    """Whether learners are let into a course now: a training runs, or they register themselves."""
    runs = select(col(TrainingRow.number)).where(
        col(TrainingRow.course) == col(Course.id), col(TrainingRow.state) == TrainingStage.RUNNING
    )
    return or_(runs.exists(), _ways().where(col(CaseRow.course) == col(Course.id)).exists())


def _open_ways(courses: Sequence[Course]) -> Select[Any]:
    """Courses of these that learners come into by themselves."""
    return _ways().where(col(CaseRow.course).in_([one.id for one in courses]))


def _ways() -> Select[Any]:
    """Courses whose way in was found open, and whose training, where there is one, is not over."""
    over = select(col(TrainingRow.number)).where(
        col(TrainingRow.state).not_in([TrainingStage.PLANNED, TrainingStage.RUNNING])
    )
    return (
        select(func.coalesce(col(CaseRow.course), 0))
        .join(EnrolmentRow, col(EnrolmentRow.number) == col(CaseRow.number))
        .where(
            col(EnrolmentRow.state) == Stage.WAY_OPEN,
            or_(col(EnrolmentRow.training).is_(None), col(EnrolmentRow.training).not_in(over)),
        )
    )

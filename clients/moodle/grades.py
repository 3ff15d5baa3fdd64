"""The course totals of learners, by whichever of two functions a release has."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import NamedTuple

from pydantic import BaseModel, Field, TypeAdapter

from clients.moodle.calls import side_by_side
from clients.moodle.enrolling import Enrolling
from clients.moodle.errors import MoodleDenied, MoodleRefused
from clients.moodle.transport import Params

BATCH = "core_grades_get_grades"
ITEMS = "gradereport_user_get_grade_items"
_COURSE = "course"


class Grade(NamedTuple):
    """`hidden`: it is there and not shown."""

    value: float | None
    maximum: float | None
    graded_on: int | None
    hidden: bool = False


class _OneGrade(BaseModel):
    user_id: int = Field(alias="userid")
    grade: float | None
    hidden: bool = False
    graded_on: int | None = Field(alias="dategraded", default=None)


class _Item(BaseModel):
    activityid: str
    hidden: bool = False
    maximum: float | None = Field(alias="grademax", default=None)
    grades: tuple[_OneGrade, ...] = ()


class _Batch(BaseModel):
    items: tuple[_Item, ...]


class _ReportItem(BaseModel):
    itemtype: str
    value: float | None = Field(alias="graderaw", default=None)
    maximum: float | None = Field(alias="grademax", default=None)
    graded_on: int | None = Field(alias="gradedategraded", default=None)
    hidden: bool = Field(alias="gradeishidden", default=False)


class _OneReport(BaseModel):
    items: tuple[_ReportItem, ...] = Field(alias="gradeitems")


class _Report(BaseModel):
    reports: tuple[_OneReport, ...] = Field(alias="usergrades")


BATCHES = TypeAdapter(_Batch)
REPORTS = TypeAdapter(_Report)


class Grades(Enrolling):
    async def course_grades(
        self, course_id: int, user_ids: Sequence[int], gate: asyncio.Semaphore
    ) -> dict[int, Grade] | None:
        """Course totals of enrolled learners; `None` when the account may see none of them.

        Up to 3.9 in one call for all of `user_ids`, which bounds the size of an answer; later one by one,
        for the answer on a whole course has no bound.
        """
        site = await self.site()
        try:
            if site.has(BATCH):
                return await self._in_one_call(course_id, user_ids, gate)
            if site.has(ITEMS):
                return await self._one_by_one(course_id, user_ids, gate)
        except MoodleDenied:
            return None
        return None

    async def _in_one_call(
        self, course_id: int, user_ids: Sequence[int], gate: asyncio.Semaphore
    ) -> dict[int, Grade] | None:
        params: Params = {"courseid": course_id, "userids": user_ids}
        answer = await self._patiently(gate, lambda: self._call(BATCH, BATCHES, params))
        total = next((item for item in answer.items if item.activityid == _COURSE), None)
        return None if total is None else {one.user_id: _grade(one, total) for one in total.grades}

    async def _one_by_one(
        self, course_id: int, user_ids: Sequence[int], gate: asyncio.Semaphore
    ) -> dict[int, Grade]:
        grades = await side_by_side(self._grade(course_id, user_id, gate) for user_id in user_ids)
        return {user_id: grade for user_id, grade in zip(user_ids, grades, strict=True) if grade}

    async def _grade(self, course_id: int, user_id: int, gate: asyncio.Semaphore) -> Grade | None:
        params = {"courseid": course_id, "userid": user_id}
        try:
            answer = await self._patiently(gate, lambda: self._call(ITEMS, REPORTS, params))
        except MoodleRefused:
            return None  # left meanwhile
        items = (item for report in answer.reports for item in report.items if item.itemtype == _COURSE)
        total = next(items, None)
        if total is None:
            return None
        return Grade(total.value, total.maximum, total.graded_on, _hides(total.value, total.hidden))


def _grade(one: _OneGrade, total: _Item) -> Grade:
    return Grade(one.grade, total.maximum, one.graded_on, _hides(one.grade, one.hidden or total.hidden))


def _hides(value: float | None, hidden: bool) -> bool:
    return hidden and value is None

"""Grades as the reports give them: item by item, and course by course."""

from typing import Any

from .access import SYSTEM
from .course_parts import gradebook_of
from .errors import MissingRecord
from .gradebook import formatted, grade_of, graded_modules, report_subject, shows_total, total_of
from .params import P, Value, default
from .records import Course, Gradebook, Module, User
from .releases import MOODLE_3_7
from .text import number
from .webservice import Args, Call, webservice

_REPORT = {"courseid": Value(P.INT), "userid": default(P.INT, 0), "groupid": default(P.INT, 0)}


def _percentage(value: float | None, grademax: float) -> str:
    return "-" if value is None else f"{100 * value / grademax:.2f} %"


@webservice("gradereport_user_get_grade_items", _REPORT)
def grade_items(call: Call, args: Args) -> dict[str, Any]:
    """Items of activities that the caller may not see are missing, with no error: the total stays."""
    course, users = report_subject(call, args)
    gradebook = gradebook_of(call.db, course.id)
    modules = [m for m in graded_modules(call.db, course.id) if call.access.sees_module(m)]
    return {
        "usergrades": [
            {
                "courseid": course.id,
                "userid": user.id,
                "userfullname": user.fullname,
                "maxdepth": 2,
                "gradeitems": [
                    *(_module_item(call, module, user) for module in modules),
                    _total_item(call, course, gradebook, user),
                ],
            }
            for user in users
        ],
        "warnings": [],
    }


def _item(call: Call, value: float | None, grademax: float, dategraded: int | None) -> dict[str, Any]:
    item: dict[str, Any] = {
        "itemnumber": None,
        "categoryid": None,
        "outcomeid": None,
        "scaleid": None,
        "graderaw": None if value is None else number(value),
        "gradedatesubmitted": None,
        "gradedategraded": dategraded,
        "gradehiddenbydate": False,
        "gradeneedsupdate": False,
        "gradeishidden": False,
        "gradeformatted": formatted(value),
        "grademin": 0,
        "grademax": number(grademax),
        "rangeformatted": f"0&ndash;{number(grademax)}",
        "percentageformatted": _percentage(value, grademax),
        "feedback": "",
        "feedbackformat": 0,
    }
    if call.release >= MOODLE_3_7:
        item |= {"locked": False, "gradeislocked": False, "gradeisoverridden": False}
    return item


def _total_item(call: Call, course: Course, gradebook: Gradebook, user: User) -> dict[str, Any]:
    total = total_of(call.db, course, user)
    shown = shows_total(call, course.id)
    return _item(call, total.value if shown else None, total.grademax, total.dategraded) | {
        "gradeishidden": not shown,
        "id": gradebook.item_id,
        "itemname": None,
        "itemtype": "course",
        "itemmodule": None,
        "iteminstance": gradebook.id,
    }


def _module_item(call: Call, module: Module, user: User) -> dict[str, Any]:
    """By Moodle's documentation: the recording account saw the total only."""
    grade = grade_of(call.db, module, user.id)
    gradebook = gradebook_of(call.db, module.course_id)
    item = _item(
        call, grade.value if grade else None, module.grademax or 0.0, grade.dategraded if grade else None
    ) | {
        "id": module.gradeitem_id,
        "itemname": call.shown(module.name),
        "itemtype": "mod",
        "itemmodule": module.modname,
        "iteminstance": module.instance,
        "itemnumber": 0,
        "categoryid": gradebook.id,
    }
    if call.release >= MOODLE_3_7:
        item |= {"cmid": module.id, "gradeisoverridden": bool(grade and grade.overridden)}
    return item


@webservice("gradereport_overview_get_course_grades", {"userid": default(P.INT, 0)})
def overview(call: Call, args: Args) -> dict[str, Any]:
    call.access.validate(SYSTEM)
    user = call.db.users.get(args["userid"] or call.user.id)
    if user is None:
        raise MissingRecord("invaliduser", "Invalid user")
    if user.id != call.user.id:
        call.access.require("moodle/grade:viewall")
    course_ids = sorted({e.course_id for e in call.db.enrolments.where(user_id=user.id)})
    totals = [(cid, total_of(call.db, call.db.courses.one(cid), user).value) for cid in course_ids]
    return {
        "grades": [
            {
                "courseid": course_id,
                "grade": formatted(value),
                "rawgrade": None if value is None else f"{value:.5f}",
            }
            for course_id, value in totals
        ],
        "warnings": [],
    }

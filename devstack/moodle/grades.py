"""Grades as core_grades_get_grades gives them."""

from typing import Any

from .errors import InvalidParameter, MoodleError
from .gradebook import formatted, grade_of, graded_course, graded_modules, shows_total, total_of
from .params import Multiple, Need, P, Value, default
from .records import Course, Module, User
from .text import number
from .webservice import Args, Call, webservice


@webservice(
    "core_grades_get_grades",
    {
        "courseid": Value(P.INT),
        "component": default(P.RAW, ""),
        "activityid": default(P.INT, None),
        "userids": Multiple(Value(P.INT), Need.DEFAULT, []),
    },
)
def get_grades(call: Call, args: Args) -> dict[str, Any]:
    """Gone from Moodle after 3.9; it shows activities that the account may not open."""
    course = graded_course(call, args["courseid"])
    modules = graded_modules(call.db, course.id)
    one = args["activityid"] is not None
    if one:
        modules = [m for m in modules if m.id == args["activityid"]]
        if not modules or f"mod_{modules[0].modname}" != args["component"]:
            raise MoodleError("invalidcoursemodule", "Invalid course module ID")
    users = [_known(call, user_id) for user_id in args["userids"]]
    items = [_activity_grades(call, module, users) for module in modules]
    return {"items": items if one else [_total_grades(call, course, users), *items], "outcomes": []}


def _known(call: Call, user_id: int) -> User:
    user = call.db.users.get(user_id)
    if user is None:
        raise InvalidParameter(f"User id not exist: {user_id}")
    return user


def _grades_item(activity: str, name: str, grademax: float, grades: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "activityid": activity,
        "itemnumber": 0,
        "scaleid": 0,
        "name": name,
        "grademin": 0,
        "grademax": number(grademax),
        "gradepass": 0,
        "locked": 0,
        "hidden": 0,
        "grades": grades,
    }


def _total_grades(call: Call, course: Course, users: list[User]) -> dict[str, Any]:
    shown = shows_total(call, course.id)
    grades = []
    for user in users:
        total = total_of(call.db, course, user)
        grades.append(_one_grade(user, total.value if shown else None, total.grademax, total.dategraded))
    grademax = sum(m.grademax or 0.0 for m in graded_modules(call.db, course.id)) or 100.0
    item = _grades_item("course", "Course total", grademax, grades)
    return item | {"hidden": int(not shown)}


def _activity_grades(call: Call, module: Module, users: list[User]) -> dict[str, Any]:
    grades = []
    grademax = module.grademax or 0.0
    for user in users:
        grade = grade_of(call.db, module, user.id)
        shown = _one_grade(
            user, grade.value if grade else None, grademax, grade.dategraded if grade else None
        )
        if grade:
            shown |= {"overridden": grade.overridden, "usermodified": grade.graded_by}
        grades.append(shown)
    return _grades_item(str(module.id), call.shown(module.name), grademax, grades)


def _one_grade(user: User, value: float | None, grademax: float, dategraded: int | None) -> dict[str, Any]:
    long_grade = "-" if value is None else f"{value:.2f} / {grademax:.2f}"
    return {
        "userid": user.id,
        "grade": None if value is None else number(value),
        "locked": 0,
        "hidden": 0,
        "overridden": 0,
        "feedback": None,
        "feedbackformat": 0,
        "usermodified": None,
        "datesubmitted": None,
        "dategraded": dategraded,
        "str_grade": formatted(value),
        "str_long_grade": long_grade,
        "str_feedback": "",
    }

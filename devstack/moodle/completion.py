"""Completion of activities and courses."""

from typing import Any

from .access import course_context
from .database import Database
from .errors import MissingRecord, MoodleError
from .params import P, Value
from .records import ActivityCompletion, Course, CourseCompletion, Module, User
from .releases import MOODLE_3_7
from .webservice import Args, Call, webservice

_BY_HAND = 1
_OF_ONE = {"courseid": Value(P.INT), "userid": Value(P.INT)}


def completion_of(db: Database, module: Module, user_id: int) -> ActivityCompletion | None:
    return next(iter(db.activity_completions.where(user_id=user_id, module_id=module.id)), None)


def is_done(db: Database, module: Module, user_id: int) -> bool:
    done = completion_of(db, module, user_id)
    return done is not None and done.state > 0


def criteria_of(db: Database, course_id: int) -> list[Module]:
    return [module for module in db.modules.where(course_id=course_id) if module.is_criterion]


def is_tracked(call: Call, course_id: int, user_id: int) -> bool:
    """Only who is actively enrolled; that a suspended one is not, by Moodle's source."""
    return any(e.is_active(call.now) for e in call.db.enrolments.where(user_id=user_id, course_id=course_id))


def course_completion(db: Database, course_id: int, user_id: int) -> CourseCompletion | None:
    return next(iter(db.course_completions.where(user_id=user_id, course_id=course_id)), None)


def aggregate(db: Database, course_id: int, user_id: int, now: int) -> None:
    """What Moodle's cron does: a learner who meets all criteria has completed the course."""
    criteria = criteria_of(db, course_id)
    met = bool(criteria) and all(is_done(db, module, user_id) for module in criteria)
    completed = course_completion(db, course_id, user_id)
    if met and completed is None:
        db.course_completions.add(course_id=course_id, user_id=user_id, timecompleted=now)
    if not met and completed is not None:
        db.course_completions.remove(completed)


def progress(db: Database, course: Course, user_id: int) -> int | None:
    """Per cent of the tracked activities; nothing when there are none."""
    if course_completion(db, course.id, user_id):
        return 100
    tracked = [module for module in db.modules.where(course_id=course.id) if module.completion]
    if not tracked:
        return None
    return round(100 * sum(is_done(db, module, user_id) for module in tracked) / len(tracked))


def _learner(call: Call, args: Args) -> tuple[Course, User]:
    course = call.db.courses.get(args["courseid"])
    if course is None:
        raise MissingRecord("invalidrecord", call.no_record("course"))
    user = call.db.users.get(args["userid"])
    if user is None:
        raise MissingRecord("invaliduser", "Invalid user")
    if user.suspended:
        # By Moodle's source, not recorded.
        raise MoodleError("suspended", "Account is suspended")
    call.access.validate(course_context(course.id))
    if user.id != call.user.id:
        call.access.require("report/completion:view", course_context(course.id))
    return course, user


@webservice("core_completion_get_course_completion_status", _OF_ONE)
def course_completion_status(call: Call, args: Args) -> dict[str, Any]:
    course, user = _learner(call, args)
    if not is_tracked(call, course.id, user.id):
        raise MoodleError("usernotenroled", "User is not enrolled in this course")
    criteria = criteria_of(call.db, course.id)
    if not criteria:
        raise MoodleError("nocriteriaset", "No completion criteria set for this course")
    status = {
        "completed": course_completion(call.db, course.id, user.id) is not None,
        "aggregation": 1,
        "completions": [_criterion(call, module, user) for module in criteria],
    }
    return {"completionstatus": status, "warnings": []}


def _criterion(call: Call, module: Module, user: User) -> dict[str, Any]:
    done = completion_of(call.db, module, user.id)
    complete = done is not None and done.state > 0
    url = f"{call.base_url}/mod/{module.modname}/view.php?id={module.id}"
    by_hand = module.completion == _BY_HAND
    return {
        "type": 4,
        "title": "Activity completion",
        "status": "Yes" if complete else "No",
        "complete": complete,
        "timecompleted": done.timecompleted if done and complete else None,
        "details": {
            "type": "Activity completion",
            "criteria": f'<a href="{url}">{call.shown(module.name)}</a>',
            "requirement": "Marking yourself complete" if by_hand else f"Viewing the {module.modname}",
            "status": "",
        },
    }


@webservice("core_completion_get_activities_completion_status", _OF_ONE)
def activities_completion_status(call: Call, args: Args) -> dict[str, Any]:
    course, user = _learner(call, args)
    tracked = [
        module
        for module in call.db.modules.where(course_id=course.id)
        if module.completion and call.access.sees_module(module)
    ]
    return {"statuses": [_activity(call, module, user) for module in tracked], "warnings": []}


def _activity(call: Call, module: Module, user: User) -> dict[str, Any]:
    done = completion_of(call.db, module, user.id)
    status: dict[str, Any] = {
        "cmid": module.id,
        "modname": module.modname,
        "instance": module.instance,
        "state": done.state if done else 0,
        "timecompleted": done.timecompleted if done else 0,
        "tracking": module.completion,
    }
    if call.release >= MOODLE_3_7:
        status |= {"overrideby": done.overrideby if done else None, "valueused": False}
    return status

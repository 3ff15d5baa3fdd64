"""The gradebook: who has which grade, what it sums up to, and whose grades a report is about."""

from dataclasses import dataclass

from .access import course_context
from .database import Database
from .errors import MissingRecord
from .records import Course, Grade, Module, User
from .webservice import Args, Call


@dataclass(frozen=True)
class Total:
    """A learner's course total: the sum of the grades given, as Moodle's "natural" weighting has it."""

    value: float | None
    grademax: float
    dategraded: int | None


def graded_modules(db: Database, course_id: int) -> list[Module]:
    return [module for module in db.modules.where(course_id=course_id) if module.grademax is not None]


def total_of(db: Database, course: Course, user: User) -> Total:
    grades = db.grades.where(user_id=user.id, course_id=course.id)
    maxima = {module.id: module.grademax or 0.0 for module in graded_modules(db, course.id)}
    if not grades:
        return Total(None, sum(maxima.values()) or 100.0, None)
    grademax = sum(maxima[grade.module_id] for grade in grades)
    return Total(sum(g.value for g in grades), grademax, max(g.dategraded for g in grades))


def formatted(value: float | None) -> str:
    return "-" if value is None else f"{value:.2f}"


def grade_of(db: Database, module: Module, user_id: int) -> Grade | None:
    return next(iter(db.grades.where(user_id=user_id, module_id=module.id)), None)


def shows_total(call: Call, course_id: int) -> bool:
    """A hidden total needs one right more; by Moodle's documentation, not recorded."""
    gradebook = call.db.gradebooks.first(course_id=course_id)
    hidden = gradebook is not None and gradebook.hidden
    return not hidden or call.access.can("moodle/grade:viewhidden", course_context(course_id))


def graded_course(call: Call, course_id: int) -> Course:
    course = call.db.courses.get(course_id)
    if course is None:
        raise MissingRecord("invalidrecord", call.no_record("course"))
    call.access.validate(course_context(course.id))
    call.access.require("moodle/grade:viewall", course_context(course.id))
    return course


def report_subject(call: Call, args: Args) -> tuple[Course, list[User]]:
    """The course and whose grades are asked for: one learner's, or everybody's."""
    course = graded_course(call, args["courseid"])
    enrolments = call.db.enrolments.where(course_id=course.id)
    ids = [args["userid"]] if args["userid"] else sorted({e.user_id for e in enrolments})
    users = [user for user_id in ids if (user := call.db.users.get(user_id))]
    if not users and args["userid"]:
        raise MissingRecord("invaliduser", "Invalid user")
    return course, users

"""Courses: creating, updating and deleting them."""

from dataclasses import replace
from typing import Any

from .access import category_context, course_context
from .course_parts import add_sections, delete_parts, furnish
from .errors import InvalidParameter, MissingRecord, MoodleError, WriteFailed
from .params import Description, Multiple, P, Single, Value, name_values, optional, options
from .records import DAY, Course
from .releases import MOODLE_3_3, MOODLE_3_7, Release
from .webservice import Args, Call, webservice

# The database column; 3.7 and older do not look before they write.
_FULLNAME_MAX_CHARS = 254
_FORMAT_OPTIONS = ("hiddensections", "coursedisplay", "numsections")


def _settings(release: Release) -> dict[str, Description]:
    """What creating and updating a course have in common, in Moodle's order."""
    dates: dict[str, Description] = {"startdate": optional(P.INT)}
    dates |= {"enddate": optional(P.INT)} if release >= MOODLE_3_3 else {}
    return {
        "idnumber": optional(P.RAW),
        "summary": optional(P.RAW),
        "summaryformat": optional(P.INT),
        "format": optional(P.PLUGIN),
        "showgrades": optional(P.INT),
        "newsitems": optional(P.INT),
        **dates,
        "numsections": optional(P.INT),
        "maxbytes": optional(P.INT),
        "showreports": optional(P.INT),
        "visible": optional(P.INT),
        "hiddensections": optional(P.INT),
        "groupmode": optional(P.INT),
        "groupmodeforce": optional(P.INT),
        "defaultgroupingid": optional(P.INT),
        "enablecompletion": optional(P.INT),
        "completionnotify": optional(P.INT),
        "lang": optional(P.SAFEDIR),
        "forcetheme": optional(P.PLUGIN),
        "courseformatoptions": options(),
    } | ({"customfields": name_values("shortname")} if release >= MOODLE_3_7 else {})


def _creation(release: Release) -> dict[str, Description]:
    names = {"fullname": Value(P.TEXT), "shortname": Value(P.TEXT), "categoryid": Value(P.INT)}
    return {"courses": Multiple(Single(names | _settings(release)))}


def _update(release: Release) -> dict[str, Description]:
    names = {"fullname": optional(P.TEXT), "shortname": optional(P.TEXT), "categoryid": optional(P.INT)}
    return {"courses": Multiple(Single({"id": Value(P.INT)} | names | _settings(release)))}


def _columns(given: Args) -> dict[str, Any]:
    columns = {key: value for key, value in given.items() if key in Course.__dataclass_fields__}
    columns.pop("id", None)
    if "forcetheme" in given:
        columns["theme"] = given["forcetheme"]
    for option in given["courseformatoptions"]:
        if option["name"] in _FORMAT_OPTIONS and option["value"].isdecimal():
            columns[option["name"]] = int(option["value"])
    return columns


@webservice("core_course_create_courses", _creation)
def create_courses(call: Call, args: Args) -> list[dict[str, Any]]:
    return [_create(call, given) for given in args["courses"]]


def _create(call: Call, given: Args) -> dict[str, Any]:
    _check_category(call, given["categoryid"])
    call.access.require("moodle/course:create", category_context(given["categoryid"]))
    _check_names(call, given)
    if len(given["fullname"]) > _FULLNAME_MAX_CHARS:
        raise WriteFailed
    in_weeks = call.release.number < (3, 0)
    standard = {"format": "weeks", "numsections": 10} if in_weeks else {"format": "topics", "numsections": 0}
    course = call.db.courses.add(
        **(standard | _columns(given)),
        category_id=given["categoryid"],
        rank=_first_rank(call, given["categoryid"]),
        context_id=call.db.next_id("context"),
        timecreated=call.now,
        timemodified=call.now,
        created_by=call.user.id,
    )
    furnish(call, course)
    return {"id": course.id, "shortname": course.shortname}


def _check_category(call: Call, category_id: int) -> None:
    try:
        call.access.validate(category_context(category_id))
    except InvalidParameter as error:
        message = (
            f"You cannot execute functions in the category context (category id:{category_id}). "
            f"The context error message was: {error.message}"
        )
        raise MoodleError("errorcatcontextnotvalid", message) from None


def _check_names(call: Call, given: Args, own_id: int = 0) -> None:
    shortname, idnumber = given.get("shortname"), given.get("idnumber")
    same_name = call.db.courses.where(shortname=shortname) if shortname else []
    if any(course.id != own_id for course in same_name):
        raise MoodleError("shortnametaken", f"Short name is already used for another course ({shortname})")
    same_number = call.db.courses.where(idnumber=idnumber) if idnumber else []
    if any(course.id != own_id for course in same_number):
        raise MoodleError("courseidnumbertaken", f"ID number is already used for another course ({idnumber})")


def _first_rank(call: Call, category_id: int) -> int:
    """A new course goes to the top of its category."""
    return min((c.rank for c in call.db.courses.where(category_id=category_id)), default=0) - 1


@webservice("core_course_update_courses", _update)
def update_courses(call: Call, args: Args) -> dict[str, Any]:
    """One by one: a course that fails becomes a warning and leaves the others done."""
    warnings: list[dict[str, Any]] = []
    for given in args["courses"]:
        try:
            with call.db.transaction():
                _update_one(call, given)
        except MoodleError as error:
            warnings.append(_warning(given["id"], error.errorcode, error.message))
    return {"warnings": warnings}


def _update_one(call: Call, given: Args) -> None:
    course = call.db.courses.get(given["id"])
    if course is None:
        raise MissingRecord("invalidrecord", call.no_record("course"))
    call.access.validate(course_context(course.id))
    call.access.require("moodle/course:update", course_context(course.id))
    _check_names(call, given, own_id=course.id)
    if len(given.get("fullname", "")) > _FULLNAME_MAX_CHARS:
        raise WriteFailed
    changes = _columns(given)
    moved_to = given.get("categoryid", course.category_id)
    if moved_to != course.category_id:
        _check_category(call, moved_to)
        changes |= {"category_id": moved_to, "rank": _first_rank(call, moved_to)}
    call.db.courses.change(course, **changes, timemodified=call.now)
    if given.get("numsections") and call.release >= MOODLE_3_3:
        add_sections(call, replace(course, numsections=given["numsections"]))


def _warning(course_id: int, code: str | None, message: str) -> dict[str, Any]:
    return {"item": "course", "itemid": course_id, "warningcode": code, "message": message}


@webservice("core_course_delete_courses", {"courseids": Multiple(Value(P.INT))})
def delete_courses(call: Call, args: Args) -> dict[str, Any] | None:
    """2.8 deletes all or nothing and answers null; later releases warn course by course."""
    if call.release.number < (3, 0):
        for course_id in args["courseids"]:
            _delete_or_raise(call, course_id)
        return None
    warnings = [warning for course_id in args["courseids"] if (warning := _delete_or_warn(call, course_id))]
    return {"warnings": warnings}


def _delete_or_raise(call: Call, course_id: int) -> None:
    course = call.db.courses.get(course_id)
    if course is None:
        raise MissingRecord("invalidrecord", call.no_record("course"))
    call.access.validate_course(course_id)
    if not _may_delete(call, course):
        message = f"Course '{course.fullname} (id: {course.id})' failed to be deleted."
        raise MoodleError("cannotdeletecategorycourse", message)
    delete_parts(call.db, course)


def _delete_or_warn(call: Call, course_id: int) -> dict[str, Any] | None:
    course = call.db.courses.get(course_id)
    if course is None:
        return _warning(course_id, "unknowncourseidnumber", f"Unknown course ID {course_id}")
    call.access.validate_course(course_id)
    if not _may_delete(call, course):
        message = f"You do not have the permission to delete this course{course_id}"
        return _warning(course_id, "cannotdeletecourse", message)
    delete_parts(call.db, course)
    return None


def _may_delete(call: Call, course: Course) -> bool:
    """Who created a course may delete it for a day without moodle/course:delete."""
    context = course_context(course.id)
    is_fresh = course.created_by == call.user.id and course.timecreated > call.now - DAY
    is_creator = is_fresh and call.access.can("moodle/course:create", category_context(course.category_id))
    return course.id != 1 and (is_creator or call.access.can("moodle/course:delete", context))

"""Courses as they are read: by id, by field, by search."""

from typing import Any

from .access import course_context
from .categories import sort_orders
from .errors import InvalidParameter, MoodleError
from .params import Multiple, Need, P, Single, Value, default
from .records import Course
from .releases import MOODLE_3_3, MOODLE_3_7
from .webservice import Args, Call, webservice

_FILTERS = ("mathjaxloader", "activitynames", "mediaplugin")
_COMMON = (
    "id",
    "idnumber",
    "format",
    "showgrades",
    "newsitems",
    "startdate",
    "maxbytes",
    "showreports",
    "visible",
    "groupmode",
    "groupmodeforce",
    "defaultgroupingid",
    "timecreated",
    "timemodified",
    "enablecompletion",
    "completionnotify",
    "lang",
)


# Told only to who may change the course; by Moodle's source, the recorded account could.
_PUBLIC = frozenset(
    {
        "id",
        "fullname",
        "displayname",
        "shortname",
        "categoryid",
        "summary",
        "summaryformat",
        "format",
        "startdate",
        "enddate",
        "numsections",
    }
)
_FOR_MANAGERS = frozenset(
    {"idnumber", "legacyfiles", "calendartype", "timecreated", "timemodified", "requested", "cacherev"}
)


def _may_change(call: Call, course: Course) -> bool:
    return call.access.can("moodle/course:update", course_context(course.id))


def course_orders(call: Call) -> dict[int, int]:
    """The sortorder of every course: its category's, plus its place from the top."""
    bases = sort_orders(call.db) | {0: 0}
    orders: dict[int, int] = {}
    for category_id, base in bases.items():
        courses = sorted(call.db.courses.where(category_id=category_id), key=lambda c: c.rank)
        orders |= {course.id: base + place for place, course in enumerate(courses, start=1)}
    return orders


def _numsections(call: Call, course: Course) -> int:
    if call.release.number < (3, 0) or course.id == 1:
        return course.numsections
    return len(call.db.sections.where(course_id=course.id)) - 1


def _format_options(call: Call, course: Course) -> list[dict[str, Any]]:
    if course.id == 1:
        return [{"name": "numsections", "value": course.numsections}]
    values = {"hiddensections": course.hiddensections, "coursedisplay": course.coursedisplay}
    if call.release.number < (3, 0):
        values = {"numsections": course.numsections} | values
    return [{"name": name, "value": value} for name, value in values.items()]


@webservice(
    "core_course_get_courses",
    {"options": Single({"ids": Multiple(Value(P.INT), Need.OPTIONAL)}, Need.DEFAULT, {})},
)
def get_courses(call: Call, args: Args) -> list[dict[str, Any]]:
    """All courses with the front page, or those asked for; an unknown id is silently absent."""
    ids = args["options"].get("ids")
    courses = list(call.db.courses) if ids is None else _present(call, ids)
    for course in courses:
        call.access.validate_course(course.id)
    orders = course_orders(call)
    return [_managed(call, course, orders[course.id]) for course in courses]


def _present(call: Call, ids: list[int]) -> list[Course]:
    return [course for course_id in sorted(set(ids)) if (course := call.db.courses.get(course_id))]


def _managed(call: Call, course: Course, sortorder: int) -> dict[str, Any]:
    """2.8 shows names as they were written; later releases escape them."""
    name = (lambda text: text) if call.release.number < (3, 0) else call.shown
    shown = {key: getattr(course, key) for key in _COMMON} | {
        "shortname": name(course.shortname),
        "fullname": name(course.fullname),
        "categoryid": course.category_id,
        "categorysortorder": sortorder,
        "summary": course.summary,
        "summaryformat": course.summaryformat,
        "numsections": _numsections(call, course),
        "forcetheme": course.theme,
        "courseformatoptions": _format_options(call, course),
    }
    if course.id != 1:
        shown["hiddensections"] = course.hiddensections
    if call.release >= MOODLE_3_3:
        shown |= {"displayname": name(course.fullname), "enddate": course.enddate}
    if not _may_change(call, course):
        return {key: value for key, value in shown.items() if key in _PUBLIC}
    return shown


def _public(call: Call, course: Course, sortorder: int) -> dict[str, Any]:
    """What the catalogue shows to anybody who may know of the course."""
    category = call.db.categories.get(course.category_id)
    instances = call.db.enrol_instances.where(course_id=course.id, enabled=True)
    return {
        "id": course.id,
        "fullname": call.shown(course.fullname),
        "displayname": call.shown(course.fullname),
        "shortname": call.shown(course.shortname),
        "categoryid": course.category_id,
        "categoryname": call.shown(category.name) if category else "",
        "sortorder": sortorder,
        "summary": course.summary,
        "summaryformat": course.summaryformat,
        "summaryfiles": [],
        "overviewfiles": [],
        "contacts": _contacts(call, course),
        "enrollmentmethods": [instance.type for instance in instances],
    }


def _contacts(call: Call, course: Course) -> list[dict[str, Any]]:
    """The teachers, by Moodle's documentation: the recorded courses had none yet."""
    teachers = call.db.roles.where(shortname="editingteacher")
    assignments = call.db.role_assignments.where(place=("course", course.id))
    ids = [a.user_id for role in teachers for a in assignments if a.role_id == role.id]
    people = [call.db.users.one(user_id) for user_id in ids]
    return [{"id": user.id, "fullname": user.fullname} for user in people]


def _detailed(call: Call, course: Course, sortorder: int) -> dict[str, Any]:
    shown = _public(call, course, sortorder) | {key: getattr(course, key) for key in _COMMON}
    shown |= {
        "enddate": course.enddate,
        "theme": course.theme,
        "marker": 0,
        "legacyfiles": 0,
        "calendartype": "",
        "requested": 0,
        "cacherev": course.timemodified,
        "filters": [{"filter": name, "localstate": 0, "inheritedstate": 1} for name in _FILTERS],
    }
    if call.release >= MOODLE_3_7:
        shown["courseformatoptions"] = _format_options(call, course)
    if not _may_change(call, course):
        return {key: value for key, value in shown.items() if key not in _FOR_MANAGERS}
    return shown


@webservice(
    "core_course_get_courses_by_field",
    {"field": default(P.ALPHA, ""), "value": default(P.RAW, "")},
)
def get_courses_by_field(call: Call, args: Args) -> dict[str, Any]:
    """Courses that the caller may not enter come with their public fields only."""
    courses = _known_of(call, _by_field(call, args["field"], args["value"]))
    orders = course_orders(call)
    shown = [
        _detailed(call, course, orders[course.id])
        if _is_open(call, course)
        else _public(call, course, orders[course.id])
        for course in courses
    ]
    return {"courses": shown, "warnings": []}


def _by_field(call: Call, field: str, value: str) -> list[Course]:
    match field:
        case "":
            return list(call.db.courses)
        case "id" | "ids":
            return _present(call, [int(part) for part in value.split(",") if part.isdecimal()])
        case "shortname" | "idnumber":
            return call.db.courses.where(**{field: value})
        case "category":
            return call.db.courses.where(category_id=int(value) if value.isdecimal() else 0)
    raise InvalidParameter("Invalid field name")


def _known_of(call: Call, courses: list[Course]) -> list[Course]:
    def is_known(course: Course) -> bool:
        context = course_context(course.id)
        return bool(course.visible) or call.access.can("moodle/course:viewhiddencourses", context)

    return [course for course in courses if is_known(course)]


def _is_open(call: Call, course: Course) -> bool:
    try:
        call.access.validate(course_context(course.id))
    except MoodleError:
        return False
    return True


@webservice(
    "core_course_search_courses",
    {
        "criterianame": Value(P.ALPHA),
        "criteriavalue": Value(P.RAW),
        "page": default(P.INT, 0),
        "perpage": default(P.INT, 0),
        "requiredcapabilities": Multiple(Value(P.CAPABILITY), Need.DEFAULT, []),
        "limittoenrolled": default(P.BOOL, False),
    },
)
def search_courses(call: Call, args: Args) -> dict[str, Any]:
    """Every word somewhere in the names, the number or the summary, whatever the case of letters."""
    if args["criterianame"] != "search":
        raise InvalidParameter("Invalid criteria name")
    words = args["criteriavalue"].lower().split()
    found = [c for c in _known_of(call, list(call.db.courses)) if c.id != 1 and _mentions(c, words)]
    orders = course_orders(call)
    ranked = sorted(found, key=lambda course: orders[course.id])
    start = args["page"] * args["perpage"]
    page = ranked[start : start + args["perpage"]] if args["perpage"] else ranked
    shown = [_public(call, course, orders[course.id]) for course in page]
    return {"total": len(found), "courses": shown, "warnings": []}


def _mentions(course: Course, words: list[str]) -> bool:
    text = " ".join((course.fullname, course.shortname, course.idnumber, course.summary)).lower()
    return all(word in text for word in words)

"""Who is in a course, with which roles, and which courses a person is in."""

from typing import Any

from .access import Access, course_context
from .completion import course_completion, criteria_of, progress
from .enrolments import roles_in_course
from .errors import MissingRecord, MoodleError
from .params import Multiple, P, Single, Value, options
from .people import person
from .records import Course, User
from .releases import MOODLE_3_3, MOODLE_3_7
from .webservice import Args, Call, webservice

_PROFILE_FIELDS = (
    "address phone1 phone2 icq skype yahoo aim msn department institution interests url city country"
)
_ACCOUNT_FIELDS = "id username fullname firstname lastname email idnumber firstaccess lastaccess preferences"
_SHOWN_FIELDS = "description descriptionformat profileimageurlsmall profileimageurl customfields"
_USER_FIELDS = frozenset(
    f"{_PROFILE_FIELDS} {_ACCOUNT_FIELDS} {_SHOWN_FIELDS} groups roles enrolledcourses".split()
)


@webservice("core_enrol_get_enrolled_users", {"courseid": Value(P.INT), "options": options()})
def enrolled_users(call: Call, args: Args) -> list[dict[str, Any]]:
    course = _course(call, args["courseid"])
    chosen = {option["name"]: option["value"] for option in args["options"]}
    fields = _chosen_fields(call, chosen)
    users = _enrolled(call, course, chosen, chosen.get("withcapability"))
    return [_only(_participant(call, course, user, fields), fields) for user in users]


@webservice(
    "core_enrol_get_enrolled_users_with_capability",
    {
        "coursecapabilities": Multiple(
            Single({"courseid": Value(P.INT), "capabilities": Multiple(Value(P.CAPABILITY))})
        ),
        "options": options(),
    },
)
def enrolled_users_with_capability(call: Call, args: Args) -> list[dict[str, Any]]:
    """Category roles are visible through this function alone."""
    chosen = {option["name"]: option["value"] for option in args["options"]}
    answer = []
    for asked in args["coursecapabilities"]:
        course = _course(call, asked["courseid"])
        for capability in asked["capabilities"]:
            users = _enrolled(call, course, chosen, capability)
            fields = _chosen_fields(call, chosen)
            people = [_only(_participant(call, course, user, fields), fields) for user in users]
            answer.append({"courseid": course.id, "capability": capability, "users": people})
    return answer


def _course(call: Call, course_id: int) -> Course:
    course = call.db.courses.get(course_id)
    if course is None:
        raise MissingRecord("invalidrecord", call.no_record("course"))
    call.access.validate_course(course_id)
    call.access.require("moodle/course:viewparticipants", course_context(course_id))
    return course


def _chosen_fields(call: Call, chosen: dict[str, str]) -> set[str] | None:
    if "userfields" not in chosen:
        return None
    fields = {field.strip() for field in chosen["userfields"].split(",")}
    known = _USER_FIELDS | ({"lastcourseaccess"} if call.release >= MOODLE_3_7 else set())
    unknown = next((field for field in chosen["userfields"].split(",") if field.strip() not in known), None)
    if unknown is not None:
        raise MoodleError("invaliduserfield", f"Invalid user field: {unknown}")
    return fields


def _enrolled(call: Call, course: Course, chosen: dict[str, str], capability: str | None) -> list[User]:
    context = course_context(course.id)
    only_active = chosen.get("onlyactive") == "1"
    if only_active:
        call.access.require("moodle/course:enrolreview", context)
    enrolments = call.db.enrolments.where(course_id=course.id)
    ids = {e.user_id for e in enrolments if not only_active or e.is_active(call.now)}
    users = [call.db.users.one(user_id) for user_id in sorted(ids)]
    if capability:
        users = [u for u in users if Access(call.db, call.release, u).can(capability, context)]
    start, limit = (_whole(chosen.get(name, "")) for name in ("limitfrom", "limitnumber"))
    return users[start : start + limit] if limit else users[start:]


def _whole(value: str) -> int:
    return int(value) if value.isdecimal() else 0


def _participant(call: Call, course: Course, user: User, fields: set[str] | None) -> dict[str, Any]:
    shown = person(call, user)
    if call.release >= MOODLE_3_7:
        shown["lastcourseaccess"] = _last_access(call, course, user)
    if fields is None or "groups" in fields:
        shown["groups"] = []
    if fields is None or "roles" in fields:
        shown["roles"] = _roles(call, course, user)
    if fields is None or "enrolledcourses" in fields:
        shown["enrolledcourses"] = _enrolled_courses(call, user)
    return shown


def _last_access(call: Call, course: Course, user: User) -> int:
    found = call.db.course_accesses.first(user_id=user.id, course_id=course.id)
    return found.timeaccess if found else 0


def _only(shown: dict[str, Any], fields: set[str] | None) -> dict[str, Any]:
    if fields is None:
        return shown
    return {key: value for key, value in shown.items() if key in fields or key in ("id", "fullname")}


def _roles(call: Call, course: Course, user: User) -> list[dict[str, Any]]:
    held = sorted(roles_in_course(call, course.id, user.id), key=lambda assignment: assignment.role_id)
    roles = [call.db.roles.one(assignment.role_id) for assignment in held]
    return [{"roleid": role.id, "name": "", "shortname": role.shortname, "sortorder": 0} for role in roles]


def _courses_of(call: Call, user: User) -> list[Course]:
    active = [e for e in call.db.enrolments.where(user_id=user.id) if e.is_active(call.now)]
    return [call.db.courses.one(course_id) for course_id in sorted({e.course_id for e in active})]


def _enrolled_courses(call: Call, user: User) -> list[dict[str, Any]]:
    return [
        {"id": c.id, "fullname": call.shown(c.fullname), "shortname": call.shown(c.shortname)}
        for c in _courses_of(call, user)
    ]


@webservice("core_enrol_get_users_courses", {"userid": Value(P.INT)})
def users_courses(call: Call, args: Args) -> list[dict[str, Any]]:
    """Courses that the caller may not enter, or whose participants it may not see, are left out."""
    user = call.db.users.get(args["userid"])
    if user is None:
        return []
    courses = [course for course in _courses_of(call, user) if _may_list(call, course, user)]
    return [_course_of_person(call, course, user) for course in courses]


def _may_list(call: Call, course: Course, user: User) -> bool:
    context = course_context(course.id)
    own = user.id == call.user.id
    try:
        call.access.validate(context)
    except MoodleError:
        return False
    return own or call.access.can("moodle/course:viewparticipants", context)


def _course_of_person(call: Call, course: Course, user: User) -> dict[str, Any]:
    enrolled = {e.user_id for e in call.db.enrolments.where(course_id=course.id)}
    shown: dict[str, Any] = {
        "id": course.id,
        "shortname": call.shown(course.shortname),
        "fullname": call.shown(course.fullname),
        "enrolledusercount": len(enrolled),
        "idnumber": course.idnumber,
        "visible": course.visible,
    }
    if call.release >= MOODLE_3_3:
        # 3.3 counts the progress of the account that asks, not of the learner.
        learner = user.id if call.release >= MOODLE_3_7 else call.user.id
        shown |= {
            "summary": course.summary,
            "summaryformat": course.summaryformat,
            "format": course.format,
            "showgrades": bool(course.showgrades),
            "lang": course.lang,
            "enablecompletion": bool(course.enablecompletion),
            "category": course.category_id,
            "progress": progress(call.db, course, learner),
            "startdate": course.startdate,
            "enddate": course.enddate,
        }
    return shown | (_shown_since_3_7(call, course, user) if call.release >= MOODLE_3_7 else {})


def _shown_since_3_7(call: Call, course: Course, user: User) -> dict[str, Any]:
    return {
        "displayname": call.shown(course.fullname),
        "completionhascriteria": bool(criteria_of(call.db, course.id)),
        "completionusertracked": bool(course.enablecompletion),
        "completed": course_completion(call.db, course.id, user.id) is not None,
        "marker": 0,
        "lastaccess": None,
        "isfavourite": False,
        "hidden": False,
        "overviewfiles": [],
    }

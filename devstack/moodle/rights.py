"""The roles of a fresh Moodle and their capabilities, as far as the stand-in asks for them."""

from .database import Database

MANAGER, COURSE_CREATOR, EDITING_TEACHER, TEACHER, STUDENT, GUEST, USER, FRONTPAGE, SERVICE, CALLER = range(
    1, 11
)

_EVERYBODY = ["mod/page:view", "mod/book:view", "mod/url:view", "mod/resource:view", "mod/folder:view"]
_STUDENT = [
    "mod/assign:view",
    "mod/quiz:view",
    "mod/lesson:view",
    "mod/feedback:view",
    "mod/scorm:view",
    "mod/assign:submit",
    "mod/quiz:attempt",
    "moodle/course:viewparticipants",
]
_TEACHER = [
    *(right for right in _STUDENT if right not in ("mod/assign:submit", "mod/quiz:attempt")),
    "moodle/course:viewhiddencourses",
    "moodle/course:viewhiddenactivities",
    "moodle/course:enrolreview",
    "moodle/grade:viewall",
    "gradereport/user:view",
    "report/completion:view",
    "moodle/site:viewuseridentity",
    "moodle/user:viewdetails",
]
_EDITING_TEACHER = [
    *_TEACHER,
    "moodle/course:update",
    "moodle/course:manageactivities",
    "moodle/course:visibility",
    "moodle/role:assign",
    "moodle/grade:edit",
    "enrol/manual:enrol",
    "enrol/manual:unenrol",
    "enrol/manual:manage",
    "enrol/self:config",
]
_COURSE_CREATOR = [
    "moodle/course:create",
    "moodle/course:viewhiddencourses",
    "moodle/category:viewhiddencategories",
]

# The account of the recordings: no moodle/course:delete, no mod/assign:view, no moodle/user:viewalldetails.
RECORDED_SERVICE = [
    "webservice/rest:use",
    "moodle/category:manage",
    "moodle/category:viewhiddencategories",
    "moodle/course:create",
    "moodle/course:update",
    "moodle/course:view",
    "moodle/course:viewhiddencourses",
    "moodle/course:viewhiddenactivities",
    "moodle/course:visibility",
    "moodle/course:viewparticipants",
    "moodle/course:enrolreview",
    "moodle/user:create",
    "moodle/user:update",
    "moodle/user:delete",
    "moodle/user:viewdetails",
    "moodle/site:viewuseridentity",
    "moodle/role:assign",
    "moodle/grade:viewall",
    "report/completion:view",
    "enrol/manual:enrol",
    "enrol/manual:unenrol",
    "enrol/manual:manage",
]
# The account that the operator's checklist asks for: it sees the grades of activities too.
DEVSTACK_SERVICE = [
    *RECORDED_SERVICE,
    "mod/assign:view",
    "mod/quiz:view",
    "mod/lesson:view",
    "mod/feedback:view",
    "mod/scorm:view",
]


def add_roles(db: Database, service: list[str]) -> None:
    """Ids 1 to 8 as every Moodle has them, then the role of the service account."""
    everything = sorted({*_EDITING_TEACHER, *_COURSE_CREATOR, *DEVSTACK_SERVICE} - {"webservice/rest:use"})
    given = [COURSE_CREATOR, EDITING_TEACHER, TEACHER, STUDENT]
    roles: list[tuple[str, list[str], list[str], list[int]]] = [
        ("manager", everything, ["system", "coursecat", "course"], given),
        ("coursecreator", _COURSE_CREATOR, ["system", "coursecat"], []),
        ("editingteacher", _EDITING_TEACHER, ["course", "module"], [TEACHER, STUDENT]),
        ("teacher", _TEACHER, ["course", "module"], []),
        ("student", _STUDENT, ["course", "module"], []),
        ("guest", [], [], []),
        ("user", _EVERYBODY, [], []),
        ("frontpage", [], [], []),
        ("wsseo", service, ["system"], given),
        ("wscaller", ["webservice/rest:use"], ["system"], []),
    ]
    with db.transaction():
        for shortname, capabilities, levels, may_assign in roles:
            db.roles.add(shortname=shortname, capabilities=capabilities, levels=levels, may_assign=may_assign)

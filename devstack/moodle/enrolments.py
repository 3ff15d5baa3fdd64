"""Enrolling by hand, and the ways into a course."""

from typing import Any

from .access import SYSTEM, course_context, exists
from .errors import InvalidParameter, MissingRecord, MoodleError
from .params import Multiple, P, Single, Value, optional
from .records import EnrolInstance, Enrolment, RoleAssignment
from .roles import assign, unassign
from .webservice import Args, Call, webservice


@webservice(
    "enrol_manual_enrol_users",
    {
        "enrolments": Multiple(
            Single(
                {
                    "roleid": Value(P.INT),
                    "userid": Value(P.INT),
                    "courseid": Value(P.INT),
                    "timestart": optional(P.INT),
                    "timeend": optional(P.INT),
                    "suspend": optional(P.INT),
                }
            )
        )
    },
)
def enrol_users(call: Call, args: Args) -> None:
    """The same again is a success; without ``suspend`` it makes a suspended enrolment active."""
    for given in args["enrolments"]:
        context = course_context(given["courseid"])
        call.access.validate(context if exists(call.db, context) else None)
        call.access.require("enrol/manual:enrol", context)
        if given["roleid"] not in call.access.assignable_roles(context):
            message = (
                f"You don't have the permission to assign this role ({given['roleid']}) "
                f"to this user ({given['userid']}) in this course({given['courseid']})."
            )
            raise MoodleError("wsusercannotassign", message)
        _enrol(call, _manual_instance(call, given["courseid"]), given)


def _manual_instance(call: Call, course_id: int) -> EnrolInstance:
    found = call.db.enrol_instances.where(course_id=course_id, type="manual", enabled=True)
    if not found:
        # Moodle itself forgets to fill the placeholder in.
        message = "Manual enrolment plugin instance doesn't exist or is disabled for the course"
        raise MoodleError("wsnoinstance", message + " (id = {$a->courseid})")
    return found[0]


def _enrol(call: Call, instance: EnrolInstance, given: Args) -> None:
    course_id, user_id = given["courseid"], given["userid"]
    assign(call.db, given["roleid"], user_id, course_context(course_id))
    times = {key: given[key] for key in ("timestart", "timeend") if key in given}
    suspended = bool(given.get("suspend"))
    existing = enrolment_of(call, instance, user_id)
    if existing:
        call.db.enrolments.change(existing, suspended=suspended, **times)
        return
    call.db.enrolments.add(
        instance_id=instance.id,
        course_id=course_id,
        user_id=user_id,
        suspended=suspended,
        **times,
    )


def enrolment_of(call: Call, instance: EnrolInstance, user_id: int) -> Enrolment | None:
    return next(iter(call.db.enrolments.where(user_id=user_id, instance_id=instance.id)), None)


@webservice(
    "enrol_manual_unenrol_users",
    {
        "enrolments": Multiple(
            Single(
                {"userid": Value(P.INT), "courseid": Value(P.INT), "roleid": optional(P.INT)},
            )
        )
    },
)
def unenrol_users(call: Call, args: Args) -> None:
    """Who is not enrolled by hand stays as they are: null all the same."""
    for given in args["enrolments"]:
        course_id = given["courseid"]
        if call.db.courses.get(course_id) is None:
            raise MissingRecord("invalidrecord", call.no_record("course"))
        call.access.validate(course_context(course_id))
        call.access.require("enrol/manual:unenrol", course_context(course_id))
        instance = _manual_instance(call, course_id)
        if call.db.users.get(given["userid"]) is None:
            raise InvalidParameter(f"User id not exist: {given['userid']}")
        enrolment = enrolment_of(call, instance, given["userid"])
        if enrolment:
            _unenrol(call, enrolment)


def _unenrol(call: Call, enrolment: Enrolment) -> None:
    """With the last enrolment go the roles in the course and the grades; a completion stays."""
    call.db.enrolments.remove(enrolment)
    of_person = {"user_id": enrolment.user_id, "course_id": enrolment.course_id}
    if call.db.enrolments.where(**of_person):
        return
    unassign(call.db, enrolment.user_id, course_context(enrolment.course_id))
    for grade in call.db.grades.where(**of_person):
        call.db.grades.remove(grade)


@webservice("core_enrol_get_course_enrolment_methods", {"courseid": Value(P.INT)})
def enrolment_methods(call: Call, args: Args) -> list[dict[str, Any]]:
    """Only ways that are open and that a learner can take alone: enrolling by hand is none of them."""
    call.access.validate(SYSTEM)
    if call.db.courses.get(args["courseid"]) is None:
        raise MissingRecord("invalidrecord", call.no_record("course"))
    instances = call.db.enrol_instances.where(course_id=args["courseid"], enabled=True)
    return [_method(instance) for instance in instances if instance.type != "manual"]


def _method(instance: EnrolInstance) -> dict[str, Any]:
    names = {"self": "Self enrolment (Student)", "guest": "Guest access"}
    method: dict[str, Any] = {
        "id": instance.id,
        "courseid": instance.course_id,
        "type": instance.type,
        "name": names[instance.type],
        "status": True,
    }
    if instance.password:
        method["wsfunction"] = f"enrol_{instance.type}_get_instance_info"
    return method


@webservice("enrol_self_get_instance_info", {"instanceid": Value(P.INT)})
def self_instance_info(call: Call, args: Args) -> dict[str, Any]:
    instance = call.db.enrol_instances.get(args["instanceid"])
    if instance is None or instance.type != "self":
        raise MissingRecord("invalidrecord", call.no_record("enrol"))
    shown = {key: value for key, value in _method(instance).items() if key != "wsfunction"}
    # The enrolment key by Moodle's documentation: the recorded instance had none.
    return shown | ({"enrolpassword": "Enrolment key"} if instance.password else {})


def roles_in_course(call: Call, course_id: int, user_id: int) -> list[RoleAssignment]:
    return call.db.role_assignments.where(user_id=user_id, place=("course", course_id))

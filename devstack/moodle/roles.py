"""Giving roles and taking them away. A role in a course enrols nobody."""

from .access import SYSTEM, Context
from .database import Database
from .errors import CodingError, InvalidParameter
from .params import Description, Multiple, P, Single, Value, optional
from .records import Level
from .webservice import Args, Call, webservice


def assign(db: Database, role_id: int, user_id: int, context: Context) -> None:
    if db.users.get(user_id) is None:
        raise CodingError("User ID does not exist or is deleted!", f"userid:{user_id}")
    place = (str(context.level), context.instance_id)
    if not db.role_assignments.where(user_id=user_id, place=place, role_id=role_id):
        db.role_assignments.add(
            role_id=role_id, user_id=user_id, level=place[0], instance_id=context.instance_id
        )


def unassign(db: Database, user_id: int, context: Context, role_id: int | None = None) -> None:
    """Takes one role, or all of the person's roles there."""
    for held in db.role_assignments.where(user_id=user_id, place=(str(context.level), context.instance_id)):
        if role_id in (None, held.role_id):
            db.role_assignments.remove(held)


def _parameters(key: str) -> dict[str, Description]:
    return {
        key: Multiple(
            Single(
                {
                    "roleid": Value(P.INT),
                    "userid": Value(P.INT),
                    "contextid": optional(P.INT),
                    "contextlevel": optional(P.ALPHA),
                    "instanceid": optional(P.INT),
                }
            )
        )
    }


def _context(given: Args) -> Context:
    """The stand-in knows contexts by level and instance; a bare ``contextid`` only for the system's, 1."""
    if given.get("contextid") == 1:
        return SYSTEM
    levels = {str(level): level for level in Level}
    if given.get("contextlevel") not in levels or "instanceid" not in given:
        raise InvalidParameter("Invalid context level")
    level = levels[given["contextlevel"]]
    return SYSTEM if level is Level.SYSTEM else Context(level, given["instanceid"])


def _checked(call: Call, given: Args) -> Context:
    context = _context(given)
    call.access.validate(context)
    call.access.require("moodle/role:assign", context)
    return context


@webservice("core_role_assign_roles", _parameters("assignments"))
def assign_roles(call: Call, args: Args) -> None:
    for given in args["assignments"]:
        context = _checked(call, given)
        if given["roleid"] not in call.access.assignable_roles(context):
            where = f"in contextid={given.get('contextid', '')}"
            raise InvalidParameter(f"Can not assign roleid={given['roleid']} {where}")
        assign(call.db, given["roleid"], given["userid"], context)


@webservice("core_role_unassign_roles", _parameters("unassignments"))
def unassign_roles(call: Call, args: Args) -> None:
    for given in args["unassignments"]:
        context = _checked(call, given)
        if given["roleid"] not in call.access.assignable_roles(context):
            where = f"in contextid={given.get('contextid', '')}"
            raise InvalidParameter(f"Can not unassign roleid={given['roleid']} {where}")
        unassign(call.db, given["userid"], context, given["roleid"])

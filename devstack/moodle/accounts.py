"""Accounts: creating, updating and deleting users."""

from typing import Any

from .access import SYSTEM
from .database import Table
from .errors import InvalidParameter, MissingRecord, MoodleError, PhpError
from .params import (
    Description,
    Multiple,
    Need,
    P,
    Single,
    Value,
    default,
    looks_like_email,
    name_values,
    optional,
)
from .passwords import check_policy, hash_password
from .records import User
from .releases import MOODLE_3_3, MOODLE_3_7, Release
from .webservice import Args, Call, webservice

_PROFILE: dict[str, Description] = {
    "theme": optional(P.PLUGIN),
    "timezone": optional(P.RAW),
    "mailformat": optional(P.INT),
    "description": optional(P.TEXT),
    "city": optional(P.NOTAGS),
    "country": optional(P.ALPHA),
    "firstnamephonetic": optional(P.NOTAGS),
    "lastnamephonetic": optional(P.NOTAGS),
    "middlename": optional(P.NOTAGS),
    "alternatename": optional(P.NOTAGS),
}
_PROFILE_3_7: dict[str, Description] = {
    "maildisplay": optional(P.INT),
    "interests": optional(P.TEXT),
    "url": optional(P.RAW),
    "institution": optional(P.TEXT),
    "department": optional(P.TEXT),
    "phone1": optional(P.NOTAGS),
    "phone2": optional(P.NOTAGS),
    "address": optional(P.TEXT),
}
# What is kept of a profile; the rest is accepted and forgotten.
_KEPT = frozenset(User.__dataclass_fields__) - {"id", "password", "preferences", "context_id"}


def _language(release: Release) -> P:
    return P.LANG if release >= MOODLE_3_3 else P.SAFEDIR


def _email(release: Release) -> P:
    return P.TRIMMED if release >= MOODLE_3_3 else P.EMAIL


def _lists() -> dict[str, Description]:
    return {"preferences": name_values("type"), "customfields": name_values("type")}


def _profile(release: Release) -> dict[str, Description]:
    return _PROFILE | (_PROFILE_3_7 if release >= MOODLE_3_7 else {})


def _creation(release: Release) -> dict[str, Description]:
    user: dict[str, Description] = {"username": Value(P.USERNAME)}
    if release >= MOODLE_3_3:
        user = {"createpassword": optional(P.BOOL), **user, "auth": default(P.PLUGIN, "manual")}
    user["password"] = optional(P.RAW) if release >= MOODLE_3_3 else Value(P.RAW)
    user |= {
        "firstname": Value(P.NOTAGS),
        "lastname": Value(P.NOTAGS),
        "email": Value(_email(release)),
        "auth": default(P.PLUGIN, "manual"),
        "idnumber": default(P.RAW, ""),
        "lang": default(_language(release), "en"),
        "calendartype": default(P.PLUGIN, "gregorian"),
    }
    return {"users": Multiple(Single(user | _profile(release) | _lists()))}


def _update(release: Release) -> dict[str, Description]:
    user: dict[str, Description] = {
        "id": Value(P.INT),
        "username": optional(P.USERNAME),
        "auth": optional(P.PLUGIN),
        "password": optional(P.RAW),
        "firstname": optional(P.NOTAGS),
        "lastname": optional(P.NOTAGS),
        "email": optional(_email(release)),
        "idnumber": optional(P.RAW),
        "lang": optional(_language(release)),
        "calendartype": optional(P.PLUGIN),
    }
    if release >= MOODLE_3_3:
        user |= {"suspended": optional(P.BOOL), "userpicture": optional(P.INT)}
    return {"users": Multiple(Single(user | _profile(release) | _lists()))}


@webservice("core_user_create_users", _creation)
def create_users(call: Call, args: Args) -> list[dict[str, Any]]:
    call.access.validate(SYSTEM)
    call.access.require("moodle/user:create")
    return [_create(call, given) for given in args["users"]]


def _create(call: Call, given: Args) -> dict[str, Any]:
    _check_new(call, given)
    if call.release >= MOODLE_3_3 and not given.get("createpassword") and not given.get("password"):
        raise InvalidParameter("Invalid password: you must provide a password, or set createpassword.")
    _check_email(call, given["email"], own=None)
    if given.get("password"):
        check_policy(given["password"], call.release)
    preferences = _preferences(given)
    if given.get("createpassword"):
        preferences["auth_forcepasswordchange"] = "1"
    user = call.db.users.add(
        **{key: value for key, value in given.items() if key in _KEPT},
        password=hash_password(given.get("password", "")),
        preferences=preferences,
        context_id=call.db.next_id("context"),
        timecreated=call.now,
    )
    if given.get("preferences") and call.release.number == (3, 3):
        # 3.3 never loads the file that has the function: a password to be changed at first sign-in must be
        # set by an update.
        raise PhpError("Call to undefined function useredit_update_user_preference()")
    return {"id": user.id, "username": user.username}


def _check_new(call: Call, given: Args) -> None:
    if call.db.users.first(username=given["username"]):
        raise InvalidParameter(f"Username already exists: {given['username']}")
    if given["auth"] not in call.settings.auths:
        raise InvalidParameter(f"Invalid authentication type: {given['auth']}")
    if given["lang"] not in call.settings.languages:
        raise InvalidParameter(f"Invalid language code: {given['lang']}")


def _check_email(call: Call, email: str, own: User | None) -> None:
    if not looks_like_email(email):
        raise InvalidParameter(f"Email address is invalid: {email}")
    if call.release >= MOODLE_3_7:
        taken = call.db.users.where(email_folded=email.lower())
    else:
        taken = call.db.users.where(email=email)
    if any(own is None or user.id != own.id for user in taken):
        raise InvalidParameter(f"Email address already exists: {email}")


def _preferences(given: Args) -> dict[str, str]:
    return {item["type"]: item["value"] for item in given.get("preferences", [])}


@webservice("core_user_update_users", _update)
def update_users(call: Call, args: Args) -> None:
    """Names by the recordings; password, preferences, e-mail by Moodle's documentation and a live 4.5.6."""
    call.access.validate(SYSTEM)
    call.access.require("moodle/user:update")
    for given in args["users"]:
        user = _updatable(call, given["id"])
        if user is not None:
            _apply(call, user, given)


def _updatable(call: Call, user_id: int) -> User | None:
    """Since 3.3 an unknown person, the guest and an administrator are passed over without a word."""
    user = call.db.users.get(user_id)
    if call.release >= MOODLE_3_3:
        protected = user_id == 1 or user_id in call.settings.admins
        return None if protected and not call.access.is_admin else user
    if user is None:
        raise MissingRecord("invaliduser", "Invalid user")
    return user


def _apply(call: Call, user: User, given: Args) -> None:
    if "email" in given and given["email"] != user.email:
        _check_email(call, given["email"], own=user)
    taken = call.db.users.first(username=given["username"]) if "username" in given else None
    if taken is not None and taken.id != user.id:
        raise InvalidParameter(f"Username already exists: {given['username']}")
    changes = {key: value for key, value in given.items() if key in _KEPT}
    if given.get("password"):
        check_policy(given["password"], call.release)
        # An account of another directory (oauth2, ldap) answers success and keeps its own password.
        if changes.get("auth", user.auth) == "manual":
            changes["password"] = hash_password(given["password"])
    changes["preferences"] = user.preferences | _preferences(given)
    call.db.users.change(user, **changes)


@webservice(
    "core_user_set_user_preferences",
    lambda release: {
        "preferences": Multiple(Single({"name": Value(P.RAW), "value": Value(P.RAW), "userid": Value(P.INT)}))
    },
)
def set_user_preferences(call: Call, args: Args) -> dict[str, Any]:
    """By Moodle's documentation, not recorded."""
    call.access.validate(SYSTEM)
    call.access.require("moodle/user:update")
    saved: list[dict[str, Any]] = []
    warnings: list[dict[str, Any]] = []
    for item in args["preferences"]:
        user = call.db.users.get(item["userid"])
        if user is None:
            code = {"warningcode": "invaliduser", "message": "Invalid user"}
            warnings.append({"item": "user", "itemid": item["userid"], **code})
            continue
        call.db.users.change(user, preferences=user.preferences | {item["name"]: item["value"]})
        saved.append({"name": item["name"], "userid": user.id})
    return {"saved": saved, "warnings": warnings}


@webservice("core_user_delete_users", {"userids": Multiple(Value(P.INT), Need.REQUIRED)})
def delete_users(call: Call, args: Args) -> None:
    """By Moodle's documentation, not recorded."""
    call.access.validate(SYSTEM)
    call.access.require("moodle/user:delete")
    for user_id in args["userids"]:
        user = call.db.users.get(user_id)
        if user is None:
            raise MissingRecord("invalidrecord", call.no_record("user"))
        if user_id in call.settings.admins:
            raise MoodleError("useradminodelete", "You can not delete the main administrator account")
        if user_id == call.user.id:
            raise MoodleError("usernotdeletederror", "Error - user not deleted")
        _forget(call, user)


def _forget(call: Call, user: User) -> None:
    tables: tuple[Table[Any], ...] = (
        call.db.enrolments,
        call.db.course_accesses,
        call.db.role_assignments,
        call.db.grades,
        call.db.tokens,
        call.db.activity_completions,
        call.db.course_completions,
    )
    for table in tables:
        for row in table.where(user_id=user.id):
            table.remove(row)
    call.db.users.remove(user)

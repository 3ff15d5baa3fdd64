"""Looking people up: who is shown, and how much of them."""

from typing import Any

from .access import SYSTEM
from .errors import CodingError, MoodleError
from .params import Multiple, P, Single, Value
from .records import User
from .releases import MOODLE_3_3
from .text import like
from .webservice import Args, Call, webservice

# Keys that answer always, even when the caller chose fields.
_ALWAYS = ("id", "fullname")
_LOOKUP_FIELDS = ("id", "idnumber", "username", "email")
_SEARCH_KEYS = ("id", "lastname", "firstname", "idnumber", "username", "email", "auth")
_WILDCARDS = frozenset("%_")
_SEARCHED_BY_PATTERN = ("lastname", "firstname", "email")


def sees_account(call: Call, user: User) -> bool:
    """The names that belong to the account rather than the person: since 3.3 with moodle/user:update."""
    own = user.id == call.user.id
    return own or (call.release >= MOODLE_3_3 and call.access.can("moodle/user:update"))


def _sees_email(call: Call, user: User) -> bool:
    if user.id == call.user.id or user.maildisplay == 1:
        return True
    return call.access.can("moodle/site:viewuseridentity")


def person(call: Call, user: User) -> dict[str, Any]:
    """What every function that lists people shows of one."""
    shown: dict[str, Any] = {
        "id": user.id,
        "firstname": user.firstname,
        "lastname": user.lastname,
        "fullname": user.fullname,
        "firstaccess": user.firstaccess,
        "lastaccess": user.lastaccess,
        "profileimageurlsmall": call.picture_url(user, "f2"),
        "profileimageurl": call.picture_url(user, "f1"),
    }
    if _sees_email(call, user):
        shown["email"] = user.email
    if sees_account(call, user):
        shown |= {"username": user.username, "department": user.department}
        shown |= {"idnumber": user.idnumber} if user.idnumber else {}
    for key in ("institution", "city", "country", "description"):
        value = getattr(user, key)
        shown |= {key: value} if value else {}
    return shown


def account(call: Call, user: User) -> dict[str, Any]:
    """As person, with what the functions of core_user add."""
    shown = person(call, user)
    if call.release >= MOODLE_3_3 and sees_account(call, user):
        names = ("auth", "suspended", "confirmed", "lang", "theme", "timezone", "mailformat")
        shown |= {name: getattr(user, name) for name in names}
    if user.id == call.user.id:
        preferences: list[dict[str, Any]] = [
            {"name": name, "value": value} for name, value in user.preferences.items()
        ]
        shown["preferences"] = [*preferences, {"name": "_lastloaded", "value": call.now}]
    return shown


def _viewable(call: Call, user: User) -> dict[str, Any]:
    """Nothing at all of a person whom the caller may not view."""
    if user.id == call.user.id or call.access.can("moodle/user:viewdetails"):
        return account(call, user)
    return {}


@webservice("core_user_get_users_by_field", {"field": Value(P.ALPHA), "values": Multiple(Value(P.RAW))})
def get_users_by_field(call: Call, args: Args) -> list[dict[str, Any]]:
    """Exact, case-sensitive; who is absent, or whose field may not be seen, is silently missing."""
    call.access.validate(SYSTEM)
    field = args["field"]
    if field not in _LOOKUP_FIELDS:
        raise CodingError("invalid field parameter")
    found: dict[int, User] = {}
    for value in args["values"]:
        found |= {user.id: user for user in _by_field(call, field, value)}
    details = [_viewable(call, found[user_id]) for user_id in sorted(found)]
    return [shown for shown in details if shown.get(field)]


def _by_field(call: Call, field: str, value: str) -> list[User]:
    if field != "id":
        return call.db.users.where(**{field: value})
    user = call.db.users.get(int(value)) if value.isdecimal() else None
    return [user] if user else []


@webservice("core_user_get_users_by_id", {"userids": Multiple(Value(P.INT))})
def get_users_by_id(call: Call, args: Args) -> list[dict[str, Any]]:
    """Of 2.8 only; by Moodle's documentation, not recorded."""
    call.access.validate(SYSTEM)
    call.access.require("moodle/user:viewdetails")
    users = [user for user_id in args["userids"] if (user := call.db.users.get(user_id))]
    return [account(call, user) for user in users]


@webservice(
    "core_user_get_users",
    {"criteria": Multiple(Single({"key": Value(P.ALPHA), "value": Value(P.RAW)}))},
)
def get_users(call: Call, args: Args) -> dict[str, Any]:
    """All criteria together; an unknown key is a warning and finds everybody."""
    call.access.validate(SYSTEM)
    call.access.require("moodle/user:viewdetails")
    criteria = _criteria(args["criteria"])
    users = [_viewable(call, user) for user in _candidates(call, criteria)]
    shown = [user for user in users if all(user.get(key) for key in criteria)]
    unknown = [item["key"] for item in args["criteria"] if item["key"] not in _SEARCH_KEYS]
    return {"users": shown, "warnings": [_unknown_key(key) for key in unknown]}


def _criteria(given: list[Args]) -> dict[str, str]:
    criteria: dict[str, str] = {}
    for item in given:
        if item["key"] in criteria:
            raise MoodleError("keyalreadyset", f"The key '{item['key']}' can only be sent once")
        if item["key"] in _SEARCH_KEYS:
            lowered = item["key"] == "username"
            criteria[item["key"]] = item["value"].lower() if lowered else item["value"]
    return criteria


def _candidates(call: Call, criteria: dict[str, str]) -> list[User]:
    exact = next((key for key in _LOOKUP_FIELDS if key in criteria and key != "email"), None)
    if exact:
        users = _by_field(call, exact, criteria[exact])
    elif "email" in criteria and not set(criteria["email"]) & _WILDCARDS:
        users = call.db.users.where(email_folded=criteria["email"].lower())
    else:
        users = list(call.db.users)
    return [user for user in users if all(_meets(user, key, value) for key, value in criteria.items())]


def _meets(user: User, key: str, wanted: str) -> bool:
    value = str(getattr(user, key))
    return like(wanted, value) if key in _SEARCHED_BY_PATTERN else value == wanted


def _unknown_key(key: str) -> dict[str, str]:
    message = f"The search key '{key}' is not supported, look at the web service documentation"
    return {"item": key, "warningcode": "invalidfieldparameter", "message": message}

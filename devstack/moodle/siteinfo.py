"""What a site tells about itself: to a token, and to anybody."""

from typing import Any

from .errors import MoodleError
from .params import Multiple, Need, P, Value
from .records import Settings
from .releases import MOODLE_3_3, MOODLE_3_7, Release
from .webservice import Args, Call, webservice

_FEATURES = (
    "usecomments",
    "usetags",
    "enablenotes",
    "messaging",
    "enableblogs",
    "enablecompletion",
    "enablebadges",
)


@webservice(
    "core_webservice_get_site_info", {"serviceshortnames": Multiple(Value(P.ALPHANUMEXT), Need.DEFAULT, [])}
)
def site_info(call: Call, args: Args) -> dict[str, Any]:
    """Answers even an account that must change its password: it is what a start-up check asks."""
    user, release = call.user, call.release
    info: dict[str, Any] = {
        "sitename": call.shown(call.settings.sitename),
        "username": user.username,
        "firstname": user.firstname,
        "lastname": user.lastname,
        "fullname": user.fullname,
        "lang": user.lang,
        "userid": user.id,
        "siteurl": call.base_url,
        "userpictureurl": call.picture_url(user, "f1"),
        "functions": [{"name": name, "version": release.version_of(name)} for name in call.token_functions],
        "downloadfiles": 0,
        "uploadfiles": 0,
        "release": release.label,
        "version": release.version,
        "mobilecssurl": "",
    }
    return info | (_features(release) if release >= MOODLE_3_3 else {})


def _features(release: Release) -> dict[str, Any]:
    features = [{"name": name, "value": 1} for name in _FEATURES]
    features += [{"name": "messagingallusers", "value": 0}] if release >= MOODLE_3_7 else []
    shown: dict[str, Any] = {
        "advancedfeatures": [*features, {"name": "mnet_dispatcher_mode", "value": 0}],
        "usercanmanageownfiles": True,
        "userquota": 104857600,
        "usermaxuploadfilesize": 2097152,
        "userhomepage": 1,
        "siteid": 1,
    }
    if release >= MOODLE_3_7:
        shown |= {"sitecalendartype": "gregorian", "usercalendartype": "gregorian", "theme": "boost"}
    return shown


@webservice("tool_mobile_get_public_config", {})
def public_config_of(call: Call, args: Args) -> dict[str, Any]:
    return public_config(call.settings, call.release, call.base_url)


def public_config(settings: Settings, release: Release, base_url: str) -> dict[str, Any]:
    """Needs no account: the AJAX endpoint gives it to anybody."""
    config: dict[str, Any] = {
        "wwwroot": base_url,
        "httpswwwroot": base_url,
        "sitename": settings.sitename,
        "guestlogin": 1,
        "rememberusername": 2,
        "authloginviaemail": 0,
        "registerauth": settings.registerauth,
        "forgottenpasswordurl": "",
        "authinstructions": "",
        "authnoneenabled": 0,
        "enablewebservices": int(settings.webservices),
        "enablemobilewebservice": 0,
        "maintenanceenabled": int(settings.maintenance),
        "maintenancemessage": "",
        "typeoflogin": 1,
        "launchurl": f"{base_url}/admin/tool/mobile/launch.php",
        "mobilecssurl": "",
        "tool_mobile_disabledfeatures": False,
        "warnings": [],
    }
    if release >= MOODLE_3_7:
        config |= {
            "country": "0",
            "agedigitalconsentverification": False,
            "autolang": 1,
            "lang": settings.lang,
            "langmenu": 1,
            "langlist": "",
            "locale": "",
        }
    return config


@webservice("auth_email_get_signup_settings", {})
def signup_settings(call: Call, args: Args) -> dict[str, Any]:
    if call.settings.registerauth != "email":
        raise MoodleError("registrationdisabled", "Registration is disabled on this site")
    rules = (
        "at least 8 characters, at least 1 digit(s), at least 1 lower case letter(s), at least 1 upper case "
        "letter(s), at least 1 non-alphanumeric character(s) such as as *, -, or #"
    )
    return {
        "namefields": ["firstname", "lastname"],
        "passwordpolicy": f"The password must have {rules}",
        "warnings": [],
    }

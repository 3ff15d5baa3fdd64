"""The recorded conversations, and the world in which each of them began."""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from devstack.moodle.administration import Administrator
from devstack.moodle.passwords import hash_password
from devstack.moodle.records import DAY
from devstack.moodle.rights import CALLER, EDITING_TEACHER, RECORDED_SERVICE, SERVICE
from devstack.moodle.site import Site
from devstack.moodle.worlds import SERVICE_NAME, fresh

RELEASES = ("2.8.5", "3.3", "3.7.2")
TOKENS = {"service": "5" * 32, "nobody": "6" * 32, "tiny": "7" * 32}

_FOLDER = Path(__file__).parent / "recordings"
# Contexts that each recorded Moodle had when the recording began.
_CONTEXTS = {"2.8.5": 19, "3.3": 14, "3.7.2": 16}
_SERVICE_ID = 3
_LEARNER_ID = 5


@dataclass(frozen=True)
class Recorded:
    """A call as it was sent, and the answer as it came."""

    number: int
    name: str
    function: str | None
    method: str
    path: str
    form: list[tuple[str, str]]
    body: str | None
    content_type: str | None
    status: int
    response_type: str
    response: Any
    response_raw: str | None

    @property
    def title(self) -> str:
        """The name without its number, which differs from release to release."""
        return re.sub(r"^\d+_", "", self.name)


def recording(release: str) -> list[Recorded]:
    lines = (_FOLDER / f"moodle-{release}.jsonl").read_text(encoding="utf-8").splitlines()
    return [_recorded(number, json.loads(line)) for number, line in enumerate(lines)]


def _recorded(number: int, line: dict[str, Any]) -> Recorded:
    kept = {key: line[key] for key in Recorded.__dataclass_fields__ if key not in ("number", "form")}
    form = [(name, _with_tokens(value)) for name, value in line["form"] or []]
    return Recorded(number=number, form=form, **kept | {"path": _with_tokens(line["path"])})


def _with_tokens(text: str) -> str:
    return re.sub(r"<TOKEN:(\w+)>", lambda match: TOKENS[match[1]], text)


def recorded_world(release: str) -> Callable[[Site, str], None]:
    """The site as its recording found it: a service account, one without rights, one with a tiny service."""

    def build(site: Site, token: str) -> None:
        number = release.partition(".")[0] + release.split(".")[1]
        has_no_admin_email = release == "2.8.5"
        admin = fresh(
            site,
            token,
            sitename=f"SEO TO test {number}",
            shortname=f"seo{number}",
            service=RECORDED_SERVICE,
            admin_email="" if has_no_admin_email else "admin@example.invalid",
        )
        admin.change_user(_SERVICE_ID, password=hash_password("W5!serviceAcc"))
        nobody = admin.add_user("wsnobody", "WS", "wsnobody", "wsnobody@example.invalid")
        admin.give_role(CALLER, nobody.id)
        functions = list(site.release.functions)
        admin.add_token(nobody.id, TOKENS["nobody"], SERVICE_NAME, functions)
        admin.add_token(_SERVICE_ID, TOKENS["tiny"], "tiny", ["core_webservice_get_site_info"])
        site.db.sequences["context"] = _CONTEXTS[release]

    return build


def _add_content(admin: Administrator) -> None:
    """What was put into course 2 by hand: a page and an assignment, graded 87.5."""
    admin.add_activity(2, "page", "Памятка", completion=1)
    assignment = admin.add_activity(2, "assign", "Итоговое задание", section=1, grademax=100.0)
    admin.grade(_LEARNER_ID, assignment.id, 87.5)


def _set_criterion(admin: Administrator) -> None:
    admin.set_criterion(_page(admin))


def _page(admin: Administrator) -> int:
    return next(module.id for module in admin.db.modules if module.modname == "page")


def _allow_teachers_in_categories(admin: Administrator) -> None:
    admin.change_role(EDITING_TEACHER, levels=["coursecat", "course", "module"])


def _forbid_teachers_in_categories(admin: Administrator) -> None:
    admin.change_role(EDITING_TEACHER, levels=["course", "module"])


def _open_self_enrolment(admin: Administrator) -> None:
    admin.open_enrolment(2)


def _suspend_service(admin: Administrator) -> None:
    admin.change_settings(debugging=False)
    admin.change_user(_SERVICE_ID, suspended=True)


def _force_password_change(admin: Administrator) -> None:
    admin.change_user(_SERVICE_ID, suspended=False)
    admin.set_preference(_SERVICE_ID, "auth_forcepasswordchange", "1")


def _expire_token(admin: Administrator) -> None:
    admin.set_preference(_SERVICE_ID, "auth_forcepasswordchange", "0")
    admin.change_token(TOKENS["service"], valid_until=1)


def _new_token_for_another_address(admin: Administrator) -> None:
    functions = list(admin.site.release.functions)
    admin.add_token(_SERVICE_ID, TOKENS["service"], SERVICE_NAME, functions)
    admin.change_token(TOKENS["service"], only_from="10.0.0.1")


def _take_rest_away(admin: Administrator) -> None:
    admin.change_token(TOKENS["service"], only_from="")
    admin.change_role(SERVICE, capabilities=[r for r in RECORDED_SERVICE if r != "webservice/rest:use"])


def _start_maintenance(admin: Administrator) -> None:
    admin.change_role(SERVICE, capabilities=RECORDED_SERVICE)
    admin.change_settings(maintenance=True)


# What was done in the pages of the recorded site, by the call before which it was done.
BETWEEN_CALLS: dict[str, Callable[[Administrator], None]] = {
    "err_course_delete_old_no_cap": lambda a: a.change_course(3, timecreated=a.site.now - 2 * DAY),
    "role_assign_editingteacher_category_after_setup": _allow_teachers_in_categories,
    "enrol_methods_with_self": _open_self_enrolment,
    "signup_settings_enabled": lambda a: a.change_settings(registerauth="email"),
    "contents_with_activities": _add_content,
    "completion_before": _set_criterion,
    "completion_after": lambda a: a.complete_activity(_LEARNER_ID, _page(a)),
    "dbg_user_duplicate_username": lambda a: a.change_settings(debugging=True),
    "dbg_role_assign_editingteacher_category": _forbid_teachers_in_categories,
    "err_account_suspended": _suspend_service,
    "account_forcepasswordchange": _force_password_change,
    "err_token_expired": _expire_token,
    "err_token_ip_restricted": _new_token_for_another_address,
    "err_no_rest_use_cap": _take_rest_away,
    "err_maintenance": _start_maintenance,
    "err_rest_disabled": lambda a: a.change_settings(maintenance=False, rest=False),
    "err_webservices_disabled": lambda a: a.change_settings(rest=True, webservices=False),
    "login_token_existing": lambda a: a.change_settings(webservices=True),
    "err_enrol_no_manual_instance": lambda a: a.remove_enrolment_method(2, "manual"),
}

"""What can go wrong with a Moodle.

MoodleError                 .function .errorcode .site
├── MoodleUnavailable       nobody answered, or not as Moodle does: the same call may work later
├── MoodleDenied            until somebody changes the site, the account or the token
│   └── FunctionMissing     this release has no such function, or the token's service lacks it
├── MoodleRefused           Moodle will not take this input
│   ├── BadInput            found before anything was sent             .field .rule
│   ├── Taken               another course or category has that idnumber or short name
│   ├── NotFound            the course, category or person does not exist
│   ├── NotUnique           several accounts fit, or a username is somebody else's
│   ├── AccountSuspended    the person has an account, but it is shut
│   ├── OtherSignIn         the account's password is kept elsewhere (oauth2, ldap)
│   ├── Protected           an administrator's or the guest's account: not ours to change
│   └── PasswordRefused     the site's policy wants another password
├── FormCut                 the site cut the form off: send fewer rows  .fields
└── MoodleBroken            a PHP error inside the site, or an answer of a shape we don't know

Only `MoodleUnavailable` is worth repeating unchanged. After it nobody knows whether the call took
effect, so what creates things is repeated by an `ensure_*`, which looks first.

An error never holds a parameter's value nor Moodle's message: both may name a person.
"""

from __future__ import annotations

import re

_CODE = re.compile(r"[A-Za-z0-9_\-]{1,60}")


class MoodleError(Exception):
    """Base of everything that `clients.moodle` raises."""

    def __init__(self, function: str, errorcode: str, site: str) -> None:
        self.function = function
        self.errorcode = _readable(errorcode)
        self.site = site
        super().__init__(f"{function} at {site}: {self.errorcode}")


class MoodleUnavailable(MoodleError):
    """Refused connection, timeout, 5xx, maintenance, an HTML page, broken JSON."""


class MoodleDenied(MoodleError):
    """Invalid token, web services off, a missing capability, a password that must be changed."""


class FunctionMissing(MoodleDenied):
    """For example `enrol_manual_unenrol_users` on 2.8.5."""


class MoodleRefused(MoodleError):
    """Bad input. With debugging off Moodle mostly says `invalidparameter` and nothing else."""


class BadInput(MoodleRefused):
    """For example a course without a name, which Moodle would accept."""

    def __init__(self, function: str, site: str, *, field: str, rule: str) -> None:
        self.field = field
        self.rule = rule
        super().__init__(function, f"{field}-{rule}", site)


class Taken(MoodleRefused):
    """For example `courseidnumbertaken`, `shortnametaken`."""


class NotFound(MoodleRefused):
    """For example `invalidrecord` of a function that the site has, `unknowcategory`."""


class NotUnique(MoodleRefused):
    """For example two accounts whose e-mail differs in letter case only."""


class AccountSuspended(MoodleRefused):
    """A person decides whether it may be opened again."""


class OtherSignIn(MoodleRefused):
    """Moodle would answer success and change nothing."""


class Protected(MoodleRefused):
    """For example `usernotupdatedadmin`, `usernotupdatedguest`."""


class PasswordRefused(MoodleRefused):
    """Against the site's policy. Which of its rules, Moodle tells in its own language or not at all."""


class FormCut(MoodleError):
    """PHP drops the fields past `max_input_vars`, and with them the token, which is sent last."""

    def __init__(self, function: str, site: str, *, fields: int) -> None:
        self.fields = fields
        super().__init__(function, "formcut", site)


class MoodleBroken(MoodleError):
    """For example 3.3 where creating a person with a preference calls an undefined function."""


def _readable(errorcode: str) -> str:
    # Some of Moodle's codes are whole sentences (a weak password answers with the site's policy as HTML).
    return errorcode if _CODE.fullmatch(errorcode) else "unreadable"

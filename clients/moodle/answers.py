"""What an answer of Moodle's REST server means: a value, or one error of the tree.

Every error that Moodle itself reports is HTTP 200 with `exception` and `errorcode`.
"""

from __future__ import annotations

import json
from dataclasses import dataclass

from clients.moodle.errors import (
    FormCut,
    MoodleBroken,
    MoodleDenied,
    MoodleError,
    MoodleRefused,
    MoodleUnavailable,
    NotFound,
    Taken,
)

# A revoked token looks the same as a cut form. Taking it for a cut one costs only a few halvings
# until the form is small, so the bound lies far below PHP's default of 1000 fields.
BIG_FORM_FIELDS = 200

PHP_ERROR = "phperror"

_TRY_LATER_STATUSES = frozenset({408, 425, 429})

_VERDICTS: dict[str, type[MoodleError]] = {
    # worth repeating
    "sitemaintenance": MoodleUnavailable,
    "upgraderunning": MoodleUnavailable,
    "dbconnectionfailed": MoodleUnavailable,
    "dmlreadexception": MoodleUnavailable,
    # until somebody changes the site, the account or the token
    "invalidtoken": MoodleDenied,
    "accessexception": MoodleDenied,  # expired, wrong IP, suspended account, not in the service
    "nopermissions": MoodleDenied,
    "requireloginerror": MoodleDenied,
    "errorcoursecontextnotvalid": MoodleDenied,
    "forcepasswordchangenotice": MoodleDenied,
    "criteriaerror": MoodleDenied,  # the account may not search by idnumber
    "wsusercannotassign": MoodleDenied,  # the role is not in the account's "allow assign" matrix
    "wsnoinstance": MoodleDenied,  # manual enrolment is off in the course
    "nopermissiontoviewgrades": MoodleDenied,
    # what exists and what doesn't
    "categoryidnumbertaken": Taken,
    "courseidnumbertaken": Taken,
    "shortnametaken": Taken,
    "invalidrecord": NotFound,
    "invaliduser": NotFound,
    "unknowcategory": NotFound,
    "errorcatcontextnotvalid": NotFound,
}


@dataclass(frozen=True)
class Asked:
    """What the judgement of an answer needs to know of its question."""

    function: str
    site: str
    fields: int
    token_worked_before: bool


def read(status: int, body: bytes, asked: Asked) -> object:
    """Return the value in the answer (`None` is a success of many functions) or raise."""
    if status != 200:
        raise _by_status(status, asked)
    try:
        answer: object = json.loads(body)
    except ValueError:
        # `from None`: the decoder's exception holds the whole answer, people included
        raise MoodleUnavailable(asked.function, "notjson", asked.site) from None
    if isinstance(answer, dict) and "exception" in answer:
        raise _by_errorcode(answer.get("errorcode"), asked)
    return answer


def _by_status(status: int, asked: Asked) -> MoodleError:
    later = status >= 500 or status in _TRY_LATER_STATUSES
    verdict = MoodleUnavailable if later else MoodleDenied
    return verdict(asked.function, f"http{status}", asked.site)


def _by_errorcode(errorcode: object, asked: Asked) -> MoodleError:
    if not isinstance(errorcode, str) or not errorcode:
        return MoodleBroken(asked.function, PHP_ERROR, asked.site)
    if errorcode == "invalidtoken" and asked.token_worked_before and asked.fields >= BIG_FORM_FIELDS:
        return FormCut(asked.function, asked.site, fields=asked.fields)
    return _VERDICTS.get(errorcode, MoodleRefused)(asked.function, errorcode, asked.site)

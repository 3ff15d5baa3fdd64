"""Typed asynchronous client of Moodle's web services: `errors.py` shows what can go wrong."""

from clients.moodle.check import Finding, check_account
from clients.moodle.client import MoodleClient
from clients.moodle.errors import (
    AccountSuspended,
    BadInput,
    FormCut,
    FunctionMissing,
    MoodleBroken,
    MoodleDenied,
    MoodleError,
    MoodleRefused,
    MoodleUnavailable,
    NotFound,
    NotUnique,
    Taken,
)
from clients.moodle.types import (
    Category,
    Course,
    Ensured,
    HeldRole,
    Participant,
    Roles,
    SiteInfo,
    User,
)
from clients.moodle.usernames import throwaway_password, username_for

__all__ = [
    "AccountSuspended",
    "BadInput",
    "Category",
    "Course",
    "Ensured",
    "Finding",
    "FormCut",
    "FunctionMissing",
    "HeldRole",
    "MoodleBroken",
    "MoodleClient",
    "MoodleDenied",
    "MoodleError",
    "MoodleRefused",
    "MoodleUnavailable",
    "NotFound",
    "NotUnique",
    "Participant",
    "Roles",
    "SiteInfo",
    "Taken",
    "User",
    "check_account",
    "throwaway_password",
    "username_for",
]

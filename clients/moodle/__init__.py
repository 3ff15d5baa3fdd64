"""Typed asynchronous client of Moodle's web services: `errors.py` shows what can go wrong."""

from clients.moodle.accounts import CreatedUsers, Found, NewAccount
from clients.moodle.check import check_account
from clients.moodle.client import MoodleClient
from clients.moodle.connections import open_session
from clients.moodle.enrolling import Enrolled, Roll
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
    OtherSignIn,
    PasswordRefused,
    Protected,
    Taken,
)
from clients.moodle.finding import Finding
from clients.moodle.learners import Learner, ResultsPage, State, Unseen
from clients.moodle.people import FoundByEmail, Presence
from clients.moodle.readiness import Readiness, SelfEnrolment
from clients.moodle.removal import CategoryProof, CourseProof, Proof
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
from clients.moodle.usernames import no_mail_address, throwaway_password, username_for

__all__ = [
    "AccountSuspended",
    "BadInput",
    "Category",
    "CategoryProof",
    "Course",
    "CourseProof",
    "CreatedUsers",
    "Enrolled",
    "Ensured",
    "Finding",
    "FormCut",
    "Found",
    "FoundByEmail",
    "FunctionMissing",
    "HeldRole",
    "Learner",
    "MoodleBroken",
    "MoodleClient",
    "MoodleDenied",
    "MoodleError",
    "MoodleRefused",
    "MoodleUnavailable",
    "NewAccount",
    "NotFound",
    "NotUnique",
    "OtherSignIn",
    "Participant",
    "PasswordRefused",
    "Presence",
    "Proof",
    "Protected",
    "Readiness",
    "ResultsPage",
    "Roles",
    "Roll",
    "SelfEnrolment",
    "SiteInfo",
    "State",
    "Taken",
    "Unseen",
    "User",
    "check_account",
    "no_mail_address",
    "open_session",
    "throwaway_password",
    "username_for",
]

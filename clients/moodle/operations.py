"""Moodle's web services as typed operations, each of them one call (or one that a release lacks)."""

from __future__ import annotations

from pydantic import TypeAdapter

from clients.moodle import rules
from clients.moodle.answers import PHP_ERROR
from clients.moodle.calls import Calls
from clients.moodle.errors import MoodleBroken, NotUnique
from clients.moodle.transport import Params
from clients.moodle.types import (
    Category,
    Course,
    Created,
    FoundCourses,
    FoundUsers,
    Participant,
    User,
)
from clients.moodle.usernames import throwaway_password

_CATEGORIES = TypeAdapter(tuple[Category, ...])
_COURSES = TypeAdapter(tuple[Course, ...])
_FOUND_COURSES = TypeAdapter(FoundCourses)
_FOUND_USERS = TypeAdapter(FoundUsers)
_USERS = TypeAdapter(tuple[User, ...])
_PARTICIPANTS = TypeAdapter(tuple[Participant, ...])
_CREATED = TypeAdapter(tuple[Created])
_CREATED_ACCOUNTS = TypeAdapter(tuple[Created, ...])
_NOTHING = TypeAdapter(None)

_MUST_CHANGE = ({"type": "auth_forcepasswordchange", "value": "1"},)
ACCOUNT_FIELDS = 8
"""How many fields of a form a new account takes, the preference's two included."""


class Operations(Calls):
    """Every method raises `MoodleError`. Creating is not safe to repeat here: see `MoodleClient`."""

    # Categories and courses

    async def categories(self) -> tuple[Category, ...]:
        """All that the account sees. Empty means a fault: no Moodle is without a category."""
        return await self._call("core_course_get_categories", _CATEGORIES, {})

    async def find_category(self, idnumber: str) -> Category | None:
        criterion = {"key": "idnumber", "value": idnumber}
        params: Params = {"criteria": [criterion], "addsubcategories": False}
        found = await self._call("core_course_get_categories", _CATEGORIES, params)
        return next((category for category in found if category.idnumber == idnumber), None)

    async def create_category(
        self, name: str, idnumber: str, parent_id: int = 0, description: str = ""
    ) -> int:
        """Create a category, at the top when `parent_id` is 0; `description` is HTML."""
        function = "core_course_create_categories"
        self._check(function, rules.category(name, idnumber))
        row: Params = {
            "name": name,
            "parent": parent_id,
            "idnumber": idnumber,
            "description": description,
            "descriptionformat": 1,
        }
        return (await self._call(function, _CREATED, {"categories": [row]}))[0].id

    async def courses(self) -> tuple[Course, ...]:
        """All courses, hidden ones too, without the front page."""
        return tuple(course for course in await self.courses_and_front_page() if course.category_id)

    async def courses_and_front_page(self) -> tuple[Course, ...]:
        """To Moodle the front page is a course, outside any category."""
        return await self._call("core_course_get_courses", _COURSES, {})

    async def find_course(self, idnumber: str) -> Course | None:
        """Find by idnumber; before Moodle 3.2 that means looking through all courses."""
        function = "core_course_get_courses_by_field"
        if (await self.site()).has(function):
            params = {"field": "idnumber", "value": idnumber}
            courses = (await self._call(function, _FOUND_COURSES, params)).courses
        else:
            courses = await self.courses()
        return next((course for course in courses if course.idnumber == idnumber), None)

    async def create_course(
        self, fullname: str, shortname: str, category_id: int, idnumber: str, *, visible: bool = False
    ) -> int:
        """Create an empty course, hidden unless `visible`. A short name in use raises `Taken`."""
        function = "core_course_create_courses"
        self._check(function, rules.course(fullname, shortname, idnumber))
        row: Params = {
            "fullname": fullname,
            "shortname": shortname,
            "categoryid": category_id,
            "idnumber": idnumber,
            "visible": visible,
            "enablecompletion": True,
        }
        return (await self._call(function, _CREATED, {"courses": [row]}))[0].id

    # People

    async def find_user_by_email(self, email: str) -> User | None:
        """Find whatever the letter case: sites differ in whether they tell `A@x` from `a@x`.

        Raises:
            NotUnique: several accounts fit, and no single one of them letter by letter.
        """
        function = "core_user_get_users"
        self._check(function, rules.searched_email(email))
        params: Params = {"criteria": [{"key": "email", "value": email}]}
        answer = await self._call(function, _FOUND_USERS, params)
        # Moodle matches by LIKE, where `_` stands for any character.
        alike = [user for user in answer.users if (user.email or "").casefold() == email.casefold()]
        candidates = [user for user in alike if user.email == email] or alike
        if len(candidates) > 1:
            raise NotUnique(function, "email", self._transport.site)
        return candidates[0] if candidates else None

    async def find_user_by_username(self, username: str) -> User | None:
        """Find by username. `None` proves nothing where usernames are not shown (see `User`)."""
        params: Params = {"field": "username", "values": [username]}
        found = await self._call("core_user_get_users_by_field", _USERS, params)
        return next((user for user in found if user.username == username), None)

    async def create_user(self, username: str, email: str, first_name: str, last_name: str) -> int:
        """Create an account whose password nobody knows and must be changed.

        A name or e-mail in use is `MoodleRefused` without a reason, so look first.
        `createpassword` is never used: it mails the password in clear.
        """
        function = "core_user_create_users"
        self._check(function, rules.person(username, email, first_name, last_name))
        return (await self._create_accounts([account_row(username, email, first_name, last_name)]))[0].id

    async def _create_accounts(self, rows: list[Params]) -> tuple[Created, ...]:
        """In one transaction: all of them, in their order, or none."""
        function = "core_user_create_users"
        if self._takes_preferences:
            try:
                flagged: Params = {"users": [{**row, "preferences": _MUST_CHANGE} for row in rows]}
                return await self._call(function, _CREATED_ACCOUNTS, flagged)
            except MoodleBroken as broken:
                if broken.errorcode != PHP_ERROR:
                    raise
                # 3.3 dies of its own bug on any preference, and rolls back. Nobody knows the
                # password, so the account is safe without it.
                self._takes_preferences = False
        return await self._call(function, _CREATED_ACCOUNTS, {"users": rows})

    # Rights

    async def enrolled(self, course_id: int, *, limit: int = 0) -> tuple[Participant, ...]:
        """Who is enrolled, suspended ones too; all, or `limit` of them by id. No role without enrolment."""
        # With all fields, which is the default, it costs ten times as much.
        options = {"userfields": "id,username,roles", "limitnumber": str(limit)}
        params: Params = {
            "courseid": course_id,
            "options": [{"name": name, "value": value} for name, value in options.items()],
        }
        return await self._call("core_enrol_get_enrolled_users", _PARTICIPANTS, params)

    async def enrol_teacher(self, course_id: int, user_id: int) -> None:
        """Enrol with full course-building rights. Again: no change, but opens a suspended enrolment."""
        await self._enrol(course_id, user_id, self._roles.editing_teacher)

    async def suspend(self, course_id: int, user_id: int) -> None:
        """Shut an enrolment where `unenrol` is missing (2.8.5). Take the teacher's role away first."""
        # Moodle demands a role and gives it: the weakest.
        await self._enrol(course_id, user_id, self._roles.student, suspend=True)

    async def _enrol(self, course_id: int, user_id: int, role_id: int, *, suspend: bool = False) -> None:
        row = {"roleid": role_id, "userid": user_id, "courseid": course_id, "suspend": suspend}
        await self._call("enrol_manual_enrol_users", _NOTHING, {"enrolments": [row]})

    async def unenrol(self, course_id: int, user_id: int) -> None:
        """End a manual enrolment. No error where there is none, or where it is of another kind."""
        row = {"userid": user_id, "courseid": course_id}
        await self._call("enrol_manual_unenrol_users", _NOTHING, {"enrolments": [row]})

    async def unassign_teacher(self, course_id: int, user_id: int) -> None:
        """Take the teacher's role away; the person stays enrolled with no role."""
        await self._unassign(self._roles.editing_teacher, user_id, "course", course_id)

    async def assign_course_creator(self, category_id: int, user_id: int) -> None:
        row = _role_row(self._roles.course_creator, user_id, "coursecat", category_id)
        await self._call("core_role_assign_roles", _NOTHING, {"assignments": [row]})

    async def unassign_course_creator(self, category_id: int, user_id: int) -> None:
        await self._unassign(self._roles.course_creator, user_id, "coursecat", category_id)

    async def _unassign(self, role_id: int, user_id: int, level: str, instance_id: int) -> None:
        row = _role_row(role_id, user_id, level, instance_id)
        await self._call("core_role_unassign_roles", _NOTHING, {"unassignments": [row]})


def account_row(username: str, email: str, first_name: str, last_name: str) -> Params:
    return {
        "username": username,
        "firstname": first_name,
        "lastname": last_name,
        "email": email,
        "auth": "manual",
        "password": throwaway_password(),
    }


def _role_row(role_id: int, user_id: int, level: str, instance_id: int) -> Params:
    # By level and instance: a context's own id is something no web service tells.
    return {"roleid": role_id, "userid": user_id, "contextlevel": level, "instanceid": instance_id}

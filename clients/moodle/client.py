"""The Moodle client: operations, and `ensure_*` that are safe to repeat.

    moodle = MoodleClient(session, "https://moodle.example", token, timeout=timedelta(seconds=30))
    category_id, _ = await moodle.ensure_category("Медицина", "request-2026-000123")

After `MoodleUnavailable` nobody knows whether a creation took effect. Each `ensure_*` looks first,
by what identifies the thing for us, so the caller just repeats it.
"""

from __future__ import annotations

from datetime import timedelta

import aiohttp

from clients.moodle.accounts import Accounts
from clients.moodle.claims import Claims
from clients.moodle.errors import AccountSuspended, MoodleRefused, NotUnique, Taken
from clients.moodle.reconciling import Reconciling
from clients.moodle.removal import Removal
from clients.moodle.results import Results
from clients.moodle.types import Ensured, Roles, User


class MoodleClient(Accounts, Claims, Results, Removal, Reconciling):
    """Typed client of one Moodle. The session belongs to the caller, who closes it.

    The bases are one file each, by what they are about. Where an operation takes a `gate`, it makes
    several calls at a time, as many as the caller's semaphore lets through.
    """

    def __init__(
        self,
        session: aiohttp.ClientSession,
        base_url: str,
        token: str,
        *,
        timeout: timedelta,
        roles: Roles = Roles(),  # noqa: B008 - frozen
    ) -> None:
        super().__init__(session, base_url, token, timeout=timeout, roles=roles)

    async def ensure_category(
        self, name: str, idnumber: str, parent_id: int = 0, description: str = ""
    ) -> Ensured:
        """Find the category with `idnumber`, whatever its name by now, or create it."""
        found = await self.find_category(idnumber)
        if found is not None:
            return Ensured(found.id, created=False)
        try:
            return Ensured(await self.create_category(name, idnumber, parent_id, description), created=True)
        except Taken:
            # an earlier call of ours took effect after we had looked
            found = await self.find_category(idnumber)
            if found is None:
                raise
            return Ensured(found.id, created=False)

    async def ensure_course(self, fullname: str, shortname: str, category_id: int, idnumber: str) -> Ensured:
        """Find the course with `idnumber`, wherever it was moved, or create it hidden.

        Raises:
            Taken: the short name belongs to another course (`shortnametaken`): choose another one.
        """
        found = await self.find_course(idnumber)
        if found is not None:
            return Ensured(found.id, created=False)
        try:
            return Ensured(await self.create_course(fullname, shortname, category_id, idnumber), created=True)
        except Taken:
            found = await self.find_course(idnumber)
            if found is None:
                raise
            return Ensured(found.id, created=False)

    async def ensure_user(self, username: str, email: str, first_name: str, last_name: str) -> Ensured:
        """Find the person's account by e-mail, else by username, or create it.

        An account found is left as it is: names are not compared.

        Raises:
            NotUnique: several accounts have the e-mail, or the username is somebody else's.
            AccountSuspended: the account is there but shut.
        """
        found = await self._find_user(username, email)
        if found is not None:
            return Ensured(found.id, created=False)
        try:
            return Ensured(await self.create_user(username, email, first_name, last_name), created=True)
        except MoodleRefused:
            # Moodle doesn't say whether it was the e-mail or the username, and why.
            found = await self._find_user(username, email)
            if found is None:
                raise
            return Ensured(found.id, created=False)

    async def _find_user(self, username: str, email: str) -> User | None:
        found = await self.find_user_by_email(email) or await self._find_ours(username, email)
        if found is not None and found.suspended:
            raise AccountSuspended("core_user_get_users", "suspended", self._transport.site)
        return found

    async def _find_ours(self, username: str, email: str) -> User | None:
        found = await self.find_user_by_username(username)
        # Its e-mail is shown and is another one: a namesake must not get somebody's rights.
        if found is not None and (found.email or email).casefold() != email.casefold():
            raise NotUnique("core_user_get_users_by_field", "username", self._transport.site)
        return found

    async def ensure_teacher(self, course_id: int, user_id: int) -> Ensured:
        """See that the person is enrolled with full course-building rights, and not suspended."""
        role_id = self._roles.editing_teacher
        was_teacher = any(
            participant.id == user_id and participant.holds(role_id)
            for participant in await self.enrolled(course_id)
        )
        # Sent to a teacher as well: the list doesn't tell a suspended one, and this opens it.
        await self.enrol_teacher(course_id, user_id)
        return Ensured(user_id, created=not was_teacher)

    async def ensure_course_creator(self, category_id: int, user_id: int) -> Ensured:
        """See that the person may create courses in the category.

        `created` is always true: Moodle shows roles in a category nowhere.
        """
        await self.assign_course_creator(category_id, user_id)
        return Ensured(user_id, created=True)

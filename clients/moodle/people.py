"""Looking many people up at once, and seeing who of them is gone."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from pydantic import TypeAdapter

from clients.moodle.calls import in_parts, side_by_side
from clients.moodle.errors import FormCut, NotUnique
from clients.moodle.operations import Operations
from clients.moodle.types import User

BY_FIELD = "core_user_get_users_by_field"
_USERS = TypeAdapter(tuple[User, ...])


class Presence(StrEnum):
    ACTIVE = "active"
    SUSPENDED = "suspended"
    ABSENT = "absent"  # deleted, or never was
    UNKNOWN = "unknown"  # there, but 2.8.5 shows to nobody whether it is suspended


@dataclass
class FoundByEmail:
    """By e-mail as it was asked for. In `unclear` are those that several accounts have."""

    users: dict[str, User] = field(default_factory=dict)
    unclear: set[str] = field(default_factory=set)


class People(Operations):
    async def find_users_by_emails(
        self, emails: Collection[str], gate: asyncio.Semaphore, *, any_case: bool = True
    ) -> FoundByEmail:
        """Find accounts by e-mail, in a call for some hundred.

        Sites on PostgreSQL tell `A@x` from `a@x` here. So the usual spellings are asked for, and who is
        there in another than the given one is searched alone, which finds any letter case. With `any_case`
        so is whoever is not found: a call for each.
        """
        found = FoundByEmail()
        size = self._rows_a_call(len(_spellings("a@x")))
        parts = await side_by_side(self._find_by_emails(part, gate, found) for part in in_parts(emails, size))
        if any_case:
            rest = [email for email in emails if email not in found.users]
        else:
            rest = [email for part in parts for email in part]
        await side_by_side(self._search_by_email(email, gate, found) for email in rest)
        return found

    async def _find_by_emails(
        self, emails: Sequence[str], gate: asyncio.Semaphore, found: FoundByEmail
    ) -> list[str]:
        """Add those found letter by letter; return those who are there in another spelling."""
        spellings = sorted({spelling for email in emails for spelling in _spellings(email)})
        exact: dict[str, list[User]] = defaultdict(list)
        for user in await self._users_by("email", spellings, gate):
            exact[user.email or ""].append(user)
        folded = {email.casefold() for email in exact}
        found.users |= {email: exact[email][0] for email in emails if len(exact.get(email, ())) == 1}
        return [email for email in emails if email not in found.users and email.casefold() in folded]

    async def _search_by_email(self, email: str, gate: asyncio.Semaphore, found: FoundByEmail) -> None:
        try:
            user = await self._patiently(gate, lambda: self.find_user_by_email(email))
        except NotUnique:
            found.unclear.add(email)
            return
        if user is not None:
            found.users[email] = user

    async def users(self, user_ids: Iterable[int], gate: asyncio.Semaphore) -> dict[int, User]:
        """The accounts by id, without those that are not there."""
        parts = in_parts(map(str, user_ids), self._rows_a_call(1))
        pages = await side_by_side(self._users_by("id", part, gate) for part in parts)
        return {user.id: user for page in pages for user in page}

    async def presence(self, user_ids: Sequence[int], gate: asyncio.Semaphore) -> dict[int, Presence]:
        """Whether each account is still there and open: the sign that a person is gone."""
        there = await self.users(user_ids, gate)
        return {user_id: _presence(there.get(user_id)) for user_id in user_ids}

    async def _users_by(self, field: str, values: Sequence[str], gate: asyncio.Semaphore) -> tuple[User, ...]:
        params = {"field": field, "values": values}
        try:
            return await self._patiently(gate, lambda: self._call(BY_FIELD, _USERS, params))
        except FormCut as cut:
            if len(values) == 1:
                raise
            self._remember_cut(cut)
        parts = in_parts(values, self._rows_a_call(1))
        pages = await side_by_side(self._users_by(field, part, gate) for part in parts)
        return tuple(user for page in pages for user in page)


def _spellings(email: str) -> set[str]:
    """As it is given, in small letters, and with the capital that telephones put in front."""
    small = email.lower()
    return {email, small, small[:1].upper() + small[1:]}


def _presence(user: User | None) -> Presence:
    if user is None:
        return Presence.ABSENT
    if user.suspended is None:
        return Presence.UNKNOWN
    return Presence.SUSPENDED if user.suspended else Presence.ACTIVE

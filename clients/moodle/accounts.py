"""Creating many accounts: bad rows are set aside, the others are made, nobody twice.

A call is one transaction of Moodle's: a single bad row undoes all of it, and the answer doesn't say
which. So people are looked up first, and a call that is refused is halved until the bad row is alone.
After `MoodleUnavailable` nobody knows what took effect, so people are looked up again.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from clients.moodle import rules
from clients.moodle.calls import in_parts, side_by_side
from clients.moodle.errors import FormCut, MoodleRefused, MoodleUnavailable
from clients.moodle.operations import ACCOUNT_FIELDS, account_row
from clients.moodle.people import People
from clients.moodle.types import Created, User

NOT_UNIQUE = "email-notunique"
TWICE = "email-twice"
USERNAME_TAKEN = "username-taken"

_REFUSES_OTHER_CASE_SINCE = 2019052000  # Moodle 3.7 itself refuses A@x where a@x is


class NewAccount(NamedTuple):
    """`key` is the caller's name for the row. `username` must be the same whenever the row comes again.

    For somebody without e-mail use `clients.moodle.no_mail_address`.
    """

    key: str
    username: str
    email: str
    first_name: str
    last_name: str


class Found(NamedTuple):
    """An account that was there. `ours`: it has the username of the row, so an earlier call made it;
    `None` where usernames are not shown (2.8.5), and the caller's own record must tell."""

    user: User
    ours: bool | None


@dataclass
class CreatedUsers:
    """Every key is in exactly one of the three.

    A refused row has a code: `field-rule` of a rule of ours (`email-malformed`), `email-twice` within the
    list, `email-notunique`, `username-taken`, else Moodle's own (mostly `invalidparameter`).
    """

    created: dict[str, int] = field(default_factory=dict)
    found: dict[str, Found] = field(default_factory=dict)
    refused: dict[str, str] = field(default_factory=dict)


class Accounts(People):
    async def takes_other_case(self) -> bool:
        """Whether the site would make A@x beside a@x, so that one has to look for any letter case."""
        return (await self.site()).version_number < _REFUSES_OTHER_CASE_SINCE

    async def create_users(self, rows: Sequence[NewAccount], gate: asyncio.Semaphore) -> CreatedUsers:
        """Find or create an account for every row, in several calls at a time as `gate` allows.

        A site that doesn't answer is asked again after `pauses`. What was done is told at the end, so give
        a long list in chunks of some hundred rows. On releases before 3.7 everybody new costs a search more.

        Raises:
            MoodleUnavailable: then the same rows may be given again; what was made is found, as `ours`.
            MoodleDenied: the account lacks a right.
        """
        # Where Moodle itself refuses another letter case, the refused row alone is searched.
        any_case = await self._patiently(gate, self.takes_other_case)
        work = _Creation(self, gate, any_case=any_case)
        good = [row for row in rows if work.is_good(row)]
        size = self._rows_a_call(ACCOUNT_FIELDS)
        await side_by_side(work.find_or_make(part) for part in in_parts(good, size))
        return work.done


class _Creation:
    """One run of `create_users`."""

    def __init__(self, client: Accounts, gate: asyncio.Semaphore, *, any_case: bool) -> None:
        self.done = CreatedUsers()
        self._client = client
        self._gate = gate
        self._any_case = any_case
        self._emails: set[str] = set()

    def is_good(self, row: NewAccount) -> bool:
        violation = rules.person(row.username, row.email, row.first_name, row.last_name)
        folded = row.email.casefold()
        if violation is not None:
            self.done.refused[row.key] = f"{violation.field}-{violation.rule}"
        elif folded in self._emails:
            self.done.refused[row.key] = TWICE
        else:
            self._emails.add(folded)
            return True
        return False

    async def find_or_make(self, rows: Sequence[NewAccount]) -> None:
        await self._make(await self._missing(rows, any_case=self._any_case))

    async def _missing(self, rows: Sequence[NewAccount], *, any_case: bool) -> list[NewAccount]:
        """Those without an account; the others are done with."""
        emails = [row.email for row in rows]
        found = await self._client.find_users_by_emails(emails, self._gate, any_case=any_case)
        missing = []
        for row in rows:
            if user := found.users.get(row.email):
                self._found(row, user)
            elif row.email in found.unclear:
                self.done.refused[row.key] = NOT_UNIQUE
            else:
                missing.append(row)
        return missing

    def _found(self, row: NewAccount, user: User) -> None:
        ours = None if user.username is None else user.username == row.username
        self.done.found[row.key] = Found(user, ours)

    async def _make(self, rows: Sequence[NewAccount], *, names_are_free: bool = False) -> None:
        pauses = iter(self._client.pauses)
        while rows:
            try:
                made = await self._create(rows)
                self.done.created |= {row.key: one.id for row, one in zip(rows, made, strict=True)}
                return
            except MoodleUnavailable:
                if (pause := next(pauses, None)) is None:
                    raise
                await asyncio.sleep(pause)
                rows = await self._missing(rows, any_case=False)
            except FormCut as cut:
                self._client._remember_cut(cut)
                await self._make_parts(rows, self._client._rows_a_call(ACCOUNT_FIELDS))
                return
            except MoodleRefused as refused:
                await self._narrow(rows, refused, names_are_free)
                return

    async def _create(self, rows: Sequence[NewAccount]) -> tuple[Created, ...]:
        async with self._gate:
            return await self._client._create_accounts([account_row(*row[1:]) for row in rows])

    async def _make_parts(
        self, rows: Sequence[NewAccount], size: int, *, names_are_free: bool = False
    ) -> None:
        for part in in_parts(rows, size):
            await self._make(part, names_are_free=names_are_free)

    async def _narrow(self, rows: Sequence[NewAccount], refused: MoodleRefused, names_are_free: bool) -> None:
        if len(rows) == 1:
            return await self._explain(rows[0], refused)
        # A call for all names first, for halving does the work of the good rows over and over.
        free = rows if names_are_free else await self._with_free_names(rows)
        if len(free) < len(rows):
            return await self._make(free, names_are_free=True)
        return await self._make_parts(rows, -(-len(rows) // 2), names_are_free=True)

    async def _with_free_names(self, rows: Sequence[NewAccount]) -> list[NewAccount]:
        """Without those whose username is somebody's, as far as usernames are shown."""
        shown = await self._client._users_by("username", [row.username for row in rows], self._gate)
        taken = {user.username for user in shown}
        self.done.refused |= {row.key: USERNAME_TAKEN for row in rows if row.username in taken}
        return [row for row in rows if row.username not in taken]

    async def _explain(self, row: NewAccount, refused: MoodleRefused) -> None:
        """Moodle says neither whether it was the e-mail or the username, nor why."""
        missing = await self._missing([row], any_case=True)
        if missing and await self._with_free_names(missing):
            self.done.refused[row.key] = refused.errorcode

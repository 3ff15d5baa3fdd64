"""A learner's chosen password goes straight to Moodle (clause 4.5)."""

from __future__ import annotations

import asyncio
from typing import NoReturn

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from clients.moodle.answers import PHP_ERROR
from clients.moodle.errors import (
    AccountSuspended,
    BadInput,
    MoodleBroken,
    MoodleRefused,
    NotFound,
    OtherSignIn,
    PasswordRefused,
    Protected,
)
from clients.moodle.people import BY_FIELD, People
from clients.moodle.transport import Params

_UPDATE = "core_user_update_users"
_PROTECTED = frozenset({"usernotupdatedadmin", "usernotupdatedguest", "usernotupdatedremote"})
_PASSWORD_MAX = 128

# With the policy's text as HTML for an error code before 4.x; that text is what a 4.5 cannot return.
_AGAINST_POLICY = frozenset({"unreadable", "invalidresponse"})


class _Warning(BaseModel):
    code: str = Field(alias="warningcode")


class _Updated(BaseModel):
    model_config = ConfigDict(frozen=True)

    warnings: tuple[_Warning, ...] = ()


_ANSWER = TypeAdapter(_Updated | None)


class Claims(People):
    async def set_password(self, user_id: int, password: str) -> None:
        """Set the password that the person chose, and ask for no other at the next sign-in.

        Only for accounts that the engine made: of 2.8.5 nobody sees how an account signs in, and
        before 4.x an administrator's account answers success and keeps its password.

        Raises:
            PasswordRefused: against the site's policy; another one may be tried.
            OtherSignIn, AccountSuspended, Protected, NotFound: nothing was changed, nor can be.
        """
        if not password.strip() or len(password) > _PASSWORD_MAX:
            raise BadInput(_UPDATE, self._transport.site, field="password", rule="length")
        await self._check_account(user_id)
        try:
            answer = await self._update_password(user_id, password)
        except MoodleRefused as refused:
            self._refuse(refused.errorcode)
        for warning in answer.warnings if answer else ():
            self._refuse(warning.code)

    async def _check_account(self, user_id: int) -> None:
        user = (await self.users([user_id], asyncio.Semaphore())).get(user_id)
        if user is None:
            raise NotFound(BY_FIELD, "invaliduser", self._transport.site)
        if user.suspended:
            raise AccountSuspended(BY_FIELD, "suspended", self._transport.site)
        if user.auth not in (None, "manual"):
            raise OtherSignIn(BY_FIELD, "auth", self._transport.site)

    async def _update_password(self, user_id: int, password: str) -> _Updated | None:
        row: Params = {"id": user_id, "password": password}
        # One person a call: a bad password would leave the others of the call changed.
        no_change = [{"type": "auth_forcepasswordchange", "value": "0"}]
        try:
            return await self._call(_UPDATE, _ANSWER, {"users": [{**row, "preferences": no_change}]})
        except MoodleBroken as broken:
            if broken.errorcode != PHP_ERROR:
                raise
            # A 3.3 that dies of a preference set none when the account was made.
            return await self._call(_UPDATE, _ANSWER, {"users": [row]})

    def _refuse(self, code: str) -> NoReturn:
        if code in _PROTECTED:
            kind: type[MoodleRefused] = Protected
        elif code in ("invaliduser", "usernotupdateddeleted"):
            kind = NotFound
        else:
            kind = PasswordRefused if code in _AGAINST_POLICY else MoodleRefused
        raise kind(_UPDATE, code, self._transport.site) from None

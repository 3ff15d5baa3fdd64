"""Calling one site: what it has, what it answers, in which shape."""

from __future__ import annotations

from datetime import timedelta
from typing import TypeVar

import aiohttp
from pydantic import TypeAdapter, ValidationError

from clients.moodle import rules
from clients.moodle.errors import BadInput, FunctionMissing, MoodleBroken, MoodleError
from clients.moodle.transport import Params, Transport
from clients.moodle.types import Roles, SiteInfo

T = TypeVar("T")

_SITE_INFO = "core_webservice_get_site_info"
_SITE = TypeAdapter(SiteInfo)


class Calls:
    """The part of the client below the operations."""

    def __init__(
        self,
        session: aiohttp.ClientSession,
        base_url: str,
        token: str,
        *,
        timeout: timedelta,
        roles: Roles,
    ) -> None:
        self._transport = Transport(session, base_url, token, timeout=timeout)
        self._roles = roles
        self._site: SiteInfo | None = None
        self._takes_preferences = True

    @property
    def roles(self) -> Roles:
        return self._roles

    async def site(self, *, fresh: bool = False) -> SiteInfo:
        """Return the release and the functions allowed, asked once per client unless `fresh`."""
        if self._site is None or fresh:
            self._site = self._parse(_SITE_INFO, _SITE, await self._transport.call(_SITE_INFO, {}))
        return self._site

    async def refusal(self, function: str, params: Params) -> MoodleError | None:
        """Make a call that is meant to fail and return how it failed: what the start-up check reads."""
        try:
            await self._transport.call(function, params)
        except MoodleError as error:
            return error
        return None

    async def _call(self, function: str, shape: TypeAdapter[T], params: Params) -> T:
        await self._require(function)
        return self._parse(function, shape, await self._transport.call(function, params))

    async def _require(self, function: str) -> None:
        # `invalidrecord` is the answer both to a function that doesn't exist and to a missing
        # course, so functions are looked up beforehand; once more freshly, for the site may have
        # been upgraded or its service completed since.
        if not (await self.site()).has(function) and not (await self.site(fresh=True)).has(function):
            raise FunctionMissing(function, "functionmissing", self._transport.site)

    def _parse(self, function: str, shape: TypeAdapter[T], answer: object) -> T:
        try:
            return shape.validate_python(answer)
        except ValidationError:
            # `from None`: the validation error quotes the answer, people included
            raise MoodleBroken(function, "unexpectedshape", self._transport.site) from None

    def _check(self, function: str, violation: rules.Violation | None) -> None:
        if violation is not None:
            raise BadInput(function, self._transport.site, field=violation.field, rule=violation.rule)

"""Calling one site: what it has, what it answers, in which shape."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Iterable, Iterator, Sequence
from datetime import timedelta
from itertools import islice
from typing import Any, TypeVar

import aiohttp
from pydantic import TypeAdapter, ValidationError

from clients.moodle import rules
from clients.moodle.errors import (
    BadInput,
    FormCut,
    FunctionMissing,
    MoodleBroken,
    MoodleError,
    MoodleUnavailable,
)
from clients.moodle.transport import Params, Transport
from clients.moodle.types import Roles, SiteInfo

T = TypeVar("T")

_SITE_INFO = "core_webservice_get_site_info"
_SITE = TypeAdapter(SiteInfo)

_PHP_FORM_FIELDS = 1000
"""PHP's default `max_input_vars`; a site that allows fewer is found out by `FormCut`."""

_FIXED_FIELDS = 10
"""What a form holds besides its rows, with some room."""


class Calls:
    """The part of the client below the operations."""

    pauses: Sequence[float] = (0.05, 0.5, 2.0, 5.0)
    """Seconds before a bulk operation asks again a site that did not answer; then it gives up."""

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
        self._form_fields = _PHP_FORM_FIELDS

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

    # For operations on many rows

    def _rows_a_call(self, fields_a_row: int) -> int:
        return max(1, (self._form_fields - _FIXED_FIELDS) // fields_a_row)

    def _remember_cut(self, cut: FormCut) -> None:
        self._form_fields = min(self._form_fields, cut.fields // 2)

    async def _patiently(self, gate: asyncio.Semaphore, call: Callable[[], Awaitable[T]]) -> T:
        """Make a call that may be repeated, again after each pause; the gate is free meanwhile."""
        for pause in self.pauses:
            try:
                async with gate:
                    return await call()
            except MoodleUnavailable:
                await asyncio.sleep(pause)
        async with gate:
            return await call()


def in_parts(rows: Iterable[T], size: int) -> Iterator[list[T]]:
    source = iter(rows)
    while part := list(islice(source, size)):
        yield part


async def side_by_side(work: Iterable[Coroutine[Any, Any, T]]) -> list[T]:
    """Run all and give their results in order; the first error stops the others and is raised bare."""
    try:
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(one) for one in work]
    except* MoodleError as failed:
        raise _first(failed) from None
    return [task.result() for task in tasks]


def _first(failed: BaseExceptionGroup[MoodleError]) -> MoodleError:
    error = failed.exceptions[0]
    return _first(error) if isinstance(error, BaseExceptionGroup) else error

"""Connections to one SMTP server, each used for letter after letter while they come."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from typing import Any

import aiosmtplib

_KEPT_SECONDS = 5
"""Less than any server waits before it hangs up on who says nothing (RFC 5321, 4.5.3.2: minutes)."""


class Connections:
    """Opens a connection when none is free; one on which anything went wrong is never used again."""

    def __init__(self, **options: Any) -> None:
        """Take what `aiosmtplib.SMTP` takes."""
        self._options = options
        self._free: list[aiosmtplib.SMTP] = []
        self._farewells: set[asyncio.Task[None]] = set()

    @contextlib.asynccontextmanager
    async def one(self) -> AsyncIterator[aiosmtplib.SMTP]:
        """A connection for one letter.

        Raises:
            aiosmtplib.SMTPException: as `aiosmtplib.SMTP.connect`.
        """
        smtp = self._pop() or aiosmtplib.SMTP(**self._options)
        try:
            if not smtp.is_connected:
                await smtp.connect()
            yield smtp
        except BaseException:
            smtp.close()
            raise
        self._free.append(smtp)
        asyncio.get_running_loop().call_later(_KEPT_SECONDS, self._part_with, smtp)

    def _pop(self) -> aiosmtplib.SMTP | None:
        """One that is free and that the server has not closed."""
        while self._free:
            smtp = self._free.pop()
            if smtp.is_connected:
                return smtp
        return None

    def _part_with(self, smtp: aiosmtplib.SMTP) -> None:
        """Unless it is in use: then its next turn ends it."""
        if smtp in self._free:
            self._free.remove(smtp)
            farewell = asyncio.create_task(_quit(smtp))
            self._farewells.add(farewell)
            farewell.add_done_callback(self._farewells.discard)


async def _quit(smtp: aiosmtplib.SMTP) -> None:
    with contextlib.suppress(aiosmtplib.SMTPException, OSError):
        await smtp.quit()
    smtp.close()

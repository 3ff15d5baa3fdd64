"""Faults on command: what a real Moodle does on a bad day.

A fault is for all functions or for one, for the next ``times`` calls or until cleared, after letting ``skip``
calls pass. At most one fault that breaks the answer applies to a call; those that bend the circumstances
(slow, max_input_vars, hidden_email, empty_lists) apply besides. Clearing the faults ends a slow call's wait.
"""

import asyncio
from contextlib import suppress
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, ClassVar


class Kind(StrEnum):
    DOWN = "down"  # the connection is closed without an answer
    UNAVAILABLE = "503"
    TRUNCATED = "truncated"  # the work is done, the JSON is cut in the middle
    HTML = "html"  # a maintenance page with status 200, nothing is done
    ERROR_AFTER_WORK = "error_after_work"  # the work is done, the answer is lost
    SLOW = "slow"
    MAX_INPUT_VARS = "max_input_vars"
    HIDDEN_EMAIL = "hidden_email"
    EMPTY_LISTS = "empty_lists"
    HALF_LIST = "half_list"  # the answer is a list, and its second half is missing


class How(StrEnum):
    """How error_after_work loses the answer."""

    UNAVAILABLE = "503"
    CLOSE = "close"


_BENDING = frozenset({Kind.SLOW, Kind.MAX_INPUT_VARS, Kind.HIDDEN_EMAIL, Kind.EMPTY_LISTS})


@dataclass
class Fault:
    kind: Kind
    function: str | None = None
    times: int | None = None
    skip: int = 0
    seconds: float = 0.0
    limit: int = 1000
    how: How = How.UNAVAILABLE

    FIELDS: ClassVar[frozenset[str]] = frozenset(
        {"kind", "function", "times", "skip", "seconds", "limit", "how"}
    )

    @classmethod
    def parse(cls, body: dict[str, Any]) -> "Fault":
        """Raises ValueError for an unknown kind or field."""
        unknown = set(body) - cls.FIELDS
        if unknown:
            raise ValueError(f"unknown fields: {', '.join(sorted(unknown))}")
        fault = cls(**body)
        fault.kind, fault.how = Kind(fault.kind), How(fault.how)
        return fault

    def strikes(self, function: str | None) -> bool:
        """Whether it applies to this call; counts the call."""
        if self.function not in (None, function) or self.times == 0:
            return False
        if self.skip > 0:
            self.skip -= 1
            return False
        if self.times is not None:
            self.times -= 1
        return True


@dataclass(frozen=True)
class Circumstances:
    """How one call goes: undisturbed unless faults say otherwise."""

    breaks: Fault | None = None
    delay_seconds: float = 0.0
    max_input_vars: int = 1000
    denied: frozenset[str] = frozenset()
    must_change_password: bool = False


@dataclass
class Faults:
    queue: list[Fault] = field(default_factory=list)
    _cleared: asyncio.Event = field(default_factory=asyncio.Event)

    def add(self, *faults: Fault) -> None:
        self.queue.extend(faults)

    def clear(self) -> None:
        self.queue.clear()
        self._cleared.set()
        self._cleared = asyncio.Event()

    async def delay(self, seconds: float) -> None:
        """Wait so long, or until the faults are cleared."""
        with suppress(TimeoutError):
            await asyncio.wait_for(self._cleared.wait(), seconds)

    def for_call(self, function: str | None) -> Circumstances:
        breaks: Fault | None = None
        bends: dict[Kind, Fault] = {}
        for fault in self.queue:
            is_bend = fault.kind in _BENDING
            is_taken = fault.kind in bends if is_bend else breaks is not None
            if is_taken or not fault.strikes(function):
                continue
            if is_bend:
                bends[fault.kind] = fault
            else:
                breaks = fault
        self.queue = [fault for fault in self.queue if fault.times != 0]
        return _circumstances(breaks, bends)


def _circumstances(breaks: Fault | None, bends: dict[Kind, Fault]) -> Circumstances:
    slow, cut = bends.get(Kind.SLOW), bends.get(Kind.MAX_INPUT_VARS)
    hidden = {"moodle/site:viewuseridentity"} if Kind.HIDDEN_EMAIL in bends else set()
    return Circumstances(
        breaks=breaks,
        delay_seconds=slow.seconds if slow else 0.0,
        max_input_vars=cut.limit if cut else 1000,
        denied=frozenset(hidden),
        must_change_password=Kind.EMPTY_LISTS in bends,
    )

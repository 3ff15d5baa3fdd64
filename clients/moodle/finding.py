"""What a start-up check finds."""

from __future__ import annotations

from dataclasses import dataclass

NOBODY = 2_147_483_647
"""An id that no row has: to try a right without changing anything."""


@dataclass(frozen=True)
class Finding:
    """A right or function that is missing, with what to do about it in Russian."""

    needed: str
    why: str
    blocking: bool

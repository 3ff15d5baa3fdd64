"""The story as it is told: line by line, and at once broken off where it does not hold."""

from typing import Any

from devstack.errors import DevstackError

Json = dict[str, Any]


class NotAsTold(DevstackError):
    """What should have been and is not."""

    def __init__(self, claim: str, seen: object = "") -> None:
        super().__init__(f"  ✗ {claim}" + (f"\n    на деле: {seen}" if seen != "" else ""))


def title(text: str) -> None:
    print(f"\n{text}", flush=True)


def say(text: str) -> None:
    print(f"  {text}", flush=True)


def quote(lines: list[str]) -> None:
    """What the engine wrote itself."""
    for line in lines:
        print(f"    │ {line}", flush=True)


def only(claim: str, found: list[Json]) -> Json:
    """Says that there is exactly one, and gives it."""
    check(claim, len(found) == 1, seen=found)
    return found[0]


def check(claim: str, holds: bool, *, seen: object = "") -> None:
    """Says a claim that holds.

    Raises:
        NotAsTold: It does not; `seen` is what was found instead.
    """
    if not holds:
        raise NotAsTold(claim, seen)
    print(f"  ✓ {claim}", flush=True)

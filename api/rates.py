"""How often one caller may call: each key, and each address that comes without a valid one.

In this process alone: two processes of the API let through twice as much.
"""

import time

_BURST_SECONDS = 10
"""So many seconds' worth may come at once."""

_TIDY_FROM = 10_000
"""Callers that are remembered; of those who have been quiet nothing need be."""


class Rate:
    """A token bucket for each caller, kept as the instant at which it will be full again.

    Args:
        per_second: How many calls a second in the long run; 0 lets everything through.
    """

    def __init__(self, per_second: float) -> None:
        self._interval = 1 / per_second if per_second else 0.0
        self._full_at: dict[str, float] = {}

    def wait(self, caller: str) -> float:
        """Count a call; 0 when it may go on, else the seconds to wait, and it does not count."""
        now = time.monotonic()
        full_at = max(self._full_at.get(caller, now), now) + self._interval
        if (too_early := full_at - now - _BURST_SECONDS) > 0:
            return too_early
        if len(self._full_at) >= _TIDY_FROM:
            self._full_at = {who: at for who, at in self._full_at.items() if at > now}
        self._full_at[caller] = full_at
        return 0.0

"""What keeps a case open when one of its steps fails for good.

A step that trying again does not mend becomes a task for the operator; the clause
stays where it is until somebody has mended the cause and says so.
"""

from temporalio import workflow

from models.setup import TryAgain


class Mendable:
    """Base of every clause."""

    _times_mended = 0

    @workflow.update
    def try_again(self, command: TryAgain) -> None:
        """A person says that the cause of a failed step is mended."""
        self._times_mended += 1

    async def until_mended(self) -> None:
        """Wait for the next `try_again`."""
        seen = self._times_mended
        await workflow.wait_condition(
            lambda: self._times_mended > seen, timeout_summary="Ожидание исправления"
        )

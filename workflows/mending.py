"""What keeps a case open when one of its steps fails for good.

A step that trying again does not mend becomes a task for the operator; the clause
stays where it is until somebody has mended the cause and says so.
"""

from temporalio import workflow
from temporalio.exceptions import ApplicationError

from models.cases import Shown
from models.setup import SetupRejection, TryAgain


class Mendable:
    """Base of every clause."""

    tells_of_failures = True
    """Whether the operator is told by letter of a failed step."""

    mended_by = ""
    """Who said so last."""

    failed_steps = 0
    """How many of its steps wait to be mended."""

    _times_mended = 0

    @property
    def times_mended(self) -> int:
        return self._times_mended

    @workflow.update
    def try_again(self, command: TryAgain) -> None:
        """A person says that the cause of a failed step is mended."""
        self._times_mended += 1
        self.mended_by = command.by
        self._try_more(command)

    @try_again.validator
    def _may_try_again(self, command: TryAgain) -> None:
        self._check_try_more()
        if not (self.failed_steps or self._has_more_to_try()):
            raise rejected(SetupRejection.NOTHING_TO_RETRY)

    def _check_try_more(self) -> None:
        """Where a clause has a reason not to try again."""

    def _has_more_to_try(self) -> bool:
        """Whether a clause has something to try again beside a failed step."""
        return False

    def _try_more(self, command: TryAgain) -> None:
        """What a clause has to try again beside a failed step."""

    async def until_mended(self, *, after: int) -> None:
        """Wait for a `try_again`.

        Args:
            after: `times_mended` before anybody could know of the failure: whoever is quick
                to answer is heard.
        """
        await workflow.wait_condition(
            lambda: self._times_mended > after, timeout_summary="Ожидание исправления"
        )


def rejected(rejection: Shown) -> ApplicationError:
    """What a validator raises: the update leaves no trace."""
    return ApplicationError(rejection.russian, type=rejection.value, non_retryable=True)

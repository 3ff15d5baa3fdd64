"""How the test run ends: with the code it earned, past the interpreter's own shutdown.

The Temporal SDK's threads sometimes abort the interpreter while it shuts down.
"""

import pytest

from models.exit import leave


@pytest.hookimpl(trylast=True)
def leave_after_tests(session: pytest.Session, exitstatus: int) -> None:
    """Ends the process once everything is reported."""
    session.config.add_cleanup(lambda: leave(int(session.exitstatus)))

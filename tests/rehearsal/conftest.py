"""The parts of a rehearsal, shared: each test opens offices of its own."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from rehearsal.parts import Parts


@pytest.fixture(scope="session")
async def parts(run_folder: Path) -> AsyncIterator[Parts]:
    folder = run_folder / "rehearsal"
    folder.mkdir()
    async with Parts.running(folder) as running:
        yield running

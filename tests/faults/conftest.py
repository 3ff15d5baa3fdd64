"""The whole stack as separate processes, any of which may be killed; shared by all tests of this folder."""

import asyncio
import tempfile
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from devstack.demo.world import World
from devstack.ports import free_ports
from devstack.settings import DevstackSettings
from devstack.stack import Stack
from devstack.temporal_build import find
from tests.faults.outside import Outside

# What takes 10 s and 20 s in an installation: the tests would only wait.
SOONER = {
    "SEO_UPDATE_TIMEOUT": "PT2S",
    "SEO_UPKEEP_EVERY": "PT1S",
    "SEO_MOODLE_TIMEOUT": "PT5S",
    "SEO_CANARY_PACE": "PT1S",
    "SEO_CANARY_PATIENCE": "PT100S",
}


@pytest.fixture(scope="session")
async def outside() -> AsyncIterator[Outside]:
    with tempfile.TemporaryDirectory(prefix="seo-") as folder:
        stack = Stack(_settings(Path(folder)), await asyncio.to_thread(find), engine=SOONER)
        async with stack, World.opened(stack.settings) as world:
            yield Outside(stack, world)


@pytest.fixture(autouse=True)
async def whole(outside: Outside) -> AsyncIterator[None]:
    """Whatever a test has killed or broken works again when it ends."""
    yield
    await outside.mend()


def _settings(folder: Path) -> DevstackSettings:
    temporal, pages, api, moodle, smtp, letters = free_ports(6)
    return DevstackSettings(
        temporal_address=None,
        var_folder=folder,
        temporal_port=temporal,
        temporal_ui_port=pages,
        api_port=api,
        moodle_port=moodle,
        smtp_port=smtp,
        letters_port=letters,
    )

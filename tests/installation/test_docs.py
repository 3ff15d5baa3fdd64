"""What docs/running.md tells an engineer is what the code needs."""

import re
from pathlib import Path

import pytest

from clients.moodle import life_needs, needs
from models.settings import Settings

RUNNING = (Path(__file__).parents[2] / "docs" / "running.md").read_text()


@pytest.mark.parametrize(
    "name",
    [
        *needs.NEEDED_FUNCTIONS,
        needs.BY_FIELD,
        needs.UNENROL,
        *life_needs.FUNCTIONS,
        life_needs.GRADES,
        life_needs.GRADE_REPORT,
        *(
            right
            for right in {**needs.WHY, **life_needs.RIGHTS}
            if re.fullmatch(r"[a-z]+/[a-z]+:[a-z]+", right)
        ),
    ],
)
def test_what_the_service_account_needs_is_named(name: str) -> None:
    assert f"`{name}`" in RUNNING


def test_every_setting_that_is_named_exists() -> None:
    named = set(re.findall(r"SEO_([A-Z_]*[A-Z])", RUNNING))

    assert named <= {name.upper() for name in Settings.model_fields}

"""The search for personal data looks at what all tests have left, so it comes last."""

import pytest


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Puts `test_privacy.py` behind everything else of the run."""
    items.sort(key=lambda item: item.path.name == "test_privacy.py")

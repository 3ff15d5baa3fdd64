"""Settings of the property tests."""

from hypothesis import settings

# How long an example takes on a loaded machine is no property of a rule.
settings.register_profile("engine", deadline=None)
settings.load_profile("engine")

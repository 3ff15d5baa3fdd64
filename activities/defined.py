"""Which of an object's methods are activities: those under `@activity.defn`."""

import inspect
from collections.abc import Callable
from typing import Any

from temporalio import activity


def activities_of(*instances: object) -> list[Callable[..., Any]]:
    """Every activity of these objects, bound, in no order that matters."""
    return [
        method
        for instance in instances
        for _, method in inspect.getmembers(instance, inspect.ismethod)
        if activity._Definition.from_callable(method)  # as the SDK's worker itself finds out
    ]

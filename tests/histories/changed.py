"""The workflows with one step more than the recorded cases took: what a careless edit would be."""

from datetime import timedelta
from typing import Any, get_type_hints

from temporalio import workflow

from workflows import WORKFLOWS

_STEP = timedelta(seconds=1)


def _with_a_step_more(original: Any) -> Any:
    """A workflow of the same name and argument that first sleeps."""
    name = f"Changed{original.__name__}"
    argument_type, *_ = get_type_hints(original.run).values()

    async def run(self: Any, argument: Any) -> Any:
        await workflow.sleep(_STEP)
        return await original.run(self, argument)

    def __init__(self: Any, argument: Any) -> None:
        original.__init__(self, argument)

    # Temporal tells a method's class by its name, and its argument by the annotation.
    methods: tuple[Any, ...] = (run, __init__)
    for method in methods:
        method.__qualname__ = f"{name}.{method.__name__}"
        method.__annotations__ = {"argument": argument_type}
    members: dict[str, Any] = {"run": workflow.run(run)}
    if hasattr(original.__init__, "__temporal_workflow_init"):
        members["__init__"] = workflow.init(__init__)
    return workflow.defn(name=original.__name__)(type(name, (original,), members))


CHANGED = [_with_a_step_more(original) for original in WORKFLOWS]

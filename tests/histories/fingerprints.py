"""What each function of the workflows tells Temporal to do, and the names that stored histories hold.

`python -m tests.histories.fingerprints` writes both down as they are; `test_fingerprints.py` holds
the workflows to them. From v1.0 on names are only ever added, and what a function does changes
behind `workflow.patched`.
"""

import ast
import inspect
import json
import pkgutil
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

from temporalio import activity, workflow
from temporalio.common import SearchAttributeKey

import activities
from workflows import WORKFLOWS, card

COMMANDS = Path(__file__).with_name("fingerprints") / "commands.json"
NAMES = Path(__file__).with_name("fingerprints") / "names.json"

_WORKFLOWS = Path(__file__).parents[2] / "workflows"
_NOT_AWAITED = {
    "workflow.upsert_search_attributes",
    "workflow.upsert_memo",
    "workflow.continue_as_new",
    "workflow.patched",
    "workflow.deprecate_patch",
    "workflow.random",
    "workflow.uuid4",
    "asyncio.create_task",
    "asyncio.gather",
    "asyncio.wait",
    "card.show",
    "card.show_letter",
    "card.show_work",
    "card.waiting_for_operator",
    "self._show",
    "self._show_card",
}
"""Calls that tell something without an `await` of their own, or set the order of those that do."""

PATCHED = "workflow.patched"

_BY_ARGUMENT = {PATCHED, "workflow.deprecate_patch", "workflow.execute_activity_method", "write_down"}


@cache
def commands() -> dict[str, list[str]]:
    """`consultation.ConsultationWorkflow.run` -> what it awaits and tells, in the order of the text."""
    found: dict[str, list[str]] = {}
    for file in sorted(_WORKFLOWS.glob("*.py")):
        _collect(ast.parse(file.read_text()), file.stem, found)
    return found


def _collect(parent: ast.AST, name: str, found: dict[str, list[str]]) -> None:
    for node in ast.iter_child_nodes(parent):
        if isinstance(node, ast.ClassDef):
            _collect(node, f"{name}.{node.name}", found)
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and (told := _told(node)):
            found[f"{name}.{node.name}"] = told


def _told(function: ast.AST) -> list[str]:
    awaited = {id(node.value): node.value for node in ast.walk(function) if isinstance(node, ast.Await)}
    calls = {id(node): node for node in ast.walk(function) if isinstance(node, ast.Call)}
    plain = {at: node for at, node in calls.items() if ast.unparse(node.func) in _NOT_AWAITED}
    told = (awaited | plain).values()
    return [_name(node) for node in sorted(told, key=lambda node: (node.lineno, node.col_offset))]


def _name(node: Any) -> str:
    """`steps.start_case` of a call; of some what they are called with as well."""
    if not isinstance(node, ast.Call):
        return ast.unparse(node)
    name = ast.unparse(node.func)
    return f"{name}({ast.unparse(node.args[0])})" if name in _BY_ARGUMENT and node.args else name


@cache
def names() -> dict[str, list[str]]:
    """Kind of name -> all that a stored history may hold."""
    definitions = [workflow._Definition.must_from_class(one) for one in WORKFLOWS]
    return {
        "workflows": sorted(str(one.name) for one in definitions),
        "updates": sorted(f"{one.name}.{name}" for one in definitions for name in one.updates),
        "signals": sorted(f"{one.name}.{name}" for one in definitions for name in one.signals),
        "queries": sorted(f"{one.name}.{name}" for one in definitions for name in one.queries),
        "activities": sorted(_activities()),
        "search attributes": sorted(
            one.name for one in vars(card).values() if isinstance(one, SearchAttributeKey)
        ),
    }


def _activities() -> set[str]:
    modules = [import_module(f"activities.{one.name}") for one in pkgutil.iter_modules(activities.__path__)]
    methods = [
        method
        for module in modules
        for _, one in inspect.getmembers(module, inspect.isclass)
        for _, method in inspect.getmembers(one, inspect.isfunction)
    ]
    defined = [activity._Definition.from_callable(method) for method in methods]
    return {str(one.name) for one in defined if one}


def record() -> None:
    """Write both down as they are now."""
    for file, content in ((COMMANDS, commands()), (NAMES, names())):
        file.parent.mkdir(exist_ok=True)
        file.write_text(json.dumps(content, indent=1, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    record()

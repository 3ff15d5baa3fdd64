"""Cases that run since v1.0 go on with every later version: what they were told to do stays.

A recorded history proves it for the ways that were recorded; this proves it for the others.
"""

import ast
import json

import pytest

from tests.histories import fingerprints
from tests.histories.fingerprints import PATCHED

CURE = """
{where} tells Temporal something else than at v1.0.
  then: {then}
  now:  {now}
A running case replays its history through this function and would stop with a nondeterminism error.
The cure:
  1. keep the old way and put the new one behind `if workflow.patched("what-changed"):`;
  2. record a history of the new way (`python -m tests.histories.record NAME`), keep the old ones as they are;
  3. see that tests/histories passes.
If nothing but names or places moved and every history still replays, write the fingerprint anew by
`python -m tests.histories.fingerprints` and say so in the commit.
"""


def problem(where: str, then: list[str], now: list[str]) -> str:
    """Why a running case could not go on, and what to do; blank where it could."""
    patches = [one for one in now if one.startswith(PATCHED) and one not in then]
    left = iter(now)
    keeps_all = all(one in left for one in then)
    if now == then or (patches and keeps_all):
        return ""
    return CURE.format(where=where, then=", ".join(then) or "nothing", now=", ".join(now) or "nothing")


TAGGED: dict[str, list[str]] = json.loads(fingerprints.COMMANDS.read_text())


@pytest.mark.parametrize("where", TAGGED)
def test_a_function_tells_temporal_what_it_told_at_v1(where: str) -> None:
    assert not problem(where, TAGGED[where], fingerprints.commands().get(where, []))


@pytest.mark.parametrize("kind", fingerprints.names())
def test_names_are_only_ever_added(kind: str) -> None:
    tagged = json.loads(fingerprints.NAMES.read_text())[kind]

    assert set(tagged) <= set(fingerprints.names()[kind]), "a history of a running case holds this name"


@pytest.mark.parametrize(
    ("now", "is_kept"),
    [
        (["steps.a", "steps.b"], True),
        (["steps.b", "steps.a"], False),
        (["steps.a"], False),
        (["steps.a", "steps.new", "steps.b"], False),
        (["steps.a", "workflow.patched('new')", "steps.new", "steps.b"], True),
        (["workflow.patched('new')", "steps.new", "steps.b"], False),
        ([], False),
    ],
)
def test_what_counts_as_kept(now: list[str], is_kept: bool) -> None:
    assert (problem("somewhere", ["steps.a", "steps.b"], now) == "") == is_kept


def test_every_await_and_patch_is_seen_in_its_order() -> None:
    source = """
async def run(self):
    task = asyncio.create_task(self._watch())
    if workflow.patched("letters"):
        await letters.send(await steps.named())
    workflow.upsert_search_attributes([])
    await self._ended
"""
    assert fingerprints._told(ast.parse(source)) == [
        "asyncio.create_task",
        "workflow.patched('letters')",
        "letters.send",
        "steps.named",
        "workflow.upsert_search_attributes",
        "self._ended",
    ]

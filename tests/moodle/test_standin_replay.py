"""The stand-in answers all recorded calls as the real Moodles did."""

from dataclasses import replace

import pytest

from tests.moodle.standin_recordings import RELEASES, recording
from tests.moodle.standin_replay import Played, play

# Calls whose answers the stand-in does not reproduce, with the reason.
NOT_REPRODUCED: dict[str, str] = {}

_CALLS = [(release, call.name) for release in RELEASES for call in recording(release)]


@pytest.fixture(scope="session")
async def played() -> dict[tuple[str, str], Played]:
    return {(release, item.call.name): item for release in RELEASES for item in await play(release)}


def test_the_recordings_are_complete() -> None:
    assert len(_CALLS) == 536


@pytest.mark.parametrize(("release", "name"), _CALLS)
async def test_answers_as_the_recorded_moodle(
    release: str, name: str, played: dict[tuple[str, str], Played]
) -> None:
    differences = played[release, name].differences()

    if f"{release}/{name}" in NOT_REPRODUCED:
        assert differences, "no longer differs: strike it off the list"
    else:
        assert not differences, "\n".join(differences)


def test_few_calls_are_not_reproduced_and_each_is_a_recorded_one() -> None:
    assert len(NOT_REPRODUCED) <= 12
    assert NOT_REPRODUCED.keys() <= {f"{release}/{name}" for release, name in _CALLS}


@pytest.mark.parametrize(
    "spoilt",
    [
        '[{"id": 2, "name": "Медицина"}]',
        '[{"id": "2", "name": "Медицина a37"}]',
        '[{"id": 2}]',
        "[]",
        "null",
    ],
)
async def test_an_answer_that_differs_is_noticed(spoilt: str, played: dict[tuple[str, str], Played]) -> None:
    right = played["3.7.2", "016_cat_create_ok"]

    assert replace(right, answer=replace(right.answer, text=spoilt)).differences()

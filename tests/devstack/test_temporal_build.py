"""Finding or building the Temporal server."""

import threading
from pathlib import Path

import pytest

from devstack import temporal_build
from devstack.temporal_build import TemporalBinaries, TemporalCli, TemporalMissing


@pytest.fixture
def tools(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A PATH and a cache of the test's own, where nothing is yet."""
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setenv("PATH", f"{folder}:/usr/bin:/bin")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return folder


def put(tools: Path, name: str, script: str) -> Path:
    program = tools / name
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(0o755)
    return program


# Stands in for the compiler: notes that it ran, takes a moment, writes what it was asked for.
COMPILES = (
    'echo run >> "$(dirname "$0")/runs"; sleep 0.2; while [ "$1" != "-o" ]; do shift; done; echo built > "$2"'
)


@pytest.mark.parametrize("version", ["1.9.0", "1.12.1", "2.0.0"])
def test_a_recent_cli_on_the_path_is_taken(tools: Path, version: str) -> None:
    program = put(tools, "temporal", f"echo temporal version {version} '(Server 1.32.0, UI 2.54.1)'")

    assert temporal_build.find() == TemporalCli(program)


def test_an_old_cli_is_passed_over_for_a_build(tools: Path) -> None:
    put(tools, "temporal", "echo temporal version 1.8.3 '(Server 1.29.0, UI 2.40.0)'")
    put(tools, "go", COMPILES)

    assert isinstance(temporal_build.find(), TemporalBinaries)


def test_a_build_is_made_once_and_by_one_builder_at_a_time(
    tools: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    put(tools, "go", COMPILES)
    found: list[TemporalBinaries] = []

    builders = [threading.Thread(target=lambda: found.append(temporal_build.build())) for _ in range(3)]
    for builder in builders:
        builder.start()
    for builder in builders:
        builder.join()

    server_and_ui = 2
    assert len((tools / "runs").read_text().splitlines()) == server_and_ui
    assert len(set(found)) == 1
    assert found[0].server.read_text() == "built\n"
    assert capsys.readouterr().out.count("Собираю сервер Temporal") == 1


def test_a_build_that_fails_leaves_nothing_to_run_and_tells_why(tools: Path) -> None:
    put(tools, "go", 'while [ "$1" != "-o" ]; do shift; done; echo half > "$2"; echo no space left; exit 1')

    with pytest.raises(TemporalMissing, match="no space left"):
        temporal_build.build()

    assert not list(temporal_build.cache().rglob("temporal-server"))

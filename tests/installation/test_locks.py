"""requirements*.lock: whole, hashed, and the same wherever they are installed."""

import re
import sys
import tomllib
from importlib.metadata import packages_distributions, requires

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.installation.compose import ROOT
from tests.installation.image import COPIED
from tests.installation.imports import OUR_PATHS, OURS, imported

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
DEPENDENCIES = {
    "requirements.lock": PROJECT["dependencies"],
    "requirements-dev.lock": PROJECT["dependencies"] + PROJECT["optional-dependencies"]["dev"],
}
SUPPORTED = [
    {
        "python_version": version,
        "python_full_version": f"{version}.0",
        "sys_platform": sys_platform,
        "platform_system": system,
        "platform_machine": machine,
    }
    for version in ("3.11", "3.12", "3.13", "3.14")
    for sys_platform, system, machine in (
        ("linux", "Linux", "x86_64"),
        ("linux", "Linux", "aarch64"),
        ("darwin", "Darwin", "arm64"),
        ("darwin", "Darwin", "x86_64"),
    )
]
_PINNED = re.compile(r"^([a-z0-9.-]+)==(\S+)((?: \\\n    --hash=sha256:[0-9a-f]{64})*)$", re.MULTILINE)

every_lock = pytest.mark.parametrize("lock", DEPENDENCIES)


def pinned(lock: str) -> dict[str, str]:
    return {name: version for name, version, _ in _PINNED.findall((ROOT / lock).read_text())}


@every_lock
def test_a_lock_holds_pinned_and_hashed_packages_alone(lock: str) -> None:
    text = (ROOT / lock).read_text()

    requirements = re.findall(r"^[^#\s].*$", text, re.MULTILINE)

    assert len(requirements) == len(_PINNED.findall(text)) > 20
    assert all(hashes for _, _, hashes in _PINNED.findall(text))


@every_lock
def test_a_lock_names_no_host_and_no_folder(lock: str) -> None:
    text = (ROOT / lock).read_text()

    assert not re.search(r"://|@ |(^|\s)/|--(extra-)?index-url|--find-links|--trusted-host", text)


@every_lock
def test_a_lock_covers_the_dependencies_of_the_project(lock: str) -> None:
    versions = pinned(lock)

    wanted = [Requirement(text) for text in DEPENDENCIES[lock]]

    assert [
        str(one) for one in wanted if not one.specifier.contains(versions[canonicalize_name(one.name)])
    ] == []


def test_developers_run_what_is_installed() -> None:
    assert pinned("requirements.lock").items() <= pinned("requirements-dev.lock").items()


@every_lock
def test_what_the_code_imports_comes_with_its_lock(lock: str) -> None:
    paths = [ROOT / name for name in COPIED] if lock == "requirements.lock" else OUR_PATHS
    providers = packages_distributions()

    foreign = imported(paths) - OURS - sys.stdlib_module_names

    assert {
        name
        for name in foreign
        if not pinned(lock).keys() & {canonicalize_name(provider) for provider in providers.get(name, [])}
    } == set()


@every_lock
@pytest.mark.parametrize("machine", SUPPORTED, ids=lambda machine: "-".join(machine.values()))
def test_a_lock_made_here_is_whole_on_every_supported_machine(lock: str, machine: dict[str, str]) -> None:
    assert needed(DEPENDENCIES[lock], machine) <= pinned(lock).keys()


def needed(dependencies: list[str], machine: dict[str, str]) -> set[str]:
    """Every package that these need there, by what the installed ones say of themselves."""
    seen: set[tuple[str, frozenset[str]]] = set()
    waiting = [Requirement(text) for text in dependencies]
    while waiting:
        requirement = waiting.pop()
        package = (canonicalize_name(requirement.name), frozenset(requirement.extras))
        if package in seen:
            continue
        seen.add(package)
        for text in requires(requirement.name) or []:
            further = Requirement(text)
            if applies(further, package[1], machine):
                waiting.append(further)
    return {name for name, _ in seen}


def applies(requirement: Requirement, extras: frozenset[str], machine: dict[str, str]) -> bool:
    marker = requirement.marker
    return marker is None or any(marker.evaluate({**machine, "extra": extra}) for extra in extras | {""})

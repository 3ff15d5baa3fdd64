"""The Dockerfile copies what the installed engine imports, and nothing that only developers need."""

import re
from pathlib import Path

from tests.installation.compose import ROOT
from tests.installation.image import COPIED, DOCKERFILE, LAST_STAGE
from tests.installation.imports import OURS, imported


def test_it_copies_what_the_engine_is_made_of() -> None:
    assert {
        "activities",
        "alembic.ini",
        "api",
        "clients",
        "migrations",
        "models",
        "reports",
        "static",
        "templates",
        "verify.py",
        "worker.py",
        "workflows",
    } == COPIED


def test_what_it_copies_imports_nothing_of_ours_that_it_does_not_copy() -> None:
    copied = {Path(name).stem for name in COPIED}

    needed = imported(ROOT / name for name in COPIED)

    assert {"activities", "clients", "models", "reports", "workflows"} <= needed
    assert needed & OURS <= copied


def test_the_build_is_sent_what_is_copied_and_nothing_else() -> None:
    lines = (ROOT / ".dockerignore").read_text().splitlines()

    assert "*" in lines
    assert {line[1:] for line in lines if line.startswith("!")} == COPIED | {"requirements.lock"}


def test_packages_come_from_the_lock_of_the_installation() -> None:
    assert "--require-hashes -r requirements.lock" in DOCKERFILE
    assert "requirements-dev" not in DOCKERFILE


def test_it_does_not_run_as_root() -> None:
    instructions = re.findall(r"^([A-Z]+) (.+)$", LAST_STAGE, re.MULTILINE)

    assert [argument for name, argument in instructions if name == "USER"] == ["seo"]
    assert [name for name, _ in instructions][-2:] == ["USER", "CMD"]


def test_its_base_is_pinned() -> None:
    bases = re.findall(r"^FROM (\S+)", DOCKERFILE, re.MULTILINE)

    assert len(set(bases)) == 1
    assert re.fullmatch(r"python:3\.\d+\.\d+-slim-[a-z]+", bases[0])

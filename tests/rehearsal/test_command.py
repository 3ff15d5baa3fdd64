"""`python -m rehearsal` as a process: refuses plainly, survives being killed, touches its folder alone."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from devstack.stack import ROOT
from rehearsal.report import FILES

PATIENCE_SECONDS = 150


@pytest.fixture
def out(run_folder: Path) -> Path:
    """A short path, as Postgres' socket needs one."""
    return run_folder / "out"


def start(out: Path, *arguments: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "rehearsal", "--out", str(out), *arguments]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def test_bad_terms_are_refused_before_anything_starts(out: Path, tmp_path: Path) -> None:
    terms = tmp_path / "terms.toml"
    terms.write_text("[review]\ndays = 'скоро'\n")
    process = start(out, "--terms", str(terms))
    said, error = process.communicate(timeout=PATIENCE_SECONDS)
    assert (process.returncode, said) == (2, "")
    assert "строка 2, [review] days: нужно целое число" in error
    assert "Traceback" not in error
    assert not out.exists()


def test_one_that_is_killed_leaves_no_processes_and_no_report_and_the_next_begins_anew(out: Path) -> None:
    before = _changed_in_tree()
    killed = start(out, "--requests", "3")
    _until(lambda: (out / "state" / "after-keys.json").exists())  # both lives have begun
    busy = start(out, "--requests", "1")
    assert "уже идёт репетиция" in busy.communicate(timeout=PATIENCE_SECONDS)[1]
    assert busy.returncode == 1
    killed.send_signal(signal.SIGKILL)
    killed.communicate()
    _until(lambda: _processes_of(out) == [])
    assert not any((out / name).exists() for name in FILES)

    again = start(out, "--requests", "1")
    said, error = again.communicate(timeout=PATIENCE_SECONDS)
    assert again.returncode == 0, error
    assert "Итог по пунктам" in said
    assert sorted(path.name for path in out.iterdir()) == ["lock", "rehearsal.log", *FILES]
    assert _processes_of(out) == []
    assert _changed_in_tree() == before


def _processes_of(folder: Path) -> list[str]:
    """Command lines that name the folder."""
    found = []
    for process in Path("/proc").iterdir():
        try:
            line = (process / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
        except OSError:
            continue
        if str(folder) in line and process.name != str(os.getpid()):
            found.append(line)
    return found


def _changed_in_tree() -> str:
    """Files of the project that git does not know as they are."""
    status = ["git", "status", "--porcelain", "--ignored", "--", ".", ":!*__pycache__*", ":!.*_cache"]
    return subprocess.run(status, cwd=ROOT, check=True, capture_output=True, text=True).stdout


def _until(condition: Callable[[], bool]) -> None:
    limit = time.monotonic() + PATIENCE_SECONDS
    while not condition():
        assert time.monotonic() < limit
        time.sleep(0.05)

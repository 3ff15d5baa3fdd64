"""`python -m bench` at a size that tells nothing of speed: its tables are filled as the schema wants them."""

import os
import subprocess
import sys

import pytest

from devstack.stack import ROOT

_SIZES = {
    "BENCH_CERTIFICATES": "60",
    "BENCH_COURSES": "60",
    "BENCH_LEARNERS": "300",
    "BENCH_RESULTS": "100",
    "BENCH_WORK_LIST": "300",
}
_MEASURES = (
    "registering",
    "registering-on-a-bad-day",
    "results",
    "certificates",
    "ledger",
    "reconciliation",
    "work-list",
)


@pytest.mark.timeout(900)
def test_what_is_measured_at_length_runs() -> None:
    ended = subprocess.run(
        [sys.executable, "-m", "bench", *_MEASURES],
        cwd=ROOT,
        env={**os.environ, **_SIZES},
        capture_output=True,
        text=True,
        check=False,
    )

    assert ended.returncode == 0, ended.stderr
    assert ended.stdout.count("отношение") >= len(_MEASURES)

"""The way out of a process that had a Temporal client."""

import os
import subprocess
import sys


def test_leaving_flushes_what_was_printed_and_keeps_the_code() -> None:
    code = "from models.exit import leave; print('готово', end=''); leave(3)"

    outcome = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)

    assert (outcome.returncode, outcome.stdout) == (3, "готово")


def test_leaving_works_when_nobody_reads_the_output_any_more() -> None:
    code = "import sys; from models.exit import leave; sys.stdin.read(); print('x' * 100); leave(4)"
    buffered = {**os.environ, "PYTHONUNBUFFERED": ""}
    process = subprocess.Popen(
        [sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=buffered
    )
    assert process.stdin
    assert process.stdout

    process.stdout.close()
    process.stdin.close()

    assert process.wait(timeout=30) == 4

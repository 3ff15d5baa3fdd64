"""The way out of a process that had a Temporal client."""

import os
import subprocess
import sys

import pytest


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


@pytest.mark.parametrize(
    ("command", "code", "said"),
    [
        ("lambda: None", 0, ""),
        ("lambda: 5", 5, ""),
        ("lambda: sys.exit()", 0, ""),
        ("lambda: sys.exit(7)", 7, ""),
        ("lambda: sys.exit('нет базы')", 1, "нет базы"),
        ("lambda: 1 / 0", 1, "ZeroDivisionError"),
        ("interrupted", 130, ""),
    ],
)
def test_a_command_ends_with_the_code_it_earned(command: str, code: int, said: str) -> None:
    # A shell's background jobs ignore Ctrl-C, and what they start does so too.
    program = f"""
import signal, sys
from models.exit import run_and_leave
def interrupted():
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.raise_signal(signal.SIGINT)
run_and_leave({command})
"""

    outcome = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)

    assert outcome.returncode == code
    assert said in outcome.stderr

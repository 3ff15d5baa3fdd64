"""`python -m devstack`: the whole stack from one command, as a person starts and stops it."""

import json
import os
import re
import signal
import socket
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from devstack import letters
from devstack.ports import HOST, free_ports

ROOT = Path(__file__).parents[2]
START_SECONDS = 120
SECOND_START_SECONDS = 60
COMES_BACK_SECONDS = 120
PORTS = ("TEMPORAL_PORT", "TEMPORAL_UI_PORT", "API_PORT", "MOODLE_PORT", "SMTP_PORT", "LETTERS_PORT")


class Run:
    """The command while it runs."""

    def __init__(self, environment: dict[str, str]) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "devstack"],
            cwd=ROOT,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        self.output = ""
        self.errors = ""

    def until(self, words: str) -> None:
        assert self.process.stdout
        for line in self.process.stdout:
            self.output += line
            if words in line:
                return
        raise AssertionError(f"ended with {self.ended()} before «{words}»: {self.output}{self.errors}")

    def children(self) -> dict[str, int]:
        """Pid by command."""
        pids = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()
        return {Path(f"/proc/{pid}/cmdline").read_text().replace("\0", " ").strip(): int(pid) for pid in pids}

    def ended(self) -> int:
        """The exit code, once it has one."""
        output, self.errors = self.process.communicate(timeout=START_SECONDS)
        self.output += output
        return self.process.returncode


@contextmanager
def started(environment: dict[str, str]) -> Iterator[Run]:
    run = Run(environment)
    try:
        yield run
    finally:
        if run.process.poll() is None:
            run.process.kill()
            run.process.communicate()


@pytest.fixture
def environment() -> Iterator[dict[str, str]]:
    """Ports and a folder of the test's own; the path is short, as Postgres' socket asks for."""
    with tempfile.TemporaryDirectory(prefix="seo-") as folder:
        ports = dict(zip(PORTS, map(str, free_ports(len(PORTS))), strict=True))
        given = {"VAR_FOLDER": folder, **ports}
        yield {**os.environ, **{f"SEO_DEVSTACK_{name}": value for name, value in given.items()}}


def has_ended(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except FileNotFoundError:
        return True


@pytest.mark.skipif(sys.platform != "linux", reason="looks at the processes in /proc")
def test_it_starts_says_what_to_do_stops_and_finds_its_cases_again(environment: dict[str, str]) -> None:
    # The first start, the request that it suggests, and a stop.
    with started(environment) as run:
        run.until("Остановить: Ctrl-C")
        first_keys = keys(run)
        number = file_as_suggested(run)
        children = run.children()
        run.process.send_signal(signal.SIGTERM)
        assert run.ended() == 0
    assert all(has_ended(pid) for pid in children.values())
    assert stat.S_IMODE((folder(environment) / "keys.json").stat().st_mode) == 0o600

    # The second start finds the case where it was: open, and the agency may still withdraw it.
    began = time.monotonic()
    with started(environment) as run:
        run.until("Стек работает")
        seconds = time.monotonic() - began
        run.until("Остановить: Ctrl-C")
        assert keys(run) == first_keys
        assert withdraw(environment, first_keys["agency"], number) == "withdrawn"
        assert seconds < SECOND_START_SECONDS

        run.process.send_signal(signal.SIGTERM)
        assert run.ended() == 0


@pytest.mark.skipif(sys.platform != "linux", reason="looks at the processes in /proc")
def test_what_is_killed_comes_back_and_goes_on(environment: dict[str, str]) -> None:
    with started(environment) as run:
        run.until("Остановить: Ctrl-C")
        key = keys(run)["agency"]
        for name, command in KILLED.items():
            before = run.children()
            os.kill(next(pid for one, pid in before.items() if re.search(command, one)), signal.SIGKILL)
            run.until(f"{name}: завершился (код -9)")
            run.until(f"{name}: снова работает")

            number = file_as_suggested(run)
            reviewed(environment, number)
            assert withdraw(environment, key, number) == "withdrawn", f"after {name}"
        assert len(run.children()) == len(before)
        run.process.send_signal(signal.SIGTERM)
        assert run.ended() == 0
    assert run.errors == ""


KILLED = {
    "Исполнитель": "-m worker$",
    "API": "uvicorn",
    "Moodle": "devstack.moodle",
    "Приём писем": "devstack.mailsink",
    "PostgreSQL": "bin/postgres ",
    "Сервер Temporal": "temporal-server",
}


def reviewed(environment: dict[str, str], number: str) -> None:
    """Waits until the reviewers have been told of a request by mail: every part had its share in that."""
    limit = time.monotonic() + COMES_BACK_SECONDS
    while not any(
        "reviewer@example.org" in letter.recipients and number in letter.subject
        for letter in letters.newest_first(folder(environment) / "letters")
    ):
        assert time.monotonic() < limit, "no letter came"
        time.sleep(0.1)


def folder(environment: dict[str, str]) -> Path:
    return Path(environment["SEO_DEVSTACK_VAR_FOLDER"])


def keys(run: Run) -> dict[str, str]:
    return dict(re.findall(r"^  (\w+) +(seo_\S+)$", run.output, re.MULTILINE))


def file_as_suggested(run: Run) -> str:
    """By the greeting's own command, pasted into a shell: again where the answer says «try again later»."""
    command = run.output[run.output.index("curl ") : run.output.index("Состояние и журналы")]
    limit = time.monotonic() + COMES_BACK_SECONDS
    while True:
        outcome = subprocess.run(["sh", "-c", command], capture_output=True, text=True, check=True)
        answer = json.loads(outcome.stdout)
        if answer.get("type") != "unavailable":
            return str(answer["number"])
        assert time.monotonic() < limit, answer
        time.sleep(1)


def withdraw(environment: dict[str, str], key: str, number: str) -> str:
    answer = httpx.post(
        f"http://{HOST}:{environment['SEO_DEVSTACK_API_PORT']}/api/v1/requests/{number}/withdrawal",
        json={},
        headers={"Authorization": f"Bearer {key}", "Idempotency-Key": number},
        timeout=30,
    )
    return str(answer.json()["outcome"])


def test_it_can_be_stopped_while_it_starts(environment: dict[str, str]) -> None:
    with started(environment) as run:
        run.until("Запускаем стек")
        time.sleep(1)

        run.process.send_signal(signal.SIGINT)

        assert run.ended() == 0
    assert "Останавливаем" in run.output
    assert "Traceback" not in run.errors
    assert not (folder(environment) / "postgres" / "postmaster.pid").exists()


def test_a_taken_port_is_told_before_anything_is_started(environment: dict[str, str]) -> None:
    with socket.create_server((HOST, 0)) as other:
        environment["SEO_DEVSTACK_LETTERS_PORT"] = str(other.getsockname()[1])

        errors = fails(environment)

    assert "SEO_DEVSTACK_LETTERS_PORT" in errors
    assert not (folder(environment) / "postgres").exists()


def test_a_variable_that_holds_nonsense_is_named(environment: dict[str, str]) -> None:
    errors = fails({**environment, "SEO_DEVSTACK_API_PORT": "восемь тысяч"})

    assert errors == "Недопустимое значение: SEO_DEVSTACK_API_PORT.\n"


def test_cases_of_a_temporal_whose_database_is_gone_are_told_of(environment: dict[str, str]) -> None:
    state = folder(environment) / "temporal" / "temporal.sqlite"
    state.parent.mkdir()
    state.touch()

    errors = fails(environment)

    assert re.match(r"В папке .* остались дела Temporal, а базы PostgreSQL к ним нет", errors)


def test_a_temporal_elsewhere_that_does_not_answer_is_named(environment: dict[str, str]) -> None:
    nobody = f"{HOST}:{environment['SEO_DEVSTACK_TEMPORAL_PORT']}"

    errors = fails({**environment, "SEO_DEVSTACK_TEMPORAL_ADDRESS": nobody})

    assert nobody in errors
    assert "SEO_DEVSTACK_TEMPORAL_ADDRESS" in errors


def fails(environment: dict[str, str]) -> str:
    """What it says when it cannot start; never a traceback."""
    with started(environment) as run:
        assert run.ended() == 1
    assert "Traceback" not in run.errors
    return run.errors


def test_a_demo_that_cannot_have_its_stack_ends_with_an_error(environment: dict[str, str]) -> None:
    with socket.create_server((HOST, 0)) as other:
        environment["SEO_DEVSTACK_API_PORT"] = str(other.getsockname()[1])
        outcome = subprocess.run(
            [sys.executable, "-m", "devstack.demo"],
            cwd=ROOT,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )

    assert outcome.returncode == 1
    assert "SEO_DEVSTACK_API_PORT" in outcome.stderr

"""Child processes and the ports they listen on."""

import asyncio
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from devstack import probes
from devstack.ports import HOST, Port, PortTaken, free_port, is_free
from devstack.processes import Child, ProcessFailed
from devstack.settings import DevstackSettings, variable
from devstack.supervisor import Job, Program, Supervisor

SLEEPS = [sys.executable, "-c", "import time; time.sleep(60)"]


async def always() -> bool:
    return True


async def never() -> bool:
    return False


def serves(port: int) -> list[str]:
    return [sys.executable, "-m", "http.server", str(port), "--bind", HOST]


async def test_a_child_is_ready_when_its_port_answers_and_stops_when_asked(tmp_path: Path) -> None:
    port = free_port()
    child = Child("сервер", serves(port), tmp_path / "log", folder=tmp_path)

    child.start()
    await child.ready(probes.http(f"http://{HOST}:{port}"), within_seconds=20)
    answered = await probes.tcp(port)()
    await child.stop()

    assert answered
    assert not child.running
    assert is_free(port)


async def test_a_child_that_dies_before_it_is_ready_is_reported_with_its_last_words(tmp_path: Path) -> None:
    child = Child("сервер", [sys.executable, "-c", "print('нет места'); exit(3)"], tmp_path / "log")

    child.start()
    with pytest.raises(ProcessFailed, match=r"(?s)сервер: завершился.*код 3.*нет места"):
        await child.ready(never, within_seconds=20)


async def test_what_an_earlier_run_wrote_is_not_shown_as_its_last_words(tmp_path: Path) -> None:
    child = Child("сервер", [sys.executable, "-c", "exit(3)"], tmp_path / "log")
    child.log.write_text("давняя беда\n")

    child.start()
    with pytest.raises(ProcessFailed) as failure:
        await child.ready(never, within_seconds=20)

    assert "давняя беда" not in str(failure.value)


async def test_a_child_that_never_answers_is_reported_and_can_still_be_stopped(tmp_path: Path) -> None:
    child = Child("сервер", SLEEPS, tmp_path / "log")

    child.start()
    with pytest.raises(ProcessFailed, match="не ответил за"):
        await child.ready(never, within_seconds=0.2)
    await child.stop()

    assert not child.running


async def test_a_child_that_ignores_the_request_to_stop_is_killed(tmp_path: Path) -> None:
    stubborn = (
        "import signal, time; signal.signal(15, signal.SIG_IGN); print('ready', flush=True); time.sleep(60)"
    )
    child = Child("упрямый", [sys.executable, "-c", stubborn], tmp_path / "log")

    async def is_stubborn() -> bool:
        return "ready" in child.log.read_text()

    child.start()
    await child.ready(is_stubborn, within_seconds=20)
    await child.stop(patience_seconds=0.3)

    assert not child.running


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells a child that its parent died")
async def test_a_child_ends_when_its_parent_is_killed(tmp_path: Path) -> None:
    parent_code = (
        "import sys, time; from pathlib import Path; from devstack.processes import Child\n"
        f"child = Child('дитя', {SLEEPS!r}, Path({str(tmp_path / 'log')!r})); child.start()\n"
        "print(child.pid, flush=True); time.sleep(60)"
    )
    parent = await asyncio.create_subprocess_exec(sys.executable, "-c", parent_code, stdout=subprocess.PIPE)
    assert parent.stdout
    pid = int(await parent.stdout.readline())
    await asyncio.sleep(0.3)  # the child has asked to be told by now

    parent.kill()
    await parent.wait()

    assert await ends(pid)


async def ends(pid: int) -> bool:
    limit = time.monotonic() + 60
    while time.monotonic() < limit:
        if has_ended(pid):
            return True
        await asyncio.sleep(0.05)
    return False


def has_ended(pid: int) -> bool:
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except FileNotFoundError:
        return True
    # A zombie is dead too: whoever adopted it has not looked yet.
    return stat.rpartition(")")[2].split()[0] == "Z"


async def test_a_taken_port_is_named_with_the_setting_that_moves_it() -> None:
    with socket.create_server((HOST, 0)) as other:
        port = Port(other.getsockname()[1], "API", variable("api_port"))

        with pytest.raises(PortTaken, match=rf"{port.number} \(API\).*SEO_DEVSTACK_API_PORT"):
            port.ensure_free()

    port.ensure_free()


async def test_parts_stop_in_reverse_order_even_when_one_fails_to_start(tmp_path: Path) -> None:
    stopped: list[str] = []

    class Noted(Program):
        async def stop(self) -> None:
            stopped.append(self.children[0].name)
            await super().stop()

    def part(name: str, command: list[str]) -> Program:
        return Noted(Child(name, command, tmp_path / f"{name}.log"), never if name == "last" else always)

    async with Supervisor() as stack:
        await stack.start(part("first", SLEEPS))
        await stack.start(part("second", SLEEPS))
        with pytest.raises(ProcessFailed, match="last"):
            await stack.start(part("last", [sys.executable, "-c", "exit(1)"]))

    assert stopped == ["last", "second", "first"]


async def test_what_dies_is_started_again_and_told_of(tmp_path: Path) -> None:
    told: list[str] = []
    mortal = Child("смертный", SLEEPS, tmp_path / "b")
    async with Supervisor() as stack:
        await stack.start(Program(Child("живой", SLEEPS, tmp_path / "a"), always))
        await stack.start(Program(mortal, always))
        keeping = asyncio.create_task(stack.keep_running(told.append))
        first = mortal.pid

        os.kill(first, signal.SIGKILL)
        await comes_true(lambda: len(told) == 2)

        assert mortal.running
        assert mortal.pid != first
        assert not keeping.done()
        keeping.cancel()
    assert told == [
        f"смертный: завершился (код -9). Журнал: {tmp_path / 'b'} — запускаем снова",
        "смертный: снова работает.",
    ]
    assert not mortal.running, "nobody starts it again once the stack is stopped"


async def comes_true(condition: Callable[[], bool]) -> None:
    limit = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < limit
        await asyncio.sleep(0.05)


@pytest.mark.parametrize(
    ("answers", "why"),
    [(False, "завершился, не начав отвечать (код 1)"), (True, "завершился (код 1)")],
    ids=["dies before it answers", "dies after it has answered"],
)
async def test_what_goes_on_dying_is_given_up(tmp_path: Path, answers: bool, why: str) -> None:
    told: list[str] = []
    healthy = tmp_path / "healthy"
    healthy.touch()
    code = f"import os, time; os.path.exists({str(healthy)!r}) or exit('нет места'); time.sleep(60)"
    mortal = Child("смертный", [sys.executable, "-c", code], tmp_path / "a")
    other = Child("живой", SLEEPS, tmp_path / "b")

    async def probe() -> bool:
        return answers or healthy.exists()

    async with Supervisor(pauses_seconds=(0, 0.1, 0.2)) as stack:
        await stack.start(Program(mortal, probe))
        await stack.start(Program(other, always))
        healthy.unlink()
        os.kill(mortal.pid, signal.SIGKILL)
        with pytest.raises(ProcessFailed) as failure:
            async with asyncio.timeout(60):
                await stack.keep_running(told.append)

        assert other.running
    assert why in str(failure.value)
    assert "нет места" in str(failure.value)
    assert "смертный: умирает раз за разом" in str(failure.value)
    assert sum("запускаем снова" in line for line in told) == 3


def test_settings_come_from_variables_named_after_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(variable("smtp_port"), "12345")

    assert DevstackSettings().smtp_port == 12345
    with pytest.raises(KeyError):
        variable("no_such_port")


async def test_a_part_that_dies_while_the_next_one_starts_is_the_one_that_is_told_of(tmp_path: Path) -> None:
    mortal = Child("смертный", [sys.executable, "-c", "print('нет памяти'); exit(4)"], tmp_path / "a")
    waiting = Child("ждущий", SLEEPS, tmp_path / "b")

    async with Supervisor() as stack:
        await stack.start(Program(mortal))
        with pytest.raises(ProcessFailed, match=r"(?s)смертный: завершился \(код 4\).*нет памяти"):
            await stack.start(Program(waiting, never))

    assert not waiting.running


async def test_a_job_is_done_when_it_ends_and_is_not_missed_afterwards(tmp_path: Path) -> None:
    job = Child("работа", [sys.executable, "-c", "print('готово')"], tmp_path / "a")

    async with Supervisor() as stack:
        await stack.start(Job(job))

        assert job.exit_code == 0
        told: list[str] = []
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(1):
                await stack.keep_running(told.append)
        assert told == []


async def test_a_job_that_fails_is_told_with_its_last_words(tmp_path: Path) -> None:
    job = Child("миграции", [sys.executable, "-c", "print('нет таблицы'); exit(2)"], tmp_path / "a")

    async with Supervisor() as stack:
        with pytest.raises(ProcessFailed, match=r"(?s)миграции: не выполнен.*нет таблицы"):
            await stack.start(Job(job))

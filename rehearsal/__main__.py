"""`python -m rehearsal`: a year of requests under changed terms beside the same year under those in force."""

import argparse
import fcntl
import logging
import shutil
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import structlog
import uvloop

from devstack.accounts import socket_folder
from devstack.errors import DevstackError
from models.changed_terms import IN_FORCE, Changed, Terms, WrongTerms, read
from models.deadlines import local_date
from models.exit import run_and_leave
from rehearsal import facts, report
from rehearsal.clock import NotAsRehearsed, together
from rehearsal.comparison import Rehearsed
from rehearsal.facts import Outcome
from rehearsal.parts import Parts
from rehearsal.people import Invented, invent
from rehearsal.year import Year

_EXAMPLE = Path(__file__).with_name("example.toml")
_MOST = 1000
_TOLD_EVERY = 20
_LAST_RUN_LINGERS_SECONDS = 15


async def main(arguments: argparse.Namespace, changed: Changed) -> None:
    """Rehearse, write the report into the folder, tell the sum of it."""
    begun, year = time.monotonic(), local_date(datetime.now(UTC)).year + 1
    requests = invent(arguments.seed, arguments.requests, year)
    state = arguments.out.absolute() / "state"
    print(f"Репетиция «{changed.title}»: {year} год, запросов — {len(requests)}, жребий — {arguments.seed}.")
    async with Parts.running(state) as parts:
        lived = _counter(2 * len(requests))
        lives = [
            live(parts, "before", IN_FORCE, requests, lived),
            live(parts, "after", changed.terms, requests, lived),
        ]
        before, after = await together(lives)
    rehearsed = Rehearsed(
        changed.title, year, len(requests), arguments.seed, changed.terms, before=before, after=after
    )
    print(f"\n{report.write(rehearsed, arguments.out)}")
    files = ", ".join(str(arguments.out / name) for name in report.FILES)
    print(f"Отчёт: {files}. Заняло {time.monotonic() - begun:.0f} с.")


async def live(
    parts: Parts, name: str, terms: Terms, requests: list[Invented], lived: Callable[[], None]
) -> Outcome:
    """One life of the year, in an office of its own."""
    async with parts.office(name) as office:
        numbers = await Year(office, terms).live(requests, lived=lived)
        return await facts.read(office.sessions, requests, numbers)


def _counter(total: int) -> Callable[[], None]:
    done = 0

    def count() -> None:
        nonlocal done
        done += 1
        if done % _TOLD_EVERY == 0 or done == total:
            print(f"Прожито {done} из {total}", flush=True)

    return count


@contextmanager
def folder(out: Path) -> Iterator[None]:
    """The folder for one rehearsal alone, with nothing in it of an earlier one, finished or killed.

    Raises:
        NotAsRehearsed: Another rehearsal is under way there, or it can't be written.
    """
    try:
        out.mkdir(parents=True, exist_ok=True)
        lock = (out / "lock").open("w")
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise NotAsRehearsed(f"В папке {out} уже идёт репетиция.") from None
    except OSError as error:
        raise NotAsRehearsed(f"Папка {out} не годится для отчёта: {error.strerror}.") from None
    with lock:
        report.remove(out)
        _remove_state(out)
        (out / "state").mkdir()
        try:
            yield
        finally:
            _remove_state(out)


def _remove_state(out: Path) -> None:
    """Parts of a killed rehearsal end by themselves, a moment later, and write until then."""
    state = out.absolute() / "state"
    limit = time.monotonic() + _LAST_RUN_LINGERS_SECONDS
    while state.exists():
        shutil.rmtree(state, ignore_errors=time.monotonic() < limit)
        time.sleep(0.05)
    shutil.rmtree(socket_folder(state / "postgres"), ignore_errors=True)


def _log_to(file: Path) -> None:
    """What the engine says of its own work is for engineers."""
    logging.basicConfig(filename=file, filemode="w", level=logging.WARNING, force=True)
    structlog.configure(logger_factory=structlog.stdlib.LoggerFactory())


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m rehearsal",
        description="Репетиция изменённых сроков: год выдуманных запросов на настоящей системе.",
    )
    parser.add_argument("--terms", type=Path, default=_EXAMPLE, help="файл со сроками (TOML)")
    parser.add_argument("--requests", type=int, default=60, help=f"запросов за год, от 1 до {_MOST}")
    parser.add_argument("--seed", type=int, default=1, help="жребий: с тем же — те же люди и тот же отчёт")
    parser.add_argument("--out", type=Path, default=Path("var/rehearsal"), help="папка для отчёта")
    arguments = parser.parse_args()
    if not 1 <= arguments.requests <= _MOST:
        parser.error(f"запросов — от 1 до {_MOST}")
    return arguments


def run() -> int:
    """The whole command; its exit code: 2 for what cannot be rehearsed, 1 for what failed."""
    arguments = _arguments()
    try:
        changed = read(arguments.terms)
    except WrongTerms as error:
        print(error, file=sys.stderr)
        return 2
    try:
        with folder(arguments.out):
            _log_to(arguments.out / "rehearsal.log")
            uvloop.run(main(arguments, changed))
    except (NotAsRehearsed, DevstackError) as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    run_and_leave(run)

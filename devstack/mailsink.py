"""An SMTP server that delivers nothing and keeps everything, with moods for tests.

As a process, with the page where letters are read:
`python -m devstack.mailsink --port 8025 --page-port 8026 --folder var/letters`.
"""

import argparse
import asyncio
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Self
from weakref import WeakSet

import uvicorn
from aiosmtpd.smtp import SMTP, Envelope, Session

from devstack import letters, letters_page, probes
from devstack.ports import HOST, Port, free_port
from devstack.processes import Child
from devstack.settings import variable
from devstack.supervisor import Part

GOOD = "250 OK"
REFUSED = "550 5.1.1 No such mailbox"
SHUT = "553 5.7.1 Sender not allowed"
LATER = "451 4.7.1 Greylisted, try again later"


@dataclass
class Mood:
    """How the server treats letters. The default takes them all.

    `Mood(refuses={"nobody@example.org"})`, `Mood(greylists=2)`, `Mood(slow_seconds=5)`.
    """

    refuses: set[str] = field(default_factory=set)
    """Addresses that are answered 550 to RCPT; `"*"` means all."""
    greylists: int = 0
    """How many more RCPTs, to whomever, are answered 451."""
    shuts_out: int = 0
    """How many more letters, to whomever, are answered 553 to MAIL."""
    slow_seconds: float = 0
    """Waits so long before it says that a letter is taken."""

    def of_sender(self) -> str:
        if self.shuts_out > 0:
            self.shuts_out -= 1
            return SHUT
        return GOOD

    def of_recipient(self, address: str) -> str:
        if address in self.refuses or "*" in self.refuses:
            return REFUSED
        if self.greylists > 0:
            self.greylists -= 1
            return LATER
        return GOOD


class MailSink:
    """The server inside this process's event loop.

    `async with MailSink(folder) as sink: sink.mood = Mood(greylists=1); await sink.down()`
    """

    def __init__(self, folder: Path, *, port: int | None = None) -> None:
        self.folder = folder
        self.port = port or free_port()
        self.mood = Mood()
        self._server: asyncio.Server | None = None
        self._connected: WeakSet[SMTP] = WeakSet()

    async def start(self) -> None:
        """Also after `down`: the same port again."""
        self.folder.mkdir(parents=True, exist_ok=True)
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(self._connection, HOST, self.port)

    async def down(self) -> None:
        """Nobody listens any more: a sender is refused the connection, and one that has one loses it."""
        if self._server:
            self._server.close()
            self._server = None
        for connected in self._connected:
            if connected.transport:
                connected.transport.close()

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.down()

    def letters(self, *, naming: str = "") -> list[letters.Letter]:
        """Newest first; see `letters.newest_first`."""
        return list(letters.newest_first(self.folder, naming=naming))

    def _connection(self) -> SMTP:
        smtp = SMTP(self, hostname="localhost", enable_SMTPUTF8=True, ident="letters are kept, not delivered")
        self._connected.add(smtp)
        return smtp

    # Called by aiosmtpd, which gives them their names.
    async def handle_MAIL(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        answer = self.mood.of_sender()
        if answer == GOOD:
            envelope.mail_from = address
            envelope.mail_options.extend(options)
        return answer

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        answer = self.mood.of_recipient(address)
        if answer == GOOD:
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        await asyncio.sleep(self.mood.slow_seconds)
        content = envelope.original_content or b""
        letters.save(self.folder, content, sender=envelope.mail_from or "", recipients=envelope.rcpt_tos)
        return GOOD


class MailSinkProcess(Part):
    """The server and its page as one child process of the stack."""

    def __init__(self, folder: Path, *, smtp_port: int, page_port: int) -> None:
        self.page_url = f"http://{HOST}:{page_port}"
        self._folder = folder.absolute()
        self._smtp = Port(smtp_port, "приём писем (SMTP)", variable("smtp_port"))
        self._page = Port(page_port, "страница с письмами", variable("letters_port"))

    @property
    def ports(self) -> Sequence[Port]:
        return [self._smtp, self._page]

    async def start(self) -> None:
        self._ensure_ports_free()
        where = ["--port", str(self._smtp.number), "--page-port", str(self._page.number)]
        command = [sys.executable, "-m", "devstack.mailsink", *where, "--folder", str(self._folder)]
        log = self._folder.with_name(f"{self._folder.name}.log")
        child = Child("Приём писем", command, log, folder=Path(__file__).parents[1])
        await self._run(child, probes.tcp(self._smtp.number), probes.http(self.page_url))


async def _serve(folder: Path, port: int, page_port: int) -> None:
    async with MailSink(folder, port=port):
        app = letters_page.create_app(folder)
        await uvicorn.Server(uvicorn.Config(app, host=HOST, port=page_port, log_level="warning")).serve()


def main() -> None:
    parser = argparse.ArgumentParser(description="Принимает письма и складывает их в папку.")
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--page-port", type=int, required=True)
    parser.add_argument("--folder", type=Path, required=True)
    arguments = parser.parse_args()
    asyncio.run(_serve(arguments.folder, arguments.port, arguments.page_port))


if __name__ == "__main__":
    main()

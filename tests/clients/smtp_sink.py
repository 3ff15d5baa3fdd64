"""An SMTP server that answers as a test wants and keeps what it was given."""

from __future__ import annotations

import asyncio
import email
import email.policy
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from email.message import EmailMessage
from typing import Any

from aiosmtpd.smtp import SMTP, Envelope, Session

from clients.mail import Mail, MailClient, TlsMode

Serve = Callable[..., Awaitable[int]]

TO = "petrov@example.ru"


@dataclass
class Sink:
    """Answers each step with what is in line for it, then with success, and keeps the letters."""

    rcpt: list[str] = field(default_factory=list)
    mail: list[str] = field(default_factory=list)
    data: list[str] = field(default_factory=list)
    data_delay_seconds: float = 0
    hang_up: bool = False
    envelopes: list[Envelope] = field(default_factory=list)
    peers: list[Any] = field(default_factory=list)
    """From which port each letter came: one port, one connection."""
    step_delay_seconds: float = 0
    encrypted: bool = False
    authenticated: bool | None = False

    async def handle_MAIL(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        await asyncio.sleep(self.step_delay_seconds)
        envelope.mail_from = address
        return self.mail.pop(0) if self.mail else "250 OK"

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        await asyncio.sleep(self.step_delay_seconds)
        if self.hang_up:
            assert server.transport is not None
            server.transport.close()
        if self.rcpt:
            return self.rcpt.pop(0)
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        await asyncio.sleep(self.data_delay_seconds)
        if self.data:
            return self.data.pop(0)
        self.encrypted = session.ssl is not None
        self.authenticated = session.authenticated
        self.envelopes.append(envelope)
        self.peers.append(session.peer)
        return "250 2.0.0 Ok: queued as 4XyZ"

    def letter(self) -> EmailMessage:
        """Read the last letter that came."""
        content = self.envelopes[-1].content
        assert isinstance(content, bytes)
        return email.message_from_bytes(content, policy=email.policy.default)


def client_at(port: int, **settings: Any) -> MailClient:
    defaults = {"tls": TlsMode.NONE, "sender": "СЭО ТО <seo@example.ru>", "timeout": timedelta(seconds=5)}
    return MailClient("127.0.0.1", port, **{**defaults, **settings})


def mail(**fields: Any) -> Mail:
    defaults = {
        "to": TO,
        "subject": "Решение по заявке № 2026-000123: отказ",
        "text": "Уважаемый Иван Иванович!\n",
        "html": "<p>Уважаемый Иван Иванович!</p>\n",
        "message_id": "<request-2026-000123.decision@seo.example.ru>",
    }
    return Mail(**{**defaults, **fields})


@asynccontextmanager
async def smtp_servers() -> AsyncIterator[Serve]:
    """Start a server for a sink on a free port."""
    servers: list[asyncio.Server] = []

    async def start(sink: Sink, *, tls: ssl.SSLContext | None = None, **options: Any) -> int:
        loop = asyncio.get_running_loop()
        server = await loop.create_server(
            lambda: SMTP(sink, hostname="mx.example.ru", loop=loop, **options), "127.0.0.1", 0, ssl=tls
        )
        servers.append(server)
        return int(server.sockets[0].getsockname()[1])

    yield start
    for server in servers:
        server.close()

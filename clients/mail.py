"""Letters by SMTP.

MailError                what could not be sent
├── MailUnavailable      nobody answered, or "not now" (4xx): the same letter may go later  .code
├── MailShut             the server refuses us (5xx before RCPT): mended in its settings or ours  .code
├── MailRefused          the server refuses this address (5xx to RCPT): the letter bounced  .code
└── MailRejected         the server refuses the letter, whoever it is for                   .code
    └── MailInvalid      found before anything was sent                                     .field

An error holds the server's code, never its text, which usually quotes the address.
"""

from __future__ import annotations

import asyncio
import re
import ssl
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.charset import Charset
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import EmailPolicy
from email.utils import parseaddr
from enum import StrEnum
from itertools import chain, repeat
from typing import NamedTuple

import aiosmtplib

from clients.smtp import Connections


class _Policy(EmailPolicy):
    """Encodes a subject as a whole: the policy's own folding, and `Header`'s, lose spaces where they break
    a line (CPython issue 92081, mended after 3.11)."""

    def _fold(self, name: str, value: str, refold_binary: bool = False) -> str:
        if name.lower() != "subject" or str(value).isascii():
            return str(super()._fold(name, value, refold_binary))  # type: ignore[misc]
        first = _LINE - len(f"{name}: ")
        words = Charset("utf-8").header_encode_lines(str(value), chain([first], repeat(_LINE - 1)))
        folded = f"{self.linesep} ".join(word for word in words if word)
        return f"{name}: {folded}{self.linesep}"


_LINE = 75
"""Characters of an encoded word at most (RFC 2047, 2)."""

# Base64 and quoted-printable only: not every server on the way takes eight bits.
_POLICY = _Policy(max_line_length=78, linesep="\r\n", cte_type="7bit")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_ADDRESS = re.compile(r"[^\s<>@,;:\"()\[\]\\]+@[^\s<>@,;:\"()\[\]\\]+", re.ASCII)
_MESSAGE_ID = re.compile(r"<[!-;=?-~]+@[!-;=?-~]+>")
_TOO_BIG = 552
"""Said to MAIL, which names the letter's size (RFC 1870, 6.1)."""
_MIME = re.compile(r"[a-z0-9.+\-]+/[a-z0-9.+\-]+")


class MailError(Exception):
    """Base of everything that `clients.mail` raises."""

    def __init__(self, reason: str, code: int | None = None) -> None:
        self.code = code
        super().__init__(f"{reason} ({code})" if code else reason)


class MailUnavailable(MailError):
    """No connection, a timeout, greylisting, a full queue. After a timeout it may have gone all the same."""


class MailShut(MailError):
    """Wrong or expired password, a sender that isn't ours: no fault of the letter."""


class MailRefused(MailError):
    """For example 550: no such mailbox."""


class MailRejected(MailError):
    """Too big, or taken for spam."""


class MailInvalid(MailRejected):
    """For example a line break in the subject."""

    def __init__(self, field: str) -> None:
        self.field = field
        super().__init__(f"{field} cannot be put into a letter")


class TlsMode(StrEnum):
    NONE = "none"
    STARTTLS = "starttls"
    TLS = "tls"


class Attachment(NamedTuple):
    filename: str
    mime: str
    content: bytes


@dataclass(frozen=True)
class Mail:
    """One letter to one person: `Mail("a@b.ru", "Отказ", "текст", "<p>текст</p>", "<step@seo.ru>")`.

    Attributes:
        html: The same letter as HTML, or `None`.
        message_id: Made from the step, so that a repeated letter is recognised as the same.

    Raises:
        MailInvalid: an address, a name or the subject would break the letter's headers.
    """

    to: str
    subject: str
    text: str
    html: str | None
    message_id: str
    attachments: tuple[Attachment, ...] = ()

    def __post_init__(self) -> None:
        _demand("to", _is_address(self.to))
        _demand("subject", not _CONTROL.search(self.subject))
        _demand("message_id", _MESSAGE_ID.fullmatch(self.message_id) is not None)
        for filename, mime, _ in self.attachments:
            _demand("filename", bool(filename) and not _CONTROL.search(filename))
            _demand("mime", _MIME.fullmatch(mime) is not None)


class MailClient:
    """Sends letters through one server."""

    def __init__(
        self,
        host: str,
        port: int,
        *,
        tls: TlsMode,
        sender: str,
        timeout: timedelta,
        username: str | None = None,
        password: str | None = None,
        reply_to: str | None = None,
        tls_context: ssl.SSLContext | None = None,
    ) -> None:
        """Take the settings of one server.

        Args:
            host: Name of the server.
            port: Usually 25 or 587 (`STARTTLS`) or 465 (`TLS`).
            tls: `STARTTLS` never falls back to plain text.
            sender: `СЭО ТО <no-reply@example.ru>` or a bare address.
            timeout: For the whole of one letter, from connecting to the server's last answer.
            username: Nothing is said about who we are without it.
            password: Goes with `username`.
            reply_to: Like `sender`.
            tls_context: For a certificate authority of one's own.
        """
        self._sender = _mailbox("sender", sender)
        self._reply_to = _mailbox("reply_to", reply_to) if reply_to else None
        self._timeout_seconds = timeout.total_seconds()
        self._connections = Connections(
            hostname=host,
            port=port,
            username=username,
            password=password,
            timeout=self._timeout_seconds,
            use_tls=tls is TlsMode.TLS,
            start_tls=tls is TlsMode.STARTTLS,
            tls_context=tls_context,
        )

    async def send(self, message: Mail) -> str:
        """Hand the letter over and return the server's answer, such as `2.0.0 Ok: queued as 4XyZ`.

        Raises:
            MailError: as the top of this file tells.
        """
        letter = self.compose(message)
        try:
            # `from None` below: these exceptions quote the address
            async with asyncio.timeout(self._timeout_seconds), self._connections.one() as smtp:
                # Not `send_message`: it folds the headers anew by a policy of its own.
                _, answer = await smtp.sendmail(self._sender.addr_spec, [message.to], letter.as_bytes())
        except aiosmtplib.SMTPRecipientsRefused as refused:
            raise _verdict(refused.recipients[0].code, MailRefused, "address refused") from None
        except aiosmtplib.SMTPResponseException as refused:
            is_of_letter = isinstance(refused, aiosmtplib.SMTPDataError) or refused.code == _TOO_BIG
            refusal = MailRejected if is_of_letter else MailShut
            raise _verdict(refused.code, refusal, type(refused).__name__) from None
        except aiosmtplib.SMTPNotSupported as refused:
            raise MailShut(type(refused).__name__) from None
        except (aiosmtplib.SMTPException, OSError) as error:
            raise MailUnavailable(type(error).__name__) from None
        return answer

    def compose(self, message: Mail) -> EmailMessage:
        """Write the letter as it goes over the wire."""
        letter = EmailMessage(policy=_POLICY)
        letter["From"] = self._sender
        letter["To"] = message.to
        if self._reply_to is not None:
            letter["Reply-To"] = self._reply_to
        letter["Subject"] = message.subject
        letter["Date"] = datetime.now(UTC)
        letter["Message-ID"] = message.message_id
        # RFC 3834: keeps holiday notices and other robots from answering
        letter["Auto-Submitted"] = "auto-generated"
        letter.set_content(message.text)
        if message.html is not None:
            letter.add_alternative(message.html, subtype="html")
        for filename, mime, content in message.attachments:
            maintype, _, subtype = mime.partition("/")
            letter.add_attachment(content, maintype=maintype, subtype=subtype, filename=filename)
        return letter


def _verdict(code: int, refusal: type[MailError], reason: str) -> MailError:
    # 421 is "closing down" even where 5xx would be a refusal; what is no SMTP code at all is no verdict
    return refusal(reason, code) if 500 <= code < 600 else MailUnavailable(reason, code)


def _mailbox(field: str, value: str) -> Address:
    name, address = parseaddr(value)
    _demand(field, _is_address(address) and not _CONTROL.search(value))
    return Address(display_name=name, addr_spec=address)


def _is_address(value: str) -> bool:
    return value.isascii() and _ADDRESS.fullmatch(value) is not None and len(value) <= 254


def _demand(field: str, holds: bool) -> None:
    if not holds:
        raise MailInvalid(field)

"""Login, TLS, and letters that would break their own headers."""

from __future__ import annotations

import ssl
import subprocess
from email import message_from_bytes
from email.policy import default
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, Session

from clients.mail import Attachment, MailError, MailInvalid, MailShut, MailUnavailable, TlsMode
from tests.clients.smtp_sink import Serve, Sink, client_at, mail


def _accept(server: SMTP, session: Session, envelope: Envelope, mechanism: str, secret: Any) -> AuthResult:
    return AuthResult(success=(secret.login, secret.password) == (b"seo", b"secret"), handled=False)


async def test_we_log_in(serve: Serve) -> None:
    sink = Sink()
    port = await serve(sink, authenticator=_accept, auth_require_tls=False)

    await client_at(port, username="seo", password="secret").send(mail())

    assert sink.authenticated


async def test_a_wrong_password_is_no_fault_of_the_letter(serve: Serve) -> None:
    port = await serve(Sink(), authenticator=_accept, auth_require_tls=False)

    with pytest.raises(MailShut) as caught:
        await client_at(port, username="seo", password="wrong").send(mail())

    assert caught.value.code == 535


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A self-signed certificate for 127.0.0.1 with its key, in one file."""
    pem = tmp_path_factory.mktemp("tls") / "server.pem"
    command = "openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=localhost"
    names = ["-addext", "subjectAltName=IP:127.0.0.1", "-keyout", str(pem), "-out", str(pem)]
    try:
        subprocess.run([*command.split(), *names], check=True, capture_output=True)
    except FileNotFoundError:
        pytest.skip("openssl is not installed")
    return pem


def _server_context(certificate: Path) -> ssl.SSLContext:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate)
    return context


async def test_a_letter_goes_over_starttls(serve: Serve, certificate: Path) -> None:
    sink = Sink()
    port = await serve(sink, tls_context=_server_context(certificate), require_starttls=True)
    trusting = ssl.create_default_context(cafile=str(certificate))

    await client_at(port, tls=TlsMode.STARTTLS, tls_context=trusting).send(mail())

    assert sink.encrypted


async def test_a_letter_goes_over_tls(serve: Serve, certificate: Path) -> None:
    sink = Sink()
    port = await serve(sink, tls=_server_context(certificate))
    trusting = ssl.create_default_context(cafile=str(certificate))

    await client_at(port, tls=TlsMode.TLS, tls_context=trusting).send(mail())

    assert len(sink.envelopes) == 1


async def test_a_letter_never_falls_back_to_plain_text(serve: Serve) -> None:
    sink = Sink()

    with pytest.raises(MailError):
        await client_at(await serve(sink), tls=TlsMode.STARTTLS).send(mail())

    assert sink.envelopes == []


async def test_an_unknown_certificate_is_not_trusted(serve: Serve, certificate: Path) -> None:
    sink = Sink()
    port = await serve(sink, tls_context=_server_context(certificate))

    with pytest.raises(MailUnavailable):
        await client_at(port, tls=TlsMode.STARTTLS).send(mail())

    assert sink.envelopes == []


# What would break the headers

_INVALID = [
    ("to", {"to": "petrov@example.ru\r\nBcc: all@example.ru"}),
    ("to", {"to": "petrov@example.ru, all@example.ru"}),
    ("to", {"to": "petrov@example.ru\n"}),
    ("to", {"to": "петров@example.ru"}),
    ("to", {"to": "petrov"}),
    ("subject", {"subject": "Отказ\r\nBcc: all@example.ru"}),
    ("subject", {"subject": "Отказ\nX: y"}),
    ("message_id", {"message_id": "<a@b>\r\nBcc: all@example.ru"}),
    ("message_id", {"message_id": "a@b"}),
    ("filename", {"attachments": (Attachment("a\r\nX: y.pdf", "application/pdf", b""),)}),
    ("filename", {"attachments": (Attachment("", "application/pdf", b""),)}),
    ("mime", {"attachments": (Attachment("a.pdf", "application/pdf\r\nX: y", b""),)}),
]


@pytest.mark.parametrize(("invalid", "fields"), _INVALID)
def test_a_letter_that_would_break_its_headers_cannot_be_made(invalid: str, fields: dict[str, Any]) -> None:
    with pytest.raises(MailInvalid) as caught:
        mail(**fields)

    assert caught.value.field == invalid
    assert "example.ru" not in str(caught.value)


@pytest.mark.parametrize("sender", ["СЭО\r\nBcc: x <seo@example.ru>", "seo", "СЭО <>"])
def test_a_sender_that_would_break_the_headers_is_refused_at_once(sender: str) -> None:
    with pytest.raises(MailInvalid):
        client_at(25, sender=sender)


@pytest.mark.parametrize("words", range(1, 15))
def test_a_long_russian_subject_keeps_its_spaces(words: int) -> None:
    phrase = "Противодействие коррупции на государственной службе " * 5
    subject = phrase[: words * 11].strip()
    letter = client_at(25).compose(mail(subject=subject))

    read = message_from_bytes(letter.as_bytes(), policy=default)

    assert read["Subject"] == subject
    assert max(len(line) for line in letter.as_bytes().splitlines()) < 998


@pytest.mark.parametrize(
    "subject",
    [
        "Консультация № 1: вопрос ответственного лица, «Вождение в сложных условиях, поток b6f02c»",
        "Формирование курса № 3: учебный курс «Вождение в сложных условиях, поток b6f02c» готов",
        "а" * 300,
        "Курс 𝄞 " * 20 + "конец",
    ],
)
async def test_no_space_is_lost_where_a_subject_breaks(subject: str, serve: Serve) -> None:
    sink = Sink()
    port = await serve(sink)

    await client_at(port).send(mail(subject=subject))

    assert sink.letter()["Subject"] == subject
    content = sink.envelopes[-1].content
    assert isinstance(content, bytes)
    header = content.partition(b"Subject:")[2].partition(b"Date:")[0]
    assert all(len(line) <= 78 for line in header.splitlines())

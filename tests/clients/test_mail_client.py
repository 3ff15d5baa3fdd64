"""Letters through a real SMTP server in this process."""

from __future__ import annotations

import asyncio
import base64
import socket
from datetime import UTC, datetime, timedelta

import pytest

from clients import smtp
from clients.mail import Attachment, MailError, MailRefused, MailRejected, MailShut, MailUnavailable
from tests.clients.smtp_sink import TO, Serve, Sink, client_at, mail


async def test_a_letter_arrives_as_it_was_written(serve: Serve) -> None:
    sink = Sink()
    client = client_at(await serve(sink), reply_to="Оператор <operator@example.ru>")

    answer = await client.send(mail())

    letter = sink.letter()
    assert answer == "2.0.0 Ok: queued as 4XyZ"
    assert sink.envelopes[0].mail_from == "seo@example.ru"
    assert sink.envelopes[0].rcpt_tos == [TO]
    assert letter["From"] == "СЭО ТО <seo@example.ru>"
    assert letter["To"] == TO
    assert letter["Reply-To"] == "Оператор <operator@example.ru>"
    assert letter["Subject"] == "Решение по заявке № 2026-000123: отказ"
    assert letter["Message-ID"] == "<request-2026-000123.decision@seo.example.ru>"
    assert letter["Auto-Submitted"] == "auto-generated"
    assert abs(letter["Date"].datetime - datetime.now(UTC)) < timedelta(minutes=1)
    text, html = letter.get_body(("plain",)), letter.get_body(("html",))
    assert text is not None
    assert html is not None
    assert text.get_content() == "Уважаемый Иван Иванович!\r\n"
    assert html.get_content() == "<p>Уважаемый Иван Иванович!</p>\r\n"


async def test_a_letter_is_ascii_on_the_wire(serve: Serve) -> None:
    sink = Sink()

    await client_at(await serve(sink)).send(mail(text="Очень длинная строка " * 200))

    content = sink.envelopes[0].content
    assert isinstance(content, bytes)
    assert content.isascii()
    assert max(map(len, content.split(b"\r\n"))) <= 998


async def test_documents_keep_their_russian_names(serve: Serve) -> None:
    sink = Sink()
    pdf = b"%PDF-1.7\x00\xff"
    name = "Отказ в создании учебного курса «Охрана труда» от 01.02.2026.pdf"

    await client_at(await serve(sink)).send(mail(attachments=(Attachment(name, "application/pdf", pdf),)))

    [attachment] = list(sink.letter().iter_attachments())
    assert attachment.get_filename() == name
    assert attachment.get_content_type() == "application/pdf"
    assert attachment.get_content() == pdf
    assert sink.letter().get_body(("html",)) is not None


async def test_a_letter_may_be_plain_text(serve: Serve) -> None:
    sink = Sink()

    await client_at(await serve(sink)).send(mail(html=None))

    assert sink.letter().get_content_type() == "text/plain"


_ANSWERS = [
    ("rcpt", "550 5.1.1 <petrov@example.ru>: no such user", MailRefused, 550),
    ("rcpt", "552 5.2.2 <petrov@example.ru>: mailbox full", MailRefused, 552),
    ("rcpt", "451 4.7.1 <petrov@example.ru>: greylisted", MailUnavailable, 451),
    ("rcpt", "421 4.3.2 closing down", MailUnavailable, 421),
    ("mail", "553 5.7.1 <seo@example.ru>: not yours", MailShut, 553),
    ("mail", "552 5.3.4 bigger than we take", MailRejected, 552),
    ("mail", "452 4.3.1 no space", MailUnavailable, 452),
    ("data", "554 5.7.1 spam from seo@example.ru", MailRejected, 554),
    ("data", "451 4.3.0 try later", MailUnavailable, 451),
]


@pytest.mark.parametrize(("step", "answer", "kind", "code"), _ANSWERS)
async def test_a_refusal_is_of_its_kind_and_quotes_nobody(
    step: str, answer: str, kind: type[MailError], code: int, serve: Serve
) -> None:
    sink = Sink(**{step: [answer]})  # type: ignore[arg-type]
    client = client_at(await serve(sink))

    with pytest.raises(MailError) as caught:
        await client.send(mail())

    assert type(caught.value) is kind
    assert caught.value.code == code
    assert "example.ru" not in f"{caught.value} {caught.value!r} {vars(caught.value)}"
    assert caught.value.__suppress_context__


async def test_a_greylisted_letter_goes_the_second_time(serve: Serve) -> None:
    sink = Sink(rcpt=["451 4.7.1 greylisted"])
    client = client_at(await serve(sink))

    with pytest.raises(MailUnavailable):
        await client.send(mail())
    await client.send(mail())

    assert len(sink.envelopes) == 1


async def test_a_slow_server_is_unavailable(serve: Serve) -> None:
    client = client_at(await serve(Sink(data_delay_seconds=2)), timeout=timedelta(milliseconds=100))

    with pytest.raises(MailUnavailable):
        await client.send(mail())


async def test_a_server_that_is_slow_at_every_step_has_no_longer_for_a_letter_in_all(serve: Serve) -> None:
    sink = Sink(step_delay_seconds=0.3, data_delay_seconds=0.3)
    client = client_at(await serve(sink), timeout=timedelta(milliseconds=500))

    with pytest.raises(MailUnavailable):
        await client.send(mail())

    assert sink.envelopes == []


async def test_letters_that_follow_one_another_share_a_connection(serve: Serve) -> None:
    sink = Sink()
    client = client_at(await serve(sink))

    for _ in range(3):
        await client.send(mail())

    assert len(sink.peers) == 3
    assert len(set(sink.peers)) == 1


async def test_letters_at_the_same_time_have_connections_of_their_own(serve: Serve) -> None:
    sink = Sink(data_delay_seconds=0.2)
    client = client_at(await serve(sink))

    await asyncio.gather(*(client.send(mail()) for _ in range(3)))

    assert len(set(sink.peers)) == 3


@pytest.mark.parametrize("step", ["mail", "rcpt", "data"])
async def test_a_connection_on_which_anything_went_wrong_is_not_used_again(step: str, serve: Serve) -> None:
    sink = Sink()
    client = client_at(await serve(sink))
    await client.send(mail())
    setattr(sink, step, ["451 4.3.0 later"])

    with pytest.raises(MailUnavailable):
        await client.send(mail())
    await client.send(mail())

    assert len(set(sink.peers)) == 2


async def test_a_connection_that_the_server_has_closed_is_not_used_again(serve: Serve) -> None:
    sink = Sink()
    client = client_at(await serve(sink, timeout=0.2))
    await client.send(mail())
    await asyncio.sleep(0.5)

    await client.send(mail())

    assert len(set(sink.peers)) == 2


async def test_a_connection_that_nobody_needs_is_closed(
    serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(smtp, "_KEPT_SECONDS", 0.1)
    sink = Sink()
    client = client_at(await serve(sink))

    await client.send(mail())
    await asyncio.sleep(0.3)
    await client.send(mail())

    assert len(set(sink.peers)) == 2


async def test_a_server_that_hangs_up_is_unavailable(serve: Serve) -> None:
    client = client_at(await serve(Sink(hang_up=True)))

    with pytest.raises(MailUnavailable):
        await client.send(mail())


async def test_a_refused_connection_is_unavailable() -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))

        with pytest.raises(MailUnavailable):
            await client_at(unused.getsockname()[1]).send(mail())


async def test_a_line_of_a_letter_may_be_a_dot(serve: Serve) -> None:
    sink = Sink()

    await client_at(await serve(sink)).send(mail(text="a\n.\nb\n", html=None))

    assert sink.letter().get_content().replace("\r\n", "\n") == "a\n.\nb\n"


def test_the_text_of_a_letter_is_encoded_once() -> None:
    letter = client_at(25).compose(mail(html=None))

    payload = letter.get_payload()
    assert isinstance(payload, str)
    assert base64.b64decode(payload).decode() == "Уважаемый Иван Иванович!\r\n"

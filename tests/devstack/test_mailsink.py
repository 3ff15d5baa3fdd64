"""The mail sink and the page where its letters are read."""

import asyncio
import time
from collections.abc import AsyncIterator
from email.message import EmailMessage
from pathlib import Path

import aiohttp
import aiosmtplib
import pytest

from devstack.mailsink import MailSink, MailSinkProcess, Mood
from devstack.ports import HOST, PortTaken, free_port

TO = "ivanova@example.org"


@pytest.fixture
async def sink(tmp_path: Path) -> AsyncIterator[MailSink]:
    async with MailSink(tmp_path / "letters") as sink:
        yield sink


def letter(subject: str = "Решение по запросу") -> EmailMessage:
    message = EmailMessage()
    message["From"] = "engine@example.org"
    message["To"] = TO
    message["Subject"] = subject
    message.set_content("Курс создан.")
    message.add_alternative("<p>Курс <b>создан</b>.</p><script>alert(1)</script>", subtype="html")
    message.add_attachment(b"%PDF-1", maintype="application", subtype="pdf", filename="решение.pdf")
    return message


async def send(port: int, message: EmailMessage | None = None) -> None:
    await aiosmtplib.send(message or letter(), hostname=HOST, port=port, timeout=10)


async def test_a_letter_is_kept_whole_under_a_name_without_addresses(sink: MailSink) -> None:
    await send(sink.port)

    [kept] = sink.letters()
    assert kept.subject == "Решение по запросу"
    assert kept.recipients == [TO]
    assert kept.text.strip() == "Курс создан."
    assert "<b>создан</b>" in kept.html
    assert [(found.filename, found.content) for found in kept.attachments] == [("решение.pdf", b"%PDF-1")]
    assert "ivanova" not in kept.name


async def test_a_refused_recipient_is_answered_550(sink: MailSink) -> None:
    sink.mood = Mood(refuses={TO})

    with pytest.raises(aiosmtplib.SMTPRecipientsRefused) as refusal:
        await send(sink.port)

    assert [answer.code for answer in refusal.value.recipients] == [550]
    assert sink.letters() == []


async def test_greylisting_puts_off_as_often_as_asked(sink: MailSink) -> None:
    sink.mood = Mood(greylists=2)

    for _ in range(2):
        with pytest.raises(aiosmtplib.SMTPRecipientsRefused) as refusal:
            await send(sink.port)
        assert [answer.code for answer in refusal.value.recipients] == [451]
    await send(sink.port)

    assert len(sink.letters()) == 1


async def test_a_slow_server_takes_its_time(sink: MailSink) -> None:
    sink.mood = Mood(slow_seconds=0.3)

    started = time.monotonic()
    await send(sink.port)

    assert time.monotonic() - started >= 0.3


async def test_a_server_that_is_down_refuses_the_connection_until_it_is_back(sink: MailSink) -> None:
    await sink.down()

    with pytest.raises(aiosmtplib.SMTPConnectError):
        await send(sink.port)

    await sink.start()
    await send(sink.port)
    assert len(sink.letters()) == 1


async def test_letters_are_read_on_a_page_that_trusts_none_of_their_html(tmp_path: Path) -> None:
    smtp_port = free_port()
    process = MailSinkProcess(tmp_path / "letters", smtp_port=smtp_port, page_port=free_port())
    async with process, aiohttp.ClientSession(process.page_url) as session:
        assert "Писем пока нет" in await get(session, "/")
        await send(smtp_port, letter("Первое"))
        await asyncio.sleep(0.01)
        await send(smtp_port, letter("<b>Второе</b>"))

        listing = await get(session, "/")
        address = listing.partition('href="')[2].partition('"')[0]
        page = await get(session, address)
        async with session.get(f"{address}/html") as answer:
            policy = answer.headers["Content-Security-Policy"]
        async with session.get(f"{address}/attachments/0") as answer:
            attachment = (await answer.read(), answer.headers["Content-Disposition"].partition(";")[0])
        async with session.get("/letters/..%2Fsecret") as answer:
            absent = answer.status
        async with session.get("/", headers={"Host": "rebound.example"}) as answer:
            foreign = answer.status

    assert listing.index("&lt;b&gt;Второе") < listing.index("Первое")
    assert TO in listing
    assert "<script>" not in page
    sandbox = "allow-popups allow-popups-to-escape-sandbox"
    assert f'<iframe sandbox="{sandbox}"' in page
    assert policy.startswith(f"sandbox {sandbox}; default-src 'none'")
    assert attachment == (b"%PDF-1", "attachment")
    assert absent == 404
    assert foreign == 400


async def get(session: aiohttp.ClientSession, path: str) -> str:
    async with session.get(path) as answer:
        assert answer.status == 200
        return await answer.text()


async def test_letters_survive_a_restart_of_the_process(tmp_path: Path) -> None:
    smtp_port, page_port = free_port(), free_port()
    async with MailSinkProcess(tmp_path / "letters", smtp_port=smtp_port, page_port=page_port):
        await send(smtp_port)

    async with (
        MailSinkProcess(tmp_path / "letters", smtp_port=smtp_port, page_port=page_port) as process,
        aiohttp.ClientSession(process.page_url) as session,
    ):
        assert "Решение по запросу" in await get(session, "/")


async def test_a_taken_port_is_told(sink: MailSink, tmp_path: Path) -> None:
    process = MailSinkProcess(tmp_path, smtp_port=sink.port, page_port=free_port())

    with pytest.raises(PortTaken, match="SEO_DEVSTACK_SMTP_PORT"):
        await process.start()

"""Letters as the mail sink keeps them: one `.eml` file each, named so that names sort by time."""

import re
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import default as modern
from pathlib import Path

# Where the letter really went, whatever its own headers say.
ENVELOPE_FROM = "X-Envelope-From"
ENVELOPE_TO = "X-Envelope-To"
# No address in it: names are shown in addresses of pages and end up in logs.
_NAME = re.compile(r"\d{8}T\d{6}\.\d{6}Z-[0-9a-f]{8}")


@dataclass(frozen=True)
class Attachment:
    filename: str
    content_type: str
    content: bytes


@dataclass(frozen=True)
class Letter:
    """A kept letter: `name` is its file's, without `.eml`."""

    name: str
    message: EmailMessage

    @property
    def subject(self) -> str:
        return str(self.message["Subject"] or "(без темы)")

    @property
    def recipients(self) -> list[str]:
        return str(self.message[ENVELOPE_TO] or "").split(", ")

    @property
    def received_at(self) -> datetime:
        return datetime.strptime(self.name.partition("-")[0], "%Y%m%dT%H%M%S.%fZ").replace(tzinfo=UTC)

    @property
    def text(self) -> str:
        return self._body("plain")

    @property
    def html(self) -> str:
        return self._body("html")

    @property
    def attachments(self) -> list[Attachment]:
        return [
            Attachment(part.get_filename() or "без имени", part.get_content_type(), _bytes(part))
            for part in self.message.iter_attachments()
        ]

    def _body(self, kind: str) -> str:
        part = self.message.get_body((kind,))
        return "" if part is None else str(part.get_content())


def _bytes(part: EmailMessage) -> bytes:
    content = part.get_payload(decode=True)
    return content if isinstance(content, bytes) else part.as_bytes()


def save(folder: Path, content: bytes, *, sender: str, recipients: list[str]) -> str:
    """Writes the letter as it came, its envelope in front, and returns its name."""
    name = f"{datetime.now(UTC):%Y%m%dT%H%M%S.%fZ}-{secrets.token_hex(4)}"
    envelope = f"{ENVELOPE_FROM}: {sender}\r\n{ENVELOPE_TO}: {', '.join(recipients)}\r\n"
    part = folder / f"{name}.part"
    part.write_bytes(envelope.encode() + content)
    part.rename(folder / f"{name}.eml")  # whole from the moment that it is seen
    return name


def read(folder: Path, name: str) -> Letter | None:
    """None for a name that is not of a letter kept here."""
    if not _NAME.fullmatch(name):
        return None
    file = folder / f"{name}.eml"
    return _parse(file) if file.exists() else None


def newest_first(folder: Path, *, naming: str = "") -> Iterator[Letter]:
    """Those in whose source something stands, an address or a Message-ID; by default all."""
    for file in sorted(folder.glob("*.eml"), reverse=True):
        # Reading is cheap, and parsing thousands is not.
        if naming.encode() in file.read_bytes():
            yield _parse(file)


def _parse(file: Path) -> Letter:
    with file.open("rb") as content:
        return Letter(name=file.stem, message=BytesParser(EmailMessage, policy=modern).parse(content))

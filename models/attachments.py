"""Clause 4.1 - what is attached to a request: the list of learners, the scan of the letter.

A file is known by its bytes, never by its name or by what its sender calls it.
"""

import re
from collections.abc import Sequence
from enum import StrEnum
from typing import NamedTuple

from models import headings, spreadsheets
from models.headings import HeadingsError
from models.spreadsheets import Row, SpreadsheetError

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

_SCANS = (
    (b"%PDF-", "pdf", "application/pdf"),
    (b"\xff\xd8\xff", "jpg", "image/jpeg"),
    (b"\x89PNG\r\n\x1a\n", "png", "image/png"),
    (b"II*\x00", "tif", "image/tiff"),
    (b"MM\x00*", "tif", "image/tiff"),
)
"""First bytes of a scan, how its file is named, its media type."""


_WORDS = re.compile(r"[^\W\d_]+")
_LETTERS_OF_A_NAME = 2


class Attached(StrEnum):
    """What a file is; the kind of the document that it becomes."""

    LEARNERS = "learners"
    LETTER = "letter"

    @property
    def russian(self) -> str:
        return _NAMES[self]


_NAMES = {Attached.LEARNERS: "Перечень Пользователей", Attached.LETTER: "Скан письма"}
_FILES = {Attached.LEARNERS: "perechen-polzovateley", Attached.LETTER: "pismo"}


class Unreadable(Exception):
    """A file is not what it should be; `str()` says why, in Russian."""


class Read(NamedTuple):
    """What a file has turned out to be.

    Attributes:
        filename: Ours, in Latin letters.
        media_type: By its bytes.
        rows: Of a list: how many learners it names; else 0.
    """

    filename: str
    media_type: str
    rows: int = 0


def read(kind: Attached, content: bytes) -> Read:
    """Look into a file. Blocks: call it in a thread.

    Raises:
        Unreadable: It is not of this kind.
    """
    return _list(content) if kind is Attached.LEARNERS else _scan(content)


def _scan(content: bytes) -> Read:
    for beginning, extension, media_type in _SCANS:
        if content.startswith(beginning):
            return Read(f"{_FILES[Attached.LETTER]}.{extension}", media_type)
    raise Unreadable("Скан письма должен быть файлом PDF, JPEG, PNG или TIFF.")


def _list(content: bytes) -> Read:
    if content.startswith(tuple(beginning for beginning, _, _ in _SCANS)):
        raise Unreadable("Это скан, а перечень нужен таблицей: CSV или книгой XLSX.")
    try:
        named = _named(list(spreadsheets.read(content).rows))
    except SpreadsheetError as error:
        raise Unreadable(str(error)) from None
    if not named:
        raise Unreadable("В перечне нет ни одного человека.")
    extension, media_type = ("xlsx", XLSX) if content.startswith(b"PK") else ("csv", "text/csv")
    return Read(f"{_FILES[Attached.LEARNERS]}.{extension}", media_type, named)


def _named(rows: Sequence[Row]) -> int:
    """How many rows name somebody: those below the headings, or all but headings that are not complete.

    Before the course exists a list may be a mere column of names; clause 4.5 is where it is taken strictly.
    """
    said = [row for row in rows if _says_something(row)]
    try:
        top, _ = headings.find(rows)
    except HeadingsError:
        return sum(not any(headings.is_heading(cell) for cell in row.cells) for row in said)
    return sum(row.number > top.number and not headings.is_no_person(row, top) for row in said)


def _says_something(row: Row) -> bool:
    """Not «нет» and not a dash, by which people fill what they leave blank."""
    words = _WORDS.findall(" ".join(row.cells).casefold())
    return len("".join(words)) >= _LETTERS_OF_A_NAME and set(words) != {"нет"}

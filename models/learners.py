"""Clause 4.5 - the list of learners: rows of text in, learners or what is wrong with them out.

These values hold persons: they stay in Postgres and never cross Temporal.
"""

import hashlib
import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from itertools import chain, islice
from typing import NamedTuple

from email_validator import EmailNotValidError, validate_email

from models import headings
from models.headings import Column, Columns
from models.lines import one_line, same
from models.spreadsheets import Row

NAME_MAX = 100
"""Characters that Moodle keeps of a surname, of «Имя Отчество» and of an e-mail."""
TEXT_MAX = 255
"""Characters that Moodle keeps of an organisation; the same for a post."""


class Flaw(StrEnum):
    """What is wrong with a row of a list."""

    NO_NAME = "no-name"
    ONE_WORD = "one-word"
    NAME_CHARACTERS = "name-characters"
    EMAIL_MALFORMED = "email-malformed"
    CONTROL_CHARACTERS = "control-characters"
    ANGLE_BRACKET = "angle-bracket"
    TOO_LONG = "too-long"
    DUPLICATE_EMAIL = "duplicate-email"
    DUPLICATE_PERSON = "duplicate-person"

    @property
    def russian(self) -> str:
        """With `{}` where a fact of the row stands."""
        return _WORDS[self]


class Problem(NamedTuple):
    flaw: Flaw
    words: str
    """In Russian."""


@dataclass(frozen=True, slots=True)
class Learner:
    """A row that is in order."""

    row: int
    """As Excel shows it."""
    surname: str
    first_name: str
    patronymic: str = ""
    email: str = ""
    """As Moodle is to keep it: ASCII, the domain in lower case. Blank: gets a printed slip."""
    organisation: str = ""
    post: str = ""

    @property
    def given_name(self) -> str:
        """«Имя Отчество»: the first name in Moodle."""
        return f"{self.first_name} {self.patronymic}".strip()

    @property
    def full_name(self) -> str:
        return f"{self.surname} {self.given_name}"

    @property
    def key(self) -> str:
        """The same for the same person in any list: by e-mail, or by name and organisation.

        64 hexadecimal digits. It hides nothing (whoever knows an e-mail can compute it): keep it in Postgres.
        """
        person = self.email.casefold() or f"{same(self.full_name)}\n{same(self.organisation)}"
        return hashlib.sha256(person.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Wrong:
    """A row that is set aside."""

    row: int
    shown: str
    """The name as far as it can be read, for a person to recognise the row."""
    problems: tuple[Problem, ...]


Entry = Learner | Wrong


def read_list(rows: Iterable[Row]) -> Iterator[Entry]:
    """Read a list row by row; of what was read only 8 bytes a row are kept, to see duplicates.

    Of two rows of one person the first is a learner and the second is wrong. Rows in which no column of
    ours is filled are left out, and so are headings repeated on each page.

    Raises:
        HeadingsError: at once, if the columns can't be told.
    """
    going = iter(rows)
    first = list(islice(going, headings.LOOKED_AT))
    heading, columns = headings.find(first)
    below = chain((row for row in first if row.number > heading.number), going)
    return _entries((row for row in below if not headings.is_no_person(row, heading)), columns)


def _entries(rows: Iterable[Row], columns: Columns) -> Iterator[Entry]:
    seen: dict[bytes, int] = {}
    for row in rows:
        entry = read_row(row, columns)
        if isinstance(entry, Learner):
            digest = bytes.fromhex(entry.key[:16])
            earlier = seen.setdefault(digest, entry.row)
            if earlier != entry.row:
                flaw = Flaw.DUPLICATE_EMAIL if entry.email else Flaw.DUPLICATE_PERSON
                entry = Wrong(entry.row, entry.full_name, (_problem(flaw, earlier),))
        if entry is not None:
            yield entry


def read_row(row: Row, columns: Columns) -> Entry | None:
    """A row by itself, without looking at the others; `None` if no column of ours is filled."""
    raw = {column: row.cells[at] for column, at in columns.items() if at < len(row.cells)}
    cells = {column: _tidied(cell) for column, cell in raw.items()}
    if not any(cells.values()):
        return None
    surname, first_name, patronymic = _name(cells)
    email = _email(cells.get(Column.EMAIL, ""))
    learner = Learner(
        row.number,
        surname,
        first_name,
        patronymic,
        email or "",
        cells.get(Column.ORGANISATION, ""),
        cells.get(Column.POST, ""),
    )
    problems = _problems(learner, is_email_read=email is not None)
    if any(_CONTROLS.search(cell) for cell in raw.values()):
        problems.append(_problem(Flaw.CONTROL_CHARACTERS))
    return Wrong(row.number, learner.full_name.strip(), tuple(problems)) if problems else learner


def _problems(learner: Learner, *, is_email_read: bool) -> list[Problem]:
    problems = []
    if not (learner.surname or learner.first_name):
        problems.append(_problem(Flaw.NO_NAME))
    elif not (learner.surname and learner.first_name):
        problems.append(_problem(Flaw.ONE_WORD))
    elif not _NAME.fullmatch(learner.full_name):
        problems.append(_problem(Flaw.NAME_CHARACTERS))
    if not is_email_read:
        problems.append(_problem(Flaw.EMAIL_MALFORMED))
    if _TAG.search(f"{learner.organisation} {learner.post}"):
        problems.append(_problem(Flaw.ANGLE_BRACKET))
    problems += [
        _problem(Flaw.TOO_LONG, f"{what} длиннее {most} знаков")
        for what, text, most in (
            ("фамилия", learner.surname, NAME_MAX),
            ("имя с отчеством", learner.given_name, NAME_MAX),
            ("адрес почты", learner.email, NAME_MAX),
            ("организация", learner.organisation, TEXT_MAX),
            ("должность", learner.post, TEXT_MAX),
        )
        if len(text) > most
    ]
    return problems


def split_name(full_name: str) -> tuple[str, str, str]:
    """Surname, first name and all the rest: «Алиев Вагиф Мамед оглы» -> Алиев, Вагиф, «Мамед оглы»."""
    surname, first_name, patronymic, *_ = (*full_name.split(maxsplit=2), "", "", "")
    return surname, first_name, patronymic


def _name(cells: dict[Column, str]) -> tuple[str, str, str]:
    """«Петров – Водкин» is one surname."""
    named = {column: _AROUND_HYPHEN.sub("-", cell) for column, cell in cells.items()}
    if Column.FULL_NAME in named:
        return split_name(named[Column.FULL_NAME])
    return (
        named.get(Column.SURNAME, ""),
        named.get(Column.FIRST_NAME, ""),
        named.get(Column.PATRONYMIC, ""),
    )


def _email(cell: str) -> str | None:
    """As Moodle is to keep it; blank if there is none, `None` if it is malformed."""
    if not cell or cell.casefold() in _NONE:
        return ""
    try:
        # Moodle takes neither letters beyond ASCII nor, in a search by LIKE, a per cent sign.
        read = validate_email(cell, check_deliverability=False, allow_smtputf8=False).ascii_email
    except EmailNotValidError:
        return None
    return None if read is None or "%" in read else read


def _tidied(cell: str) -> str:
    """One line; dashes or dots alone are how people leave a cell blank."""
    line = str(one_line(unicodedata.normalize("NFC", cell.translate(_INVISIBLE))))
    return line if any(character.isalnum() for character in line) else ""


def _problem(flaw: Flaw, fact: object = "") -> Problem:
    return Problem(flaw, flaw.russian.format(fact))


_INVISIBLE = dict.fromkeys([*range(0x200B, 0x2010), 0x2060, 0xFEFF, 0xAD])
_CONTROLS = re.compile("[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\ud800-\udfff\ue000-\uf8ff]")
_AROUND_HYPHEN = re.compile(r"\s*[-‐‑–—]\s*")
# Letters of any alphabet with their accents; initials have points.
_NAME = re.compile(r"(?:[^\W\d_]|[\u0300-\u036f'’ʼ`.\- ])+")
# What Moodle takes for markup: «<новый>» is refused, «5 < 6» is not.
_TAG = re.compile(r"<\S")
_NONE = frozenset({"нет", "отсутствует", "не имеет", "не указан", "не указана", "н/д"})
_WORDS = {
    Flaw.NO_NAME: "не указаны фамилия и имя",
    Flaw.ONE_WORD: "нужны и фамилия, и имя, а указано одно слово",
    Flaw.NAME_CHARACTERS: "в фамилии, имени или отчестве есть цифры или лишние знаки",
    Flaw.EMAIL_MALFORMED: "адрес почты написан с ошибкой; нужен один адрес латинскими буквами",
    Flaw.CONTROL_CHARACTERS: "в строке есть управляющие символы",
    Flaw.ANGLE_BRACKET: "в организации или должности есть знак «<», его не принимает Moodle",
    Flaw.TOO_LONG: "{}",
    Flaw.DUPLICATE_EMAIL: "тот же адрес почты, что в строке {}",
    Flaw.DUPLICATE_PERSON: (
        "тот же человек, что в строке {}: имя и организация совпадают, а адреса почты нет"
    ),
}

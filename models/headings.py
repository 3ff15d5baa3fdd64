"""Where a list of learners has what: its columns, found by their headings in Russian."""

import re
import unicodedata
from collections.abc import Sequence
from enum import StrEnum
from itertools import pairwise

from models.spreadsheets import Row

LOOKED_AT = 30
"""Filled rows among which the headings are looked for; titles stand above them."""


class Column(StrEnum):
    """What the engine reads of a list; all other columns are left alone."""

    FULL_NAME = "full_name"
    SURNAME = "surname"
    FIRST_NAME = "first_name"
    PATRONYMIC = "patronymic"
    EMAIL = "email"
    ORGANISATION = "organisation"
    POST = "post"

    @property
    def russian(self) -> str:
        return _COLUMNS[self]


_COLUMNS = {
    Column.FULL_NAME: "ФИО",
    Column.SURNAME: "Фамилия",
    Column.FIRST_NAME: "Имя",
    Column.PATRONYMIC: "Отчество",
    Column.EMAIL: "Почта",
    Column.ORGANISATION: "Организация",
    Column.POST: "Должность",
}
# Headings without case, ё, digits, punctuation and spaces. The first expression is the very heading; one
# that only begins so («ФИО руководителя») is taken where there is no better.
_E_MAIL = r"[eе]?[mм][aа]il"
_KNOWN = {
    Column.FULL_NAME: (r"фио|фамилияимя(и?отчество)?", r"(фио|фамилияимя).*"),
    Column.SURNAME: (r"фамилия", r"фамилия(?!имя).+"),
    Column.FIRST_NAME: (r"имя", r"имя(слушател|сотрудник|работник|участник|обучающ).*"),
    Column.PATRONYMIC: (r"отчество", r"отчество.+"),
    Column.EMAIL: (
        rf"(адрес)?(эл(ектр(онн?(ая|ой))?)?)?почт[аы]|{_E_MAIL}|(эл|электронный)(почтовый)?адрес|[иеэ]?мейл",
        rf".*(почта|(эл|электронной)почты).*|.*{_E_MAIL}.*|.*электронныйадрес.*",
    ),
    Column.ORGANISATION: (
        r"организация|учреждение|местоработы|(полное|краткое)?наименование(организации|учреждения)",
        r"организация.+|учреждение.+|местоработы.+|(название|наименование)(организации|учреждения|органа).*"
        r"|работодатель|органвласти|орган",
    ),
    Column.POST: (r"должность", r"(занимаемая)?должность.*"),
}

_OF_NAMES = (Column.FULL_NAME, Column.SURNAME, Column.FIRST_NAME, Column.PATRONYMIC)


class HeadingsError(Exception):
    """The columns can't be told; `missing` or `doubtful` names them, `str()` says it in Russian."""

    def __init__(self, why: str, missing: tuple[str, ...] = (), doubtful: tuple[str, ...] = ()) -> None:
        super().__init__(why)
        self.missing = missing
        self.doubtful = doubtful


Columns = dict[Column, int]
"""Positions in a row, from 0."""


def find(rows: Sequence[Row]) -> tuple[Row, Columns]:
    """The row of headings among the first rows of a list, and what stands where.

    A name is obligatory (ФИО, or Фамилия and Имя), and a column for the e-mail, whose cells may be blank.

    Raises:
        HeadingsError: an obligatory column is missing, or two columns have equal claims.
    """
    best = max(rows[:LOOKED_AT], key=lambda row: len(_claims(row)), default=None)
    claims = _claims(best) if best else {}
    missing = _missing(claims)
    if best is None or missing:
        raise HeadingsError(_why_missing(missing), missing=missing)
    for column, positions in claims.items():
        if len(positions) > 1:
            named = ", ".join(f"«{best.cells[position]}»" for position in positions)
            why = f"Строка {best.number}: несколько столбцов подходят как «{column.russian}»: {named}."
            raise HeadingsError(f"{why} Оставьте один.", doubtful=(column.russian,))
    return best, {column: positions[0] for column, positions in claims.items()}


def _claims(row: Row) -> dict[Column, list[int]]:
    """Positions that fit each column best. Separate columns of the name win over a common one."""
    plain = [_plain(cell) for cell in row.cells]
    claims: dict[Column, list[int]] = {}
    for column, patterns in _KNOWN.items():
        for pattern in patterns:
            positions = [at for at, heading in enumerate(plain) if re.fullmatch(pattern, heading)]
            if positions:
                claims[column] = positions
                break
    if Column.SURNAME in claims and Column.FIRST_NAME in claims:
        claims.pop(Column.FULL_NAME, None)
    elif Column.FULL_NAME in claims:
        for part in (Column.SURNAME, Column.FIRST_NAME, Column.PATRONYMIC):
            claims.pop(part, None)
    return claims


def _plain(heading: str) -> str:
    text = unicodedata.normalize("NFKC", heading).casefold().replace("ё", "е")
    return "".join(character for character in text if character.isalpha())


def _missing(claims: dict[Column, list[int]]) -> tuple[str, ...]:
    missing = []
    if Column.FULL_NAME not in claims:
        parts = (Column.SURNAME, Column.FIRST_NAME)
        absent = [part.russian for part in parts if part not in claims]
        missing += [Column.FULL_NAME.russian] if len(absent) == len(parts) else absent
    if Column.EMAIL not in claims:
        missing.append(Column.EMAIL.russian)
    return tuple(missing)


def _why_missing(missing: tuple[str, ...]) -> str:
    named = " и ".join(f"«{name}»" for name in missing)
    why = "Не найден заголовок столбца" if len(missing) == 1 else "Не найдены заголовки столбцов"
    why = f"{why} {named}."
    if Column.FULL_NAME.russian in missing:
        why += " Вместо «ФИО» могут быть «Фамилия», «Имя» и «Отчество»."
    if Column.EMAIL.russian in missing:
        why += " Если адресов почты нет, добавьте столбец «Почта» и оставьте его пустым."
    return why


def is_heading(cell: str) -> bool:
    """Whether a cell is a heading and nothing else, or begins as one of a name does («ФИО слушателя»)."""
    very = {column: pattern for column, (pattern, _) in _KNOWN.items()}
    if any(re.fullmatch(pattern, _plain(cell)) for pattern in very.values()):
        return True
    first = _plain((cell.split() or [""])[0])
    return any(re.fullmatch(very[column], first) for column in _OF_NAMES)


def is_no_person(row: Row, headings: Row) -> bool:
    """A line of the form, not of the list: the headings once more, or the numbers of the columns."""
    if row.cells == headings.cells:
        return True
    filled = [cell for cell in row.cells if cell]
    numbers = [int(cell) for cell in filled if re.fullmatch(r"[0-9]{1,2}", cell)]
    return len(numbers) == len(filled) > 1 and all(right == left + 1 for left, right in pairwise(numbers))

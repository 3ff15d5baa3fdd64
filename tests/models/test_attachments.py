"""Clause 4.1: whom a list that is attached to a request names."""

import pytest

from models.attachments import Attached, Unreadable, read


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("Иванов Иван\nПетрова Анна\n", 2),
        ("ФИО\nИванов Иван\n", 1),
        ("Список слушателей\nФИО слушателя;Должность\nИванов Иван;Врач\n", 2),
        ("Ф.И.О.\nФиолетов Иван\nИменитова Анна\n", 2),
        ("ФИО;Почта;E-mail\nИванов Иван;a@example.org;\n", 1),
        ("ФИО;Почта\nИванов Иван;\n-;-\nнет;\n", 1),
        ("№;Фамилия;Имя\n1;Ли;Ян\n2;—;—\n", 1),
    ],
)
def test_headings_and_blanks_are_nobody(text: str, named: int) -> None:
    assert read(Attached.LEARNERS, text.encode()).rows == named


@pytest.mark.parametrize(
    "text",
    [
        "ФИО\n",
        "ФИО слушателя;Должность\n",
        "Фамилия;Имя;Отчество\n1;2;3\n",
        "нет\n",
        "Нет.\n",
        "-\n",
        "1\n2\n",
        "ФИО;Почта\nнет;нет\n",
    ],
)
def test_a_list_that_names_nobody_is_none(text: str) -> None:
    with pytest.raises(Unreadable, match=r"В перечне нет ни одного человека\."):
        read(Attached.LEARNERS, text.encode())

"""How pages call the fields of forms, and begin a sentence."""

import pytest

from api.pages.words import FILTERS


@pytest.mark.parametrize(
    ("field", "name"),
    [
        ("responsible.name", "Ответственное лицо"),
        ("responsible.post", "Должность"),
        ("learners.people.3.name", "Имя или название"),
        ("lists.0", "Списки Пользователей"),
        ("goal", "Цель"),
        ("0", "0"),
        ("unheard_of", "unheard_of"),
    ],
)
def test_a_field_is_called_as_its_form_calls_it(field: str, name: str) -> None:
    assert FILTERS["field"](field) == name


def test_capitals_within_a_sentence_stay() -> None:
    assert FILTERS["sentence"]("список Пользователей проверен") == "Список Пользователей проверен"
    assert FILTERS["sentence"]("") == ""
